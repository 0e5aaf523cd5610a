"""From draft to public page, correction and withdrawal, through the pages that editors and reviewers really use."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.audit import AuditEvent
from core.database import Database
from portal.publishing.kinds import kind_named
from portal.publishing.ledger_leaf import commitment
from portal.publishing.models import Disclosure, DisclosureVersion
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, FIELDS, PENALTY_FIELDS, USCC, Publisher
from tests.support.page import Page, checked

LISTS = {"penalty": "/penalties", "blacklist": "/blacklist", "notice": "/notices"}
MOBILE, RESIDENT, CARD = "13812345678", "411000199003070011", "6217002430001123455"
HOSTILE = "<b onload=x>'\";--😀<script>alert(1)</script> ' OR 1=1; DROP TABLE disclosure; {{ 7*7 }} %(x)s \\"
TYPED = ("text", "long", "rich")


@dataclass
class Member:
    """Somebody who has signed in, with a browser."""

    client: FlaskClient
    token: str

    def open(self, url: str, status: int = 200) -> Page:
        return checked(self.client, url, status)

    def send(self, url: str, **fields: Any) -> TestResponse:
        return self.client.post(url, data={**fields, "csrf_token": self.token})

    def fill(self, url: str, **changes: Any) -> TestResponse:
        """Open the form at `url`, change what is named, send all of it as a browser would."""
        return self.client.post(url, data={**form_values(self.open(url)), **changes})

    def step(self, record_id: str, action: str, **fields: str) -> int:
        """Take a step as the draft's page would; approving says what was seen there."""
        if action == "approve" and "seen" not in fields:
            page = self.client.get(f"/editorial/{record_id}").get_data(as_text=True)
            fields["seen"] = next(iter(re.findall(r'name="seen" value="(\w+)"', page)), "")
        return self.send(f"/editorial/{record_id}/{action}", **fields).status_code

    def draft(self, kind: str = "penalty", **changes: Any) -> str:
        response = self.fill(f"/editorial/{kind}/new", **{**FIELDS[kind], **changes})
        assert response.status_code == 302, response.get_data(as_text=True)
        return response.headers["Location"].rsplit("/", 1)[1]


Staff = Callable[[str], Member]


@pytest.fixture
def staff(app: Flask, sign_in: Callable[[FlaskClient, str], None]) -> Staff:
    def member(name: str) -> Member:
        client = app.test_client()
        sign_in(client, name)
        return Member(client, checked(client, "/feeds").find("//input[@name='csrf_token']/@value")[0])

    return member


def form_values(page: Page) -> dict[str, Any]:
    form = page.find("//main//form[.//button or .//input[@type='submit']]")[0]
    values: dict[str, Any] = {}
    for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        name, kind = field.get("name"), field.get("type")
        if field.tag == "select":
            values[name] = next(iter(field.xpath("./option[@selected]/@value")), "")
        elif field.tag == "textarea":
            values[name] = (field.text or "").removeprefix("\n")
        elif kind == "checkbox":
            values.setdefault(name, []).extend([field.get("value")] if field.get("checked") is not None else [])
        elif kind != "submit":
            values[name] = field.get("value", "")
    return values


def value_of(page: Page, label: str) -> str:
    """Of a field in the list, or of one that is told before it."""
    place = f"[normalize-space()='{label}']/following-sibling::"
    return page.text(f"//dt{place}dd[1] | //section[@class='told']/h2{place}div[1]")


def titles(page: Page) -> list[str]:
    return ["".join(one.itertext()) for one in page.find("//p[@class='record-list__title']/a")]


def listed(page: Page) -> list[str]:
    return [href.rsplit("/", 1)[1] for href in page.find("//p[@class='record-list__title']/a/@href")]


def in_feed(client: FlaskClient, name: str = "penalties") -> list[str]:
    return [one.id.rsplit("/", 1)[1] for one in feedparser.parse(client.get(f"/feeds/{name}.atom").data).entries]


def state_of(database: Database, record_id: str) -> str:
    with database.read() as session:
        return session.get_one(Disclosure, record_id).state


def draft_of(database: Database, record_id: str) -> dict[str, Any]:
    with database.read() as session:
        return dict(session.get_one(Disclosure, record_id).draft)


def disclosures(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Disclosure)) or 0


# Two people


@pytest.mark.parametrize("kind", list(LISTS))
def test_a_draft_becomes_public_when_another_person_approves_it(
    staff: Staff, client: FlaskClient, database: Database, kind: str
) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft(kind)
    page = f"{LISTS[kind]}/{record_id}"

    def nothing_is_public() -> None:
        checked(client, page, 404)
        assert listed(checked(client, LISTS[kind])) == []
        assert in_feed(client, "all") == []

    nothing_is_public()
    assert editor.step(record_id, "submit") == 302
    nothing_is_public()
    assert f"/editorial/{record_id}" in approver.open("/editorial").find("//main//a/@href")
    assert approver.step(record_id, "approve") == 302
    public = checked(client, page)
    assert "由一人起草、另一人审核后公开" in public.text()
    for row in kind_named(kind).rows:
        if row["type"] in ("text", "long") and FIELDS[kind].get(row["name"]):
            assert value_of(public, row["label"]) == FIELDS[kind][row["name"]]
    assert listed(checked(client, LISTS[kind])) == [record_id]
    assert in_feed(client, "all") == [record_id]
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject == f"{kind}:{record_id}")).all()
    assert [one.action.split(".")[1] for one in events] == ["draft", "submit", "approve", "publish"]
    assert len({one.actor_id for one in events}) == 2


def test_what_is_for_internal_use_only_never_appears(staff: Staff, client: FlaskClient) -> None:
    editor, secret = staff("editor"), "只供内部的话"
    internal = [row["name"] for row in kind_named("penalty").rows if not row["is_public"]]
    record_id = editor.draft(**dict.fromkeys(internal, secret))
    editor.step(record_id, "submit")
    staff("approver").step(record_id, "approve")
    for url in (f"/penalties/{record_id}", f"/penalties/{record_id}/versions/1", "/penalties", "/feeds/all.rss"):
        assert secret not in client.get(url).get_data(as_text=True)


def test_even_an_administrator_cannot_approve_what_they_wrote(
    staff: Staff, client: FlaskClient, database: Database
) -> None:
    administrator = staff("administrator")
    own = administrator.draft()
    administrator.step(own, "submit")
    assert not administrator.open(f"/editorial/{own}").find(f"//form[@action='/editorial/{own}/approve']")
    assert not administrator.open("/editorial").find("//input[@name='chosen']")
    assert administrator.step(own, "approve") == 403
    checked(client, f"/penalties/{own}", 404)
    assert state_of(database, own) == "in_review"


def test_who_changes_a_draft_of_another_cannot_approve_it(staff: Staff, database: Database) -> None:
    editor, administrator = staff("editor"), staff("administrator")
    record_id = editor.draft()
    assert administrator.fill(f"/editorial/{record_id}/edit", violation_type="改过的类型").status_code == 302
    editor.step(record_id, "submit")
    assert administrator.step(record_id, "approve") == 403
    assert state_of(database, record_id) == "in_review"


def test_several_are_approved_together_from_the_board_or_none(
    staff: Staff, database: Database, clock: TestClock
) -> None:
    editor = staff("editor")
    others = editor.draft()
    editor.step(others, "submit")
    clock.moves_on(days=3)
    administrator = staff("administrator")
    own = administrator.draft(decision_no="豫1000环罚决字〔2026〕13号")
    administrator.step(own, "submit")
    [seen] = administrator.open("/editorial").find("//input[@name='chosen']/@value")
    assert administrator.send("/editorial/approve", chosen=[seen, own]).status_code == 403
    assert (state_of(database, others), state_of(database, own)) == ("in_review", "in_review")
    approver = staff("approver")
    board = approver.open("/editorial")
    assert "3 天" in board.text(f"//tr[.//a[@href='/editorial/{others}']]")
    offered = board.find("//input[@name='chosen']/@value")
    assert [one.split(".")[0] for one in offered] == [others, own]
    assert approver.send("/editorial/approve", chosen=offered).status_code == 302
    assert (state_of(database, others), state_of(database, own)) == ("published", "published")


def test_what_is_sent_back_carries_the_reason_until_it_is_submitted_again(staff: Staff, database: Database) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft()
    editor.step(record_id, "submit")
    assert approver.step(record_id, "return", reason="") == 422
    assert state_of(database, record_id) == "in_review"
    assert approver.step(record_id, "return", reason="罚款金额与决定书不符") == 302
    for url in (f"/editorial/{record_id}", f"/editorial/{record_id}/edit"):
        assert "罚款金额与决定书不符" in editor.open(url).text()
    assert editor.fill(f"/editorial/{record_id}/edit", fine_wan_yuan="8").status_code == 302
    assert editor.step(record_id, "submit") == 302
    assert "罚款金额与决定书不符" not in approver.open(f"/editorial/{record_id}").text()
    assert draft_of(database, record_id)["fine_wan_yuan"] == "8"


def test_a_step_that_is_not_due_is_refused(staff: Staff, database: Database) -> None:
    administrator = staff("administrator")
    record_id = administrator.draft("notice")
    for action in ("approve", "return", "correct", "withdraw"):
        assert administrator.step(record_id, action, reason="原因", basis="依据") == 409, action
    assert state_of(database, record_id) == "draft"


# Correction and withdrawal


def test_a_correction_is_reviewed_and_its_history_shows_both_versions_and_the_difference(
    staff: Staff, client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    record_id = publisher.penalty(clock.now())
    page, editor = f"/penalties/{record_id}", staff("editor")
    clock.moves_on(hours=3)
    editor.open(f"/editorial/{record_id}/edit", 409)
    assert editor.step(record_id, "correct", reason="金额录入有误") == 302
    changes = {"fine_wan_yuan": "6.5", "license_affected": "排污许可证"}
    assert editor.fill(f"/editorial/{record_id}/edit", **changes).status_code == 302
    assert editor.step(record_id, "submit") == 302
    assert value_of(checked(client, page), "罚款金额（万元）") == "5"
    assert "有更正" not in checked(client, "/penalties").text()
    assert staff("approver").step(record_id, "approve") == 302

    corrected = checked(client, page)
    assert value_of(corrected, "罚款金额（万元）") == "6.5"
    assert "有更正" in checked(client, "/penalties").text()
    newest, first = corrected.find("//li[@class='timeline__event']")
    assert "更正（第 2 版）" in "".join(newest.itertext()) and "金额录入有误" in "".join(newest.itertext())
    shown = [(one.xpath("string(./del)"), one.xpath("string(./ins)")) for one in newest.xpath(".//li")]
    assert shown == [("5", "6.5"), ("（空）", "排污许可证")]
    assert not first.xpath(".//del")
    with database.read() as session:
        stored = session.scalars(select(DisclosureVersion).order_by(DisclosureVersion.version)).all()
        contents = [one.content for one in stored]
    assert [commitment(one.salt, one.body.encode()) for one in contents if one] == [one.commitment for one in stored]
    assert newest.xpath(".//a[contains(@href, 'version=2')]") and first.xpath(".//a[contains(@href, 'version=1')]")

    old = checked(client, f"{page}/versions/1")
    assert value_of(old, "罚款金额（万元）") == "5" and "这是旧版本" in old.text()
    new = checked(client, f"{page}/versions/2")
    assert value_of(new, "罚款金额（万元）") == "6.5" and "这是旧版本" not in new.text()
    checked(client, f"{page}/versions/3", 404)


def test_a_correction_needs_a_reason(staff: Staff, publisher: Publisher, database: Database, clock: TestClock) -> None:
    record_id = publisher.penalty(clock.now())
    assert staff("editor").step(record_id, "correct", reason="") == 422
    assert state_of(database, record_id) == "published"


@pytest.mark.parametrize("kind", list(LISTS))
def test_a_withdrawn_record_is_gone_and_says_why_but_not_whom(
    staff: Staff, client: FlaskClient, publisher: Publisher, clock: TestClock, kind: str
) -> None:
    record_id, stays = publisher.publish(kind_named(kind), clock.now()), None
    if kind == "notice":
        stays = publisher.notice(clock.now(), title="留下的公告")
    path, approver = f"{LISTS[kind]}/{record_id}", staff("approver")
    assert approver.step(record_id, "withdraw", reason="决定已被撤销", basis="") == 422
    checked(client, path)
    assert approver.step(record_id, "withdraw", reason="决定已被撤销", basis="行政处罚法第四十八条") == 302
    for url in (path, f"{path}/versions/1"):
        gone = checked(client, url, 410)
        assert "决定已被撤销" in gone.text() and "行政处罚法第四十八条" in gone.text()
        assert COMPANY not in gone.html and FIELDS[kind].get("title", COMPANY) not in gone.html
    left = [stays] if stays else []
    assert listed(checked(client, LISTS[kind])) == left
    assert in_feed(client, "all") == left
    assert approver.step(record_id, "withdraw", reason="再次", basis="再次") == 409


def test_a_record_whose_correction_is_being_written_can_be_withdrawn(
    staff: Staff, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    record_id = publisher.penalty(clock.now())
    staff("editor").step(record_id, "correct", reason="核对")
    assert staff("approver").step(record_id, "withdraw", reason="复议撤销", basis="行政处罚法第四十八条") == 302
    assert "复议撤销" in checked(client, f"/penalties/{record_id}", 410).text()


# Personal data


def refusals(editor: Member, database: Database, drafts: Sequence[tuple[str, dict[str, str]]]) -> list[str]:
    """Submit each of `drafts`; what the page says to each, "accepted" where neither it nor the draft's page refuses."""
    said = []
    for number, (kind, changes) in enumerate(drafts):
        record_id = editor.draft(kind, **{"decision_no": f"豫环罚〔2026〕{number + 1}号", **changes})
        response = editor.send(f"/editorial/{record_id}/submit")
        told_at_once = "banner--bad" in editor.open(f"/editorial/{record_id}").html
        refused = told_at_once and response.status_code == 422 and state_of(database, record_id) == "draft"
        found = re.search(r"不能提交或公开。([^<]*)<", response.get_data(as_text=True))
        said.append(found[1].strip() if refused and found else "accepted")
    return said


def test_personal_numbers_stop_a_draft_and_the_field_is_named(staff: Staff, database: Database) -> None:
    drafts: dict[str, tuple[str, dict[str, str]]] = {
        "违法事实：手机号": ("penalty", {"violation_facts": f"联系人电话{MOBILE}。"}),
        "行政相对人名称：身份证号": ("penalty", {"party_name": f"张三{RESIDENT}"}),
        "处罚内容：银行卡号；处罚内容：手机号": ("penalty", {"penalty_content": f"缴至{CARD}，电话{MOBILE}"}),
        "列入事由：身份证号": ("blacklist", {"listed_reason": "身份证４１１０００１９９００３０７００１１"}),
        "标题：手机号": ("notice", {"title": f"{MOBILE}的公告"}),
        "正文：手机号": ("notice", {"text": f"<p>电话 {MOBILE}</p>"}),
    }
    assert refusals(staff("editor"), database, list(drafts.values())) == list(drafts)


def test_a_number_that_the_markup_of_a_notice_takes_apart_is_found_too(staff: Staff, database: Database) -> None:
    texts = ("<p>电话 138<strong>1234</strong>5678</p>", "<p>电话 &#49;3812345678</p>")
    drafts = [("notice", {"text": text}) for text in texts]
    assert refusals(staff("editor"), database, drafts) == ["正文：手机号"] * 2


def natural_person(publisher: Publisher, at: datetime, kind: str, text: str) -> list[str]:
    """The public addresses that tell of a penalty or a listing of 张建国."""
    long_text = {"penalty": "violation_facts", "blacklist": "listed_reason"}[kind]
    person = {"party_name": "张建国", "party_type": "natural_person", "party_uscc": USCC, long_text: text}
    path = f"{LISTS[kind]}/{publisher.publish(kind_named(kind), at, **person)}"
    return [path, f"{path}/versions/1", LISTS[kind], "/feeds/all.atom", "/feeds/all.rss"]


@pytest.mark.parametrize("kind", ["penalty", "blacklist"])
def test_a_natural_person_is_masked_wherever_the_record_is_public(
    client: FlaskClient, publisher: Publisher, clock: TestClock, kind: str
) -> None:
    for url in natural_person(publisher, clock.now(), kind, "稀释样品。"):
        text = client.get(url).get_data(as_text=True)
        assert "张某某" in text, url
        assert "张建国" not in text and USCC not in text, url


def test_the_mask_holds_in_the_text_of_the_record_too(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    urls = natural_person(publisher, clock.now(), "penalty", "经查，张建国指使他人稀释样品。")
    assert [url for url in urls if "张建国" in client.get(url).get_data(as_text=True)] == []


def test_the_editor_is_told_how_a_natural_person_will_be_shown(staff: Staff) -> None:
    editor = staff("editor")
    record_id = editor.draft(party_name="张建国", party_type="natural_person")
    page = editor.open(f"/editorial/{record_id}")
    assert "公开时显示为“张某某”" in page.text()
    assert value_of(page, "行政相对人名称") == "张某某"


# The form


@pytest.mark.parametrize("kind", list(LISTS))
def test_whatever_is_typed_is_kept_as_typed_and_shown_as_text(
    staff: Staff, client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock, kind: str
) -> None:
    rows = [row for row in kind_named(kind).rows if row["type"] in TYPED]
    typed = {row["name"]: HOSTILE[: row.get("max_length", 20_000)].strip() for row in rows}
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft(kind, **typed)
    assert {name: draft_of(database, record_id)[name] for name in typed} == typed
    again = form_values(editor.open(f"/editorial/{record_id}/edit"))
    assert {name: again[name] for name in typed} == typed
    editor.step(record_id, "submit")
    assert approver.step(record_id, "approve") == 302
    for url in ("/editorial", f"/editorial/{record_id}"):
        approver.open(url)
    checked(client, "/")
    public = checked(client, f"{LISTS[kind]}/{record_id}")
    for row in rows:
        if row["type"] != "rich" and row["is_public"]:
            assert value_of(public, row["label"]) == typed[row["name"]]
    assert not public.find("//main//script | //main//b")
    publisher.correct(record_id, clock.now(), **{rows[0]["name"]: f"{typed[rows[0]['name']]}改"})
    assert typed[rows[0]["name"]] in checked(client, f"{LISTS[kind]}/{record_id}").text("//del")
    assert HOSTILE[:12] in titles(checked(client, LISTS[kind]))[0]


def test_the_text_of_a_notice_keeps_its_structure_and_loses_what_could_run(
    staff: Staff, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    text = (
        '<h2>一</h2><p style="color:red" onclick="x()">段<img src=x onerror=x()></p>'
        '<a href="javascript:x()">坏</a><a href="https://example.org/">好</a><iframe src="//example.org"></iframe>'
    )
    page = checked(client, f"/notices/{publisher.notice(clock.now(), text=text)}")
    told = "//main//div[@class='told__text']"
    assert page.find(f"{told}/h2") and page.find(f"{told}//a[@href='https://example.org/']")
    assert not page.find(f"{told}//img | {told}//iframe | {told}//@style | {told}//@onclick")
    assert not page.find("//main//a[starts-with(@href, 'javascript')]")


@pytest.mark.parametrize("empty", ["", "   "])
def test_what_is_missing_is_said_beside_the_field_and_the_rest_is_kept(
    staff: Staff, database: Database, empty: str
) -> None:
    editor = staff("editor")
    for kind in LISTS:
        rows = kind_named(kind).rows
        required = {row["name"]: row["label"] for row in rows if row["required"]}
        chosen = {row["name"] for row in rows if row["type"] in ("choice", "date")}
        optional = [row for row in rows if not row["required"] and row["type"] in ("text", "long")]
        kept = {row["name"]: f"填过的{row['label']}" for row in optional}
        sent = {**kept, **{name: "" if name in chosen else empty for name in required}}
        response = editor.fill(f"/editorial/{kind}/new", **sent)
        assert response.status_code == 200, "a draft without what is required was saved"
        page = Page(f"/editorial/{kind}/new", 200, response.get_data(as_text=True))
        for name, label in required.items():
            assert f"请填写“{label}”" in page.text(f"//*[@id='{name}-error']")
            assert page.find(f"//div[@class='govuk-error-summary']//a[@href='#{name}']")
        assert {name: form_values(page)[name] for name in kept} == kept
    assert disclosures(database) == 0


def answer_to(editor: Member, field: str, value: str) -> str:
    """What the form of a penalty says beside `field`; "lost" where it does not keep what was typed."""
    response = editor.fill("/editorial/penalty/new", **{**PENALTY_FIELDS, "decision_no": value[:9], field: value})
    if response.status_code != 200:
        return "accepted"
    page = Page("/editorial/penalty/new", 200, response.get_data(as_text=True))
    values, is_chosen = form_values(page), field in ("party_type", "county_code", "acts")
    kept = values["violation_facts"] == PENALTY_FIELDS["violation_facts"] and (is_chosen or values[field] == value)
    return page.text(f"//*[@id='{field}-error']") if kept else "lost"


IMPOSSIBLE = [
    ("decided_on", "2026-02-30"),
    ("decided_on", "昨天"),
    ("decided_on", "2026/10/08"),
    ("penalty_valid_until", "2026-13-01"),
    ("fine_wan_yuan", "五万"),
    ("fine_wan_yuan", "-1"),
    ("fine_wan_yuan", "NaN"),
    ("party_type", "robot"),
    ("county_code", "110101"),
    ("acts", "T99"),
    ("party_org_code", "一" * 21),
    ("decision_no", "号" * 129),
]
UNCOUNTABLE = [("fine_wan_yuan", "Infinity"), ("confiscated_wan_yuan", "1e999")]


@pytest.mark.parametrize("table", [IMPOSSIBLE, UNCOUNTABLE])
def test_a_value_that_cannot_be_is_refused_beside_the_field_with_nothing_lost(
    staff: Staff, database: Database, table: list[tuple[str, str]]
) -> None:
    editor = staff("editor")
    answers = {one: answer_to(editor, *one) for one in table}
    assert {one: text for one, text in answers.items() if text in ("", "accepted", "lost")} == {}
    assert disclosures(database) == 0


def test_a_wrong_credit_code_is_kept_with_a_warning(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    for number, (typed, kept, warning) in enumerate(
        [
            ("9141100", "9141100", "应为 18 位，现在是 7 位"),
            ("91411000ma3x4twt1j", USCC, "校验位不对"),
            ("９１４１１０００ MA3X4TWT 1J", USCC, "校验位不对"),
            ("914100002914177768", "914100002914177768", ""),
        ]
    ):
        record_id = editor.draft(party_uscc=typed, decision_no=f"豫环罚〔2026〕{number + 1}号")
        assert draft_of(database, record_id)["party_uscc"] == kept
        shown = editor.open(f"/editorial/{record_id}").text("//div[contains(@class, 'banner--warn')]")
        assert warning in shown and bool(warning) == bool(shown), typed


def test_the_same_decision_is_not_recorded_twice_and_what_was_typed_stays(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    editor.draft()
    for spelling in ("豫1000环罚决字〔2026〕12号", "豫1000环罚决字(2026)第012号"):
        response = editor.fill("/editorial/penalty/new", **{**PENALTY_FIELDS, "decision_no": spelling})
        page = Page("/editorial/penalty/new", 200, response.get_data(as_text=True))
        assert "已经录入" in page.text()
        assert form_values(page)["decision_no"] == spelling
    assert disclosures(database) == 1


def test_the_longest_text_that_each_field_allows_can_be_published(staff: Staff, client: FlaskClient) -> None:
    rows = [row for row in kind_named("penalty").rows if row["type"] == "text"]
    editor = staff("editor")
    record_id = editor.draft(**{row["name"]: "长" * row.get("max_length", 200) for row in rows})
    editor.step(record_id, "submit")
    assert staff("approver").step(record_id, "approve") == 302
    checked(client, f"/penalties/{record_id}")


# Lists


@pytest.fixture
def six(publisher: Publisher, clock: TestClock) -> dict[str, str]:
    """name → id; what the names say is what the records differ in."""
    authority = {"魏": "许昌市生态环境局魏都分局", "禹": "许昌市生态环境局禹州分局"}
    told: dict[str, tuple[str, str, Sequence[str], str]] = {
        "a": ("411002", "魏", ["T03"], "2026-10-08"),
        "b": ("411002", "魏", ["T03", "F01"], "2025-12-31"),
        "c": ("411081", "禹", ["F01"], "2025-01-01"),
        "d": ("411081", "魏", [], "2024-12-31"),
        "e": ("411002", "禹", ["I05"], "2026-01-01"),
        "f": ("", "禹", ["T03"], "2026-05-05"),
    }
    return {
        name: publisher.penalty(
            clock.now(),
            decision_no=f"豫环罚〔2026〕{number}号",
            county_code=county or None,
            authority_name=authority[short],
            acts=acts,
            decided_on=day,
        )
        for number, (name, (county, short, acts, day)) in enumerate(told.items(), 1)
    }


WEIDU, YUZHOU = (quote(f"许昌市生态环境局{name}分局") for name in ("魏都", "禹州"))


def test_filters_and_their_combinations_leave_what_was_asked_for(client: FlaskClient, six: dict[str, str]) -> None:
    names = {record_id: name for name, record_id in six.items()}
    expected = {
        "": "afebcd",
        "county=411002": "aeb",
        f"authority={YUZHOU}": "fec",
        "act=T03": "afb",
        "act=F01": "bc",
        "year=2025": "bc",
        "year=2024": "d",
        "county=411002&year=2026": "ae",
        "county=411002&act=F01": "b",
        f"authority={WEIDU}&act=T03": "ab",
        f"county=411081&authority={YUZHOU}": "c",
        f"county=411002&authority={WEIDU}&act=T03&year=2025": "b",
        f"county=411002&authority={WEIDU}&act=I05&year=2026": "",
        "county=&authority=&act=&year=": "afebcd",
        "county=110101": "",
        "act=T99": "",
        "year=1999": "",
        "year=abc": "afebcd",
        "year=20261": "afebcd",
        "authority=%27%20OR%201%3D1--": "",
    }
    found = {query: "".join(names[one] for one in listed(checked(client, f"/penalties?{query}"))) for query in expected}
    assert found == expected


def test_the_filter_bar_offers_what_there_is_and_keeps_the_choice(client: FlaskClient, six: dict[str, str]) -> None:
    page = checked(client, "/penalties?county=411081&year=2025")
    offered = {name: page.find(f"//select[@name='{name}']/option/@value") for name in ("authority", "year", "county")}
    assert [one for one in offered["year"] if one] == ["2026", "2025", "2024"]
    assert len([one for one in offered["authority"] if one]) == 2
    assert form_values(page)["county"] == "411081" and form_values(page)["year"] == "2025"
    assert page.find("//main//a[@href='/penalties']")


def test_a_forged_question_is_refused_or_ignored_but_never_breaks_the_page(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    cursors = [
        "x",
        "绝对不是",
        "A" * 5000,
        *(b64encode(raw).decode() for raw in (b"5", b"[0]", b'[0,"x","y"]', b"[0,1,2]")),
    ]
    queries = [*(f"cursor={one}" for one in cursors), "year=abcd", "year=²²²²", "county='", "act=%00", "authority=%00"]
    urls = [*(f"/penalties?{query}" for query in queries), "/penalties/%00"]
    answers = {url: client.get(url).status_code for url in urls}
    assert {url: status for url, status in answers.items() if status not in (200, 400, 404, 422)} == {}


def follow(client: FlaskClient, url: str, direction: str) -> list[list[str]]:
    """The records of every page from `url` on, until there is no link in this direction."""
    pages = []
    while url:
        page = checked(client, url)
        pages.append(listed(page))
        url = next(iter(page.find(f"//a[@rel='{direction}']/@href")), "")
        if url:
            last = url
    return [*pages, [last]]


def test_forty_five_records_are_paged_forward_and_back_without_repeats_or_gaps(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    days = {
        publisher.penalty(
            clock.now(),
            decision_no=f"豫环罚〔2026〕{number}号",
            decided_on=(date(2026, 10, 8) - timedelta(number // 9)).isoformat(),
        ): number // 9
        for number in range(45)
    }
    other = publisher.penalty(clock.now(), decision_no="豫环罚〔2025〕1号", decided_on="2025-01-01")
    *forward, (last,) = follow(client, "/penalties?year=2026", "next")
    assert [len(page) for page in forward] == [20, 20, 5]
    order = [one for page in forward for one in page]
    assert sorted(order) == sorted(days) and other not in order
    assert [days[one] for one in order] == sorted(days.values())
    *backward, _first = follow(client, last, "prev")
    assert backward == forward[::-1]


def test_a_page_goes_on_where_it_ended_although_newer_records_came_in(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    for number in range(21):
        publisher.notice(
            clock.now(), title=f"公告{number}", issued_on=(date(2026, 10, 1) + timedelta(number)).isoformat()
        )
    first = checked(client, "/notices")
    publisher.notice(clock.now(), title="刚刚发布", issued_on="2026-11-22")
    assert titles(checked(client, first.find("//a[@rel='next']/@href")[0])) == ["公告0"]


def test_an_empty_list_says_that_it_proves_nothing(client: FlaskClient) -> None:
    for path in LISTS.values():
        assert "没有记录不等于没有问题" in checked(client, path).text()


# Who may


def test_a_page_that_never_was_public_is_not_found(client: FlaskClient, publisher: Publisher, clock: TestClock) -> None:
    record_id, unknown = publisher.penalty(clock.now()), "0" * 26
    for path in LISTS.values():
        for url in (f"{path}/{unknown}", f"{path}/{unknown}/versions/1", f"{path}/%27%20OR%201=1", f"{path}/😀"):
            checked(client, url, 404)
    checked(client, f"/notices/{record_id}", 404)
    checked(client, f"/penalties/{record_id}/versions/0", 404)
    checked(client, f"/penalties/{record_id}/versions/99999999999999999999", 404)


def test_an_editor_finds_no_page_for_an_unknown_draft(staff: Staff) -> None:
    administrator = staff("administrator")
    for url in ("/editorial/unknown", "/editorial/unknown/edit", "/editorial/report/new"):
        administrator.open(url, 404)
    assert administrator.step("unknown", "approve") == 404
    assert administrator.send("/editorial/approve", chosen=["unknown"]).status_code == 404


WRITING = ("submit", "correct")
REVIEWING = ("approve", "return", "withdraw")


OUTSIDERS = ("officer", "head", "operator", "supervisor")


def test_a_role_without_the_permission_is_refused(
    staff: Staff, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    record_id = publisher.notice(clock.now())
    board, new, one, edit = (
        "/editorial",
        "/editorial/notice/new",
        f"/editorial/{record_id}",
        f"/editorial/{record_id}/edit",
    )
    rules: list[tuple[str, list[str], list[str], tuple[str, ...]]] = [
        ("editor", [board, new, one], [], REVIEWING),
        ("approver", [board, one], [new, edit], WRITING),
        *((name, [], [board, new, one, edit], WRITING + REVIEWING) for name in OUTSIDERS),
    ]
    for name, open_pages, closed_pages, closed_steps in rules:
        member = staff(name)
        for url in open_pages:
            member.open(url)
        for url in closed_pages:
            member.open(url, 403)
        for action in closed_steps:
            assert member.step(record_id, action, reason="原因", basis="依据") == 403, (name, action)
        if new in closed_pages:
            assert member.send(new, **FIELDS["notice"]).status_code == 403
        if "approve" in closed_steps:
            assert member.send("/editorial/approve", chosen=[record_id]).status_code == 403
    assert state_of(database, record_id) == "published" and disclosures(database) == 1


def test_who_has_not_signed_in_is_led_to_the_sign_in_page(
    client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    record_id = publisher.notice(clock.now())
    for path in ("/editorial", "/editorial/penalty/new", f"/editorial/{record_id}", f"/editorial/{record_id}/edit"):
        response = client.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in?next=/editorial")
    token = checked(client, "/sign-in").hidden_fields()
    for action in WRITING + REVIEWING:
        response = client.post(f"/editorial/{record_id}/{action}", data={**token, "reason": "原因", "basis": "依据"})
        assert response.status_code == 302 and response.headers["Location"].startswith("/sign-in")
    assert state_of(database, record_id) == "published"
