"""Signed notes and checkpoints (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature), Ed25519. Pure.

Two types of signature: a log's own over the text (0x01) and a witness's over the text and the time (0x04).
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from core.ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_DASH = "— "
_LINES = 3
_MOST_SIGNATURES = 100
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteInvalid(Exception):
    """A note that is not well formed or that no known key signed."""


@dataclass(frozen=True)
class Verifier:
    """A public key under its name; `kind` is the type byte of what it signs."""

    name: str
    key: bytes
    kind: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.key).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The vkey: name+hex(id)+base64(type, key)."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.kind + self.key).decode()}"

    @classmethod
    def parse(cls, text: str, kind: bytes = ED25519) -> "Verifier":
        try:
            name, key_id, key = text.strip().split("+", 2)
            raw = b64decode(key, validate=True)
        except ValueError as error:
            raise NoteInvalid("not a verifier key") from error
        verifier = cls(name, raw[1:], raw[:1])
        if raw[:1] != kind or len(raw) != 1 + HASH_BYTES or verifier.key_id.hex() != key_id:
            raise NoteInvalid("not an Ed25519 verifier key of this type")
        if not _NAME.fullmatch(name):
            raise NoteInvalid("a key's name has no spaces")
        return verifier

    def must_have_signed(self, text: str, signature: bytes) -> None:
        """NoteInvalid unless `signature` (without the key's id) is this key's over `text`."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message, signature = _cosigned(text, signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
        try:
            VerifyKey(self.key).verify(message, signature)
        except (BadSignatureError, ValueError) as error:
            raise NoteInvalid("the signature is wrong") from error


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
        return signed(text, [self])

    def line(self, text: str) -> str:
        signature = SigningKey(self.seed).sign(text.encode()).signature
        return _line(self.verifier, signature)


@dataclass(frozen=True)
class Cosigner:
    """A witness's private key: what it signs says when."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, bytes(SigningKey(self.seed).verify_key), COSIGNATURE)

    def line(self, text: str, at: int) -> str:
        """`at` in whole seconds since 1970."""
        time = at.to_bytes(_TIME_BYTES, "big")
        return _line(self.verifier, time + SigningKey(self.seed).sign(_cosigned(text, time)).signature)


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """NoteInvalid for a text that is no checkpoint's; whoever signed it is another question."""
        lines = text.split("\n")
        if len(lines) <= _LINES or lines.pop() or not all(lines) or not _NUMBER.fullmatch(lines[1]):
            raise NoteInvalid("not a checkpoint")
        root = _decoded(lines[2])
        if len(root) != HASH_BYTES:
            raise NoteInvalid("the root hash has not 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def signed(text: str, signers: Iterable[Signer]) -> str:
    return f"{text}\n{''.join(one.line(text) for one in signers)}"


def taken_apart(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text and (name, key id and signature) of each line; nothing is checked but the form."""
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not separator or lines.pop() or not lines or len(lines) > _MOST_SIGNATURES or _CONTROLS.search(note):
        raise NoteInvalid("a note has a text, an empty line and signatures")
    return text + "\n", [_signature(line) for line in lines]


def signer_among(note: str, verifiers: Iterable[Verifier]) -> Verifier | None:
    """The first of `verifiers` that signed; NoteInvalid where a line in the name of one of them is wrong."""
    text, signatures = taken_apart(note)
    found = None
    for verifier in verifiers:
        for name, raw in signatures:
            if name == verifier.name and raw[:_KEY_ID_BYTES] == verifier.key_id:
                verifier.must_have_signed(text, raw[_KEY_ID_BYTES:])
                found = found or verifier
    return found


def opened(note: str, *verifiers: Verifier) -> str:
    """The text of a note that one of the keys signed; NoteInvalid else. Signatures of unknown keys are passed over."""
    if signer_among(note, verifiers) is None:
        raise NoteInvalid("no signature of this key")
    return taken_apart(note)[0]


def checkpoint(note: str, *verifiers: Verifier) -> Checkpoint:
    """The checkpoint in a note that one of the keys signed."""
    return Checkpoint.parse(opened(note, *verifiers))


def cosigned_at(text: str, line: str, verifier: Verifier) -> int:
    """When the witness cosigned `text` (seconds since 1970); NoteInvalid unless `line` is its cosignature."""
    name, raw = _signature(line.removesuffix("\n"))
    if name != verifier.name or raw[:_KEY_ID_BYTES] != verifier.key_id or verifier.kind != COSIGNATURE:
        raise NoteInvalid("no cosignature of this witness")
    verifier.must_have_signed(text, raw[_KEY_ID_BYTES:])
    return int.from_bytes(raw[_KEY_ID_BYTES : _KEY_ID_BYTES + _TIME_BYTES], "big")


def _line(verifier: Verifier, signature: bytes) -> str:
    return f"{_DASH}{verifier.name} {b64encode(verifier.key_id + signature).decode()}\n"


def _signature(line: str) -> tuple[str, bytes]:
    name, _blank, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _decoded(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(raw) <= _KEY_ID_BYTES:
        raise NoteInvalid("not a signature line")
    return name, raw


def _cosigned(text: str, time: bytes) -> bytes:
    return f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n{text}".encode()


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise NoteInvalid("not base64") from error
