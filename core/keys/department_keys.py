"""Department keys by epoch: who joins, who leaves, who hands the older ones on.

A new epoch needs public keys only: the server makes a pair, wraps its secret to every member and forgets it. So a new
member reads what comes from now on at once; what came before needs a member who has it, at their next sign-in.
Whoever leaves loses every envelope, and the next epoch is not theirs.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import permissions_of
from core.envelopes import KeyPair, wrap
from core.keys.keyring import PERMISSION_FOR, KeyPurpose, Keyring, member_context
from core.keys.models import DepartmentKey, DepartmentKeyMember, UserKey


class PublicKey(NamedTuple):
    """What it takes to seal to a department."""

    epoch: int
    public: bytes


def live_key(session: Session, code: str, purpose: KeyPurpose) -> DepartmentKey | None:
    """The key that new envelopes are for; None where the department never had a member."""
    statement = select(DepartmentKey).where(
        DepartmentKey.department_code == code, DepartmentKey.purpose == purpose, DepartmentKey.retired_at.is_(None)
    )
    return session.scalars(statement).one_or_none()


def live_keys(session: Session) -> dict[tuple[str, KeyPurpose], PublicKey]:
    """All of them, by department and purpose."""
    key = DepartmentKey
    rows = session.execute(
        select(key.department_code, key.purpose, key.epoch, key.public).where(key.retired_at.is_(None))
    )
    return {(code, KeyPurpose(purpose)): PublicKey(epoch, public) for code, purpose, epoch, public in rows}


def members(session: Session, code: str, purpose: KeyPurpose) -> list[UserKey]:
    """The keys of the people whose work needs the department's key."""
    statement = (
        select(User, UserKey)
        .join(UserKey, UserKey.user_id == User.id)
        .where(User.department_code == code, User.is_active)
        .order_by(User.id)
    )
    return [key for user, key in session.execute(statement) if _needs(user, purpose)]


def new_epoch(session: Session, code: str, purpose: KeyPurpose, *, actor: Actor, at: datetime) -> DepartmentKey | None:
    """Retire the living key and make the next, for all members of today.

    None where there are none: nothing may be sealed to a key that nobody is left to open.
    """
    session.execute(select(Department.code).where(Department.code == code).with_for_update())
    old = live_key(session, code, purpose)
    if old is not None:
        old.retired_at = at
    receivers = members(session, code, purpose)
    if not receivers:
        return None
    pair = KeyPair.new()
    row = DepartmentKey(
        department_code=code, purpose=purpose, epoch=_last_epoch(session, code, purpose) + 1, public=pair.public
    )
    row.created_at = at
    session.add(row)
    session.flush()
    for one in receivers:
        _give(session, row, pair.secret, one)
    session.flush()
    subject = f"department:{code}"
    audit.record(
        session, actor=actor, action="keys.new_epoch", subject=subject, at=at, purpose=str(purpose), epoch=row.epoch
    )
    return row


def admit(session: Session, user: User, *, actor: Actor, at: datetime) -> None:
    """A person begins in a department: new epochs of the keys that their work needs."""
    if user.department_code is None:
        return
    for purpose in KeyPurpose:
        if _needs(user, purpose):
            new_epoch(session, user.department_code, purpose, actor=actor, at=at)


def dismiss(session: Session, user: User, code: str | None, *, actor: Actor, at: datetime) -> None:
    """A person no longer works there: their envelopes go, and the department gets new epochs."""
    held = DepartmentKeyMember.user_id == user.id, DepartmentKeyMember.department_code == code
    purposes = set(session.scalars(select(DepartmentKeyMember.purpose).where(*held)))
    session.execute(delete(DepartmentKeyMember).where(*held))
    session.flush()
    if code is not None:
        for purpose in sorted(purposes):
            new_epoch(session, code, KeyPurpose(purpose), actor=actor, at=at)


def hand_on(session: Session, user: User, ring: Keyring) -> int:
    """Give fellow members the older epochs that this person can open and they lack; how many envelopes."""
    given = 0
    for row, receiver in list(_lacking(session, user)):
        secret = ring.department_key(session, row.department_code, row.purpose, row.epoch)
        if secret is not None:
            _give(session, row, secret, receiver)
            given += 1
    session.flush()
    return given


def lacking_members(session: Session, code: str, purpose: KeyPurpose) -> set[str]:
    """The ids of members who cannot yet open everything of their department."""
    epochs = _epochs(session, code, purpose)
    held = _holders(session, code, purpose)
    return {
        one.user_id
        for one in members(session, code, purpose)
        if any((row.epoch, one.user_id) not in held for row in epochs)
    }


def _lacking(session: Session, user: User) -> Iterator[tuple[DepartmentKey, UserKey]]:
    if user.department_code is None:
        return
    for purpose in KeyPurpose:
        if not _needs(user, purpose):
            continue
        held = _holders(session, user.department_code, purpose)
        fellows = [one for one in members(session, user.department_code, purpose) if one.user_id != user.id]
        for row in _epochs(session, user.department_code, purpose):
            yield from ((row, one) for one in fellows if (row.epoch, one.user_id) not in held)


def _epochs(session: Session, code: str, purpose: KeyPurpose) -> Sequence[DepartmentKey]:
    statement = select(DepartmentKey).where(DepartmentKey.department_code == code, DepartmentKey.purpose == purpose)
    return session.scalars(statement.order_by(DepartmentKey.epoch)).all()


def _holders(session: Session, code: str, purpose: KeyPurpose) -> set[tuple[int, str]]:
    statement = select(DepartmentKeyMember.epoch, DepartmentKeyMember.user_id).where(
        DepartmentKeyMember.department_code == code, DepartmentKeyMember.purpose == purpose
    )
    return {(epoch, user_id) for epoch, user_id in session.execute(statement)}


def _give(session: Session, row: DepartmentKey, secret: bytes, receiver: UserKey) -> None:
    context = member_context(row.department_code, row.purpose, row.epoch, receiver.user_id)
    session.add(
        DepartmentKeyMember(
            department_code=row.department_code,
            purpose=row.purpose,
            epoch=row.epoch,
            user_id=receiver.user_id,
            wrapped=wrap(secret, receiver.public, context),
        )
    )


def _last_epoch(session: Session, code: str, purpose: KeyPurpose) -> int:
    statement = select(func.max(DepartmentKey.epoch)).where(
        DepartmentKey.department_code == code, DepartmentKey.purpose == purpose
    )
    return session.scalar(statement) or 0


def _needs(user: User, purpose: KeyPurpose) -> bool:
    return PERMISSION_FOR[purpose] in permissions_of(user.roles)
