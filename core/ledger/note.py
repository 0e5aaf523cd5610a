"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519. Pure."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from core.ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_DASH = "— "
_LINES = 3


class NoteInvalid(Exception):
    """A note that is not well formed or that no known key signed."""


@dataclass(frozen=True)
class Verifier:
    """A public key under its name."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The vkey: name+hex(id)+base64(type, key)."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        try:
            name, key_id, key = text.strip().split("+", 2)
            raw = b64decode(key, validate=True)
        except ValueError as error:
            raise NoteInvalid("not a verifier key") from error
        verifier = cls(name, raw[1:])
        if raw[:1] != ED25519 or len(raw) != 1 + HASH_BYTES or verifier.key_id.hex() != key_id:
            raise NoteInvalid("not an Ed25519 verifier key")
        return verifier


@dataclass(frozen=True)
class Signer:
    """A private key (32-byte seed) under its name."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, bytes(SigningKey(self.seed).verify_key))

    def sign(self, text: str) -> str:
        """`text` must end with a newline; the whole note comes back."""
        signature = SigningKey(self.seed).sign(text.encode()).signature
        line = b64encode(self.verifier.key_id + signature).decode()
        return f"{text}\n{_DASH}{self.name} {line}\n"


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def opened(note: str, verifier: Verifier) -> str:
    """The text of a note that `verifier`'s key signed; NoteInvalid else. Other signatures are passed over."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not note.endswith("\n"):
        raise NoteInvalid("a note has a text, an empty line and signatures")
    text += "\n"
    for line in signatures.splitlines():
        name, _blank, encoded = line.removeprefix(_DASH).partition(" ")
        raw = _decoded(encoded)
        if name == verifier.name and raw[:_KEY_ID_BYTES] == verifier.key_id:
            _must_be_signed(text, raw[_KEY_ID_BYTES:], verifier)
            return text
    raise NoteInvalid("no signature of this key")


def checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that `verifier`'s key signed."""
    lines = opened(note, verifier).splitlines()
    if len(lines) < _LINES or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        raise NoteInvalid("not a checkpoint")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise NoteInvalid("the root hash has not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except Base64Error as error:
        raise NoteInvalid("not base64") from error


def _must_be_signed(text: str, signature: bytes, verifier: Verifier) -> None:
    try:
        VerifyKey(verifier.key).verify(text.encode(), signature)
    except (BadSignatureError, ValueError) as error:
        raise NoteInvalid("the signature is wrong") from error
