"""The keys that sign a log: one file a generation, each later one announced by a leaf of the log itself.

The first key signs from the first leaf on. A "key" leaf names the next one: from that leaf on both sign, the older for
OVERLAP more, so that whoever knows the one comes to trust the other by what the log itself says.
"""

import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from core.errors import DomainError
from core.ledger.note import Signer, Verifier

OVERLAP = timedelta(days=90)
SUBJECT = "key"
SEED_BYTES = 32
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


class KeyMissing(DomainError):
    """The log has announced a key that lies on no disk of this machine: nothing may be signed without it."""

    code = "ledger_key_missing"
    status = 503
    default_message = _l("账本已经公告启用的签名密钥不在这台机器上，暂时不能公开内容。请联系管理员。")


@dataclass(frozen=True)
class Announcement:
    """A generation after the first: `until` is when the one before it signs no more."""

    number: int
    verifier: Verifier
    until: datetime


@dataclass(frozen=True)
class KeyRing:
    """`first` is the file of the first key; later ones lie beside it: ledger.key, ledger.2.key, …"""

    origin: str
    first: Path
    _read: dict[int, Signer] = field(default_factory=dict, compare=False, repr=False)

    def file(self, number: int) -> Path:
        return self.first if number == 1 else self.first.with_name(f"{self.first.stem}.{number}{self.first.suffix}")

    def signer(self, number: int) -> Signer:
        if number not in self._read:
            try:
                seed = self.file(number).read_bytes()
            except OSError as error:
                raise KeyMissing(generation=number) from error
            if len(seed) != SEED_BYTES:
                raise KeyMissing(generation=number)
            self._read[number] = Signer(self.origin, seed)
        return self._read[number]

    def prepared(self, number: int) -> Signer:
        """The key of a generation that is not announced yet; made where there is none, for its owner alone to read."""
        path = self.file(number)
        if not path.exists():
            _write_secret(path)
        return self.signer(number)

    def signers(self, announced: Sequence[Announcement], at: datetime) -> list[Signer]:
        """Who signs at this time, the newest last. KeyMissing where what is announced is not here."""
        for one in announced:
            if self.signer(one.number).verifier != one.verifier:
                raise KeyMissing(generation=one.number)
        older = [one.number - 1 for one in announced if one.until > at]
        return [self.signer(number) for number in (*older, len(announced) + 1)]

    def verifiers(self, announced: Sequence[Announcement]) -> list[Verifier]:
        """Every key that ever signed, the newest last."""
        return [self.signer(1).verifier, *(one.verifier for one in announced)]


def key_leaf(number: int, verifier: Verifier, at: datetime) -> dict[str, Any]:
    """The fields of the leaf that announces generation `number`; "u" is when the one before it signs no more."""
    moment = at.astimezone(UTC)
    return {
        "v": 1,
        "k": "key",
        "y": "key",
        "r": SUBJECT,
        "rev": number,
        "t": moment.strftime(_INSTANT),
        "u": (moment + OVERLAP).strftime(_INSTANT),
        "g": None,
        "c": None,
        "vkey": str(verifier),
    }


def announcements(entries: Iterable[bytes]) -> list[Announcement]:
    """What the log's "key" leaves say, oldest first."""
    leaves = [json.loads(entry) for entry in entries]
    return [
        Announcement(leaf["rev"], Verifier.parse(leaf["vkey"]), datetime.fromisoformat(leaf["u"])) for leaf in leaves
    ]


def _write_secret(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SEED_BYTES))
        file.flush()
        os.fsync(file.fileno())
