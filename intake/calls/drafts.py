"""A call that is not filed yet, sealed to the operator who types it.

Only their own key opens it: not a colleague, not an administrator, not a copy of the database. So it outlasts a reload,
a sign-out and a crash, and it is gone when it is filed, thrown away or a week old.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base
from core.envelopes import SealBroken, seal, unseal
from core.errors import DomainError, NotFound
from core.keys.keyring import Keyring
from core.keys.models import UserKey
from core.outbox import Job, Sweep
from intake import receipt

KEPT_FOR = timedelta(days=7)
MOST_OPEN = 30


class TooManyCalls(DomainError):
    code = "too_many_calls"
    status = 409
    default_message = _l("没登记完的来电太多了，请先登记或丢弃一些。")


class CallDraft(Base):
    """`sealed` holds the answers and the receipt code that the call will get."""

    __tablename__ = "call_draft"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]


@dataclass(frozen=True)
class Call:
    """`code` is drawn with the first keystroke, so that filing twice finds the first report."""

    id: str
    code: str
    saved_at: datetime | None = None
    answers: dict[str, Any] = field(default_factory=dict)

    def opening(self, length: int = 24) -> str:
        """Its first words, for the list of what is not filed yet."""
        words = " ".join(str(self.answers.get("words", "")).split())
        return words[:length] + ("…" if len(words) > length else "")


def keep(session: Session, call_id: str, answers: dict[str, Any], ring: Keyring, at: datetime) -> Call:
    """Write down what is typed so far; NotFound for somebody else's call."""
    row = session.get(CallDraft, call_id)
    before = _opened(row, ring) if row is not None else None
    if row is None:
        if _count(session, ring) >= MOST_OPEN:
            raise TooManyCalls
        row = CallDraft(id=call_id, user_id=_owner(ring), sealed=b"", saved_at=at)
        session.add(row)
    elif before is None:
        raise NotFound
    call = Call(call_id, before.code if before else receipt.new_code(), at, answers)
    public = session.get_one(UserKey, _owner(ring)).public
    content = json.dumps({"code": call.code, "answers": answers}, ensure_ascii=False)
    row.sealed, row.saved_at = seal(content, public, _context(call_id, _owner(ring))), at
    session.flush()
    return call


def find(session: Session, call_id: str, ring: Keyring) -> Call | None:
    """None where there is no such call, or it is another operator's."""
    row = session.get(CallDraft, call_id)
    return _opened(row, ring) if row is not None else None


def unfinished(session: Session, ring: Keyring) -> list[Call]:
    """This operator's calls that are not filed, the newest first."""
    rows = session.scalars(
        select(CallDraft).where(CallDraft.user_id == ring.user_id).order_by(CallDraft.saved_at.desc())
    )
    return [call for call in (_opened(row, ring) for row in rows) if call is not None]


def drop(session: Session, call_id: str, ring: Keyring) -> bool:
    """Whether it was there: of two presses at once only one drops it."""
    gone = delete(CallDraft).where(CallDraft.id == call_id, CallDraft.user_id == ring.user_id)
    return bool(session.execute(gone.returning(CallDraft.id)).all())


def forget_old(job: Job) -> None:
    job.session.execute(delete(CallDraft).where(CallDraft.saved_at < job.now - KEPT_FOR))


SWEEPS = (Sweep("intake.old_calls", timedelta(hours=1), forget_old),)


def _opened(row: CallDraft, ring: Keyring) -> Call | None:
    """None for another's, and for one under a key that a lost password took away."""
    if row.user_id != ring.user_id or ring.secret is None:
        return None
    try:
        content = json.loads(unseal(row.sealed, ring.secret, _context(row.id, row.user_id)))
    except SealBroken:
        return None
    return Call(row.id, content["code"], row.saved_at, content["answers"])


def _count(session: Session, ring: Keyring) -> int:
    statement = select(func.count()).select_from(CallDraft).where(CallDraft.user_id == ring.user_id)
    return session.scalar(statement) or 0


def _owner(ring: Keyring) -> str:
    if ring.user_id is None or ring.secret is None:
        raise NotFound
    return ring.user_id


def _context(call_id: str, user_id: str) -> str:
    return f"call|{call_id}|{user_id}"
