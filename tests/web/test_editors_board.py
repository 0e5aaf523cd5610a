"""The board in pages: the late on top, nothing twice, nothing left out; and the day by which it knows what is late."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from core.accounts.models import User
from core.database import Database, unit_of_work
from core.outbox import SweepRun
from core.working_calendar import Holiday
from portal.editorial import board
from portal.publishing import operations
from portal.publishing.kinds import kind_named
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import PENALTY_FIELDS
from tests.support.page import Page
from tests.web.test_gate import air_notice, ask, rows
from tests.web.test_publishing import Staff
from tests.web.test_publishing import staff as staff  # noqa: PLC0414 - a fixture

Drafts = Callable[..., list[str]]


@pytest.fixture
def drafts(people: dict[str, User], database: Database, clock: TestClock) -> Drafts:
    """Penalties that the editor drafts, one for each day of a decision, an hour apart."""

    def made(*decided: str) -> list[str]:
        found = []
        for number, day in enumerate(decided):
            with unit_of_work(database) as session:
                content = {
                    "authority_name": "许昌市生态环境局",
                    "decision_no": f"许环罚〔2026〕{number}号",
                    "decided_on": day,
                }
                at = clock.now() + timedelta(hours=number)
                draft = operations.draft(
                    session, kind_named("penalty"), content, actor=people["editor"].as_actor(), at=at
                )
                found.append(draft.id)
        return found

    return made


def linked(page: Page, rel: str) -> str | None:
    return next(iter(page.find(f"//nav[@class='pagination']/a[@rel='{rel}']/@href")), None)


def test_the_late_come_first_over_all_pages_and_pages_lead_there_and_back(
    staff: Staff, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    in_time_1, in_time_2, late_1, in_time_3, late_2 = drafts("2026-11-24", "2026-11-23", "2026-10-12", "", "2026-10-13")
    editor = staff("editor")
    pages, url = [], "/editorial"
    while url:
        page = editor.open(url)
        pages.append((url, rows(page)))
        url = linked(page, "next") or ""
    assert [ids for _url, ids in pages] == [[late_1, late_2], [in_time_1, in_time_2], [in_time_3]]
    back = linked(page, "prev")
    assert back is not None and rows(editor.open(back)) == [in_time_1, in_time_2]
    first = linked(editor.open(back), "prev")
    assert first is not None and rows(editor.open(first)) == [late_1, late_2]
    assert linked(editor.open(first), "prev") is None


def test_a_page_keeps_the_filters_of_the_first(staff: Staff, drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "PAGE_SIZE", 1)
    first, second, _in_time = drafts("2026-10-12", "2026-10-13", "2026-11-24")
    page = staff("editor").open("/editorial?late=1&kind=penalty")
    assert rows(page) == [first]
    following = staff("editor").open(linked(page, "next") or "")
    assert rows(following) == [second] and linked(following, "next") is None


@pytest.mark.parametrize("cursor", ["x", "WzAsMSwyLDNd", "WzAsMCwibm8iLCJpZCJd", "WzAsIjAiLCIyMDI2LTExLTAxIiwiaWQiXQ"])
def test_an_address_that_no_page_gave_is_refused_calmly(staff: Staff, drafts: Drafts, cursor: str) -> None:
    drafts("2026-11-24")
    assert staff("editor").client.get(f"/editorial?cursor={cursor}").status_code in (400, 404, 422)


def test_the_board_is_asked_whom_something_waits_for(staff: Staff, drafts: Drafts, database: Database) -> None:
    [draft] = drafts("2026-11-24")
    editor, approver = staff("editor"), staff("approver")
    waiting, asked = editor.draft("blacklist"), air_notice(editor)
    editor.step(waiting, "submit")
    ask(approver, asked)
    page = approver.open("/editorial")
    offered = dict(
        zip(
            page.find("//select[@name='whom']/option/text()"),
            page.find("//select[@name='whom']/option/@value"),
            strict=True,
        )
    )
    expected = {"审核人": {waiting}, "市气象局": {asked}, "测试editor": {draft}, "到时自动公开": set()}
    assert {name: set(rows(approver.open(f"/editorial?whom={offered[name]}"))) for name in expected} == expected
    assert set(rows(approver.open("/editorial?whom=department:xc-police"))) == {draft, waiting, asked}, "nothing waits"


def test_a_day_follows_what_the_editor_types(staff: Staff, drafts: Drafts, database: Database) -> None:
    [draft] = drafts("")

    def due() -> date | None:
        with database.read() as session:
            return session.get_one(Disclosure, draft).due_on

    assert due() is None
    staff("editor").send(f"/editorial/{draft}/edit", **{**PENALTY_FIELDS, "decided_on": "2026-11-02"})
    assert due() == date(2026, 11, 11), "seven working days after the decision"


def test_a_holiday_that_is_entered_moves_the_days_that_wait(
    drafts: Drafts, database: Database, run_jobs: Callable[[], int], clock: TestClock
) -> None:
    [draft] = drafts("2026-11-24")

    def due() -> date | None:
        with database.read() as session:
            return session.get_one(Disclosure, draft).due_on

    assert due() == date(2026, 12, 3)
    with unit_of_work(database) as session:
        session.add(Holiday(day=date(2026, 12, 1), is_workday=False, source="国务院办公厅通知"))
    clock.moves_on(hours=1)
    run_jobs()
    assert due() == date(2026, 12, 4)
    with unit_of_work(database) as session:
        session.execute(update(Disclosure).values(due_on=None))  # as a draft from before the day was kept
    clock.moves_on(hours=1)
    run_jobs()
    assert due() == date(2026, 12, 4)
    with database.read() as session:
        assert session.scalar(select(SweepRun.name).where(SweepRun.name == "publishing.due_days"))
