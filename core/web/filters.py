"""How templates write moments and days."""

from datetime import date, datetime

from flask import Flask

from core.clock import CHINA
from core.web.languages import chosen


def local_time(at: datetime) -> str:
    """The minute in China: 2026年11月23日 10:05, or 2026-11-23 10:05 in English."""
    there = at.astimezone(CHINA)
    return f"{local_day(there.date())} {there:%H:%M}"


def local_day(on: date) -> str:
    return on.isoformat() if chosen() == "en" else f"{on.year}年{on.month}月{on.day}日"


def install(app: Flask) -> None:
    app.jinja_env.filters.update(local_time=local_time, local_day=local_day)
