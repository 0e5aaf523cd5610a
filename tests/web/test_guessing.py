"""Guessing receipts: what a guess finds, what it costs, what it is told. The derivation is replaced by a cheap one.

So this is about the look-up, not about Argon2id: what one derivation costs is measured in docs/benchmarks.md, and that
two at once is the most a machine does stands in unit/test_slots.py.
"""

import hashlib
import random

import pytest
from flask import Flask, g
from sqlalchemy import event

from core.accounts import ANONYMOUS
from core.accounts.models import User
from core.database import Database, unit_of_work
from core.web.current import EXTENSION
from core.working_calendar import WorkingCalendar
from intake import receipt
from intake.desk_context import report_of
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.timeline import Desk
from tests.support.reporter import SUBMISSION

REPORTS, PEPPER = 50, b"of this test"


def cheap(code: str, pepper: bytes) -> bytes:
    return hashlib.sha256(pepper + code.encode()).digest()


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many derivations there were."""
    count = [0]

    def counted(code: str, _pepper: bytes) -> bytes:
        count[0] += 1
        return cheap(code, PEPPER)

    monkeypatch.setattr(receipt, "master_key", counted)
    return count


@pytest.fixture
def codes(app: Flask, people: dict[str, User]) -> list[str]:
    house, given = app.extensions[EXTENSION], [receipt.new_code() for _ in range(REPORTS)]
    with unit_of_work(house.database) as session:
        desk = Desk(WorkingCalendar.load(session), ANONYMOUS, house.clock.now())
        for code in given:
            file_report(session, SUBMISSION, keys=ReceiptKeys.of(cheap(code, PEPPER)), desk=desk)
    return given


@pytest.mark.parametrize(
    "guesses", [3_000, pytest.param(1_000_000, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])]
)
def test_no_guess_finds_a_report_and_each_costs_one_derivation_and_at_most_one_question(
    app: Flask, codes: list[str], derived: list[int], database: Database, guesses: int
) -> None:
    asked = [0]

    @event.listens_for(database.engine, "before_cursor_execute")
    def _asked(*_: object) -> None:
        asked[0] += 1

    rng, answers = random.Random(guesses), set()
    with app.test_request_context("/track"), database.read() as session:
        g.database_session = session
        for _ in range(guesses):
            body = f"{rng.getrandbits(63):019d}"
            answers.add(report_of(body + receipt._check_digit(body))[0])
        assert answers == {None}
        assert derived == [guesses]
        assert asked[0] <= guesses + 10
        assert [report_of(one)[0] is not None for one in codes] == [True] * REPORTS, (
            "whoever has the code still gets in"
        )


def test_what_cannot_be_a_code_costs_the_same_derivation(
    app: Flask, codes: list[str], derived: list[int], database: Database
) -> None:
    with app.test_request_context("/track"), database.read() as session:
        g.database_session = session
        wrong_check_digit = codes[0][:-1] + str((int(codes[0][-1]) + 1) % 10)
        for number, typed in enumerate(("", "1", "abc", "1" * 5000, wrong_check_digit), start=1):
            assert report_of(typed)[0] is None
            assert derived == [number]
