"""Who the reporter is: opened by two custodians of two departments, for a written purpose that the reporter reads."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import open_account
from core.accounts.permissions import Role
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.outbox import Job
from intake.case_models import IdentityRequest, IdentityWords
from portal.app import SWEEPS
from tests.conftest import TestClock
from tests.support.custodians import BASIS, opened_by_two, proposed, request_path
from tests.support.officer import Officer, Reporter
from tests.support.people import PASSWORD, password

NAME, CONTACT, PURPOSE = "欧阳不具名", "13912345678", "承办人要约定现场取证的时间"
NAMED = {"identity_kind": "named", "name": NAME, "contact": CONTACT}
AT = "/desk/identity"


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> tuple[str, str]:
    """A named report about water in 长葛, where the county's branch is responsible."""
    reporter = Reporter(app)
    reporter.answer("category", channel="12369")
    reporter.answer("what", subject="water")
    for step in ("where", "who", "when", "words", "files", "you"):
        reporter.answer(step, **{"where": {"county": "411082"}, "you": NAMED}.get(step, {}))
    return reporter.send()


def test_two_custodians_open_it_for_a_purpose_that_the_reporter_reads(
    app: Flask, filed: tuple[str, str], database: Database
) -> None:
    page, _first, _path = opened_by_two(app, filed[0], PURPOSE)
    assert NAME in page.text() and CONTACT in page.text()
    told = Reporter(app).track(filed[1]).text()
    assert "打开举报人身份" in told and PURPOSE in told and BASIS in told
    assert "由许昌市生态环境局环境值班室打开，经" in told and "同意。" in told
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("case.%_identity"))).all()
    done = [(event.action, event.actor_name) for event in events]
    assert done == [
        ("case.propose_identity", "测试custodian"),
        ("case.agree_identity", "测试second_custodian"),
        ("case.open_identity", "测试custodian"),
    ]
    assert NAME not in str([vars(event) for event in events]) and PURPOSE not in str([vars(one) for one in events])


def test_one_custodian_alone_opens_nothing(app: Flask, filed: tuple[str, str]) -> None:
    first, path = proposed(app, filed[0], PURPOSE)
    assert NAME not in first.get(AT).html
    assert first.post(f"{path}/open", at=AT).status == 409
    page = first.post(f"{path}/agree", at=AT)
    assert page.status == 403 and "不能自己同意" in page.text()
    assert "打开举报人身份" not in Reporter(app).track(filed[1]).text()


def test_the_second_reads_why_agrees_and_does_not_see_the_name(app: Flask, filed: tuple[str, str]) -> None:
    first, path = proposed(app, filed[0], PURPOSE)
    second = Officer(app, "second_custodian")
    page = second.get(AT)
    assert PURPOSE in page.text() and BASIS in page.text() and "测试custodian" in page.text()
    assert NAME not in second.post(f"{path}/agree", at=AT).html
    assert second.post(f"{path}/open", at=AT).status == 409
    assert second.post(f"{path}/agree", at=AT).status == 409
    assert NAME in first.post(f"{path}/open", at=AT).text()


def test_two_of_one_department_are_not_enough(
    app: Flask, filed: tuple[str, str], people: dict[str, User], database: Database
) -> None:
    """The second one moves to the first one's department and is refused there; the database refuses it as well."""
    first, path = proposed(app, filed[0], PURPOSE)
    with unit_of_work(database) as session:
        request = session.scalars(select(IdentityRequest)).one()
        request.proposed_department = "xc-discipline"
    page = Officer(app, "second_custodian").post(f"{path}/agree", at=AT)
    assert page.status == 403 and "另一个部门" in page.text()
    for changes in (
        {"agreed_by": people["custodian"].id, "agreed_department": "xc-duty"},
        {"agreed_by": people["second_custodian"].id, "agreed_department": "xc-discipline"},
        {"opened_at": request.asked_at},
    ):
        with pytest.raises(IntegrityError), unit_of_work(database) as session:
            for name, value in changes.items():
                setattr(session.scalars(select(IdentityRequest)).one(), name, value)
    assert first.post(f"{path}/open", at=AT).status == 409


def test_two_people_of_one_department_cannot_open_it_together(
    app: Flask, filed: tuple[str, str], database: Database, clock: TestClock
) -> None:
    """The duty desk has a second custodian, with every key of the duty desk."""
    with unit_of_work(database) as session:
        who = {"sign_in_name": "third_custodian", "display_name": "测试同事", "department_code": "xc-duty"}
        at = clock.now()
        open_account(session, **who, password=PASSWORD, roles=[Role.CUSTODIAN], actor=SYSTEM, at=at, under=password())
    first, path = proposed(app, filed[0], PURPOSE)
    fellow = Officer(app, "third_custodian")
    page = fellow.get(AT)
    assert "等另一个部门的身份保管员决定" in page.text()
    assert not page.find("//form[contains(@action, '/agree')]"), "nothing is offered that would be refused"
    refused = fellow.post(f"{path}/agree", at=AT)
    assert refused.status == 403 and "另一个部门" in refused.text()
    assert first.post(f"{path}/open", at=AT).status == 409
    Officer(app, "second_custodian").post(f"{path}/agree", at=AT)
    assert fellow.post(f"{path}/open", at=AT).status == 409, "the consent is the proposer's alone"
    assert NAME in first.post(f"{path}/open", at=AT).text()


def test_the_officer_who_needs_it_asks_from_the_case_and_two_others_decide(app: Flask, filed: tuple[str, str]) -> None:
    officer = Officer(app, "county_officer")
    refused = officer.step(filed[0], "ask_identity", text=PURPOSE, basis="")
    assert "请写明依据" in refused.text() and PURPOSE in refused.html
    assert "已记录" in officer.step(filed[0], "ask_identity", text=PURPOSE, basis=BASIS).text()
    again = officer.step(filed[0], "ask_identity", text=PURPOSE, basis=BASIS)
    assert again.status == 409 and "已经有一份申请" in again.text()
    second = Officer(app, "second_custodian")
    path = request_path(second, filed[0])
    assert second.post(f"{path}/agree", at=AT).status == 409
    second.post(f"{path}/propose", at=AT)
    Officer(app, "custodian").post(f"{path}/agree", at=AT)
    assert NAME in second.post(f"{path}/open", at=AT).text()
    assert PURPOSE in Reporter(app).track(filed[1]).text()


def test_a_consent_lasts_a_day_and_what_was_lent_is_wiped(
    app: Flask, filed: tuple[str, str], clock: TestClock, database: Database
) -> None:
    _first, path = proposed(app, filed[0], PURPOSE)
    Officer(app, "second_custodian").post(f"{path}/agree", at=AT)
    clock.moves_on(hours=24)
    late = Officer(app, "custodian")
    assert late.post(f"{path}/open", at=AT).status == 409
    assert "正在进行的申请" not in late.get(AT).text()
    sweep = next(one for one in SWEEPS if one.name == "intake.identity_requests")
    with unit_of_work(database) as session:
        assert session.scalars(select(IdentityRequest)).one().lent is not None
        sweep.run(Job(0, session, {}, clock.now(), None, {}))  # type: ignore[arg-type]
    with database.read() as session:
        assert session.scalars(select(IdentityRequest)).one().lent is None
        assert session.scalars(select(IdentityWords)).all() == []


def test_a_refusal_ends_it_with_a_reason(app: Flask, filed: tuple[str, str]) -> None:
    first, path = proposed(app, filed[0], PURPOSE)
    second = Officer(app, "second_custodian")
    assert "请写明不同意的理由" in second.post(f"{path}/refuse", at=AT).text()
    second.post(f"{path}/refuse", at=AT, reason="没有写明文书编号")
    assert first.post(f"{path}/open", at=AT).status in (404, 409)
    case = Officer(app, "county_officer").step(filed[0], "open").text()
    assert "不同意打开" in case and "没有写明文书编号" in case


def test_without_a_purpose_and_a_basis_nothing_is_asked(app: Flask, filed: tuple[str, str]) -> None:
    for purpose, basis, said in (
        ("", BASIS, "请写明用途"),
        ("看看", BASIS, "用途要写 5 到 1000 个字"),
        (PURPOSE, "", "请写明依据"),
    ):
        page = Officer(app, "custodian").post(AT, case_number=filed[0], purpose=purpose, basis=basis)
        assert said in page.text() and NAME not in page.html and "正在进行的申请" not in page.text()


def test_nobody_else_opens_it(app: Flask, filed: tuple[str, str]) -> None:
    _first, path = proposed(app, filed[0], PURPOSE)
    for name in ("officer", "county_head", "supervisor", "administrator", "duty_officer", "discipline_officer"):
        person = Officer(app, name)
        assert person.get(AT).status == 403, name
        assert person.post(f"{path}/agree", at="/").status == 403, name
    page = Officer(app, "county_officer").step(filed[0], "open")
    assert NAME not in page.html and CONTACT not in page.html
    assert "举报人是实名" in page.text()


def test_an_anonymous_report_says_so_and_an_unknown_number_is_told_apart_from_nothing(
    app: Flask, people: dict[str, User]
) -> None:
    number, _code = Reporter(app).report()
    page, custodian, _path = opened_by_two(app, number, PURPOSE)
    assert "是匿名的" in page.text()
    page = custodian.post(AT, case_number="XC-2026-AAAAAA", purpose=PURPOSE, basis=BASIS)
    assert "没有这件举报，或者它的身份不由您保管" in page.text()


def test_a_custodian_of_an_excluded_department_is_told_of_no_such_report(app: Flask, people: dict[str, User]) -> None:
    accused = {"accused_kind": "department", "accused_name": "", "accused_department": "xc-ecology"}
    number, _code = Reporter(app).report(who=accused, you=NAMED)
    page = Officer(app, "custodian").post(AT, case_number=number, purpose=PURPOSE, basis=BASIS)
    assert "没有这件举报，或者它的身份不由您保管" in page.text()
    assert NAME not in page.html


def test_where_one_department_alone_may_keep_it_one_person_still_opens_nothing(
    app: Flask, people: dict[str, User]
) -> None:
    """The duty desk is excluded: the discipline office keeps the whole, and its second custodian has to agree."""
    accused = {"accused_kind": "department", "accused_name": "", "accused_department": "xc-ecology"}
    number, _code = Reporter(app).report(who=accused, you=NAMED)
    only = Officer(app, "second_custodian")
    only.post(AT, case_number=number, purpose=PURPOSE, basis=BASIS)
    path = request_path(only, number)
    assert only.post(f"{path}/agree", at=AT).status == 403
    assert only.post(f"{path}/open", at=AT).status == 409
    assert Officer(app, "custodian").post(f"{path}/agree", at=AT).status == 404
