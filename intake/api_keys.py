"""Keys of other people's programs: an app that files through Open311, the platform of 12345.

A key is 128 random bits, so that a plain hash of it is enough; it is told once. After a rotation the key before it is
good for a week more, so that nobody has to change at the same minute. A revoked key stays, for the record.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import LargeBinary, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.accounts.actor import Actor
from core.clock import local_date
from core.database import Base
from core.errors import DomainError

OPEN311, HOTLINE = "open311", "12345"
PURPOSES = (HOTLINE, OPEN311)
OVERLAP = timedelta(days=7)
LONGEST_NAME = 60


class KeyNameTaken(DomainError):
    code = "key_name_taken"
    status = 409
    default_message = _l("已有同名的应用，请换一个名字。")


class NoSuchKey(DomainError):
    code = "no_such_key"
    status = 404
    default_message = _l("没有这个应用，或它的密钥已经作废。")


class ApiKey(Base):
    """Only hashes are kept. `used_on` is a day: the hour could tell when somebody reported."""

    __tablename__ = "api_key"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    former_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    former_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


def add(session: Session, purpose: str, name: str, *, actor: Actor, at: datetime) -> str:
    """The key, told this once."""
    if session.get(ApiKey, (purpose, name)) is not None:
        raise KeyNameTaken
    key = secrets.token_hex(16)
    session.add(ApiKey(purpose=purpose, name=name, key_hash=_hash(key), created_at=at))
    _record(session, "add_key", purpose, name, actor, at)
    return key


def rotate(session: Session, purpose: str, name: str, *, actor: Actor, at: datetime) -> str:
    """The new key, told this once."""
    found = _valid(session, purpose, name)
    key = secrets.token_hex(16)
    found.former_hash, found.former_until, found.key_hash = found.key_hash, at + OVERLAP, _hash(key)
    _record(session, "rotate_key", purpose, name, actor, at)
    return key


def revoke(session: Session, purpose: str, name: str, *, actor: Actor, at: datetime) -> None:
    """At once, the former key with it."""
    found = _valid(session, purpose, name)
    found.revoked_at, found.former_hash, found.former_until = at, None, None
    _record(session, "revoke_key", purpose, name, actor, at)


def holder(session: Session, purpose: str, key: str, at: datetime) -> str | None:
    """Whose key it is; None for one that opens nothing (any more)."""
    hashed = _hash(key)
    former = and_(ApiKey.former_hash == hashed, ApiKey.former_until > at)
    fits = or_(ApiKey.key_hash == hashed, former)
    statement = select(ApiKey.name).where(ApiKey.purpose == purpose, ApiKey.revoked_at.is_(None), fits)
    return session.scalar(statement)


def note_use(session: Session, purpose: str, name: str, at: datetime) -> None:
    found = session.get_one(ApiKey, (purpose, name))
    if found.used_on != local_date(at):
        found.used_on = local_date(at)


def all_keys(session: Session, purpose: str) -> list[ApiKey]:
    """Also the revoked ones, the oldest first."""
    return list(session.scalars(select(ApiKey).where(ApiKey.purpose == purpose).order_by(ApiKey.created_at)))


def _valid(session: Session, purpose: str, name: str) -> ApiKey:
    found = session.get(ApiKey, (purpose, name))
    if found is None or found.revoked_at is not None:
        raise NoSuchKey
    return found


def _record(session: Session, action: str, purpose: str, name: str, actor: Actor, at: datetime) -> None:
    audit.record(session, actor=actor, action=f"{purpose}.{action}", subject=f"{purpose}:{name}", at=at)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
