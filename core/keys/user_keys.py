"""A person's key pair: made with the first password, opened by the password, given back by the escrow."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.accounts.passwords import PasswordKeys, Stretched, password_keys
from core.envelopes import KeyPair, lock, unlock, wrap
from core.keys.keyring import Keyring
from core.keys.models import EscrowKey, UserKey


def create(session: Session, user: User, password: Stretched) -> Keyring:
    """A new key pair under the password, wrapped to the escrow where there is one."""
    pair = KeyPair.new()
    row = UserKey(user_id=user.id, public=pair.public)
    _set_password(row, pair.secret, password)
    session.add(row)
    session.flush()
    ring = Keyring(user.id, pair.secret)
    leave_with_escrow(session, row, ring)
    return ring


def unlocked(row: UserKey, keys: PasswordKeys) -> Keyring | None:
    """The ring of this person; None where the password was another."""
    if not keys.matches(row.verifier):
        return None
    return Keyring(row.user_id, unlock(row.sealed_secret, keys.key, _context(row.user_id)))


def unlock_with(session: Session, user: User, password: str) -> Keyring | None:
    """For commands and the demo: sign-in derives before its transaction begins."""
    row = session.get_one(UserKey, user.id)
    return unlocked(row, password_keys(password, row.salt, row.cost))


def change_password(row: UserKey, ring: Keyring, password: Stretched) -> None:
    """The same key pair under a new password; what was open before stays open."""
    if ring.secret is None or ring.user_id != row.user_id:
        raise ValueError("the ring is another person's")
    _set_password(row, ring.secret, password)


def leave_with_escrow(session: Session, row: UserKey, ring: Keyring) -> None:
    """Wrap the secret to the living escrow key, unless it lies there already."""
    escrow = live_escrow(session)
    if escrow is None or row.escrow_epoch == escrow.epoch or ring.secret is None:
        return
    row.escrow_epoch = escrow.epoch
    row.escrow_wrap = wrap(ring.secret, escrow.public, escrow_context(escrow.epoch, row.user_id))


def live_escrow(session: Session) -> EscrowKey | None:
    return session.scalars(select(EscrowKey).where(EscrowKey.retired_at.is_(None))).one_or_none()


def retire_escrow(session: Session, at: datetime) -> None:
    escrow = live_escrow(session)
    if escrow is not None:
        escrow.retired_at = at
        session.flush()


def escrow_context(epoch: int, user_id: str) -> str:
    return f"escrow|{epoch}|user|{user_id}"


def _set_password(row: UserKey, secret: bytes, password: Stretched) -> None:
    row.salt, row.cost, row.verifier = password.salt, password.cost, password.keys.verifier
    row.sealed_secret = lock(secret, password.keys.key, _context(row.user_id))


def _context(user_id: str) -> str:
    return f"user|{user_id}|secret"
