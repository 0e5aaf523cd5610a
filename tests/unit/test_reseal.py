"""An installation of before, with one key for all: nothing of it is lost, and its old key opens nothing any more."""

import json
from datetime import date

import pytest
from nacl.secret import Aead
from sqlalchemy import delete, select

from core.accounts.models import User
from core.database import Database, unit_of_work
from core.envelopes import SealBroken, padded, unlock
from core.keys import user_keys
from core.keys.models import DepartmentKey
from intake import case_keys, reading, receipt
from intake.case_keys import Directory
from intake.key_models import EventText, ReportKey, ReportWrap
from intake.models import Report, SealedFile
from intake.reseal import Resealed, reseal
from tests.conftest import TestClock
from tests.support.people import ring_of
from tests.support.sealed import identity_by_two, opened
from tests.unit.test_case_keys import FILE, NOTE, City

OLD_KEY, MASTER, ON = bytes(range(32)), bytes(reversed(range(32))), date(2026, 11, 23)
BODY = {"place": "", "accused": {}, "when": "", "words": "旧举报的话", "acts": []}
WHO = {"name": "欧阳", "contact": "13912345678"}


def old_seal(text: str, context: str) -> bytes:
    """As the first version sealed: suite 1, one key."""
    return b"\x01" + bytes(Aead(OLD_KEY).encrypt(padded(text.encode()), aad=b"\x01" + context.encode()))


@pytest.fixture
def old(database: Database, people: dict[str, User], clock: TestClock) -> str:
    """A report as the first version left it, with a note and a file."""
    from intake import operations

    city = City(database, people, clock)
    report_id = city.files()
    city.does("county_officer", report_id, operations.note, NOTE)
    with unit_of_work(database) as session:
        report = session.get_one(Report, report_id)
        report.sealed_body = old_seal(json.dumps(BODY), f"report|{report_id}|body")
        report.sealed_identity = old_seal(json.dumps(WHO), f"report|{report_id}|identity")
        report.lookup = MASTER
        for text in session.scalars(select(EventText)):
            text.sealed = old_seal(NOTE, f"report|{report_id}|event|{text.id}")
        for file in session.scalars(select(SealedFile)):
            file.sealed_meta = old_seal(json.dumps({**vars(FILE), "id": file.id}), f"report|{report_id}|file|{file.id}")
        session.execute(delete(ReportWrap))
        session.execute(delete(ReportKey))
    return report_id


def test_everything_is_sealed_anew_and_the_receipt_goes_on_working(
    old: str, database: Database, people: dict[str, User]
) -> None:
    with unit_of_work(database) as session:
        assert reseal(session, OLD_KEY, Directory.load(session, ON)) == Resealed(1, 0)
        assert reseal(session, OLD_KEY, Directory.load(session, ON)) == Resealed(0, 0)
    keys = receipt.ReceiptKeys.of(MASTER)
    with database.read() as session:
        report = session.scalars(select(Report).where(Report.lookup == keys.lookup)).one()
        case = case_keys.opened(session, report, ring_of(people["county_officer"]))
        assert case is not None and case.root == opened(session, report).root
        assert reading.body_of(report, case) == {**BODY, "named": True}
        assert list(reading.texts_of(session, report, case).values()) == [NOTE]
        assert [one.name for one in reading.files_of(session, report, case)] == [FILE.name]
        theirs = case_keys.opened_by_reporter(session, report, case_keys.reporter_secret(session, report, keys))
        assert list(reading.texts_of(session, report, theirs).values()) == [None]
        assert case_keys.identity_root(session, report, ring_of(people["custodian"])) is None
        assert reading.identity_of(session, report, identity_by_two(session, report, people)) == WHO
        with pytest.raises(SealBroken):
            unlock(report.sealed_body, OLD_KEY, f"report|{old}|body")


def test_what_nobody_could_open_yet_stays_as_it_is(old: str, database: Database, clock: TestClock) -> None:
    with unit_of_work(database) as session:
        user_keys.retire_escrow(session, clock.now())
        for row in session.scalars(select(DepartmentKey)):
            row.retired_at = clock.now()
        session.flush()
        assert reseal(session, OLD_KEY, Directory.load(session, ON)) == Resealed(0, 1)
        assert session.get_one(Report, old).sealed_body[:1] == b"\x01"
