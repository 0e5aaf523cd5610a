"""Sealing: what a reporter writes is encrypted before it touches the database, and the server cannot read it back.

Each report has a root key. From it come two key pairs: `shared`, for what the reporter may read too, and `internal`,
for the departments' own notes. Sealing needs the public keys alone, so that the wizard, an operator, a supervisor and
the worker can add words that they cannot read. The root is wrapped to the departments and the escrow, the shared secret
to the reporter. Files: libsodium secretstream in 64 KiB pieces under a key of their own, which is sealed like a text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError

from core.envelopes import KeyPair, SealBroken, derived, unseal

PIECE = 64 * 1024
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES


@dataclass(frozen=True)
class CaseSecrets:
    """What opens a report's texts at one key epoch; `internal` None in the reporter's hands."""

    report_id: str
    epoch: int
    shared: bytes
    internal: bytes | None = None
    root: bytes | None = None

    @classmethod
    def of(cls, report_id: str, epoch: int, root: bytes) -> "CaseSecrets":
        return cls(report_id, epoch, derived(root, "report/shared"), derived(root, "report/internal"), root)

    def publics(self) -> tuple[bytes, bytes]:
        """(shared, internal); for whoever has the root."""
        assert self.internal is not None  # noqa: S101 - `of` made it
        return KeyPair.of(self.shared).public, KeyPair.of(self.internal).public

    def read(self, sealed: bytes, part: str, *, is_shared: bool = True) -> str | None:
        """The text; None where it is not for these eyes; SealBroken where it was changed or moved."""
        secret = self.shared if is_shared else self.internal
        return None if secret is None else unseal(sealed, secret, context(self.report_id, self.epoch, part))


def context(report_id: str, epoch: int, part: str) -> str:
    """What an envelope is bound to: `part` is body, identity, event|…, file|…, or whom a key is for."""
    return f"report|{report_id}|{epoch}|{part}"


class FileSealer:
    """Seals a stream as it arrives; plain bytes never reach the disk. Feed, then finish once."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target, self._pending = target, bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        target.write(bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def feed(self, piece: bytes) -> None:
        self._pending += piece
        while len(self._pending) > PIECE:
            self._push(bytes(self._pending[:PIECE]), _MESSAGE)
            del self._pending[:PIECE]

    def finish(self) -> None:
        self._push(bytes(self._pending), _FINAL)

    def _push(self, piece: bytes, tag: int) -> None:
        self._target.write(bindings.crypto_secretstream_xchacha20poly1305_push(self._state, piece, tag=tag))


def seal_file(source: Iterable[bytes], target: BinaryIO, key: bytes) -> None:
    sealer = FileSealer(target, key)
    for piece in source:
        sealer.feed(piece)
    sealer.finish()


def open_file(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The plain pieces of a sealed file; SealBroken where it was cut, changed or made longer."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, source.read(_HEADER), key)
        tag = _MESSAGE
        while tag != _FINAL:
            piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, source.read(PIECE + _OVERHEAD))
            yield piece
        if source.read(1):
            raise SealBroken
    except (RuntimeError, TypeError, ValueError, CryptoError) as error:
        raise SealBroken from error
