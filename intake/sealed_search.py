"""Words looked for inside sealed reports: opened in memory with the officer's own keys, newest first, within a limit.

Nothing is indexed and nothing is kept. The audit says that somebody looked, how many were opened and how many fitted,
never the words; a case whose excerpt was shown has it in its timeline, like any other opening.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from intake import case_keys, reading
from intake.key_models import EventText
from intake.models import Report
from intake.operations import record_opening
from intake.queries import visible_to
from intake.sealing import CaseSecrets
from intake.timeline import Desk

MOST_OPENED, MOST_SHOWN, AROUND = 3000, 50, 28


@dataclass(frozen=True)
class Match:
    """`before`, `hit`, `after`: the first place where a word stands."""

    report: Report
    before: str
    hit: str
    after: str


@dataclass(frozen=True)
class Found:
    """`opened` were looked into, `shut` have no key for this officer, `left_out` are older than the limit reaches."""

    matches: Sequence[Match]
    opened: int
    shut: int
    left_out: int
    more: int


def search_sealed(session: Session, typed: str, desk: Desk, *, limit: int = MOST_OPENED) -> Found:
    """The cases the officer may open in which every word stands, in the report or in what was written later."""
    statement = select(Report).where(visible_to(desk.actor)).order_by(Report.received_on.desc(), Report.id)
    reports = session.scalars(statement).all()
    looked_at = reports[:limit]
    cases = case_keys.opened_many(session, looked_at, desk.keys)
    texts = _texts(session, cases)
    words = folded(typed).split()
    matches = [
        match
        for report in looked_at
        if report.id in cases and (match := _match(report, words, cases[report.id], texts[report.id]))
    ]
    _record(session, matches, len(cases), desk)
    shut, left_out = len(looked_at) - len(cases), len(reports) - len(looked_at)
    return Found(matches[:MOST_SHOWN], len(cases), shut, left_out, max(0, len(matches) - MOST_SHOWN))


def folded(text: str) -> str:
    """Full-width and half-width, capital and small are one."""
    return unicodedata.normalize("NFKC", text).casefold()


def _match(report: Report, words: Sequence[str], case: CaseSecrets, texts: Sequence[EventText]) -> Match | None:
    told = [*_body(reading.body_of(report, case)), *(_read(one, case) for one in texts)]
    whole = "\n".join(told)
    text = folded(whole)
    if not words or not all(word in text for word in words):
        return None
    start = text.index(words[0])
    # Folding may change lengths; the excerpt is then of the folded text, which says the same.
    source = whole if len(whole) == len(text) else text
    end = start + len(words[0])
    return Match(report, source[max(0, start - AROUND) : start], source[start:end], source[end : end + AROUND])


def _body(content: dict[str, Any]) -> list[str]:
    accused = [content["accused"], *content.get("others", [])]
    names = [part for one in accused for part in (one["name"], one["uscc"]) if part]
    return [content["words"], content["place"], content["when"], *names]


def _read(text: EventText, case: CaseSecrets) -> str:
    return case.read(text.sealed, f"event|{text.id}", is_shared=text.is_shared) or ""


def _texts(session: Session, cases: dict[str, CaseSecrets]) -> dict[str, list[EventText]]:
    found: dict[str, list[EventText]] = defaultdict(list)
    for chunk in case_keys.chunks(sorted(cases)):
        for text in session.scalars(select(EventText).where(EventText.report_id.in_(chunk))):
            found[text.report_id].append(text)
    return found


def _record(session: Session, matches: Sequence[Match], opened: int, desk: Desk) -> None:
    subject = f"department:{desk.actor.department_code}"
    counts = {"opened": opened, "matches": len(matches)}
    audit.record(session, actor=desk.actor, action="search_sealed", subject=subject, at=desk.at, **counts)
    for one in matches[:MOST_SHOWN]:
        record_opening(session, one.report, "search", desk)
