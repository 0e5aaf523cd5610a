"""Entering a year's holidays as the State Council's notice states them: which days are off, which weekends are worked.

What is entered for a year replaces all that was entered for it before; deadlines are counted again afterwards.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.errors import InvalidInput, Text
from core.working_calendar import SATURDAY, Holiday

LONGEST_SPAN_DAYS = 15
_DAY = re.compile(r"(?:(?P<year>\d{4})[-年./])?(?P<month>\d{1,2})[-月./](?P<day>\d{1,2})日?")
_JOIN = re.compile(r"\s*(?:至|到|—+|–|~|～|\.\.)\s*")
_WEEKDAY = re.compile(r"[(（](?:周|星期)[一二三四五六日天][)）]")
_LAST_DAY = re.compile(r"^\d{1,2}日?$")


class Unreadable(ValueError):
    """A part of the text is no day and no span of days of this year."""


def read_days(text: str, year: int) -> list[date]:
    """The days of "2月5日（星期五）至11日、1月1日" or "2027-02-05..2027-02-11", in order, each once."""
    days: set[date] = set()
    for part in re.split(r"[，,、；;\n]+", _WEEKDAY.sub("", text)):
        if part.strip():
            days.update(_span(part.strip(), year))
    return sorted(days)


def enter_year(
    session: Session,
    year: int,
    *,
    off: Iterable[date],
    at_work: Iterable[date],
    source: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Replace what was entered for `year`; InvalidInput where a day is both, or a weekday is to be made up."""
    off, at_work = sorted(off), sorted(at_work)
    problems: dict[str, Text] = {}
    if not off:
        problems["off"] = _l("请至少写一天放假的日子。")
    if set(off) & set(at_work):
        problems["at_work"] = _l("有的日子既放假又上班，请检查。")
    elif any(day.weekday() < SATURDAY for day in at_work):
        problems["at_work"] = _l("调休上班的日子应当是周六或周日，请检查。")
    if problems:
        raise InvalidInput(problems)
    for row in entered(session, year):
        session.delete(row)
    session.flush()
    session.add_all(Holiday(day=day, is_workday=False, source=source) for day in off)
    session.add_all(Holiday(day=day, is_workday=True, source=source) for day in at_work)
    session.flush()
    counts = {"off": len(off), "at_work": len(at_work)}
    audit.record(session, actor=actor, action="calendar.enter", subject=f"calendar:{year}", at=at, **counts)


def entered(session: Session, year: int) -> list[Holiday]:
    statement = select(Holiday).where(extract("year", Holiday.day) == year).order_by(Holiday.day)
    return list(session.scalars(statement))


def _span(text: str, year: int) -> list[date]:
    first, *more = _JOIN.split(text)
    start = _day(first, year)
    if not more:
        return [start]
    end = _end(more[0], start, year)
    if len(more) > 1 or not start <= end <= start + timedelta(days=LONGEST_SPAN_DAYS):
        raise Unreadable(text)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _end(text: str, start: date, year: int) -> date:
    """The end of a span may name the day alone: 2月5日至11日."""
    if _LAST_DAY.match(text):
        return _made(start.year, start.month, int(text.rstrip("日")), text)
    return _day(text, year)


def _day(text: str, year: int) -> date:
    found = _DAY.fullmatch(text)
    if found is None or int(found["year"] or year) != year:
        raise Unreadable(text)
    return _made(year, int(found["month"]), int(found["day"]), text)


def _made(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unreadable(text) from error
