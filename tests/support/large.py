"""Large files that nobody has to keep in memory: a form whose files are made while they are sent."""

import io
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

BOUNDARY = "----a-boundary-of-ours"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PIECE = 64 * 1024


class LargeForm(io.RawIOBase):
    """The body of a form: its fields, then each file (field, name, head, size) as its head and noughts behind."""

    def __init__(self, fields: dict[str, str], files: list[tuple[str, str, bytes, int]]) -> None:
        self._fields, self._files = fields, files
        self.length = sum(len(piece) for piece in self.pieces())
        self._at = self.seek(0)

    def pieces(self) -> Iterator[bytes]:
        for name, value in self._fields.items():
            yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for field, name, head, size in self._files:
            told = f'form-data; name="{field}"; filename="{name}"'
            yield f"--{BOUNDARY}\r\nContent-Disposition: {told}\r\nContent-Type: x/y\r\n\r\n".encode()
            yield head
            yield from _noughts(size - len(head))
            yield b"\r\n"
        yield f"--{BOUNDARY}--\r\n".encode()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To the beginning or the end, for whoever measures it."""
        self._left, self._rest = self.pieces(), b""
        self._at = self.length if whence == io.SEEK_END else offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._left, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _noughts(count: int) -> Iterator[bytes]:
    for at in range(0, count, PIECE):
        yield bytes(min(PIECE, count - at))


def send(port: int, path: str, form: LargeForm, cookie: str) -> tuple[int, str, str]:
    """(status, where it sends to, content)."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Content-Type": CONTENT_TYPE, "Content-Length": str(form.length), "Cookie": cookie}
    connection.request("POST", path, form.pieces(), headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()
    finally:
        connection.close()
