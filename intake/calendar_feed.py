"""One person's deadlines as a calendar file, under a private address that calendars can fetch without a password.

The address is shown once; a hash of it is kept. An entry says the case number and the step, never what it is about.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import User
from intake.case_models import CalendarFeed
from intake.models import Deadline, Report

TOKEN_BYTES = 32


def open_feed(session: Session, actor: Actor, at: datetime) -> str:
    """A new address part for this person; the one before stops working."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.merge(CalendarFeed(user_id=actor.user_id, token_hash=_hash(token), created_at=at))
    audit.record(session, actor=actor, action="calendar_feed.open", subject=f"user:{actor.user_id}", at=at)
    return token


def close_feed(session: Session, actor: Actor, at: datetime) -> None:
    row = session.get(CalendarFeed, actor.user_id)
    if row is not None:
        session.delete(row)
        audit.record(session, actor=actor, action="calendar_feed.close", subject=f"user:{actor.user_id}", at=at)


def owner_of(session: Session, token: str) -> User | None:
    """The active person whose feed this is."""
    user = session.scalar(
        select(User).join(CalendarFeed, CalendarFeed.user_id == User.id).where(CalendarFeed.token_hash == _hash(token))
    )
    return user if user is not None and user.is_active else None


def calendar_file(watched: Iterable[tuple[Report, Deadline]], *, site_name: str, base_url: str, at: datetime) -> bytes:
    """RFC 5545: an all-day entry for each last day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Mingjian//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{site_name} 办理期限")
    for report, deadline in watched:
        calendar.add_component(_entry(report, deadline, base_url, at))
    return bytes(calendar.to_ical())


def _entry(report: Report, deadline: Deadline, base_url: str, at: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{report.case_number}-{deadline.regime}-{deadline.step}@{urlsplit(base_url).hostname}")
    entry.add("dtstamp", at)
    entry.add("dtstart", deadline.due_on)
    entry.add("dtend", deadline.due_on + timedelta(days=1))
    entry.add("summary", f"{report.case_number} {deadline.label}")
    entry.add("url", f"{base_url}/desk/{report.case_number}")
    entry.add("transp", "TRANSPARENT")
    return entry


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
