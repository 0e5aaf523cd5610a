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
from core.ledger.keys import SUBJECT, Announcement, KeyRing, announcements, key_leaf
from core.ledger.models import LogCheckpoint, LogLeaf, LogState, LogTile, LogWitness
from core.ledger.note import Checkpoint, Verifier, signed
from core.ledger.tiles import TileAt
from core.outbox import enqueue

COSIGN = "ledger.cosign"


@dataclass(frozen=True)
class WaitingLeaf:
    subject: str
    fields: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Log:
    """`name` keys its rows; `keys` carry the origin and sign; `guard` remembers what was signed."""

    name: str
    keys: KeyRing
    guard: Guard

    def add(self, session: Session, subject: str, fields: Mapping[str, Any], *, at: datetime) -> None:
        """A leaf about `subject`, appended when the transaction commits. `fields` is what JCS writes, without "p"."""
        key = f"log:{self.name}"
        if key not in session.info:
            session.info[key] = []
            event.listen(session, "before_commit", partial(self._append, key), once=True)
            event.listen(session, "after_rollback", lambda rolled_back: rolled_back.info.pop(key, None), once=True)
        session.info[key].append(WaitingLeaf(subject, fields, at))

    def rotate(self, session: Session, *, at: datetime) -> Verifier:
        """Announce the next key, made where it does not lie there yet; both sign from this transaction on."""
        number = len(announced(session, self.name)) + 2
        verifier = self.keys.prepared(number).verifier
        self.add(session, SUBJECT, key_leaf(number, verifier, at), at=at)
        return verifier

    def verifiers(self, session: Session) -> list[Verifier]:
        """Every key that ever signed this log, the newest last."""
        return self.keys.verifiers(announced(session, self.name))

    def check(self, session: Session) -> None:
        """LogBehind where this database is not the one that was signed last."""
        state = session.get_one(LogState, self.name)
        read = tile_reader(session, self.name)
        self.guard.check(state.size, lambda size: merkle.root(size, tiles.hashes_in(read)))

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
        signers = self.keys.signers(announced(session, self.name), waiting[-1].at)
        note = signed(Checkpoint(state.origin, state.size, root).text, signers)
        session.add(LogCheckpoint(log=self.name, size=state.size, note=note, at=waiting[-1].at))
        if session.scalar(select(LogWitness.name).where(LogWitness.log == self.name).limit(1)):
            enqueue(session, COSIGN, at=waiting[-1].at, log=self.name)
        session.flush()
        size = state.size
        event.listen(session, "after_commit", lambda _committed: self.guard.advance(size, root), once=True)

    def _locked(self, session: Session) -> LogState:
        state = session.get_one(LogState, self.name, with_for_update=True, populate_existing=True)
        state.origin = state.origin or self.keys.origin
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


def announced(session: Session, log: str) -> list[Announcement]:
    """The keys after the first, as the log's own leaves name them."""
    statement = select(LogLeaf.entry).where(LogLeaf.log == log, LogLeaf.subject == SUBJECT).order_by(LogLeaf.place)
    return announcements(session.scalars(statement))


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
