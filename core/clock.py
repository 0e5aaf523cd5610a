"""What time is it. Instants are aware UTC; days are days in China."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai at an aware instant."""
    return instant.astimezone(CHINA).date()
