"""What the world may read of a log: checkpoints, tiles, entry bundles, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ledger import merkle, tiles
from core.ledger.keys import SUBJECT
from core.ledger.log import tile_reader
from core.ledger.models import LogCheckpoint, LogCosignature, LogLeaf
from core.ledger.proof import TlogProof
from core.ledger.tiles import WIDTH, TileNotThere


def newest_checkpoint(session: Session, log: str) -> LogCheckpoint | None:
    return next(iter(newest_checkpoints(session, log, 1)), None)


def newest_checkpoints(session: Session, log: str, limit: int) -> Sequence[LogCheckpoint]:
    """Newest first."""
    statement = select(LogCheckpoint).where(LogCheckpoint.log == log).order_by(LogCheckpoint.size.desc())
    return session.scalars(statement.limit(limit)).all()


def checkpoint_of(session: Session, log: str, size: int) -> LogCheckpoint:
    """NotFound where no checkpoint of this size was signed."""
    found = session.get(LogCheckpoint, (log, size))
    if found is None:
        raise NotFound
    return found


def witnessed_checkpoint(session: Session, log: str) -> LogCheckpoint | None:
    """The newest that at least one witness has cosigned."""
    size = session.scalar(select(func.max(LogCosignature.size)).where(LogCosignature.log == log))
    return session.get(LogCheckpoint, (log, size)) if size is not None else None


def note_of(session: Session, one: LogCheckpoint) -> str:
    """The checkpoint with the lines of its witnesses under the log's own."""
    lines = select(LogCosignature.line).where(LogCosignature.log == one.log, LogCosignature.size == one.size)
    return one.note + "".join(session.scalars(lines.order_by(LogCosignature.witness)))


def size_of(session: Session, log: str) -> int:
    """The size of the newest signed tree."""
    newest = newest_checkpoint(session, log)
    return newest.size if newest else 0


def tile(session: Session, log: str, level: int, path: str) -> bytes:
    """The bytes of a tile by its path, partial ones cut to their width; NotFound where there is none."""
    number, width = _wanted(session, log, level, path)
    return tile_reader(session, log)(level, number)[: width * merkle.HASH_BYTES]


def entry_bundle(session: Session, log: str, path: str) -> bytes:
    number, width = _wanted(session, log, 0, path)
    first = number * WIDTH
    statement = (
        select(LogLeaf.entry)
        .where(LogLeaf.log == log, LogLeaf.place >= first, LogLeaf.place < first + width)
        .order_by(LogLeaf.place)
    )
    return tiles.bundle(session.scalars(statement))


def _wanted(session: Session, log: str, level: int, path: str) -> tuple[int, int]:
    try:
        number, asked = tiles.parsed_path(path)
    except TileNotThere:
        raise NotFound from None
    width = tiles.width_at(size_of(session, log), level, number)
    if (asked or WIDTH) > width:
        raise NotFound
    return number, asked or WIDTH


@dataclass(frozen=True)
class LoggedLeaf:
    place: int
    entry: bytes


def leaves_about(session: Session, log: str, subject: str) -> list[LoggedLeaf]:
    """Every leaf about a subject, oldest first."""
    statement = select(LogLeaf).where(LogLeaf.log == log, LogLeaf.subject == subject).order_by(LogLeaf.place)
    return [LoggedLeaf(one.place, one.entry) for one in session.scalars(statement)]


def proof(session: Session, log: str, place: int, extra: bytes | None = None) -> TlogProof:
    """That leaf `place` stands under a checkpoint; `extra` goes along unproved.

    The newest checkpoint that witnesses have cosigned, where it holds the leaf already; else the newest of all.
    """
    witnessed = witnessed_checkpoint(session, log)
    chosen = witnessed if witnessed and place < witnessed.size else newest_checkpoint(session, log)
    if chosen is None or place >= chosen.size:
        raise NotFound
    return _proof(session, chosen, place, extra)


def key_proofs(session: Session, log: str) -> list[TlogProof]:
    """Of each key after the first: its leaf (the extra line) under the first checkpoint that holds it.

    That one is signed by the key before it too, however long ago it was.
    """
    proofs = []
    for leaf in leaves_about(session, log, SUBJECT):
        first = select(LogCheckpoint).where(LogCheckpoint.log == log, LogCheckpoint.size > leaf.place)
        head = session.scalars(first.order_by(LogCheckpoint.size).limit(1)).one()
        proofs.append(_proof(session, head, leaf.place, leaf.entry))
    return proofs


def _proof(session: Session, head: LogCheckpoint, place: int, extra: bytes | None) -> TlogProof:
    hashes = merkle.inclusion_proof(place, head.size, tiles.hashes_in(tile_reader(session, head.log)))
    return TlogProof(place, hashes, note_of(session, head), extra)
