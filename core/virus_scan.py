"""A virus scanner beside the house, where the installation has one: clamd, asked by its INSTREAM command.

The pieces go through a socket, so nothing is written in the clear for it. It is asked, never relied on: where it is
away, refuses a large file or answers something else, the file counts as not scanned, and whoever opens it is told.
"""

import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

CLEAN, UNSCANNED, INFECTED = "clean", "unscanned", "infected"
PATIENCE_SECONDS = 60
_LONGEST_ANSWER = 4096
_FOUND = " FOUND"
log = structlog.get_logger()


@dataclass(frozen=True)
class Verdict:
    """`virus` is the scanner's name of what it found."""

    state: str
    virus: str = ""


def scan(address: str, pieces: Iterable[bytes]) -> Verdict:
    """`address` is unix:///path or tcp://host:port, as in MINGJIAN_CLAMD_URL."""
    try:
        with _connected(address) as connection:
            answer = _asked(connection, pieces)
    except OSError as error:
        log.warning("virus_scanner_away", error=type(error).__name__)
        return Verdict(UNSCANNED)
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(CLEAN)
    if said.endswith(_FOUND):
        return Verdict(INFECTED, said.removesuffix(_FOUND))
    log.warning("virus_scanner_refused", answer=said[:80])
    return Verdict(UNSCANNED)


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=PATIENCE_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(PATIENCE_SECONDS)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _asked(connection: socket.socket, pieces: Iterable[bytes]) -> str:
    """A scanner that has heard enough hangs up while we still speak; its answer may be there all the same."""
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        for piece in pieces:
            if piece:
                connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        heard = connection.recv(_LONGEST_ANSWER)
        if not heard:
            break
        answer += heard
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
