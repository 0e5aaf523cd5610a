"""The monthly manifest: what an authority owed the public, without a gap, approved by a person and public itself."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core.database import Database, unit_of_work
from core.errors import InvalidInput
from core.working_calendar import WorkingCalendar
from portal.completeness.operations import make_manifest, withhold
from portal.enforcement.kinds import PENALTY
from portal.publishing import operations
from portal.publishing.due_items import DueItem
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import PENALTY_FIELDS, Publisher
from tests.support.page import checked

AUTHORITY = str(PENALTY_FIELDS["authority_name"])
SECRET = "许昌讳莫如深检测有限公司"
Make = Callable[[str], str]


@pytest.fixture
def make(publisher: Publisher, database: Database, clock: TestClock) -> Make:
    """make("2026-10") → the id of the approved manifest of AUTHORITY."""

    def made(month: str) -> str:
        with unit_of_work(database) as session:
            calendar = WorkingCalendar.load(session)
            who = {"actor": publisher.editor, "at": clock.now()}
            found = make_manifest(session, AUTHORITY, month, calendar=calendar, **who)
        publisher.approve(found.id, clock.now())
        return found.id

    return made


def draft(publisher: Publisher, database: Database, clock: TestClock, number: int, **changes: object) -> str:
    with unit_of_work(database) as session:
        fields = {**PENALTY_FIELDS, "decision_no": f"许环罚〔2026〕{number}号", **changes}
        return operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now()).id


def lines(client: FlaskClient, manifest: str) -> list[tuple[int, str, str]]:
    told = client.get(f"/manifests/{manifest}/lines.json").get_json()["lines"]
    return [(one["number"], one["state"], one.get("reason", "")) for one in told]


def test_what_is_owed_is_told_published_withheld_or_silent_and_never_by_name(
    client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock, make: Make
) -> None:
    public = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕1号", decided_on="2026-10-08")
    kept = draft(publisher, database, clock, 2, party_name=SECRET, decided_on="2026-10-09")
    draft(publisher, database, clock, 3, party_name=SECRET, decided_on="2026-10-10")
    draft(publisher, database, clock, 4, party_name=SECRET, decided_on="2026-11-20")
    gone = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕5号", decided_on="2026-10-12")
    publisher.withdraw(gone, clock.now())
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, kept)
        withhold(session, one, "涉及商业秘密", "政府信息公开条例第十五条", actor=publisher.editor)
        operations.erase(session, session.get_one(Disclosure, gone), actor=publisher.approver, at=clock.now())
    manifest = make("2026-10")
    assert lines(client, manifest) == [
        (1, "published", ""),
        (2, "withheld", "涉及商业秘密（政府信息公开条例第十五条）"),
        (3, "overdue", ""),
        (4, "ended", "决定已被撤销；行政处罚法第四十八条"),
    ]
    page = checked(client, f"/manifests/{manifest}")
    assert "逾期未公开，未说明理由" in page.text("//table") and page.find(f"//table//a[@href='/penalties/{public}']")
    rows = list(csv.reader(io.StringIO(client.get(f"/manifests/{manifest}/lines.csv").data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"] and rows[0][0] == "number"
    for url in (f"/manifests/{manifest}", f"/manifests/{manifest}/lines.csv", f"/manifests/{manifest}/lines.json"):
        assert SECRET not in client.get(url).get_data(as_text=True)
    assert manifest in checked(client, "/manifests").html
    assert client.get(f"/records/{manifest}.tlog-proof").status_code == 200


def test_the_numbers_run_on_over_months_and_what_came_late_is_numbered_when_found(
    client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock, make: Make
) -> None:
    for number in range(3):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号", decided_on="2026-10-08")
    silent = draft(publisher, database, clock, 9, decided_on="2026-10-30")
    make("2026-10")
    publisher.penalty(clock.now(), decision_no="许环罚〔2026〕20号", decided_on="2026-10-09")  # found late
    publisher.penalty(clock.now(), decision_no="许环罚〔2026〕21号", decided_on="2026-11-10")
    clock.moves_on(days=10)
    november = make("2026-11")
    assert [number for number, _state, _reason in lines(client, november)] == [4, 5, 6]
    with database.read() as session:
        everything = session.scalars(select(DueItem).where(DueItem.authority == AUTHORITY)).all()
        assert sorted(one.number or 0 for one in everything) == [1, 2, 3, 4, 5, 6]
        assert session.get_one(DueItem, silent).month == "2026-10"
    assert "编号 5–6" in checked(client, "/manifests").text()


def test_a_month_that_is_not_over_and_a_second_manifest_are_refused(
    publisher: Publisher, database: Database, clock: TestClock, make: Make
) -> None:
    publisher.penalty(clock.now())
    with pytest.raises(InvalidInput):
        make("2026-11")
    make("2026-10")
    with pytest.raises(operations.DuplicateDecision):
        make("2026-10")
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM due_item WHERE number IS NOT NULL")) == 1


def test_an_editor_makes_it_on_a_page_and_cannot_approve_or_change_its_lines(
    app: Flask,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, str], None],
    publisher: Publisher,
    clock: TestClock,
    database: Database,
) -> None:
    publisher.penalty(clock.now())
    editor = app.test_client()
    sign_in(editor, "editor")
    fields = checked(editor, "/editorial/manifests").hidden_fields()
    assert (
        editor.post("/editorial/manifests", data={**fields, "authority": AUTHORITY, "month": "2026-11"}).status_code
        == 422
    )
    response = editor.post("/editorial/manifests", data={**fields, "authority": AUTHORITY, "month": "2026-10"})
    assert response.status_code == 302
    made = response.headers["Location"].rsplit("/", 1)[1]
    assert editor.post(f"/editorial/{made}/approve", data=fields).status_code == 403
    checked(client, f"/manifests/{made}", 404)
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, made)
        operations.take_back(session, one, actor=publisher.editor, at=clock.now())
        operations.revise(session, one, {"note": "国庆假期"}, actor=publisher.editor, at=clock.now())
        assert len(one.draft["lines"]) == 1 and one.draft["note"] == "国庆假期"
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
    publisher.approve(made, clock.now())
    assert "国庆假期" in checked(client, f"/manifests/{made}").text()


def test_the_command_makes_one_for_every_authority_once(app: Flask, publisher: Publisher, clock: TestClock) -> None:
    publisher.penalty(clock.now())
    publisher.notice(clock.now())
    runner = app.test_cli_runner()
    assert "已生成 2 份" in runner.invoke(args=["manifest", "2026-10", "--author", "editor"]).output
    assert "已生成 0 份" in runner.invoke(args=["manifest", "2026-10", "--author", "editor"]).output
    assert runner.invoke(args=["manifest", "2026-13", "--author", "editor"]).exit_code == 1
    assert runner.invoke(args=["manifest", "2026-10", "--author", "nobody"]).exit_code == 1
