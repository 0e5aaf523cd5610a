"""Consultation, approval, schedule: through the pages of editors, reviewers and asked departments; by the worker."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DatabaseError

from core.accounts import SYSTEM
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.audit import AuditEvent
from core.clock import CHINA
from core.database import Database, unit_of_work
from core.outbox import OutboxJob
from core.working_calendar import WorkingCalendar
from portal.publishing import consulting, operations
from portal.publishing.consent import Answer, ConsentMissing
from portal.publishing.kinds import all_kinds, kind_named
from portal.publishing.models import Approval, Consultation, Disclosure, DisclosureVersion
from tests.conftest import TestClock
from tests.support.disclosures import FIELDS, NOTICE_FIELDS, Publisher
from tests.support.page import Page, checked
from tests.web.test_publishing import Member, Staff, state_of
from tests.web.test_publishing import staff as staff  # noqa: PLC0414 - a fixture

AIR = {**NOTICE_FIELDS, "title": "十月空气质量", "text": "<p>优良天数 24 天。</p>"}
QUALITY = {"notice": AIR}


def air_notice(editor: Member) -> str:
    """Drafted and submitted."""
    record_id = editor.draft("notice", title=AIR["title"], text=AIR["text"])
    assert editor.step(record_id, "submit") == 302
    return record_id


def ask(reviewer: Member, record_id: str, *others: str, question: str = "") -> int:
    fields: dict[str, Any] = {"departments": ["xc-meteorology"], "question": question}
    return reviewer.send(f"/editorial/{record_id}/consult", other=others[0] if others else "", **fields).status_code


def question_of(database: Database, record_id: str, department: str = "xc-meteorology") -> str:
    with database.read() as session:
        statement = select(Consultation.id).where(
            Consultation.disclosure_id == record_id, Consultation.department_code == department
        )
        return session.scalars(statement.order_by(Consultation.asked_at.desc())).first() or ""


def answers(member: Member, question: str, answer: str, remarks: str = "") -> int:
    url = f"/editorial/consultations/{question}"
    return member.send(url, answer=answer, remarks=remarks).status_code


def events(database: Database, record_id: str) -> list[str]:
    with database.read() as session:
        subject = AuditEvent.subject.endswith(f":{record_id}")
        found = session.scalars(select(AuditEvent.action).where(subject).order_by(AuditEvent.number))
        return [one.removeprefix("disclosure.") for one in found]


# Consent


def test_what_tells_of_quality_waits_for_every_answer_and_all_of_it_is_on_record(
    staff: Staff, client: FlaskClient, database: Database
) -> None:
    editor, approver, weather = staff("editor"), staff("approver"), staff("consultee")
    record_id = air_notice(editor)
    assert "须先征求市气象局的意见" in approver.open(f"/editorial/{record_id}").text()
    assert approver.step(record_id, "approve", seen=seen(database, record_id)) == 409
    assert ask(approver, record_id, "xc-police", question="请看天气部分") == 302
    assert state_of(database, record_id) == "consultation"
    assert approver.step(record_id, "approve", seen=seen(database, record_id)) == 409
    inbox = weather.open("/editorial/consultations")
    assert "十月空气质量" in inbox.text() and "请看天气部分" in inbox.text()
    question = question_of(database, record_id)
    assert "优良天数 24 天" in weather.open(f"/editorial/consultations/{question}").text()
    assert answers(weather, question, "agree_with_remarks", "建议加上降水量") == 302
    page = approver.open(f"/editorial/{record_id}")
    assert "建议加上降水量" in page.text() and "市公安局还没有答复" in page.text()
    officer = speaker("xc-police", database)
    with unit_of_work(database) as session:
        police = session.get_one(Consultation, question_of(database, record_id, "xc-police"))
        consulting.answer(session, police, Answer.AGREE, "", actor=officer, at=page_time())
    assert approver.step(record_id, "approve") == 302
    assert "优良天数 24 天" in checked(client, f"/notices/{record_id}").text()
    assert events(database, record_id) == ["draft", "submit", "consult", "answer", "answer", "approve", "publish"]
    with database.read() as session:
        said = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "disclosure.answer")).first()
    assert said is not None and said["answer"] == "agree_with_remarks" and said["department"] == "xc-meteorology"


def page_time() -> datetime:
    return TestClock().at


def seen(database: Database, record_id: str) -> str:
    with database.read() as session:
        return operations.content_digest(session.get_one(Disclosure, record_id))


def speaker(department: str, database: Database) -> Actor:
    """Somebody of a department who holds every permission."""
    with unit_of_work(database) as session:
        name = f"of_{department}"
        one = session.scalars(select(User).where(User.sign_in_name == name)).first()
        if one is None:
            one = User(
                id=name[:26].ljust(26, "0"),
                sign_in_name=name,
                display_name=name,
                department_code=department,
                roles=["editor", "approver", "consultee"],
                created_at=page_time(),
            )
            session.add(one)
            session.flush()
        return one.as_actor()


@pytest.fixture
def departments(database: Database, people: dict[str, User]) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Department.code).order_by(Department.code)))


@pytest.mark.parametrize("kind", [kind.name for kind in all_kinds() if not kind.is_generated])
def test_no_department_but_the_bureau_publishes_on_quality_without_its_consent(
    database: Database,
    publisher: Publisher,
    people: dict[str, User],
    departments: list[str],
    clock: TestClock,
    kind: str,
) -> None:
    """The operation itself refuses, whoever of whichever department asks, also somebody of none."""
    content = QUALITY.get(kind, FIELDS[kind])
    refused, published = set(), set()
    for number, department in enumerate([*departments, ""]):
        writer = speaker(department, database) if department else people["administrator"].as_actor()
        own = {**content, "decision_no": f"豫〔2026〕{number}号", "listing_decision_no": f"许〔2026〕{number}号"}
        with unit_of_work(database) as session:
            one = operations.draft(session, kind_named(kind), own, actor=writer, at=clock.now())
            operations.submit(session, one, actor=writer, at=clock.now())
            record_id = one.id
        try:
            publisher.approve(record_id, clock.now())
        except ConsentMissing as refusal:
            refused.update({department} if "xc-ecology" in refusal.data["departments"] else set())  # type: ignore[operator]
        else:
            published.add(department)
    if kind in QUALITY:
        assert refused == {*departments, ""} - {"xc-ecology"} and published == set()
    else:
        assert published == {*departments, ""}


def test_with_the_bureaus_consent_another_department_publishes_and_its_silence_is_no_consent(
    database: Database, publisher: Publisher, people: dict[str, User], clock: TestClock
) -> None:
    market, calendar = speaker("xc-market", database), WorkingCalendar()
    with unit_of_work(database) as session:
        one = operations.draft(session, kind_named("notice"), AIR, actor=market, at=clock.now())
        operations.submit(session, one, actor=market, at=clock.now())
        who = {"actor": publisher.approver, "at": clock.now(), "calendar": calendar}
        questions = consulting.consult(session, one, [], "", **who)
        required = next(q for q in questions if q.department_code == "xc-ecology")
        weather = next(q for q in questions if q.department_code == "xc-meteorology")
        consulting.answer(session, weather, Answer.AGREE, "", actor=speaker_in(session, weather), at=clock.now())
    clock.moves_on(days=60)
    with unit_of_work(database) as session, pytest.raises(consulting.ConsentIsRequired):
        late = session.get_one(Consultation, required.id)
        consulting.waive(session, late, "等不及", actor=publisher.approver, at=clock.now())
    with pytest.raises(ConsentMissing, match="consent_missing"):
        publisher.approve(one.id, clock.now())
    with unit_of_work(database) as session:
        asked = session.get_one(Consultation, required.id)
        consulting.answer(session, asked, Answer.AGREE, "", actor=people["head"].as_actor(), at=clock.now())
    publisher.approve(one.id, clock.now())
    assert state_of(database, one.id) == "published"


def speaker_in(session: Any, question: Consultation) -> Actor:
    people = session.scalars(select(User).where(User.department_code == question.department_code))
    return next(one.as_actor() for one in people if "consultee" in one.roles)


def test_an_objection_stops_it_until_the_reviewer_says_why_they_go_on(
    staff: Staff, database: Database, client: FlaskClient
) -> None:
    approver, weather = staff("approver"), staff("consultee")
    record_id = air_notice(staff("editor"))
    ask(approver, record_id)
    question = question_of(database, record_id)
    url = f"/editorial/consultations/{question}"
    page = weather.send(url, answer="object", remarks="")
    assert page.status_code == 422 and "请写明不同意的理由" in page.get_data(as_text=True)
    page = weather.send(url, answer="", remarks="数字不对，应为 22 天")
    assert page.status_code == 422 and "数字不对，应为 22 天" in page.get_data(as_text=True)
    assert answers(weather, question, "object", "数字不对，应为 22 天") == 302
    assert answers(weather, question, "agree") == 409
    assert "市气象局不同意" in approver.open(f"/editorial/{record_id}").text()
    assert approver.step(record_id, "approve", seen=seen(database, record_id)) == 409
    waive = f"/editorial/{record_id}/consultations/{question}/waive"
    assert approver.send(waive, reason="").status_code == 422
    assert staff("editor").send(waive, reason="不等").status_code == 403
    assert approver.send(waive, reason="已电话核对，以国控站数据为准").status_code == 302
    assert approver.step(record_id, "approve") == 302
    assert "以国控站数据为准" in approver.open(f"/editorial/{record_id}").text()
    checked(client, f"/notices/{record_id}")


def test_consent_is_to_the_words_that_were_shown(staff: Staff, database: Database) -> None:
    editor, approver, weather = staff("editor"), staff("approver"), staff("consultee")
    record_id = air_notice(editor)
    ask(approver, record_id)
    question = question_of(database, record_id)
    assert answers(weather, question, "agree") == 302
    assert editor.step(record_id, "take_back") == 302
    assert editor.fill(f"/editorial/{record_id}/edit", text="<p>优良天数 31 天。</p>").status_code == 302
    editor.step(record_id, "submit")
    assert "须先征求市气象局的意见" in approver.open(f"/editorial/{record_id}").text()
    assert approver.step(record_id, "approve", seen=seen(database, record_id)) == 409
    assert "优良天数" not in weather.open(f"/editorial/consultations/{question}").text()


def test_a_question_whose_draft_was_taken_back_is_closed(staff: Staff, database: Database) -> None:
    editor, approver, weather = staff("editor"), staff("approver"), staff("consultee")
    record_id = air_notice(editor)
    ask(approver, record_id)
    question = question_of(database, record_id)
    editor.step(record_id, "take_back")
    assert answers(weather, question, "agree") == 409
    assert "没有等您部门答复的内容" in weather.open("/editorial/consultations").text()
    assert "十月空气质量" not in weather.open(f"/editorial/consultations/{question}").html


def test_only_the_asked_department_reads_and_answers(staff: Staff, database: Database, people: dict[str, User]) -> None:
    approver, record_id = staff("approver"), air_notice(staff("editor"))
    ask(approver, record_id)
    url = f"/editorial/consultations/{question_of(database, record_id)}"
    head = staff("head")  # of another department, with the permission
    head.open(url, 404)
    assert head.send(url, answer="agree").status_code == 404
    for name in ("editor", "approver", "officer", "supervisor"):
        staff(name).open("/editorial/consultations", 403)
        staff(name).open(url, 403)
    staff("consultee").open("/editorial", 403)
    staff("consultee").open(f"/editorial/{record_id}", 403)


def test_nobody_is_asked_twice_and_the_authors_own_department_never(staff: Staff, database: Database) -> None:
    approver, record_id = staff("approver"), air_notice(staff("editor"))
    assert approver.send(f"/editorial/{record_id}/consult", other="xc-ecology").status_code == 422
    assert ask(approver, record_id) == 302
    assert ask(approver, record_id) == 422
    with database.read() as session:
        assert len(session.scalars(select(Consultation)).all()) == 1
    assert approver.send(f"/editorial/{record_id}/consult", other="nobody").status_code == 422


# The time limit


@pytest.fixture
def silent(staff: Staff, database: Database) -> str:
    """A question to the weather bureau, asked on Monday, 23 November: two working days, up to Wednesday."""
    record_id = air_notice(staff("editor"))
    assert ask(staff("approver"), record_id) == 302
    with database.read() as session:
        assert str(session.scalars(select(Consultation.due_on)).one()) == "2026-11-25"
    return record_id


def test_silence_is_reminded_then_escalated_then_late_on_every_page(
    staff: Staff, database: Database, silent: str, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    def mails() -> list[str]:
        with database.read() as session:
            topic = OutboxJob.topic == "publishing.consultation_mail"
            return [one.payload["template"] for one in session.scalars(select(OutboxJob).where(topic))]

    run_jobs()
    assert mails() == ["asked"]
    clock.moves_on(days=1)
    run_jobs()
    run_jobs()
    assert mails() == ["asked", "reminder"]
    clock.moves_on(days=1)
    run_jobs()
    assert mails() == ["asked", "reminder"], "the last day is not late"
    clock.moves_on(days=1)
    run_jobs()
    clock.moves_on(hours=1)
    run_jobs()
    assert mails() == ["asked", "reminder", "escalated"]
    assert events(database, silent)[-2:] == ["remind", "escalate"]
    approver = staff("approver")
    assert "逾期" in approver.open("/editorial").text(f"//tr[.//a[@href='/editorial/{silent}']]")
    assert approver.open("/editorial?late=1").find(f"//main//a[@href='/editorial/{silent}']")
    assert "逾期" in staff("consultee").open("/editorial/consultations").text()
    waive = f"/editorial/{silent}/consultations/{question_of(database, silent)}/waive"
    assert approver.send(waive, reason="逾期未答复，数据已与省站核对").status_code == 302
    assert approver.step(silent, "approve") == 302


def test_while_there_is_time_nobody_goes_on_without_the_answer(staff: Staff, database: Database, silent: str) -> None:
    waive = f"/editorial/{silent}/consultations/{question_of(database, silent)}/waive"
    refusal = staff("approver").send(waive, reason="等不及")
    assert refusal.status_code == 409 and "再等一等" in refusal.get_data(as_text=True)


def test_what_a_branch_leaves_unanswered_goes_up_to_its_bureau_which_may_answer(
    staff: Staff, database: Database, people: dict[str, User], clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    record_id = air_notice(staff("editor"))
    ask(staff("approver"), record_id, "xc-market-weidu")
    question = question_of(database, record_id, "xc-market-weidu")
    superior = speaker("xc-market", database)
    with unit_of_work(database) as session, pytest.raises(consulting.NotAskedForConsent):
        one = session.get_one(Consultation, question)
        consulting.answer(session, one, Answer.AGREE, "", actor=superior, at=clock.now())
    clock.moves_on(days=8)
    run_jobs()
    with unit_of_work(database) as session:
        one = session.get_one(Consultation, question)
        assert one.escalated_to == "xc-market"
        consulting.answer(session, one, Answer.AGREE, "", actor=superior, at=clock.now())
    assert "市市场监管局代为答复" in staff("approver").open(f"/editorial/{record_id}").text()


# The approval and what it binds


def test_a_page_that_is_out_of_date_approves_nothing(staff: Staff, database: Database) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft("notice")
    editor.step(record_id, "submit")
    looked_at = seen(database, record_id)
    editor.step(record_id, "take_back")
    editor.fill(f"/editorial/{record_id}/edit", text="<p>改了。</p>")
    editor.step(record_id, "submit")
    for stale in (looked_at, "", "0" * 64):
        refusal = approver.send(f"/editorial/{record_id}/approve", seen=stale)
        assert refusal.status_code == 409 and "又改过" in refusal.get_data(as_text=True)
    assert approver.send("/editorial/approve", chosen=[f"{record_id}.{looked_at}"]).status_code == 409
    assert state_of(database, record_id) == "in_review"
    assert approver.step(record_id, "approve") == 302


@pytest.fixture
def approved(staff: Staff) -> str:
    editor = staff("editor")
    record_id = editor.draft("notice")
    editor.step(record_id, "submit")
    assert staff("approver").step(record_id, "approve", then="wait") == 302
    return record_id


def test_an_approval_publishes_the_words_it_was_given_to_and_no_others(
    staff: Staff, client: FlaskClient, database: Database, approved: str
) -> None:
    """Even where somebody changes the draft straight in the database."""
    checked(client, f"/notices/{approved}", 404)
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, approved)
        one.draft = {**one.draft, "text": "<p>偷换的内容。</p>"}
    refusal = staff("approver").send(f"/editorial/{approved}/publish")
    assert refusal.status_code == 409 and "不再有效" in refusal.get_data(as_text=True)
    checked(client, f"/notices/{approved}", 404)


def test_what_is_taken_back_and_handed_in_unchanged_needs_a_new_approval(
    staff: Staff, database: Database, approved: str
) -> None:
    editor, approver = staff("editor"), staff("approver")
    assert editor.step(approved, "revise") == 404
    editor.open(f"/editorial/{approved}/edit", 409)
    editor.step(approved, "take_back")
    editor.step(approved, "submit")
    assert approver.step(approved, "publish") == 409
    assert approver.step(approved, "approve") == 302
    with database.read() as session:
        assert len(session.scalars(select(Approval)).all()) == 2


def test_whoever_had_a_hand_in_it_cannot_approve_it_though_another_wrote_last(staff: Staff, database: Database) -> None:
    administrator, editor = staff("administrator"), staff("editor")
    record_id = administrator.draft("notice")
    assert editor.fill(f"/editorial/{record_id}/edit", text="<p>改一个字。</p>").status_code == 302
    editor.step(record_id, "submit")
    assert administrator.step(record_id, "approve", seen=seen(database, record_id)) == 403
    assert staff("approver").step(record_id, "approve") == 302


@pytest.mark.parametrize("table", [Approval, DisclosureVersion])
def test_the_database_itself_refuses_an_author_who_approves(
    database: Database, publisher: Publisher, people: dict[str, User], clock: TestClock, table: Any
) -> None:
    """Also where the person is an administrator and no program is in the way."""
    record_id = publisher.notice(clock.now())
    one = people["administrator"].id
    own: dict[str, Any] = {"disclosure_id": record_id, "version": 2, "author_id": one, "approver_id": one}
    more = {"digest": "0" * 64} if table is Approval else {"event": "correct", "commitment": "0" * 43}
    with pytest.raises(DatabaseError, match="author_is_not_approver"), unit_of_work(database) as session:
        session.execute(insert(table).values(**own, **more, at=clock.now()))
    with pytest.raises(DatabaseError, match="author_is_not_reviewer"), unit_of_work(database) as session:
        session.execute(update(Disclosure).values(author_id=one, reviewer_id=one))


def test_an_approval_is_never_changed_or_deleted(database: Database, publisher: Publisher, clock: TestClock) -> None:
    publisher.notice(clock.now())
    with database.read() as session:
        approval = session.scalars(select(Approval)).one()
    for statement in (update(Approval).values(digest="0" * 64), Approval.__table__.delete()):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work(database) as session:
            session.execute(statement)
    assert approval.approver_id == publisher.approver.user_id


# The clock


def schedule(member: Member, record_id: str, at: datetime | str) -> int:
    text = at if isinstance(at, str) else f"{at.astimezone(CHINA):%Y-%m-%dT%H:%M}"
    return member.send(f"/editorial/{record_id}/schedule", publish_at=text).status_code


def works(run_jobs: Callable[[], int]) -> None:
    """The worker finds what is due, then does it."""
    run_jobs()
    run_jobs()


def test_the_worker_publishes_at_the_time_and_not_before(
    staff: Staff,
    client: FlaskClient,
    database: Database,
    approved: str,
    clock: TestClock,
    run_jobs: Callable[[], int],
    people: dict[str, User],
) -> None:
    approver, when = staff("approver"), clock.now() + timedelta(hours=5)
    for wrong in ("", "昨天", clock.now(), clock.now() - timedelta(days=1), clock.now() + timedelta(days=400)):
        assert schedule(approver, approved, wrong) == 422, wrong
    assert state_of(database, approved) == "approved"
    assert schedule(approver, approved, when) == 302
    assert "定时公开" in approver.open("/editorial").text(f"//tr[.//a[@href='/editorial/{approved}']]")
    clock.moves_on(hours=4, minutes=59)
    works(run_jobs)
    checked(client, f"/notices/{approved}", 404)
    clock.moves_on(minutes=1)
    works(run_jobs)
    checked(client, f"/notices/{approved}")
    works(run_jobs)
    with database.read() as session:
        version = session.scalars(select(DisclosureVersion)).one()
    assert (version.approver_id, version.author_id) == (people["approver"].id, people["editor"].id)
    assert events(database, approved)[-2:] == ["schedule", "publish"]


def test_a_time_can_be_moved_and_given_up(
    staff: Staff, client: FlaskClient, approved: str, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    approver = staff("approver")
    schedule(approver, approved, clock.now() + timedelta(hours=1))
    assert schedule(approver, approved, clock.now() + timedelta(hours=3)) == 302
    clock.moves_on(hours=2)
    works(run_jobs)
    checked(client, f"/notices/{approved}", 404)
    assert approver.step(approved, "unschedule") == 302
    clock.moves_on(hours=2)
    works(run_jobs)
    checked(client, f"/notices/{approved}", 404)
    assert approver.step(approved, "publish") == 302
    checked(client, f"/notices/{approved}")


def test_what_is_no_longer_as_approved_goes_back_to_review_and_holds_up_nothing_else(
    staff: Staff, client: FlaskClient, database: Database, approved: str, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    editor, approver = staff("editor"), staff("approver")
    other = editor.draft("notice", title="另一份公告")
    editor.step(other, "submit")
    approver.step(other, "approve", then="wait")
    for one in (approved, other):
        schedule(approver, one, clock.now() + timedelta(hours=1))
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, approved)
        one.draft = {**one.draft, "title": "偷换的标题"}
    clock.moves_on(hours=2)
    works(run_jobs)
    checked(client, f"/notices/{other}")
    checked(client, f"/notices/{approved}", 404)
    assert state_of(database, approved) == "in_review"
    assert "不再有效" in approver.open(f"/editorial/{approved}").text()


def test_a_correction_takes_the_same_way_while_the_old_version_stays(
    staff: Staff,
    client: FlaskClient,
    publisher: Publisher,
    database: Database,
    clock: TestClock,
    run_jobs: Callable[[], int],
) -> None:
    record_id, editor, approver = publisher.notice(clock.now()), staff("editor"), staff("approver")
    editor.step(record_id, "correct", reason="补充空气质量")
    editor.fill(f"/editorial/{record_id}/edit", text="<p>优良天数 20 天。</p>")
    editor.step(record_id, "submit")
    assert approver.step(record_id, "approve", seen=seen(database, record_id)) == 409
    ask(approver, record_id)
    assert answers(staff("consultee"), question_of(database, record_id), "agree") == 302
    approver.step(record_id, "approve", then="wait")
    schedule(approver, record_id, clock.now() + timedelta(hours=1))
    assert "检查 28 家" in checked(client, f"/notices/{record_id}").text()
    clock.moves_on(hours=1)
    works(run_jobs)
    assert "优良天数 20 天" in checked(client, f"/notices/{record_id}").text()


def test_what_is_public_can_be_withdrawn_while_its_correction_waits_anywhere(
    staff: Staff,
    client: FlaskClient,
    publisher: Publisher,
    database: Database,
    clock: TestClock,
    run_jobs: Callable[[], int],
) -> None:
    record_id, approver = publisher.notice(clock.now()), staff("approver")
    editor = staff("editor")
    editor.step(record_id, "correct", reason="更正")
    editor.fill(f"/editorial/{record_id}/edit", text="<p>检查 29 家。</p>")
    editor.step(record_id, "submit")
    approver.step(record_id, "approve", then="wait")
    schedule(approver, record_id, clock.now() + timedelta(hours=1))
    assert approver.step(record_id, "withdraw", reason="撤销", basis="行政处罚法第四十八条") == 302
    clock.moves_on(hours=2)
    works(run_jobs)
    checked(client, f"/notices/{record_id}", 410)


# The board


def rows(page: Page) -> list[str]:
    return [href.rsplit("/", 1)[1] for href in page.find("//main//form//tbody//th/a/@href")]


def test_the_board_says_what_waits_for_whom_and_leaves_what_was_asked_for(
    staff: Staff, database: Database, approved: str, clock: TestClock
) -> None:
    editor, approver = staff("editor"), staff("approver")
    draft, waiting = editor.draft("penalty", decided_on="2026-11-02"), editor.draft("blacklist")
    editor.step(waiting, "submit")
    asked = air_notice(editor)
    ask(approver, asked)
    page = approver.open("/editorial")

    def told(record_id: str) -> str:
        return page.text(f"//tr[.//a[@href='/editorial/{record_id}']]")

    assert "市气象局" in told(asked) and "测试editor" in told(draft) and "审核人" in told(waiting)
    assert "2026年11月11日" in told(draft) and "逾期" in told(draft), "seven working days after the decision"
    expected = {
        "": {draft, waiting, asked, approved},
        "?state=draft": {draft},
        "?state=in_review": {waiting},
        "?state=consultation": {asked},
        "?state=approved": {approved},
        "?state=scheduled": set(),
        "?kind=notice": {asked, approved},
        "?kind=notice&state=approved": {approved},
        "?scope=waits": {waiting, asked, approved},
        "?scope=mine": set(),
        "?late=1": {draft, waiting},
        "?state=nothing&kind=nothing&scope=x": {draft, waiting, asked, approved},
    }
    assert {query: set(rows(approver.open(f"/editorial{query}"))) for query in expected} == expected
    assert set(rows(editor.open("/editorial?scope=waits"))) == {draft}
    assert set(rows(editor.open("/editorial?scope=mine"))) == {draft, waiting, asked, approved}
    assert rows(page)[0] in (draft, waiting), "the late come first"


def test_a_refused_step_says_what_state_it_met(staff: Staff, approved: str) -> None:
    refusal = staff("approver").send(f"/editorial/{approved}/consult", other="xc-police")
    text = refusal.get_data(as_text=True)
    assert refusal.status_code == 409 and "审核通过，待公开" in text and "征求意见" in text


def test_every_step_of_a_draft_is_told_on_its_page_and_erasure_takes_the_answers(
    staff: Staff, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = air_notice(editor)
    ask(approver, record_id, question="请核对某人的说法")
    answers(staff("consultee"), question_of(database, record_id), "agree_with_remarks", "某人说得对")
    approver.step(record_id, "approve")
    titles = approver.open(f"/editorial/{record_id}").find("//p[@class='timeline__title']/text()")
    assert titles == ["公开", "审核通过", "答复征求意见", "征求意见", "提交审核", "起草"]
    approver.step(record_id, "withdraw", reason="撤销", basis="依据")
    assert approver.step(record_id, "erase") == 302
    with database.read() as session:
        one = session.scalars(select(Consultation)).one()
        assert (one.question, one.remarks, one.answer) == ("", "", "agree_with_remarks")
        assert session.get_one(Disclosure, record_id).review_salt == ""


def test_the_system_alone_approves_nothing(database: Database, publisher: Publisher, clock: TestClock) -> None:
    with unit_of_work(database) as session:
        one = operations.draft(session, kind_named("notice"), NOTICE_FIELDS, actor=publisher.editor, at=clock.now())
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
        with pytest.raises(operations.SelfApproval):
            operations.approve(session, one, actor=SYSTEM, at=clock.now())
