"""The escrow: what only two officers of the discipline office can open, together, away from the site.

The secret key is split in two for every pair of officers (one half random, the other its XOR with the secret), so that
any two of them have it and one of them has nothing. Each officer's halves lie in a file of their own under their
passphrase; the database knows the public key, and the audit every use. Whoever composes the application says how each
use is told to the public (`TELLS`); what cannot be told is not done.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import User
from core.accounts.passwords import MINIMUM_LENGTH, Stretched, password_keys, stretched
from core.envelopes import KEY_BYTES, KeyPair, SealBroken, lock, unlock, unwrap
from core.errors import DomainError
from core.keys import user_keys
from core.keys.keyring import Keyring
from core.keys.models import EscrowKey, UserKey

FEWEST, MOST = 2, 5
TELLS = "escrow_tells"
OPENED = "escrow.open"


class EscrowRefused(DomainError):
    code = "escrow_refused"
    status = 422


class Purpose(StrEnum):
    """What two officers may open the escrow for."""

    RESET_PASSWORD = "reset_password"  # noqa: S105 - no password, the name of a purpose
    HAND_OVER = "hand_over"


@dataclass(frozen=True)
class Escrow:
    """The opened secret key, for as long as one command runs."""

    epoch: int
    secret: bytes
    opened_by: tuple[str, str]


@dataclass(frozen=True)
class Use:
    """One opening as the public is told of it: by which escrow, what for, how many reports. No person, no content."""

    escrow: Escrow
    purpose: Purpose
    reports: int = 0


def split(secret: bytes, officers: int) -> list[dict[str, bytes]]:
    """For each officer: the half that belongs to the pair "a-b"."""
    shares: list[dict[str, bytes]] = [{} for _ in range(officers)]
    for first, second in combinations(range(officers), 2):
        half = secrets.token_bytes(KEY_BYTES)
        shares[first][f"{first}-{second}"] = half
        shares[second][f"{first}-{second}"] = _xor(half, secret)
    return shares


def joined(first: Mapping[str, bytes], second: Mapping[str, bytes]) -> bytes:
    """The secret of two officers' halves; EscrowRefused where they are no pair."""
    common = sorted(set(first) & set(second))
    if len(common) != 1:
        raise EscrowRefused(_l("需要两位不同的保管人。"))
    return _xor(first[common[0]], second[common[0]])


def create(
    session: Session, department_code: str, passphrases: Mapping[str, str], *, actor: Actor, at: datetime
) -> list[bytes]:
    """A new escrow key for these officers (name: passphrase); the content of each officer's file, in their order.

    People's keys go to the new escrow at their next sign-in, reports at the next hand that touches them.
    """
    _check(passphrases)
    epoch = (session.scalar(select(func.max(EscrowKey.epoch))) or 0) + 1
    user_keys.retire_escrow(session, at)
    pair = KeyPair.new()
    session.add(EscrowKey(epoch=epoch, public=pair.public, department_code=department_code, created_at=at))
    session.flush()
    audit.record(
        session, actor=actor, action="escrow.create", subject=f"escrow:{epoch}", at=at, officers=len(passphrases)
    )
    shares = split(pair.secret, len(passphrases))
    return [
        _share_file(epoch, name, share, phrase)
        for (name, phrase), share in zip(passphrases.items(), shares, strict=True)
    ]


def opened(
    session: Session, files: Sequence[tuple[bytes, str]], purpose: Purpose, *, actor: Actor, at: datetime
) -> Escrow:
    """Two officers' files with their passphrases; every opening is on record. EscrowRefused says what is wrong."""
    if len(files) != FEWEST:
        raise EscrowRefused(_l("需要两位不同的保管人。"))
    (epoch, first_name, first), (other_epoch, second_name, second) = (_read(*one) for one in files)
    row = session.get(EscrowKey, epoch)
    if epoch != other_epoch or row is None:
        raise EscrowRefused(_l("两份保管文件不是同一套，或不属于本平台。"))
    pair = KeyPair.of(joined(first, second))
    if pair.public != row.public:
        raise EscrowRefused(_l("两份保管文件不是同一套，或不属于本平台。"))
    names = (first_name, second_name)
    subject, officers = f"escrow:{epoch}", list(names)
    audit.record(session, actor=actor, action=OPENED, subject=subject, at=at, officers=officers, purpose=str(purpose))
    return Escrow(epoch, pair.secret, names)


def account_of(session: Session, officer: str) -> User:
    """The account of an officer, named as their file names them (by sign-in name or shown name)."""
    named = or_(User.sign_in_name == officer.strip().lower(), User.display_name == officer.strip())
    found = session.scalars(select(User).where(named)).all()
    if len(found) != 1:
        raise EscrowRefused(
            _l(
                "没有用保管密钥：保管人“%(name)s”没有账号，这次使用就不能公开留名。请先用 user add 给这个人开一个账号，"
                "姓名要和保管文件里的一样，而且不与别人重名。",
                name=officer,
            )
        )
    return found[0]


def reset_password(
    session: Session, user: User, password: Stretched, escrow: Escrow, *, actor: Actor, at: datetime
) -> Keyring:
    """The person's own key under a new password: all that was theirs opens again."""
    row = session.get(UserKey, user.id)
    if row is None or row.escrow_wrap is None or row.escrow_epoch != escrow.epoch:
        raise EscrowRefused(_l("这个账号的密钥没有交给这套保管密钥。"))
    secret = unwrap(row.escrow_wrap, escrow.secret, user_keys.escrow_context(escrow.epoch, user.id))
    ring = Keyring(user.id, secret)
    user_keys.change_password(row, ring, password)
    subject = f"user:{user.id}"
    audit.record(
        session, actor=actor, action="escrow.reset_password", subject=subject, at=at, officers=list(escrow.opened_by)
    )
    return ring


def _check(passphrases: Mapping[str, str]) -> None:
    if not FEWEST <= len(passphrases) <= MOST:
        raise EscrowRefused(_l("保管人要有 %(few)s 到 %(most)s 位。", few=FEWEST, most=MOST))
    if any(len(phrase) < MINIMUM_LENGTH for phrase in passphrases.values()):
        raise EscrowRefused(_l("口令至少 %(n)s 个字符。", n=MINIMUM_LENGTH))
    if len(set(passphrases.values())) != len(passphrases):
        raise EscrowRefused(_l("每位保管人要用自己的口令。"))


def _share_file(epoch: int, name: str, share: Mapping[str, bytes], passphrase: str) -> bytes:
    under = stretched(passphrase)
    halves = json.dumps({pair: half.hex() for pair, half in share.items()}).encode()
    content = {
        "what": "明鉴 escrow share: two of these open it; keep it away from the site",
        "epoch": epoch,
        "officer": name,
        "cost": under.cost,
        "salt": base64.b64encode(under.salt).decode(),
        "sealed": base64.b64encode(lock(halves, under.keys.key, _context(epoch, name))).decode(),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _read(content: bytes, passphrase: str) -> tuple[int, str, dict[str, bytes]]:
    try:
        file: dict[str, Any] = json.loads(content)
        epoch, name, cost = int(file["epoch"]), str(file["officer"]), str(file["cost"])
        salt, sealed = base64.b64decode(file["salt"]), base64.b64decode(file["sealed"])
    except (ValueError, KeyError, TypeError) as error:
        raise EscrowRefused(_l("这不是保管文件。")) from error
    try:
        halves = json.loads(unlock(sealed, password_keys(passphrase, salt, cost).key, _context(epoch, name)))
    except SealBroken as error:
        raise EscrowRefused(_l("%(name)s的口令不对，或文件被改过。", name=name)) from error
    return epoch, name, {pair: bytes.fromhex(half) for pair, half in halves.items()}


def _context(epoch: int, name: str) -> str:
    return f"escrow|{epoch}|share|{name}"


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
