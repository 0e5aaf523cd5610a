"""Sealing: what a reporter writes is encrypted before it touches the database.

For now one installation key from a file outside the database; the seam is `Seal`. A sealed text is bound to its context
(report and part), so that it cannot be moved to another report, and padded to 4 KiB steps, so that its length tells
little.
Suite 1: XChaCha20-Poly1305 (PyNaCl Aead); files: libsodium secretstream in 64 KiB pieces.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from core.errors import DomainError

SUITE = b"\x01"
STEP = 4096
PIECE = 64 * 1024
KEY_BYTES = Aead.KEY_SIZE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES


class SealBroken(DomainError):
    code = "seal_broken"
    status = 500


class Seal:
    """`key`: 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._box = Aead(key)

    def seal(self, text: str, context: str) -> bytes:
        return SUITE + bytes(self._box.encrypt(_padded(text.encode()), aad=SUITE + context.encode()))

    def unseal(self, sealed: bytes, context: str) -> str:
        """SealBroken where the bytes were changed, moved from elsewhere or sealed under another key."""
        try:
            plain = self._box.decrypt(sealed[1:], aad=sealed[:1] + context.encode())
        except (CryptoError, ValueError) as error:
            raise SealBroken(context=context) from error
        return _unpadded(plain).decode()


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


def _padded(plain: bytes) -> bytes:
    size = -(-(len(plain) + 1) // STEP) * STEP
    return plain + b"\x80" + bytes(size - len(plain) - 1)


def _unpadded(plain: bytes) -> bytes:
    return plain.rstrip(b"\x00")[:-1]
