"""Cleaning a file in a process of its own, which has little time and memory, piece by piece in and out.

The libraries that draw pictures and take PDF and Office files to pieces need many times a file's size, and a file can
be made so that they never end. So the web process hands the pieces over and takes the cleaned ones back; what it needs
for that does not grow with the file. One child at a time in each process: ten large photographs at once do not take the
memory of ten. A child that fails says so by its silence, and its file is as it was.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock, Timer
from typing import IO

from core.files import cleaning
from core.tables import ROOT

SECONDS = 60
MEMORY = 1024 * 1024 * 1024
PIECE = 64 * 1024
LONGEST_HEAD = 4096
_one_at_a_time = Lock()


class NotCleaned(Exception):
    """The child gave up, or ended before all of the file was there."""


@dataclass(frozen=True)
class Cleaning:
    """`pieces` of `size` bytes in all, to be taken once; NotCleaned may still come while they are taken."""

    size: int
    found: tuple[str, ...]
    pieces: Iterator[bytes]


@contextmanager
def cleaned(kind: str, content: Iterable[bytes]) -> Iterator[Cleaning]:
    """The file without what it tells; NotCleaned where it cannot be cleaned."""
    with _one_at_a_time, _child(kind) as child:
        assert child.stdin is not None and child.stdout is not None  # noqa: S101 - both are pipes
        _hand_over(content, child.stdin)
        size, found = _head(child.stdout.readline(LONGEST_HEAD))
        yield Cleaning(size, found, _taken(child.stdout, size))


@contextmanager
def _child(kind: str) -> Iterator[subprocess.Popen[bytes]]:
    """Its environment is empty: what is in ours is not for a parser of other people's files."""
    command = [sys.executable, "-m", __name__, kind]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env={}, stdin=pipe, stdout=pipe, stderr=nothing) as child:
        watch = Timer(SECONDS, child.kill)
        watch.start()
        try:
            yield child
        finally:
            watch.cancel()
            child.kill()


def _hand_over(content: Iterable[bytes], stdin: IO[bytes]) -> None:
    try:
        for piece in content:
            stdin.write(piece)
        stdin.close()
    except BrokenPipeError:
        with suppress(BrokenPipeError):
            stdin.close()
        raise NotCleaned from None


def _head(line: bytes) -> tuple[int, tuple[str, ...]]:
    """How long the cleaned file is, and what was in it; NotCleaned where the child says anything else."""
    try:
        told = json.loads(line)
        return int(told["size"]), tuple(one for one in cleaning.TELLING if one in told["found"])
    except (KeyError, TypeError, ValueError):
        raise NotCleaned from None


def _taken(stdout: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        piece = stdout.read(min(PIECE, size))
        if not piece:
            raise NotCleaned
        size -= len(piece)
        yield piece


def limit_this_process(memory: int, seconds: int) -> None:
    """No file is written either; a pipe is none."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(kind: str) -> None:
    limit_this_process(MEMORY, SECONDS)
    done = cleaning.clean(kind, sys.stdin.buffer.read())
    if done.state == cleaning.CLEANED:
        head = {"size": len(done.content), "found": done.found}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + done.content)


if __name__ == "__main__":
    main(sys.argv[1])
