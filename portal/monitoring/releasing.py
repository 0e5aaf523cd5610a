"""Observations become public in batches: one leaf of the ledger a batch, committing to every hour in it.

A corrected hour belongs to the batch that corrected it; what it said before stays in `past_observation`, so that every
batch can be shown as it was released. An import that changes nothing releases nothing.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, delete, select, type_coerce, update
from sqlalchemy.orm import Session

from core.ids import new_id
from core.ledger.log import Log
from portal.monitoring.hour_text import HourText, batch_root
from portal.monitoring.models import (
    VALUE_COLUMNS,
    Observation,
    ObservationRelease,
    PastObservation,
    Station,
    hour_number,
)
from portal.monitoring.station_lines import release_stations
from portal.publishing.ledger_leaf import leaf

AIR_HOURLY = "air_hourly"
OBSERVE = "observe"
AT_ONCE = 2000

Written = tuple[int, str, int, Sequence[float | None]]  # station's id, its code, the hour, values


class Releases:
    """The batches of one import; `columns` are those that its file has."""

    def __init__(
        self, session: Session, log: Log, *, ground: str, columns: Sequence[str], at: datetime, batch: int | None = None
    ) -> None:
        self.session, self.log, self.ground, self.at, self.batch = session, log, ground, at, batch
        self._write = HourText(columns)
        self._open: ObservationRelease | None = None

    @property
    def number(self) -> int:
        """Of the batch that rows written now belong to."""
        if self._open is None:
            self._open = ObservationRelease(
                record_id=new_id(),
                dataset=AIR_HOURLY,
                ground=self.ground,
                batch_id=self.batch,
                stations=[],
                first_hour=0,
                last_hour=0,
                row_count=0,
                root="",
                at=self.at,
            )
            self.session.add(self._open)
            self.session.flush()
        return self._open.id

    def release(self, rows: Sequence[Written], *, all_new: bool) -> None:
        """`rows` went to the table under `number`; where some were there already, the table says which are ours."""
        one = self._open
        assert one is not None  # noqa: S101 - whoever wrote rows asked for the number
        hours = [row[2] for row in rows]
        one.stations, one.first_hour, one.last_hour = sorted({row[0] for row in rows}), min(hours), max(hours)
        write = self._write
        lines = (
            [write(code, hour, values) for _id, code, hour, values in rows] if all_new else lines_of(self.session, one)
        )
        if not lines:
            return
        one.row_count, one.root = len(lines), urlsafe_b64encode(batch_root(lines)).rstrip(b"=").decode()
        fields = leaf(OBSERVE, one.dataset, one.record_id, 1, self.at, commitment=one.root, ground=one.ground)
        self.log.add(self.session, one.record_id, {**fields, "n": one.row_count}, at=self.at)
        self._open = None

    def close(self) -> None:
        """A batch that was begun and never filled leaves no trace."""
        if self._open is not None:
            self.session.execute(delete(ObservationRelease).where(ObservationRelease.id == self._open.id))
            self.session.expunge(self._open)
            self._open = None
        self.session.flush()


def lines_of(session: Session, release: ObservationRelease) -> list[bytes]:
    """Every hour of a batch as it was released, from the rows that the pages read and those replaced since."""
    write = HourText(VALUE_COLUMNS)
    return sorted(
        write(code, hour, values)
        for table in (Observation, PastObservation)
        for code, hour, *values in session.execute(_rows_of(table, release))
    )


def _rows_of(table: Any, release: ObservationRelease) -> Any:
    hour = type_coerce(table.hour_end, Integer)
    values = [getattr(table, name) for name in VALUE_COLUMNS]
    within = (table.station_id.in_(release.stations), hour.between(release.first_hour, release.last_hour))
    return (
        select(Station.code, hour, *values)
        .join(Station, Station.id == table.station_id)
        .where(*within, table.release_id == release.id)
    )


def release_waiting(session: Session, log: Log, *, ground: str, at: datetime) -> int:
    """Release what lies in the tables without a batch: from before there were any, and what the demo brings.

    How many hours; the stations that the ledger does not know yet go with them.
    """
    release_stations(session, log, ground=ground, at=at)
    count = 0
    for station in session.scalars(select(Station).order_by(Station.id)):
        for rows in _waiting(session, station):
            releases = Releases(session, log, ground=ground, columns=VALUE_COLUMNS, at=at)
            hours = type_coerce(Observation.hour_end, Integer).in_([row[2] for row in rows])
            mine = (Observation.station_id == station.id, hours, Observation.release_id.is_(None))
            session.execute(update(Observation).where(*mine).values(release_id=releases.number))
            releases.release(rows, all_new=True)
            count += len(rows)
    session.flush()
    return count


def _waiting(session: Session, station: Station) -> Iterator[list[Written]]:
    hour, after = type_coerce(Observation.hour_end, Integer), 0
    values = [getattr(Observation, name) for name in VALUE_COLUMNS]
    while True:
        statement = select(hour, Observation.release_id, *values).where(
            Observation.station_id == station.id, hour > after
        )
        found = session.execute(statement.order_by(hour).limit(AT_ONCE)).all()
        if not found:
            return
        after = found[-1][0]
        rows: list[Written] = [(station.id, station.code, row[0], list(row[2:])) for row in found if row[1] is None]
        if rows:
            yield rows


def released_hour(session: Session, code: str, at: datetime) -> tuple[ObservationRelease, bytes] | None:
    """The newest release of an hour of a station, and the hour's line; None where it was never released."""
    values = [getattr(Observation, name) for name in VALUE_COLUMNS]
    row = session.execute(
        select(ObservationRelease, *values)
        .join(Observation, Observation.release_id == ObservationRelease.id)
        .join(Station, Station.id == Observation.station_id)
        .where(Station.code == code, Observation.hour_end == at)
    ).first()
    if row is None:
        return None
    release, *numbers = row
    return release, HourText(VALUE_COLUMNS)(code, hour_number(at), numbers)


def release_named(session: Session, record_id: str) -> ObservationRelease | None:
    return session.scalar(select(ObservationRelease).where(ObservationRelease.record_id == record_id))
