"""Means that count: of a day, of eight hours, of a city. How many hours must be there is GB 3095-2026 table 4.

A value labelled 16:00 is the mean of 15:00 to 16:00, so the day D has the labels 01:00 to 24:00 (= 00:00 of D+1).
Not here: the 2013 rule for days with fewer than 14 eight-hour means (HJ 663-2013, void since 2026-03-01).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.clock import CHINA, local_date

HOURS_OF_A_DAY = 24
HOURS_OF_A_DAY_NEEDED = 20
SLIDING_HOURS = 8
SLIDING_HOURS_NEEDED = 6

Hours = Sequence[Decimal | None]


def day_of(hour_end: datetime) -> date:
    """The day in China that the hour ending at `hour_end` belongs to: midnight closes the day before."""
    return local_date(hour_end - timedelta(hours=1))


def start_of(day: date) -> datetime:
    """The first instant of a day in China; the hours of the day end after it."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def day_mean(hours: Hours) -> Decimal | None:
    """The mean of a day's 24 hours; None with fewer than 20 of them."""
    return _mean(hours, needed=HOURS_OF_A_DAY_NEEDED)


def sliding_8h(hours: Hours) -> list[Decimal | None]:
    """For each hour the mean of the eight ending with it; the first seven lack what lies before the sequence."""
    windows = (hours[max(0, n - SLIDING_HOURS + 1) : n + 1] for n in range(len(hours)))
    return [_mean(window, needed=SLIDING_HOURS_NEEDED) for window in windows]


def max_8h(hours: Hours) -> Decimal | None:
    """日最大 8 小时平均 of a day: the greatest eight-hour mean that lies wholly within the day's 24 hours."""
    whole = sliding_8h(hours)[SLIDING_HOURS - 1 :]
    return max((mean for mean in whole if mean is not None), default=None)


def mean_of_points(values: Iterable[Decimal | None]) -> Decimal | None:
    """A city's value: the mean of its points that have one."""
    return _mean(list(values), needed=1)


def _mean(values: Hours, *, needed: int) -> Decimal | None:
    there = [value for value in values if value is not None]
    return sum(there, Decimal(0)) / len(there) if len(there) >= needed else None
