"""A file-like place for an upload: what overflows a piece lies on disk sealed, in a file without a name.

The key is made for this one upload and lives in memory alone, so that nothing can be read of it afterwards, whatever
happens to the process; the file itself is gone as soon as it is closed. Written once from beginning to end, read from
anywhere. Each piece is sealed under its number, so that reading at a place opens one piece and memory does not grow
with the file.
"""

import io
import secrets
import tempfile
from pathlib import Path
from typing import IO, Any

from nacl import bindings

PIECE = 64 * 1024
_seal = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
_open = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt
_KEY_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_SEALED_PIECE = PIECE + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES


class SealedSpool(io.RawIOBase):
    """`most` bytes are kept; what comes behind them is counted and dropped, so that a size can be refused in words."""

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self._folder, self._most = folder, most
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._file: IO[bytes] | None = None
        self._tail, self._sealed = bytearray(), 0
        self._size = self._at = 0
        self._opened: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """At the end alone, wherever reading stands."""
        given = memoryview(data).cast("B")
        room = len(given) if self._most is None else max(0, self._most - self._size)
        self._tail += given[:room]
        while len(self._tail) > PIECE:
            self._push(bytes(self._tail[:PIECE]))
            del self._tail[:PIECE]
        self._size += len(given)
        self._at = self._size
        return len(given)

    def readinto(self, buffer: Any) -> int:
        """0 at the end of what is kept."""
        target = memoryview(buffer).cast("B")
        number, start = divmod(self._at, PIECE)
        found = self._piece(number)[start : start + len(target)]
        target[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._tail.clear()
        self._opened = (-1, b"")
        super().close()

    def _push(self, piece: bytes) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - `close` closes it
        self._file.seek(0, io.SEEK_END)
        sealed = _seal(piece, None, _nonce(self._sealed), self._key)
        while sealed:
            sealed = sealed[self._file.write(sealed) :]
        self._sealed += 1

    def _piece(self, number: int) -> bytes | bytearray:
        if number >= self._sealed:
            return self._tail if number == self._sealed else b""
        if self._opened[0] != number:
            assert self._file is not None  # noqa: S101 - something was sealed into it
            self._file.seek(number * _SEALED_PIECE)
            self._opened = (number, _open(self._file.read(_SEALED_PIECE), None, _nonce(number), self._key))
        return self._opened[1]


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")
