"""The rollback guard: a file outside the database that remembers how far the log was signed.

A database restored from a backup is behind it. Signing on would fork the log, so such a log refuses to sign.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from core.errors import DomainError
from core.ledger.tiles import TileNotThere


class LogBehind(DomainError):
    """Nothing may be published until somebody has brought back the newest database."""

    code = "log_behind"
    status = 503
    default_message = _l("账本与已经签发的检查点不一致，可能恢复了旧备份，暂时不能公开内容。请联系管理员。")


@dataclass(frozen=True)
class HighWater:
    size: int
    root: bytes


@dataclass(frozen=True)
class Guard:
    path: Path

    def check(self, size: int, root_at: Callable[[int], bytes]) -> None:
        """LogBehind where the log is shorter than what was signed, has another past or lacks a part of it."""
        known = self.read()
        if known is None:
            return
        try:
            is_continued = size >= known.size and root_at(known.size) == known.root
        except TileNotThere:
            is_continued = False
        if not is_continued:
            raise LogBehind(size=size, signed=known.size)

    def read(self) -> HighWater | None:
        if not self.path.exists():
            return None
        kept = json.loads(self.path.read_text("ascii"))
        return HighWater(kept["size"], bytes.fromhex(kept["root"]))

    def advance(self, size: int, root: bytes) -> None:
        """Remember a larger signed tree, safe on disk before this returns; a smaller one changes nothing."""
        with self._alone():
            known = self.read()
            if known is None or known.size < size:
                self._write(size, root)

    def distrust(self, size: int, root: bytes) -> None:
        """Somebody outside holds a signed checkpoint that this log does not lead to: sign nothing until it does."""
        with self._alone():
            self._write(size, root)

    def _write(self, size: int, root: bytes) -> None:
        beside = self.path.with_suffix(".new")
        with beside.open("w", encoding="ascii") as file:
            json.dump({"size": size, "root": root.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
