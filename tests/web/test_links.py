"""What a case has to do with a penalty, a lead in the data, a company, another case: linked, shown, undone, sealed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database
from intake.models import CaseEvent, Report
from tests.support.officer import Officer, Reporter
from tests.support.page import Page
from tests.support.reporter import as_stored, everything_stored, file_directly
from tests.web.test_desk import filed

__all__ = ["filed"]
USCC = "91411000MA44PTRG77"
TARGETS = {
    "penalty": ("豫1000环罚决字〔2026〕12号", "/search?q="),
    "lead": ("长葛市区站 2026-11-03 夜间恒值", "/search?q="),
    "entity": (USCC, f"/entities/{USCC}"),
}
KINDS = pytest.mark.parametrize("kind", [*TARGETS, "case"])


@pytest.fixture
def officer(app: Flask, people: dict[str, User]) -> Officer:
    return Officer(app, "county_officer")


@pytest.fixture
def report(app: Flask, people: dict[str, User]) -> Report:
    return file_directly(app)


def target_of(app: Flask, kind: str) -> tuple[str, str]:
    """What is typed, and where it leads."""
    if kind != "case":
        return TARGETS[kind]
    other = file_directly(app)
    return other.case_number, f"/desk/{other.case_number}"


def addresses(page: Page, target: str) -> list[str]:
    return [str(one) for one in page.find(f"//ul[@id='links']//a[normalize-space()='{target}']/@href")]


def opened(officer: Officer, report: Report) -> Page:
    return officer.step(report.case_number, "open")


def number_of(page: Page) -> str:
    [number] = [one for one in page.find("//select[@id='unlink-link']/option/@value") if one]
    return str(number)


@KINDS
def test_a_link_is_shown_to_who_opens_the_case_and_leads_there(
    app: Flask, officer: Officer, report: Report, kind: str
) -> None:
    target, address = target_of(app, kind)
    assert "已记录" in officer.step(report.case_number, "link", kind=kind, text=f" {target} ").text()
    shut = officer.get(f"/desk/{report.case_number}")
    assert target not in shut.html and "打开举报内容后可见" in shut.text()
    assert any(one.startswith(address) for one in addresses(opened(officer, report), target))


@KINDS
def test_a_link_that_was_taken_back_is_gone_and_the_timeline_says_why(
    app: Flask, officer: Officer, report: Report, kind: str
) -> None:
    target, _address = target_of(app, kind)
    officer.step(report.case_number, "link", kind=kind, text=target)
    number = number_of(officer.get(f"/desk/{report.case_number}"))
    assert "请写明" in officer.step(report.case_number, "unlink", link=number, text="").text()
    officer.step(report.case_number, "unlink", link=number, text="文号抄错了")
    page = opened(officer, report)
    assert addresses(page, target) == []
    assert "取消关联" in page.text() and "文号抄错了" in page.text()
    again = officer.step(report.case_number, "unlink", link=number, text="再取消一次")
    assert again.status == 422 or "没有这条关联" in again.text()


@KINDS
def test_nothing_of_a_link_lies_in_the_clear(
    app: Flask, officer: Officer, report: Report, database: Database, kind: str
) -> None:
    if kind == "case":
        target = file_directly(app).case_number
    else:
        target, _address = target_of(app, kind)
    officer.step(report.case_number, "link", kind=kind, text=target)
    with database.read() as session:
        event = session.scalars(select(CaseEvent).where(CaseEvent.action == "link")).one()
        assert event.detail == {"kind": kind} and not event.is_public
    if kind != "case":
        stored = everything_stored(app)
        assert not [shape for shape in as_stored(target) if shape in stored]


@KINDS
def test_neither_reporter_nor_public_nor_another_office_hears_of_a_link(
    app: Flask, client: FlaskClient, officer: Officer, filed: tuple[str, str], kind: str
) -> None:
    """The reporter of `filed` comes back; offices that it does not concern ask for it in vain."""
    number, code = filed
    handler = Officer(app, "county_officer")
    target, _address = target_of(app, kind)
    assert "已记录" in handler.step(number, "link", kind=kind, text=target).text()
    told = Reporter(app).track(code).html
    assert target not in told and "关联" not in Page("", 200, told).text("//main")
    for address in (f"/search?q={target}", "/statistics", "/feeds/all.rss", f"/open311/v2/requests/{number}.json"):
        assert number not in client.get(address).get_data(as_text=True), address
    for name in ("market_officer", "discipline_officer"):
        other = Officer(app, name)
        assert other.get(f"/desk/{number}").status == 404
        assert other.post(f"/desk/{number}/link", at="/desk", kind=kind, text=target).status == 404


def test_the_accused_office_sees_neither_case_nor_link(app: Flask, people: dict[str, User]) -> None:
    accused = {"accused_kind": "department", "accused_name": "", "accused_department": "xc-ecology-changge"}
    number, _code = Reporter(app).report(who=accused)
    handler = next(
        person
        for person in (Officer(app, one) for one in ("discipline_officer", "officer", "duty_officer"))
        if person.get(f"/desk/{number}").status == 200
    )
    handler.step(number, "link", kind="entity", text=USCC)
    accused_office = Officer(app, "county_officer")
    assert number not in accused_office.queue()
    assert accused_office.get(f"/desk/{number}").status == 404
    assert accused_office.post(f"/desk/{number}/unlink", at="/desk", link="1", text="不该有").status == 404


def test_who_only_helps_or_watches_links_nothing(
    app: Flask, officer: Officer, report: Report, people: dict[str, User]
) -> None:
    officer.step(report.case_number, "invite", to="xc-market", text="请协助。")
    helper = Officer(app, "market_officer")
    assert helper.step(report.case_number, "link", kind="entity", text=USCC).status == 403
    supervisor = Officer(app, "supervisor")
    assert supervisor.step(report.case_number, "link", kind="entity", text=USCC).status == 403


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("", "什么", "请选择关联什么"),
        ("entity", "91411000MA44PTRG70", "统一社会信用代码不对"),
        ("case", "XC-2026-AAAAAA", "没有您能看到的这件举报"),
        ("penalty", " ", "请写明内容"),
    ],
)
def test_what_cannot_be_linked_is_named_and_nothing_typed_is_lost(
    officer: Officer, report: Report, kind: str, target: str, said: str
) -> None:
    page = officer.step(report.case_number, "link", kind=kind, text=target)
    assert page.status == 422 and said in page.text()
    assert target.strip() in page.html


def test_a_case_is_not_linked_to_itself_nor_to_one_that_its_officer_may_not_see(
    app: Flask, officer: Officer, report: Report
) -> None:
    itself = officer.step(report.case_number, "link", kind="case", text=report.case_number)
    assert "不能关联到自己" in itself.text()
    others, _code = Reporter(app).report()
    strange = officer.step(report.case_number, "link", kind="case", text=others)
    assert "没有您能看到的这件举报" in strange.text()
