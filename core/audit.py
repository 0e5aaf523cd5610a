"""Who did what, when: append-only and hash-chained, so that a removed or altered line shows.

Detail carries ids, states and counts; never a name, a word or an address of a person.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import BigInteger, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.accounts.actor import Actor
from core.database import Base

GENESIS = "0" * 64
RowNumber = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Base):
    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(26), index=True)
    actor_name: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """One row: the end of the chain, and the lock that orders those who append."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(RowNumber)
    hash: Mapped[str] = mapped_column(String(64))


def record(session: Session, *, actor: Actor, action: str, subject: str, at: datetime, **detail: Any) -> None:
    """Append one event to the chain, in the caller's transaction."""
    head = hold(session)
    event = AuditEvent(
        number=head.number + 1,
        at=at.astimezone(UTC),  # as it will be read back: the hash is over its words
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        subject=subject,
        detail=detail,
        previous_hash=head.hash,
    )
    event.hash = chain_hash(event)
    head.number, head.hash = event.number, event.hash
    session.add(event)
    session.flush()


def hold(session: Session) -> AuditHead:
    """From here to the end of the transaction nobody else appends: numbers given meanwhile are committed in order."""
    return session.scalars(
        select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one()


def chain_hash(event: AuditEvent) -> str:
    content: dict[str, Any] = {
        "number": event.number,
        "at": event.at.isoformat(),
        "actor_id": event.actor_id,
        "actor_name": event.actor_name,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        "previous_hash": event.previous_hash,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def first_break(events: Iterable[AuditEvent]) -> int | None:
    """The number of the first event, in order from 1, that does not follow from the one before; None if all do."""
    previous, expected = GENESIS, 1
    for event in events:
        if (event.number, event.previous_hash, event.hash) != (expected, previous, chain_hash(event)):
            return expected
        previous, expected = event.hash, expected + 1
    return None
