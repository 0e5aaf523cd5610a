"""Keys of apps: 128 random bits, so that a plain hash of them is enough."""

import hashlib
import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.errors import DomainError
from intake.open311.models import Open311Key


class KeyNameTaken(DomainError):
    code = "key_name_taken"
    status = 409
    default_message = _l("已有同名的应用，请换一个名字。")


class NoSuchKey(DomainError):
    code = "no_such_key"
    status = 404
    default_message = _l("没有这个应用，或它的密钥已经作废。")


def add(session: Session, name: str, *, actor: Actor, at: datetime) -> str:
    """The key, told this once."""
    if session.get(Open311Key, name) is not None:
        raise KeyNameTaken
    key = secrets.token_hex(16)
    session.add(Open311Key(name=name, key_hash=_hash(key), created_at=at))
    audit.record(session, actor=actor, action="open311.add_key", subject=f"open311:{name}", at=at)
    return key


def revoke(session: Session, name: str, *, actor: Actor, at: datetime) -> None:
    found = session.get(Open311Key, name)
    if found is None or found.revoked_at is not None:
        raise NoSuchKey
    found.revoked_at = at
    audit.record(session, actor=actor, action="open311.revoke_key", subject=f"open311:{name}", at=at)


def is_valid(session: Session, key: str) -> bool:
    statement = select(Open311Key.name).where(Open311Key.key_hash == _hash(key), Open311Key.revoked_at.is_(None))
    return session.scalar(statement) is not None


def all_keys(session: Session) -> list[Open311Key]:
    return list(session.scalars(select(Open311Key).order_by(Open311Key.created_at)))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
