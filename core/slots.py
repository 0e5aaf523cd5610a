"""At most so many at once on this machine, however many processes there are: for work that takes much memory.

A slot is a lock on a file in a folder in memory; the system gives it back when a process dies.
"""

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Slots:
    def __init__(self, folder: Path, name: str, count: int) -> None:
        self._paths = [folder / f"{name}-{number}.slot" for number in range(count)]

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a free slot and hold it."""
        files = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths]
        try:
            if not any(_is_free(file) for file in files):
                fcntl.flock(random.choice(files), fcntl.LOCK_EX)  # noqa: S311 - any of them will do
            yield
        finally:
            for file in files:
                os.close(file)


def _is_free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
