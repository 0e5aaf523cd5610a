"""This request's session, time, actor and settings. Only views and templates ask here; rules take arguments."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import current_app, g
from flask import session as flask_session
from sqlalchemy.orm import Session

from core.accounts.actor import ANONYMOUS, Actor
from core.clock import Clock, local_date
from core.config import Settings
from core.database import Database
from core.keys.keyring import NO_KEYS, Keyring
from core.working_calendar import WorkingCalendar

EXTENSION = "mingjian"
USER_SECRET = "user"  # noqa: S105 - the name under which a session keys it


@dataclass(frozen=True)
class House:
    """What one running application is made of."""

    settings: Settings
    database: Database
    clock: Clock
    secret_key: bytes


def house() -> House:
    return cast(House, current_app.extensions[EXTENSION])


def session() -> Session:
    """The one session of this request; the shell opens, commits and closes it."""
    return cast(Session, g.database_session)


def let_go() -> None:
    """Before slow work: end the transaction in which it was looked up who asks, so that no writer waits for us.

    Nothing may have been written yet; the next statement begins another.
    """
    if session().new or session().dirty or session().deleted:
        raise RuntimeError("something was written before the slow work")
    session().rollback()


def now() -> datetime:
    if "now" not in g:
        g.now = house().clock.now()
    return cast(datetime, g.now)


def today() -> date:
    return local_date(now())


def actor() -> Actor:
    return cast(Actor, g.get("actor", ANONYMOUS))


def keyring() -> Keyring:
    """What the signed-in person can open; an empty ring for everybody else."""
    if "keyring" not in g:
        secret = getattr(flask_session, "vault", {}).get(USER_SECRET)
        g.keyring = Keyring(actor().user_id, secret) if secret and actor().user_id else NO_KEYS
    return cast(Keyring, g.keyring)


def settings() -> Settings:
    return house().settings


def calendar() -> WorkingCalendar:
    if "calendar" not in g:
        g.calendar = WorkingCalendar.load(session())
    return cast(WorkingCalendar, g.calendar)


def service(name: str) -> Any:
    """An object that the composition root put into the application, such as the search service."""
    return current_app.extensions[name]
