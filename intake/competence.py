"""职责异议: who may send a case back, until when, and how often before somebody above decides.

A return must come within the days of the table and with reasons. Each return, and each transfer to a department that
has had the case before, is a bounce; with the third the case stays where it is and the supervisor appoints. What the
supervisor appointed goes nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.working_calendar import WorkingCalendar
from intake import deadlines

MOST_BOUNCES = 3


@dataclass(frozen=True)
class Move:
    """One step of a case from a department to another."""

    action: str
    before: str
    after: str


def last_day_to_object(regime: str, arrived_on: date, calendar: WorkingCalendar) -> date | None:
    """None where no rule sets a limit."""
    try:
        return deadlines.limit(regime, "object", arrived_on, calendar).due_on
    except deadlines.NoRule:
        return None


def is_bounce(action: str, to: str, moves: Iterable[Move]) -> bool:
    """Whether sending the case to `to` sends it back: a return, or a transfer to one that has had it."""
    return action == "return" or any(to in (move.before, move.after) for move in moves)


def must_be_appointed(bounces: int) -> bool:
    return bounces >= MOST_BOUNCES
