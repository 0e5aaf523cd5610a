"""A report put aside before it is sent, sealed under its receipt: whoever has the code goes on writing anywhere.

The key pair comes from the receipt's code. The row holds neither half, so that a copy of the database opens nothing and
whoever writes to it can put in nothing that would open. A browser that goes on writing holds the public half alone, and
a `holder` mark: opening the draft elsewhere takes the mark over, and the browser before learns it at its next word.
Sent, thrown away or left alone for `KEPT_FOR`, the row is gone; the worker takes the files.

Words are always kept. Files are, as far as there is room (`Room`): the first to come first, and what lies there stays.
Of the others the row tells whoever opens it the names, so that they are not missed in silence.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, LargeBinary, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import scrubbing
from core.clock import local_date
from core.database import Base
from core.envelopes import KeyPair, derived, seal, unseal
from core.outbox import Job, Sweep
from intake.receipt import ReceiptKeys

DAYS_KEPT = 7
KEPT_FOR = timedelta(days=DAYS_KEPT)
HOLDER_BYTES = 16
# Among the answers that are opened: names of files for which there was no room.
LEFT_OUT = "left_out"
File = dict[str, Any]


class SavedDraft(Base):
    """`expires_on` is a day: no hour of a reporter is kept. `file_ids` keep the sealed files from being swept."""

    __tablename__ = "saved_draft"

    lookup: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    holder: Mapped[bytes] = mapped_column(LargeBinary(HOLDER_BYTES))
    sealed: Mapped[bytes]
    file_ids: Mapped[list[str]] = mapped_column(JSON)
    file_bytes: Mapped[int] = mapped_column(BigInteger)
    expires_on: Mapped[date] = mapped_column(index=True)


@dataclass(frozen=True)
class Room:
    """How many bytes of files one draft may put aside, and all drafts together."""

    of_one: int
    of_all: int


@dataclass(frozen=True)
class Place:
    """Where a browser keeps its draft: enough to write there, not to read."""

    lookup: bytes
    holder: bytes
    public: bytes

    def as_text(self) -> list[str]:
        return [one.hex() for one in (self.lookup, self.holder, self.public)]

    @classmethod
    def of_text(cls, text: list[str]) -> "Place":
        return cls(*(bytes.fromhex(one) for one in text))


def begin(
    session: Session, keys: ReceiptKeys, answers: dict[str, Any], on: date, room: Room
) -> tuple[Place, list[str]]:
    """Put a draft aside for the first time; one that lies there under the same receipt already is taken over.

    Which of its files went along, by id.
    """
    place = Place(keys.lookup, secrets.token_bytes(HOLDER_BYTES), _pair(keys).public)
    session.execute(delete(SavedDraft).where(SavedDraft.lookup == keys.lookup))
    along = that_fit(answers.get("files", []), room_for_one(session, room))
    session.add(SavedDraft(lookup=place.lookup, holder=place.holder, **_content(place, answers, along, on)))
    session.flush()
    return place, _ids(along)


def keep(session: Session, place: Place, answers: dict[str, Any], on: date, room: Room) -> list[str] | None:
    """Write down how it stands now; the ids of the files that lie there with it.

    None where it was opened elsewhere since, sent, thrown away or left too long.
    """
    held = (SavedDraft.lookup == place.lookup, SavedDraft.holder == place.holder)
    already = session.scalar(select(SavedDraft.file_ids).where(*held))
    if already is None:
        return None
    along = that_fit(answers.get("files", []), room_for_one(session, room, place.lookup), already)
    written = update(SavedDraft).where(*held).values(**_content(place, answers, along, on))
    return _ids(along) if session.execute(written.returning(SavedDraft.lookup)).first() else None


def room_for_one(session: Session, room: Room, lookup: bytes = b"") -> int:
    """The bytes that the files of the draft under `lookup` may have, its present ones included.

    Who puts aside at the same instant is not counted: the sum of all may be passed by that much, never by more.
    """
    others = session.scalar(select(func.sum(SavedDraft.file_bytes)).where(SavedDraft.lookup != lookup))
    return min(room.of_one, room.of_all - int(others or 0))


def that_fit(files: Sequence[File], room: int, already: Collection[str] = ()) -> list[File]:
    """In the order in which they came; those that lie there `already` stay. No original without its cleaned file."""
    left = room - sum(file["size"] for file in files if file["id"] in already)
    fitting: list[File] = []
    for file in files:
        is_there = file["id"] in already
        if not is_there and (file["size"] > left or file["original_of"] not in {"", *_ids(fitting)}):
            continue
        left -= 0 if is_there else file["size"]
        fitting.append(file)
    return fitting


def open_saved(session: Session, keys: ReceiptKeys, on: date) -> tuple[Place, dict[str, Any]] | None:
    """The answers, and the mark for whoever opens it: from now on nobody else writes there."""
    pair, holder = _pair(keys), secrets.token_bytes(HOLDER_BYTES)
    live = update(SavedDraft).where(SavedDraft.lookup == keys.lookup, SavedDraft.expires_on > on)
    sealed = session.scalar(live.values(holder=holder).returning(SavedDraft.sealed))
    if sealed is None:
        return None
    return Place(keys.lookup, holder, pair.public), json.loads(unseal(sealed, pair.secret, _context(keys.lookup)))


def lies_under(session: Session, keys: ReceiptKeys, on: date) -> bool:
    live = select(SavedDraft.lookup).where(SavedDraft.lookup == keys.lookup, SavedDraft.expires_on > on)
    return session.scalar(live) is not None


def expiry(session: Session, place: Place) -> date | None:
    """The day from which the code opens nothing; None where it is somebody else's by now, or gone."""
    held = select(SavedDraft.expires_on).where(SavedDraft.lookup == place.lookup, SavedDraft.holder == place.holder)
    return session.scalar(held)


def drop(session: Session, place: Place) -> bool:
    """Thrown away, if it is still this browser's."""
    held = delete(SavedDraft).where(SavedDraft.lookup == place.lookup, SavedDraft.holder == place.holder)
    return session.execute(held.returning(SavedDraft.lookup)).first() is not None


def forget_sent(session: Session, lookup: bytes) -> None:
    """What became a report, whoever held it."""
    session.execute(delete(SavedDraft).where(SavedDraft.lookup == lookup))


def files_of_all(session: Session) -> Iterable[str]:
    return (one for ids in session.scalars(select(SavedDraft.file_ids)) for one in ids)


def forget_old(job: Job) -> None:
    """Their files belong to nobody from then on and go with the sweep of abandoned ones.

    The rows leave the database's own files as well: once a day at most, since they end with a day.
    """
    old = delete(SavedDraft).where(SavedDraft.expires_on <= local_date(job.now)).returning(SavedDraft.lookup)
    if job.session.execute(old).first() is not None:
        scrubbing.expect(job.session, job.now)


SWEEPS = (Sweep("intake.old_drafts", timedelta(hours=1), forget_old),)
TABLES = (SavedDraft.__tablename__,)


def _content(place: Place, answers: dict[str, Any], along: list[File], on: date) -> dict[str, Any]:
    left_out = [file["name"] for file in answers.get("files", []) if file not in along and not file["original_of"]]
    text = json.dumps({**answers, "files": along, LEFT_OUT: left_out}, ensure_ascii=False)
    return {
        "sealed": seal(text, place.public, _context(place.lookup)),
        "file_ids": _ids(along),
        "file_bytes": sum(file["size"] for file in along),
        "expires_on": on + KEPT_FOR,
    }


def _ids(files: Iterable[File]) -> list[str]:
    return [file["id"] for file in files]


def _pair(keys: ReceiptKeys) -> KeyPair:
    return KeyPair.of(derived(keys.wrap, "receipt/draft"))


def _context(lookup: bytes) -> str:
    return f"draft|{lookup.hex()}"
