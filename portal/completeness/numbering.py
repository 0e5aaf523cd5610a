"""The numbers of a manifest and what each of its lines says. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

PUBLISHED, ENDED, WITHHELD, PENDING, OVERDUE = "published", "ended", "withheld", "pending", "overdue"


@dataclass(frozen=True)
class Fact:
    """Where one owed item stood when the manifest was made. `first_on` the day it first went out.

    `ended` is expired, repaired or withdrawn; `reason` the words that may be told of an ending or a withholding.
    """

    key: str
    kind: str
    on_day: date
    due_on: date | None
    first_on: date | None = None
    ended: str | None = None
    reason: str = ""


def month_bounds(month: str) -> tuple[date, date]:
    """The first day of the month and of the one after; ValueError where it is not written 2026-10."""
    first = date.fromisoformat(f"{month}-01")
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def numbered(last: int, keys: Sequence[str]) -> dict[str, int]:
    """The next numbers after `last`, in the order given: never a gap, never a number twice."""
    return {key: number for number, key in enumerate(dict.fromkeys(keys), last + 1)}


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda one: (one.on_day, one.kind, one.key))


def state(fact: Fact, today: date) -> str:
    """published, ended (was public), withheld (with a reason), overdue (late and no reason given) or pending."""
    if fact.ended:
        return ENDED
    if fact.first_on is not None:
        return PUBLISHED
    if fact.reason:
        return WITHHELD
    return OVERDUE if fact.due_on is not None and today > fact.due_on else PENDING


def line(number: int, fact: Fact, today: date) -> dict[str, Any]:
    """One line as the manifest publishes it: no subject of anything that is not public."""
    at = state(fact, today)
    told: dict[str, Any] = {
        "number": number,
        "kind": fact.kind,
        "on_day": fact.on_day.isoformat(),
        "due_on": fact.due_on.isoformat() if fact.due_on else None,
        "state": at,
        "published_on": fact.first_on.isoformat() if fact.first_on else None,
        "record": fact.key if fact.first_on else None,
        "how_ended": fact.ended,
        "reason": fact.reason or None,
    }
    late = fact.first_on is not None and fact.due_on is not None and fact.first_on > fact.due_on
    return {**{name: value for name, value in told.items() if value is not None}, "late": late}


def totals(lines: Sequence[dict[str, Any]]) -> dict[str, str]:
    """How many were due, and of these published, ended, withheld, pending and overdue; as text, as versions keep it."""
    counts = {
        name: sum(1 for one in lines if one["state"] == name) for name in (PUBLISHED, ENDED, WITHHELD, PENDING, OVERDUE)
    }
    return {"due": str(len(lines)), **{name: str(count) for name, count in counts.items()}}
