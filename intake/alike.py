"""Which other reports may be about the same: compared in memory when an officer opens one, with that officer's keys.

Nothing about likeness is stored: no fingerprint lies on a disk that somebody could try company names against. Only
cases that this person may see are looked at; whoever filed is never refused for it, and what is shown is a case number
and why, never the other's words. Many alike within a week are a flood, or a neighbourhood that has had enough: the
officer decides which.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.keys.keyring import Keyring
from intake import case_keys, queries, reading
from intake.models import Report

LOOK_BACK = timedelta(days=90)
MOST_COMPARED = 200
MOST_SHOWN = 5
SAME_WORDS = 0.5
FLOOD_DAYS, FLOOD = timedelta(days=7), 5
_SHORTEST_NAME = 4
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Told:
    """What of an opened report is compared."""

    subject: str
    names: frozenset[str]
    codes: frozenset[str]
    pairs: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """`words`: how much of the words is the same, 0 to 1; `same_accused` with the same matter."""

    words: float
    same_accused: bool

    @property
    def is_alike(self) -> bool:
        return self.same_accused or self.words >= SAME_WORDS


@dataclass(frozen=True)
class Alike:
    case_number: str
    received_on: date
    likeness: Likeness


@dataclass(frozen=True)
class Found:
    """The likest first; `recent` counts all of the last week."""

    alike: list[Alike]
    recent: int

    @property
    def is_flood(self) -> bool:
        return self.recent >= FLOOD


def told(subject: str, body: dict[str, Any]) -> Told:
    accused = [body["accused"], *body.get("others", [])]
    return Told(
        subject,
        frozenset(name for one in accused if len(name := _letters(one.get("name") or "")) >= _SHORTEST_NAME),
        frozenset(one["uscc"] for one in accused if one.get("uscc")),
        _pairs(body.get("words") or ""),
    )


def likeness(one: Told, other: Told) -> Likeness:
    """Of two reports, in either order. Nothing is like nothing."""
    union = one.pairs | other.pairs
    words = len(one.pairs & other.pairs) / len(union) if union else 0.0
    same = bool(one.codes & other.codes) or any(a in b or b in a for a in one.names for b in other.names)
    return Likeness(words, same and one.subject == other.subject)


def found(session: Session, report: Report, body: dict[str, Any], *, ring: Keyring, actor: Actor) -> Found:
    """`body` of the report that was opened just now."""
    this, all_alike = told(report.subject, body), []
    for other in _comparable(session, report, actor):
        case = case_keys.opened(session, other, ring)
        if case is None:
            continue
        like = likeness(this, told(other.subject, reading.body_of(other, case)))
        if like.is_alike:
            all_alike.append(Alike(other.case_number, other.received_on, like))
    all_alike.sort(key=lambda one: (-one.likeness.words, one.case_number))
    since = report.received_on - FLOOD_DAYS
    return Found(all_alike[:MOST_SHOWN], sum(one.received_on >= since for one in all_alike))


def _comparable(session: Session, report: Report, actor: Actor) -> list[Report]:
    """The newest first, around the day on which this one came."""
    statement = (
        select(Report)
        .where(queries.visible_to(actor), Report.id != report.id)
        .where(Report.received_on.between(report.received_on - LOOK_BACK, report.received_on + LOOK_BACK))
        .order_by(Report.received_on.desc(), Report.case_number)
        .limit(MOST_COMPARED)
    )
    return list(session.scalars(statement))


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _pairs(text: str) -> frozenset[str]:
    letters = _letters(text)
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
