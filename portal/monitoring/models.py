"""Stations, their hours, and where the hours came from.

An hour is one wide row, and its key is the order in which it is read: a station's year is one short range of the table,
its newest hour one step. Concentrations are kept as given: µg/m³, CO in mg/m³. The index is never stored, because it
follows from the concentrations and the edition of the day; what the source published is kept for comparison only.
"""

from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Dialect,
    Enum,
    Float,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from core.database import Base

HOUR_SECONDS = 3600
DEMO = "demo"
ITEM_COLUMNS = ("so2", "no2", "co", "o3", "pm10", "pm25")
MEAN_COLUMNS = ("o3_8h", "so2_24h", "no2_24h", "co_24h", "o3_24h", "o3_8h_24h", "pm10_24h", "pm25_24h")
VALUE_COLUMNS = (*ITEM_COLUMNS, *MEAN_COLUMNS, "published_aqi")


def hour_number(instant: datetime) -> int:
    """Hours since 1970-01-01T00:00Z of an aware instant on the full hour; ValueError for any other."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no instant")
    hours, rest = divmod(int(instant.timestamp()), HOUR_SECONDS)
    if rest:
        raise ValueError("not on the full hour")
    return hours


def hour_at(number: int) -> datetime:
    return datetime.fromtimestamp(number * HOUR_SECONDS, UTC)


class HourEnd(TypeDecorator[datetime]):
    """An aware UTC instant on the full hour, stored as its number: four bytes, and never off the hour."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else hour_number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else hour_at(value)


class StationLevel(StrEnum):
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    TOWNSHIP = "township"
    UNKNOWN = "unknown"


class Station(Base):
    """A station as it stood from `valid_from` on. One that moves or is renamed gets a new row under the same code."""

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="lies_on_earth"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    area: Mapped[str] = mapped_column(String(30), index=True)  # the city; empty where the source does not say
    county_code: Mapped[str | None] = mapped_column(String(20))
    level: Mapped[StationLevel] = mapped_column(
        Enum(StationLevel, native_enum=False, create_constraint=False, length=12, values_callable=list)
    )
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class StationLine(Base):
    """What the ledger commits to of a station, as it was released with others under one leaf. Append-only."""

    __tablename__ = "station_line"
    __table_args__ = (UniqueConstraint("record_id", "station_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(String(26))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    line: Mapped[str] = mapped_column(Text)


class ImportBatch(Base):
    """One reading of one file: which file, what came of it."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="names_its_file"),
        CheckConstraint(
            "inserted + changed + unchanged + duplicates + rejects = row_count", name="accounts_for_every_row"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    row_count: Mapped[int] = mapped_column(BigInteger, default=0)
    inserted: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[int] = mapped_column(BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0)
    duplicates: Mapped[int] = mapped_column(BigInteger, default=0)
    rejects: Mapped[int] = mapped_column(BigInteger, default=0)


class ObservationRelease(Base):
    """A batch of hours that became public together, under one leaf of the ledger whose subject is `record_id`.

    `stations`, `first_hour` and `last_hour` are where its rows lie; `root` is what the leaf commits to. `ground` is the
    data set's own rule, or the standing agreement that let another department release it.
    """

    __tablename__ = "observation_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(String(26), unique=True)
    dataset: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(60))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    stations: Mapped[list[int]] = mapped_column(JSON)
    first_hour: Mapped[int]
    last_hour: Mapped[int]
    row_count: Mapped[int]
    root: Mapped[str] = mapped_column(String(43))
    at: Mapped[datetime]


class _Values:
    so2: Mapped[float | None] = mapped_column(Float)
    no2: Mapped[float | None] = mapped_column(Float)
    co: Mapped[float | None] = mapped_column(Float)
    o3: Mapped[float | None] = mapped_column(Float)
    pm10: Mapped[float | None] = mapped_column(Float)
    pm25: Mapped[float | None] = mapped_column(Float)
    o3_8h: Mapped[float | None] = mapped_column(Float)
    so2_24h: Mapped[float | None] = mapped_column(Float)
    no2_24h: Mapped[float | None] = mapped_column(Float)
    co_24h: Mapped[float | None] = mapped_column(Float)
    o3_24h: Mapped[float | None] = mapped_column(Float)
    o3_8h_24h: Mapped[float | None] = mapped_column(Float)
    pm10_24h: Mapped[float | None] = mapped_column(Float)
    pm25_24h: Mapped[float | None] = mapped_column(Float)
    published_aqi: Mapped[int | None] = mapped_column(SmallInteger)


class Observation(_Values, Base):
    """The hour that ends at `hour_end`. The means over 8 and 24 hours are the source's own, where it gives them.

    Released rows cannot be deleted; one can be replaced by another release alone, and the database keeps the old one.
    """

    __tablename__ = "observation"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)
    hour_end: Mapped[datetime] = mapped_column(HourEnd, primary_key=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    release_id: Mapped[int | None]

    station: Mapped[Station] = relationship(lazy="raise")


class PastObservation(_Values, Base):
    """An hour as an earlier batch released it. Written by the database when another replaces it; append-only."""

    __tablename__ = "past_observation"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    station_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour_end: Mapped[datetime] = mapped_column(HourEnd, primary_key=True)
    release_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int | None]
    replaced_by: Mapped[int]
