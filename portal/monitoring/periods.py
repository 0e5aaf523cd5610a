"""Which stretch of a station's series a reader asked for: the last 72 hours, or days from … to …, by hour or by day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.errors import Text
from portal.monitoring.averages import day_of, start_of

LATEST = timedelta(hours=72)
HOURLY_UP_TO_DAYS = 7
LONGEST_DAYS = {"hour": 31, "day": 366}


class Resolution(StrEnum):
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in China, both included. `is_latest`: nothing was asked for, the last 72 hours up to `newest` are meant."""

    first: date
    last: date
    resolution: Resolution
    newest: datetime
    is_latest: bool
    problem: Text | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def bounds(self) -> tuple[datetime, datetime]:
        """The hours meant end after the first and not after the second."""
        if self.is_latest:
            return self.newest - LATEST, self.newest
        return start_of(self.first), start_of(self.last + timedelta(days=1))

    def earlier(self) -> dict[str, str]:
        """The query of the page before."""
        return self._moved(-self.days)

    def later(self) -> dict[str, str] | None:
        """The query of the page after; None where nothing newer exists."""
        return self._moved(self.days) if self.last < day_of(self.newest) else None

    def fits(self, resolution: str) -> bool:
        return self.days <= LONGEST_DAYS[resolution]

    def as_query(self, resolution: str) -> dict[str, str]:
        """The query of the same days at another resolution."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "resolution": resolution}

    def _moved(self, days: int) -> dict[str, str]:
        return replace(self, first=self.first + timedelta(days=days), last=self.last + timedelta(days=days)).as_query(
            self.resolution
        )


def asked_period(query: Mapping[str, str], newest: datetime) -> Period:
    """The period that `from`, `to` and `resolution` mean; the latest, with the problem named, where they mean none."""
    try:
        first, last = _days(query, day_of(newest))
    except ValueError:
        return _latest(newest, _l("日期没有看懂。请按 2026-03-01 的样子填写。"))
    if first is None or last is None:
        return _latest(newest)
    if first > last:
        return _latest(newest, _l("开始日期晚于结束日期。"))
    resolution = _resolution(query, (last - first).days + 1)
    longest = LONGEST_DAYS[resolution]
    if (last - first).days >= longest:
        return _latest(newest, _l("一次最多看 %(days)s 天，请把日期选近一些。", days=longest))
    return Period(first, last, resolution, newest, is_latest=False)


def _days(query: Mapping[str, str], newest: date) -> tuple[date | None, date | None]:
    first, last = (
        date.fromisoformat(text) if (text := query.get(name, "").strip()) else None for name in ("from", "to")
    )
    if any(day is not None and not date(1992, 1, 1) <= day <= date(2200, 1, 1) for day in (first, last)):
        raise ValueError("a day without stations")
    if first is not None and last is None:
        last = max(first, newest)
    if first is None and last is not None:
        first = last - timedelta(days=2)
    return first, last


def _resolution(query: Mapping[str, str], days: int) -> Resolution:
    asked = query.get("resolution", "")
    if asked in tuple(Resolution):
        return Resolution(asked)
    return Resolution.HOUR if days <= HOURLY_UP_TO_DAYS else Resolution.DAY


def _latest(newest: datetime, problem: Text | None = None) -> Period:
    first = day_of(newest - LATEST + timedelta(hours=1))
    return Period(first, day_of(newest), Resolution.HOUR, newest, is_latest=True, problem=problem)
