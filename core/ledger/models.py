"""Where a log lies: one row a leaf, one row a tile, one row a checkpoint."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import RowNumber
from core.database import Base


class LogState(Base):
    """The lock: whoever appends holds this row. `origin` is set with the first leaf and never changes."""

    __tablename__ = "log_state"

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    origin: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(RowNumber)


class LogLeaf(Base):
    """Append-only; the database refuses to change it."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("ix_log_leaf_subject", "log", "subject", "place"),)

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    subject: Mapped[str] = mapped_column(String(60))


class LogTile(Base):
    """A tile as it is now; its first 32·W bytes are the partial tile of width W."""

    __tablename__ = "log_tile"

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """Every signed checkpoint. Append-only."""

    __tablename__ = "log_checkpoint"

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    size: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class LogWitness(Base):
    """Somebody outside who cosigns: `last_size` is the tree that they cosigned last, as far as we know."""

    __tablename__ = "log_witness"

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    vkey: Mapped[str] = mapped_column(String(400))
    url: Mapped[str] = mapped_column(String(400))
    last_size: Mapped[int] = mapped_column(RowNumber, default=0)
    asked_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(100))


class LogCosignature(Base):
    """The line that a witness put under a checkpoint. Append-only."""

    __tablename__ = "log_cosignature"

    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    size: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
