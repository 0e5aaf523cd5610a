"""A log in the database: leaves added with the transaction that they speak of, signed as it commits.

Appending happens once a transaction, right before it commits, under the row lock of log_state: one tree, one signature,
however many leaves. What is not committed leaves no trace; a signature leaves the process only after the commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import rfc8785
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session

from core.ledger import merkle, tiles
from core.ledger.guard import Guard
from core.ledger.models import LogCheckpoint, LogLeaf, LogState, LogTile
from core.ledger.note import Checkpoint, Signer
from core.ledger.tiles import TileAt


@dataclass(frozen=True)
class WaitingLeaf:
    subject: str
    fields: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Log:
    """`name` keys its rows; `signer` carries the origin and the key; `guard` remembers what was signed."""

    name: str
    signer: Signer
    guard: Guard

    def add(self, session: Session, subject: str, fields: Mapping[str, Any], *, at: datetime) -> None:
        """A leaf about `subject`, appended when the transaction commits. `fields` is what JCS writes, without "p"."""
        key = f"log:{self.name}"
        if key not in session.info:
            session.info[key] = []
            event.listen(session, "before_commit", partial(self._append, key), once=True)
            event.listen(session, "after_rollback", lambda rolled_back: rolled_back.info.pop(key, None), once=True)
        session.info[key].append(WaitingLeaf(subject, fields, at))

    def _append(self, key: str, session: Session) -> None:
        waiting: list[WaitingLeaf] = session.info.pop(key, [])
        if not waiting:
            return
        state = self._locked(session)
        read = tile_reader(session, self.name)
        self.guard.check(state.size, lambda size: merkle.root(size, tiles.hashes_in(read)))
        entries = self._entries(session, state.size, waiting)
        changed = tiles.grown(state.size, entries, read)
        _write_leaves(session, self.name, state.size, entries, waiting)
        _write_tiles(session, self.name, changed)
        state.size += len(entries)
        root = merkle.root(state.size, tiles.hashes_in(lambda *place: changed.get(place) or read(*place)))
        note = self.signer.sign(Checkpoint(state.origin, state.size, root).text)
        session.add(LogCheckpoint(log=self.name, size=state.size, note=note, at=waiting[-1].at))
        session.flush()
        size = state.size
        event.listen(session, "after_commit", lambda _committed: self.guard.advance(size, root), once=True)

    def _locked(self, session: Session) -> LogState:
        state = session.get_one(LogState, self.name, with_for_update=True, populate_existing=True)
        state.origin = state.origin or self.signer.name
        return state

    def _entries(self, session: Session, size: int, waiting: Sequence[WaitingLeaf]) -> list[bytes]:
        """The leaves in JCS, each pointing to the one before it about the same subject."""
        previous = last_places(session, self.name, {one.subject for one in waiting})
        entries = []
        for place, one in enumerate(waiting, size):
            entry = rfc8785.dumps({**one.fields, "p": previous.get(one.subject)})
            if len(entry) > tiles.LONGEST_ENTRY:
                raise ValueError(f"a leaf of {len(entry)} bytes")
            entries.append(entry)
            previous[one.subject] = place
        return entries


def tile_reader(session: Session, log: str) -> TileAt:
    """Tiles as they are now, each read once."""
    seen: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in seen:
            statement = select(LogTile.data).where(LogTile.log == log, LogTile.level == level, LogTile.number == number)
            seen[level, number] = session.scalar(statement) or b""
        return seen[level, number]

    return read


def last_places(session: Session, log: str, subjects: set[str]) -> dict[str, int | None]:
    """The number of the newest leaf about each subject."""
    statement = select(LogLeaf.subject, func.max(LogLeaf.place)).where(LogLeaf.log == log)
    rows = session.execute(statement.where(LogLeaf.subject.in_(subjects)).group_by(LogLeaf.subject))
    return {subject: place for subject, place in rows}  # noqa: C416 - a Row is no pair to the type checker


def _write_leaves(
    session: Session, log: str, size: int, entries: Sequence[bytes], waiting: Sequence[WaitingLeaf]
) -> None:
    rows = [
        {"log": log, "place": place, "entry": entry, "subject": one.subject}
        for place, (entry, one) in enumerate(zip(entries, waiting, strict=True), size)
    ]
    session.execute(insert(LogLeaf), rows)


def _write_tiles(session: Session, log: str, changed: Mapping[tuple[int, int], bytes]) -> None:
    for (level, number), data in changed.items():
        session.merge(LogTile(log=log, level=level, number=number, data=data))
