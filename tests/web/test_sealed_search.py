"""An officer looks for words inside what they may open: in memory, on record, and nothing of it stays."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.working_calendar import WorkingCalendar
from intake.sealed_search import search_sealed
from intake.submission import Accused
from intake.timeline import Desk
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.page import Page, check
from tests.support.people import ring_of
from tests.support.reporter import as_stored, everything_stored, file_directly

LOOKED_FOR = "孔雀绿"


@pytest.fixture
def filed(app: Flask, people: dict[str, User]) -> Callable[..., str]:
    """filed(words, …) → the case number of a report to the bureau of Changge."""
    assert people

    def one(words: str = "夜里河水是孔雀绿的", **changes: object) -> str:
        return file_directly(app, words=words, **changes).case_number

    return one


def look(officer: Officer, words: str = LOOKED_FOR) -> Page:
    return check(officer.post("/desk/search", words=words))


def numbers(page: Page) -> list[str]:
    return [str(one).rsplit("/", 1)[-1] for one in page.find("//ul[@class='record-list']//a/@href")]


def test_the_word_is_found_in_the_report_and_shown_where_it_stands(app: Flask, filed: Callable[..., str]) -> None:
    wanted, _other = filed(), filed("白烟")
    page = look(Officer(app, "county_officer"))
    assert numbers(page) == [wanted]
    assert page.text("//mark") == LOOKED_FOR
    assert "夜里河水是" in page.text()


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("ＢＬＵＥ", {"words": "a blue tank"}),
        ("制革厂", {"accused": Accused("company", "蓝鲸制革厂")}),
        ("大桥南头", {}),
        ("孔雀绿 石梁河", {}),
    ],
)
def test_names_places_and_several_words_are_found_in_any_width_and_case(
    app: Flask, filed: Callable[..., str], words: str, change: dict[str, object]
) -> None:
    wanted = filed(**change)
    assert numbers(look(Officer(app, "county_officer"), words)) == [wanted]


def test_what_was_written_later_is_found_too(app: Flask, filed: Callable[..., str]) -> None:
    number = filed("白烟")
    officer = Officer(app, "county_officer")
    officer.step(number, "note", text="现场见孔雀绿残渣")
    assert numbers(look(officer)) == [number]
    assert numbers(look(officer, "孔雀绿 黑烟")) == []


def test_nobody_finds_what_they_may_not_open(app: Flask, filed: Callable[..., str], client: FlaskClient) -> None:
    filed()
    against = filed(accused=Accused("department", "长葛分局", department_code="xc-ecology-changge"))
    for name in ("market_officer", "officer", "county_head"):
        assert against not in numbers(look(Officer(app, name))), name
    assert numbers(look(Officer(app, "market_officer"))) == []
    supervisor = Officer(app, "supervisor")
    assert supervisor.get("/desk/search").status == 403


def test_a_look_is_on_record_without_its_words_and_leaves_nothing_behind(
    app: Flask, filed: Callable[..., str], database: Database
) -> None:
    number = filed()
    officer = Officer(app, "county_officer")
    look(officer)
    with database.read() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "search_sealed"))
    assert event.detail == {"opened": 1, "matches": 1}
    assert event.actor_name == "测试county_officer"
    assert "打开封存内容（检索）" in officer.get(f"/desk/{number}").text()
    stored = everything_stored(app)
    assert not [shape for shape in as_stored(LOOKED_FOR) if shape in stored]


def test_more_than_the_limit_is_not_opened_and_the_page_would_say_so(
    filed: Callable[..., str], people: dict[str, User], database: Database, clock: TestClock
) -> None:
    for _one in range(3):
        filed()
    with unit_of_work(database) as session:
        officer = people["county_officer"]
        desk = Desk(WorkingCalendar.load(session), officer.as_actor(), clock.now(), ring_of(officer))
        found = search_sealed(session, LOOKED_FOR, desk, limit=2)
    assert (len(found.matches), found.opened, found.left_out) == (2, 2, 1)
