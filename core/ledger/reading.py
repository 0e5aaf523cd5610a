"""What the world may read of a log: checkpoints, tiles, entry bundles, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ledger import merkle, tiles
from core.ledger.log import tile_reader
from core.ledger.models import LogCheckpoint, LogLeaf
from core.ledger.proof import TlogProof
from core.ledger.tiles import WIDTH, TileNotThere


def newest_checkpoint(session: Session, log: str) -> LogCheckpoint | None:
    return next(iter(newest_checkpoints(session, log, 1)), None)


def newest_checkpoints(session: Session, log: str, limit: int) -> Sequence[LogCheckpoint]:
    """Newest first."""
    statement = select(LogCheckpoint).where(LogCheckpoint.log == log).order_by(LogCheckpoint.size.desc())
    return session.scalars(statement.limit(limit)).all()


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
    """That leaf `place` stands under the newest checkpoint; `extra` goes along unproved."""
    newest = newest_checkpoint(session, log)
    if newest is None or place >= newest.size:
        raise NotFound
    hashes = merkle.inclusion_proof(place, newest.size, tiles.hashes_in(tile_reader(session, log)))
    return TlogProof(place, hashes, newest.note, extra)
