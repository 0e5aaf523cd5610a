"""The gate, through the real pages: one person drafts, another publishes, everything leaves a trace."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.accounts.models import User
from core.accounts.permissions import Role
from core.database import Database, unit_of_work
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, FIELDS, PENALTY_FIELDS, Publisher
from tests.support.page import Page, check

SignIn = Callable[[FlaskClient, str], None]
OpenPage = Callable[..., Page]
MARKET = "许昌市市场监督管理局"
MARKUP = "<script>alert('x')</script>'; DROP TABLE disclosure;-- 😀 & \"引号\""


@pytest.fixture
def person(client: FlaskClient, sign_in: SignIn) -> Callable[[str], FlaskClient]:
    def signed_in(name: str) -> FlaskClient:
        one = client.application.test_client()
        sign_in(one, name)
        return one

    return signed_in


def post(client: FlaskClient, open_page: OpenPage, url: str, at: str | None = None, **fields: object) -> Page:
    """Post a form of the page `at` (the same address unless said) and follow to where it leads."""
    token = open_page(client, at or url).hidden_fields()["csrf_token"]
    response = client.post(url, data={"csrf_token": token, **fields}, follow_redirects=True)
    return Page(response.request.path, response.status_code, response.get_data(as_text=True))


def drafted(editor: FlaskClient, open_page: OpenPage, kind: str = "penalty", **changes: object) -> str:
    """The editorial address of a new draft."""
    page = post(editor, open_page, f"/editorial/{kind}/new", **{**FIELDS[kind], **changes})
    assert page.url.startswith("/editorial/"), check(page).text("//*[contains(@class,'error-summary')]")
    return page.url


@pytest.mark.parametrize(
    ("kind", "path"), [("penalty", "penalties"), ("blacklist", "blacklist"), ("notice", "notices")]
)
def test_from_draft_to_public_page_takes_two_people(
    person: Callable[[str], FlaskClient], client: FlaskClient, open_page: OpenPage, kind: str, path: str
) -> None:
    editor, approver = person("editor"), person("approver")
    address = drafted(editor, open_page, kind)
    record = address.replace("/editorial/", f"/{path}/")
    open_page(client, record, status=404)
    post(editor, open_page, f"{address}/submit", at=address)
    open_page(client, record, status=404)
    assert post(approver, open_page, f"{address}/approve", at=address).status == 200
    page = open_page(client, record)
    assert page.text("//h1") in open_page(client, f"/{path}").text()
    assert "由一人起草、另一人审核后公开" in page.text()


@pytest.mark.parametrize("path", ["/penalties", "/blacklist", "/notices"])
def test_an_empty_list_says_that_it_proves_nothing(client: FlaskClient, open_page: OpenPage, path: str) -> None:
    assert "没有记录不等于没有问题" in open_page(client, path).text()


def test_nobody_approves_their_own_draft_not_even_an_administrator(
    person: Callable[[str], FlaskClient], open_page: OpenPage, database: Database
) -> None:
    administrator = person("administrator")
    address = drafted(administrator, open_page)
    post(administrator, open_page, f"{address}/submit", at=address)
    page = open_page(administrator, address)
    assert "请由另一位同事审核" in page.text()
    refused = post(administrator, open_page, f"{address}/approve", at=address)
    assert refused.status == 403
    with database.read() as session:
        assert session.scalars(select(Disclosure.state)).all() == ["in_review"]


def test_whoever_revises_becomes_the_author_and_cannot_approve(
    person: Callable[[str], FlaskClient], open_page: OpenPage, database: Database, people: dict[str, User]
) -> None:
    with unit_of_work(database) as session:
        both = [str(Role.EDITOR), str(Role.APPROVER)]
        session.execute(update(User).where(User.id == people["approver"].id).values(roles=both))
    editor, approver = person("editor"), person("approver")
    address = drafted(editor, open_page)
    post(approver, open_page, f"{address}/edit", **{**PENALTY_FIELDS, "fine_wan_yuan": "8"})
    post(approver, open_page, f"{address}/submit", at=address)
    assert post(approver, open_page, f"{address}/approve", at=address).status == 403


def test_a_reviewer_sends_back_with_a_reason_that_the_author_reads(
    person: Callable[[str], FlaskClient], open_page: OpenPage
) -> None:
    editor, approver = person("editor"), person("approver")
    address = drafted(editor, open_page)
    post(editor, open_page, f"{address}/submit", at=address)
    assert post(approver, open_page, f"{address}/return", at=address, reason="").status == 422
    post(approver, open_page, f"{address}/return", at=address, reason="金额不对")
    assert "金额不对" in open_page(editor, address).text()
    assert "金额不对" in open_page(editor, f"{address}/edit").text()


def test_a_correction_keeps_the_old_version_and_shows_what_changed(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    clock.moves_on(days=1)
    publisher.correct(record, clock.now(), fine_wan_yuan="8")
    page = open_page(client, f"/penalties/{record}")
    assert "更正（第 2 版）" in page.text()
    assert page.text("//del") == "5"
    assert page.text("//ins") == "8"
    assert "原文有误" in page.text()
    old = open_page(client, f"/penalties/{record}/versions/1")
    assert "这是旧版本" in old.text()
    assert "有更正" in open_page(client, "/penalties").text()
    open_page(client, f"/penalties/{record}/versions/3", status=404)


def test_a_withdrawn_record_says_why_and_no_longer_who(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    publisher.withdraw(record, clock.now())
    page = open_page(client, f"/penalties/{record}", status=410)
    assert "行政处罚法第四十八条" in page.text()
    assert COMPANY not in page.html
    assert COMPANY not in open_page(client, "/penalties").html
    open_page(client, f"/penalties/{record}/versions/1", status=410)


def test_what_was_typed_is_kept_and_shown_but_never_run(
    person: Callable[[str], FlaskClient], client: FlaskClient, open_page: OpenPage
) -> None:
    editor, approver = person("editor"), person("approver")
    texts = ("violation_facts", "penalty_basis", "penalty_content", "violation_type", "authority_name")
    address = drafted(editor, open_page, **dict.fromkeys(texts, MARKUP))
    post(editor, open_page, f"{address}/submit", at=address)
    post(approver, open_page, f"{address}/approve", at=address)
    for url in (address.replace("/editorial", "/penalties"), "/penalties", "/"):
        page = open_page(client, url)
        assert not page.find("//main//script")
        assert MARKUP in page.text() or url == "/"


def test_rich_text_keeps_its_tables_and_loses_its_scripts(
    person: Callable[[str], FlaskClient], client: FlaskClient, open_page: OpenPage
) -> None:
    editor, approver = person("editor"), person("approver")
    text = '<p onclick="x()">好</p><script>x()</script><a href="javascript:x()">链接</a><ul><li>一</li></ul>'
    address = drafted(editor, open_page, "notice", text=text)
    post(editor, open_page, f"{address}/submit", at=address)
    post(approver, open_page, f"{address}/approve", at=address)
    page = open_page(client, address.replace("/editorial", "/notices"))
    assert page.find("//main//li[.='一']")
    assert "javascript:" not in page.html


def test_what_is_missing_is_named_at_the_field_and_nothing_typed_is_lost(
    person: Callable[[str], FlaskClient], open_page: OpenPage, database: Database
) -> None:
    page = check(
        post(
            person("editor"),
            open_page,
            "/editorial/penalty/new",
            **{**PENALTY_FIELDS, "decision_no": "", "decided_on": "明天", "fine_wan_yuan": "-3"},
        )
    )
    assert page.find("//*[@id='decision_no-error']")
    assert page.find("//*[contains(@class,'error-summary')]//a[@href='#decided_on']")
    assert page.find("//*[@id='fine_wan_yuan-error']")
    assert page.find("//textarea[@name='violation_facts']")[0].text.strip() == PENALTY_FIELDS["violation_facts"]
    with database.read() as session:
        assert session.scalars(select(Disclosure)).all() == []


def test_personal_data_stop_the_submission_and_say_where(
    person: Callable[[str], FlaskClient], open_page: OpenPage
) -> None:
    editor = person("editor")
    address = drafted(editor, open_page, violation_facts="经办人电话13812345678。")
    refused = post(editor, open_page, f"{address}/submit", at=address)
    assert refused.status == 422
    assert "手机号" in refused.html
    assert "手机号" in open_page(editor, address).text()


def test_a_natural_person_is_published_by_the_family_name(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now(), party_type="natural_person", party_name="张小明")
    page = open_page(client, f"/penalties/{record}")
    assert "张某某" in page.text()
    assert "张小明" not in page.html


def test_the_same_decision_is_not_entered_twice(person: Callable[[str], FlaskClient], open_page: OpenPage) -> None:
    editor = person("editor")
    drafted(editor, open_page)
    again = post(editor, open_page, "/editorial/penalty/new", **PENALTY_FIELDS)
    assert "同一文号已经录入" in again.html
    assert PENALTY_FIELDS["violation_facts"] in again.html


@pytest.mark.parametrize(
    ("name", "status"), [("officer", 403), ("supervisor", 403), ("approver", 403), ("editor", 200), ("nobody", 200)]
)
def test_who_may_draft(
    person: Callable[[str], FlaskClient], client: FlaskClient, open_page: OpenPage, name: str, status: int
) -> None:
    one = client if name == "nobody" else person(name)
    page = open_page(one, "/editorial/penalty/new", status=status)
    assert (page.text("//h1") == "登录") == (name == "nobody")


def test_the_board_shows_what_waits_and_publishes_several_at_once(
    person: Callable[[str], FlaskClient], client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    editor = person("editor")
    for number in (1, 2):
        address = drafted(editor, open_page, decision_no=f"许环罚〔2026〕{number}号")
        post(editor, open_page, f"{address}/submit", at=address)
    clock.moves_on(days=3)
    approver = person("approver")
    board = open_page(approver, "/editorial")
    assert "3 天" in board.text()
    chosen = board.find("//input[@name='chosen']/@value")
    token = board.hidden_fields()["csrf_token"]
    approver.post("/editorial/approve", data={"csrf_token": token, "chosen": chosen})
    assert len(open_page(client, "/penalties").find("//ul[@class='record-list']/li")) == 2


def test_filters_narrow_the_list_and_stay_on_the_next_page(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    publisher.penalty(clock.now(), decision_no="甲〔2026〕1号", county_code="411081", acts=["T05"])
    publisher.penalty(
        clock.now(), decision_no="乙〔2025〕2号", decided_on="2025-02-01", authority_name="许昌市市场监督管理局"
    )
    for question, expected in {
        "county=411081": "甲",
        "act=T05": "甲",
        "year=2026": "甲",
        "year=2025": "乙",
        f"authority={MARKET}": "乙",
        "county=411002&year=2025": "乙",
    }.items():
        titles = open_page(client, f"/penalties?{question}").find("//p[@class='record-list__title']/a")
        assert [expected in str(one.text) for one in titles] == [True], question
    assert open_page(client, "/penalties?county=411081&year=2025").find("//a[@href='/penalties']")


@pytest.mark.parametrize("question", ["cursor=绝对不是", "year=abcd", "county='", "act=%00", "cursor=" + "A" * 5000])
def test_a_broken_address_still_gives_a_page(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock, question: str
) -> None:
    publisher.penalty(clock.now())
    response = client.get(f"/penalties?{question}")
    assert response.status_code in (200, 404, 422), response.status_code


def test_pages_by_key_show_each_record_once_forwards_and_backwards(
    publisher: Publisher, client: FlaskClient, open_page: OpenPage, clock: TestClock
) -> None:
    for number in range(45):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号", decided_on=f"2026-0{number % 3 + 1}-15")
    forwards, last = walk(client, open_page, "/penalties", "next")
    assert len(forwards) == len(set(forwards)) == 45
    backwards, _first = walk(client, open_page, last, "prev")
    assert set(backwards) == set(forwards)


def walk(client: FlaskClient, open_page: OpenPage, url: str, relation: str) -> tuple[list[str], str]:
    found: list[str] = []
    while True:
        page = open_page(client, url)
        found += page.find("//p[@class='record-list__title']/a/@href")
        following = page.find(f"//main//a[@rel='{relation}']/@href")
        if not following:
            return found, url
        url = following[0]
