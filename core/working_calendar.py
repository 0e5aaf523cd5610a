"""Which days are working days in China, and on which day a time limit ends.

The package chinesecalendar knows 2004 to its newest year; rows that an administrator entered (`Holiday`) win over it.
A year that neither knows counts Monday to Friday, and every date that leans on it is marked provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import Holiday as Festival
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base

SATURDAY = 5


class Holiday(Base):
    """A day that the State Council's notice moves: off on a weekday, or at work on a weekend."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))


@dataclass(frozen=True)
class Due:
    """The last day of a time limit. `provisional`: a year on the way has no published holiday table yet."""

    on: date
    provisional: bool


class WorkingCalendar:
    """`overlay` maps a day to "is a working day"; a year with at least one row counts as published."""

    def __init__(self, overlay: Mapping[date, bool] | None = None) -> None:
        self.overlay = dict(overlay or {})
        self._published = {day.year for day in self.overlay}

    @classmethod
    def load(cls, session: Session) -> "WorkingCalendar":
        return cls({row.day: row.is_workday for row in session.scalars(select(Holiday))})

    def is_workday(self, day: date) -> tuple[bool, bool]:
        """(is a working day, provisional)."""
        if day in self.overlay:
            return self.overlay[day], False
        known = _known_workday(day)
        if known is not None:
            return known, False
        return day.weekday() < SATURDAY, day.year not in self._published

    def is_published(self, year: int) -> bool:
        """Whether the year's days off are known, from the package or as entered."""
        return year in self._published or _known_workday(date(year, 7, 1)) is not None

    def festival(self, day: date) -> str | None:
        """The festival for which a day is off or made up, where the packaged table names one (春节)."""
        try:
            name = chinese_calendar.get_holiday_detail(day)[1]
        except NotImplementedError:
            return None
        return str(Festival(name).chinese) if name else None

    def add_workdays(self, day: date, count: int) -> Due:
        """The `count`-th working day after `day`; day zero is not counted. `count` 0 gives `day` itself."""
        provisional = False
        while count > 0:
            day += timedelta(days=1)
            works, guessed = self.is_workday(day)
            provisional = provisional or guessed
            count -= works
        return Due(day, provisional)

    def add_calendar_days(self, day: date, count: int) -> Due:
        """`count` calendar days after `day`, moved to the next working day where it falls on a day off.

        The move follows 民法典 article 203 (期间的最后一日是法定休假日的，以法定休假日结束的次日为最后一日).
        """
        due, provisional = day + timedelta(days=count), False
        while True:
            works, guessed = self.is_workday(due)
            provisional = provisional or guessed
            if works:
                return Due(due, provisional)
            due += timedelta(days=1)

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative where `end` lies before `start`."""
        if end < start:
            return -self.workdays_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_workday(day)[0] for day in days)


@lru_cache(maxsize=4096)
def _known_workday(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
