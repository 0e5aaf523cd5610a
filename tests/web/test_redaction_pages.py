"""Personal data on its way to the public: shown side by side, decided piece by piece, stopped at the last moment."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core.audit import AuditEvent
from core.database import Database, unit_of_work
from portal.enforcement.kinds import BLACKLIST, PENALTY
from portal.publishing import operations, rendered, suggestions
from portal.publishing.models import Disclosure, PublicRecord
from portal.publishing.rendered import Output, WouldLeak
from tests.conftest import TestClock
from tests.support.disclosures import BLACKLIST_FIELDS, PENALTY_FIELDS, Publisher
from tests.support.outputs import addresses, readable
from tests.support.page import Page, checked

FACTS = "经查，采样员王建军和李红未到现场，联系人：赵敏，办公电话0374-2965555，货车豫K12345在场。"
SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def drafted(database: Database, publisher: Publisher, clock: TestClock) -> str:
    with unit_of_work(database) as session:
        fields = {**PENALTY_FIELDS, "violation_facts": FACTS}
        return operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now()).id


def keys(page: Page) -> dict[str, str]:
    """What is marked on the page → the key of its decision."""
    found = {}
    for section in page.find("//section[@class='redaction']"):
        marked = section.xpath("string(.//mark)")
        found[marked] = section.xpath(".//input[@type='radio']/@name")[0].removeprefix("action-")
    return found


def send(client: FlaskClient, url: str, **fields: str) -> Page:
    token = checked(client, f"{url.rsplit('/', 1)[0]}/redact").find("//input[@name='csrf_token']/@value")[0]
    response = client.post(url, data={**fields, "csrf_token": token}, follow_redirects=True)
    return Page(url, response.status_code, response.get_data(as_text=True))


def state_of(database: Database, record_id: str) -> str:
    with database.read() as session:
        return session.get_one(Disclosure, record_id).state


def test_every_piece_is_shown_side_by_side_and_nothing_is_changed_silently(
    client: FlaskClient, sign_in: SignIn, drafted: str, database: Database
) -> None:
    sign_in(client, "editor")
    page = checked(client, f"/editorial/{drafted}/redact")
    shown = {
        section.xpath("string(.//mark)"): section.xpath("string(.//ins)")
        for section in page.find("//section[@class='redaction']")
    }
    assert shown == {
        "王建军": "王某某",
        "李红": "李某某",
        "赵敏": "赵某某",
        "0374-2965555": "（电话略）",
        "豫K12345": "（车牌号略）",
    }
    for side in page.find("//div[@class='redaction__sides']"):
        assert len(side.xpath("./div")) == 2
    assert "王建军" in checked(client, f"/editorial/{drafted}").text("//dl")
    with database.read() as session:
        assert session.get_one(Disclosure, drafted).draft["violation_facts"] == FACTS


def test_what_is_not_decided_cannot_be_submitted_and_what_is_decided_is_what_goes_out(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    drafted: str,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
) -> None:
    sign_in(client, "editor")
    url = f"/editorial/{drafted}"
    assert "有 5 处可能是个人信息" in checked(client, url).text()
    assert send(client, f"{url}/submit").status == 422 and state_of(database, drafted) == "draft"
    names = keys(checked(client, f"{url}/redact"))
    choices = {f"action-{key}": "redact" for word, key in names.items() if word != "0374-2965555"}
    office = names["0374-2965555"]
    refused = send(client, f"{url}/redact", **choices, **{f"action-{office}": "keep"})
    assert refused.status == 422 and "保留要写明理由" in refused.text()
    assert refused.find(f"//input[@name='action-{office}' and @value='keep' and @checked]"), "the choice was lost"
    kept = {f"action-{office}": "keep", f"reason-{office}": "执法机关的办公电话"}
    assert send(client, f"{url}/redact", **choices, **kept).status == 200
    again = checked(client, f"{url}/redact")
    assert again.find(f"//input[@name='reason-{office}']/@value") == ["执法机关的办公电话"]
    assert send(client, f"{url}/submit").status == 200
    publisher.approve(drafted, clock.now())
    public = checked(app.test_client(), f"/penalties/{drafted}").text()
    assert "采样员王某某和李某某未到现场，联系人：赵某某，办公电话0374-2965555，货车（车牌号略）在场" in public
    outside = app.test_client()
    for address in addresses(app, outside, [drafted]):
        content = readable(outside, address)
        assert not [one for one in ("王建军", "李红", "赵敏", "豫K12345") if one in content], address


def test_decisions_hold_while_the_text_is_edited_and_new_words_are_asked_about(
    client: FlaskClient, sign_in: SignIn, drafted: str, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, drafted)
        everything = {each.key: ("redact", "", "") for each in suggestions.suggestions(one)}
        suggestions.decide(one, everything, on=clock.now().date())
        changed = {**PENALTY_FIELDS, "violation_facts": f"{FACTS}运维员周立在场。"}
        operations.revise(session, one, changed, actor=publisher.editor, at=clock.now())
        assert [each.text for each in suggestions.undecided(one)] == ["周立"]


def test_what_no_reason_can_keep_offers_no_keeping(
    client: FlaskClient, sign_in: SignIn, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        fields = {**PENALTY_FIELDS, "violation_facts": "联系电话13812345678。"}
        found = operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now())
        (one,) = suggestions.suggestions(found)
        with pytest.raises(suggestions.MayNotBeKept):
            suggestions.decide(found, {one.key: ("keep", "对方要求公开", "")}, on=clock.now().date())
    sign_in(client, "editor")
    page = checked(client, f"/editorial/{found.id}/redact")
    assert "不能公开，只能遮蔽" in page.text() and not page.find("//input[@value='keep']")
    key = keys(page)["13812345678"]
    send(client, f"/editorial/{found.id}/redact", **{f"action-{key}": "redact"})
    assert send(client, f"/editorial/{found.id}/submit").status == 200
    with database.read() as session:
        assert "13812345678" not in json.dumps(
            [one.detail for one in session.scalars(select(AuditEvent))], ensure_ascii=False, default=str
        )


def test_a_name_goes_out_only_by_a_law_and_after_another_person_has_checked_it(
    client: FlaskClient, app: Flask, sign_in: SignIn, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        fields = {**BLACKLIST_FIELDS, "party_name": "张建国", "party_type": "natural_person", "name_law": "hf-175"}
        one = operations.draft(session, BLACKLIST, fields, actor=publisher.editor, at=clock.now())
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
    with pytest.raises(suggestions.LegalReviewMissing):
        publisher.approve(one.id, clock.now())
    sign_in(client, "editor")
    assert send(client, f"/editorial/{one.id}/legal-review").status == 403
    other = app.test_client()
    sign_in(other, "approver")
    assert "请核对所选法律" in checked(other, f"/editorial/{one.id}/redact").text()
    assert send(other, f"/editorial/{one.id}/legal-review").status == 200
    publisher.approve(one.id, clock.now())
    page = checked(app.test_client(), f"/blacklist/{one.id}")
    assert "张建国" in page.text() and "环发〔2015〕175号：社会监测机构及人员列入不良记录名单" in page.text()


def test_without_a_law_the_name_stays_masked(client: FlaskClient, publisher: Publisher, clock: TestClock) -> None:
    found = publisher.blacklist(clock.now(), party_name="欧阳建国", party_type="natural_person")
    page = checked(client, f"/blacklist/{found}")
    assert "欧阳某某" in page.text() and "欧阳建国" not in page.html


# The last look: what is rendered is scanned, and a leak undoes the whole transaction.


@pytest.fixture
def leaky(app: Flask) -> Iterator[Callable[[str], None]]:
    """leaky(text): from now on something that shows records shows this beside them."""

    def starts(leak: str) -> None:
        rendered.register(
            "test", lambda _session, record: iter([Output("attachment", f"<p>{record.title}<br>{leak}</p>")])
        )

    yield starts
    rendered.register("test", lambda _session, _record: iter(()))


@pytest.mark.parametrize(
    "leak", ["身份证４１１０００１９９００３０７００１１", "电话 138<b>1234</b>5678", "备注：当事人态度恶劣不配合"]
)
def test_a_leak_in_what_would_go_out_undoes_everything(
    leaky: Callable[[str], None], publisher: Publisher, database: Database, clock: TestClock, leak: str
) -> None:
    leaky(leak)
    with pytest.raises(WouldLeak) as refusal:
        publisher.penalty(clock.now(), note="当事人态度恶劣不配合")
    assert refusal.value.places == ["attachment"]
    with database.read() as session:
        for table in ("disclosure", "disclosure_version", "public_record", "log_leaf", "disclosure_change"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_the_page_and_the_bytes_of_a_record_are_really_rendered_for_the_scan(
    publisher: Publisher, database: Database, clock: TestClock, app: Flask
) -> None:
    record_id = publisher.penalty(clock.now())
    with app.app_context(), database.read() as session:
        found = {one.place: one.text for one in rendered.outputs(session, session.get_one(PublicRecord, record_id))}
    feeds = {"/feeds/….rss", "/feeds/….atom", "/feeds/….json"}
    assert {"record", "list", "/penalties/…", "/records/….json", "search", "/api/v1/penalties/…", *feeds} <= set(found)
    assert all("豫1000环罚决字" in found[feed] for feed in feeds)
    assert "稀释样品" in found["/penalties/…"] and "<html" in found["/penalties/…"]
    assert "稀释样品" in found["/records/….json"] and "稀释样品" in found["search"]


def test_what_a_correction_takes_out_must_not_stand_in_an_old_version_still(
    app: Flask, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    """The old version stays readable: so the correction is refused, and the record must be withdrawn and erased."""
    record = publisher.penalty(clock.now(), violation_facts="经查，王大锤三次篡改数据。")
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, record)
        operations.correct(session, one, "隐去姓名", actor=publisher.editor, at=clock.now())
        changed = {**one.draft, "violation_facts": "经查，采样员王大锤承认篡改数据。"}
        operations.revise(session, one, changed, actor=publisher.editor, at=clock.now())
        everything = {each.key: ("redact", "", "") for each in suggestions.suggestions(one)}
        operations.redact(session, one, everything, on=clock.now().date(), actor=publisher.editor, at=clock.now())
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
    with pytest.raises(WouldLeak) as refusal:
        publisher.approve(record, clock.now())
    assert "/penalties/…/versions/1" in refusal.value.places
    assert "/records/….json?version=1" in refusal.value.places
    assert any(place.startswith("/feeds/") for place in refusal.value.places)
    with app.test_client() as client:
        assert "王大锤" in client.get(f"/penalties/{record}").get_data(as_text=True), "as before"


def test_no_public_output_of_records_seeded_with_personal_data_tells_any_of_it(
    app: Flask, publisher: Publisher, database: Database, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    """Everything of the marked sentences goes through the desk, is redacted where it can be, and is then looked for."""
    lines = (Path(__file__).parents[1] / "vectors" / "redaction.txt").read_text("utf-8").splitlines()
    mark = re.compile(r"⟦(\w+)\|([^⟧]+)⟧")
    wanted = [line for line in lines if mark.search(line) and not line.startswith("#")]
    ids, words = [], set()
    for number, start in enumerate(range(0, len(wanted), 12)):
        part = wanted[start : start + 12]
        words |= {one[2] for line in part for one in mark.finditer(line)}
        facts = "\n".join(mark.sub(r"\2", line) for line in part)
        with unit_of_work(database) as session:
            fields = {**PENALTY_FIELDS, "decision_no": f"许环罚〔2026〕{number}号", "violation_facts": facts}
            one = operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now())
            everything = {each.key: ("redact", "", "") for each in suggestions.suggestions(one)}
            suggestions.decide(one, everything, on=clock.now().date())
            operations.submit(session, one, actor=publisher.editor, at=clock.now())
        publisher.approve(one.id, clock.now())
        ids.append(one.id)
    run_jobs()
    outside = app.test_client()
    seen = addresses(app, outside, ids, ["/search?q=采样员", "/search?q=电话", "/search?q=身份证"])
    assert len(seen) > 40
    said = {url: readable(outside, url) for url in seen}
    assert any("王某" in text for text in said.values())
    personal = {word for word in words if len(word) > 2}
    assert [(url, word) for url, text in said.items() for word in personal if word in text] == []


def test_an_identifier_that_looks_like_a_number_keeps_nothing_back() -> None:
    identifier = "hcaa1s9z03741234567qmnpr8d"
    assert not rendered._leaks(Output("page", f"<a>同一当事人的其他记录 {identifier}</a>"), [])
    assert rendered._leaks(Output("page", f"<a>{identifier} 13912345678</a>"), [])
