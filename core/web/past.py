"""?as_of=: what the public saw when a day ended. A view that can tell says so with @has_past; all others refuse it.

Nobody shall take the state of today for one of the past: neither where a page has none, nor where the day is no day.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext as _l

from core.clock import CHINA
from core.errors import DomainError
from core.web import current

View = TypeVar("View", bound=Callable[..., Any])
PARAMETER = "as_of"
_ATTRIBUTE = "_mingjian_has_past"
FIRST_DAY = date(1900, 1, 1)


class NoPast(DomainError):
    code = "no_past"
    status = 404
    default_message = _l("这一页没有留下过去的样子，只有现在的。")


class NoSuchDay(DomainError):
    code = "no_such_day"
    status = 422
    default_message = _l("as_of 要写成 2026-11-23 的样子，不能晚于今天。")


def has_past(view: View) -> View:
    """The view answers ?as_of= itself."""
    setattr(view, _ATTRIBUTE, True)
    return view


def must_have(view: Callable[..., Any]) -> None:
    """NoPast where the request asks for a past that `view` does not know."""
    if request.args.get(PARAMETER) and not getattr(view, _ATTRIBUTE, False):
        raise NoPast


def day_asked() -> date | None:
    """The day of ?as_of=; None where there is none. NoSuchDay for what is no day, or one to come."""
    typed = request.args.get(PARAMETER, "")
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise NoSuchDay from None
    if not FIRST_DAY <= day <= current.today():
        raise NoSuchDay
    return day


def end_of(day: date) -> datetime:
    """The first instant that is no longer `day` in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def moment_of(day: date | None) -> datetime:
    """Up to when something may have happened to be seen: now, or the end of `day`."""
    return current.now() if day is None else min(end_of(day), current.now())
