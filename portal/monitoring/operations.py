"""Taking hours into the database. Safe to run twice: a gap never erases a value, an equal value changes nothing.

What is new or corrected becomes public at once, in released batches that the ledger commits to (releasing.py; the
stations in station_lines.py), by the
bureau that holds the unified release or by whom it has a standing agreement with (portal/release/agreements.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import Dialect, column, func, or_, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import Session

from core import audit
from core.accounts import Actor
from core.clock import local_date
from core.ledger.log import Log
from portal.monitoring.importers import Reject, Row, Source, open_source
from portal.monitoring.models import HOUR_SECONDS, ImportBatch, hour_at
from portal.monitoring.releasing import AIR_HOURLY, Releases, Written
from portal.monitoring.station_lines import release_stations
from portal.monitoring.station_register import StationRegister
from portal.release.agreements import ground_of_release

ROWS_AT_ONCE = 2000
TIME_COLUMN = "timepoint"
COUNTS = ("inserted", "changed", "unchanged", "duplicates", "rejects")
KEY = ("station_id", "hour_end")
KEEP_COUNT = {"preserve_rowcount": True}
# How each database is asked, its parameters in their places: a row is a tuple in the order of the table.
FLAVOURS: dict[str, tuple[Callable[..., Any], Callable[..., Dialect], str]] = {
    "sqlite": (sqlite.insert, SQLiteDialect, "qmark"),
    "postgresql": (postgresql.insert, PGDialect, "format"),
}

OnReject = Callable[[Reject], None]
OnProgress = Callable[[int], None]


@dataclass(slots=True)
class ImportReport:
    batch_id: int
    format: str
    encoding: str
    seen_before_at: datetime | None
    rows: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejects: int = 0
    new_stations: list[str] = field(default_factory=list)


def import_air(
    session: Session,
    file: BinaryIO,
    *,
    name: str,
    source: str,
    log: Log,
    actor: Actor,
    at: datetime,
    area: str = "",
    on_reject: OnReject = lambda _reject: None,
    on_progress: OnProgress = lambda _position: None,
) -> ImportReport:
    """Read `file` (seekable, opened as bytes); `area` is the city of stations whose file names none."""
    opened = open_source(file, area=area)
    return import_hours(
        session,
        opened,
        name=name,
        source=source,
        log=log,
        actor=actor,
        at=at,
        on_reject=on_reject,
        on_progress=on_progress,
    )


def import_hours(
    session: Session,
    opened: Source,
    *,
    name: str,
    source: str,
    log: Log,
    actor: Actor,
    at: datetime,
    on_reject: OnReject = lambda _reject: None,
    on_progress: OnProgress = lambda _position: None,
) -> ImportReport:
    """Read what was opened into stations and observations.

    `on_reject` hears of each refused row, `on_progress` of the position in the file. Of two rows for one hour of one
    station in one file the first counts. ReleaseRefused where the actor's department may not release the city's hours.
    """
    ground = ground_of_release(session, AIR_HOURLY, actor, local_date(at))
    batch, report = _open_batch(session, opened, name=name, source=source, at=at)
    register = StationRegister(session, source)
    releases = Releases(session, log, ground=ground, columns=opened.columns, at=at, batch=batch.id)
    latest = int(at.timestamp()) // HOUR_SECONDS + 1
    intake = _Intake(session, report, register, releases, opened.columns, latest=latest)
    rows = opened.rows()
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        intake.take(chunk, on_reject)
        on_progress(opened.file.tell())
    releases.close()
    release_stations(session, log, ground=ground, at=at, codes=register.codes)
    report.new_stations = register.opened
    _close_batch(session, batch, report, actor=actor, at=at)
    return report


def _open_batch(
    session: Session, opened: Source, *, name: str, source: str, at: datetime
) -> tuple[ImportBatch, ImportReport]:
    seen = session.scalar(select(func.max(ImportBatch.at)).where(ImportBatch.sha256 == opened.sha256))
    batch = ImportBatch(
        kind="air",
        format=opened.format,
        source=source,
        file_name=PurePath(name).name[:200],
        sha256=opened.sha256,
        at=at,
        **dict.fromkeys(("row_count", *COUNTS), 0),
    )
    session.add(batch)
    session.flush()
    return batch, ImportReport(batch.id, opened.format, opened.encoding, seen)


def _close_batch(session: Session, batch: ImportBatch, report: ImportReport, *, actor: Actor, at: datetime) -> None:
    counts = {name: getattr(report, name) for name in COUNTS}
    batch.row_count = report.rows
    for name, count in counts.items():
        setattr(batch, name, count)
    session.flush()
    subject = f"import_batch:{batch.id}"
    audit.record(session, actor=actor, action="monitoring.import", subject=subject, at=at, rows=report.rows, **counts)


class _Intake:
    """Writes rows chunk by chunk and keeps the count."""

    def __init__(
        self,
        session: Session,
        report: ImportReport,
        register: StationRegister,
        releases: Releases,
        value_columns: tuple[str, ...],
        *,
        latest: int,
    ) -> None:
        self.session = session
        self.report = report
        self.register = register
        self.releases = releases
        self.latest = latest
        self.seen: set[tuple[int, int]] = set()
        self.insert, self.upsert = _statements(session.get_bind().dialect, value_columns)

    def take(self, chunk: list[Row | Reject], on_reject: OnReject) -> None:
        self.report.rows += len(chunk)
        admitted: list[Written] = []
        for row in chunk:
            refusal = row if isinstance(row, Reject) else self._admit(row, admitted)
            if refusal is not None:
                on_reject(refusal)
        if admitted:
            self._write(admitted)
        self.report.rejects = self.report.rows - self.report.duplicates - len(self.seen)

    def _admit(self, row: Row, admitted: list[Written]) -> Reject | None:
        line, facts, hour, values = row
        if hour > self.latest:
            return Reject(line, TIME_COLUMN, f"{hour_at(hour):%Y-%m-%dT%H:%MZ}", _l("时间晚于现在。"))
        station = self.register.station_of(facts, hour)
        if station is None:
            return Reject(line, "stationcode", facts.code, _l("同一编码在同一天有两个不同的名称或位置。"))
        key = (station, hour)
        if key in self.seen:
            self.report.duplicates += 1
            return Reject(line, TIME_COLUMN, facts.code, _l("与前面的行重复：同一站点的同一小时。"))
        self.seen.add(key)
        admitted.append((station, facts.code, hour, values))
        return None

    def _write(self, admitted: list[Written]) -> None:
        batch, release = self.report.batch_id, self.releases.number
        rows = [(station, hour, batch, release, *values) for station, _code, hour, values in admitted]
        inserted = self._run(self.insert, rows)
        changed = self._run(self.upsert, rows) if inserted < len(rows) else 0
        self.report.inserted += inserted
        self.report.changed += changed
        self.report.unchanged += len(rows) - inserted - changed
        if inserted or changed:
            self.releases.release(admitted, all_new=inserted == len(rows))

    def _run(self, statement: str, rows: list[tuple[float | None, ...]]) -> int:
        """Straight to the driver: naming the parameters of each row costs more than writing it."""
        return self.session.connection().exec_driver_sql(statement, rows, execution_options=KEEP_COUNT).rowcount


def _statements(dialect: Dialect, value_columns: tuple[str, ...]) -> tuple[str, str]:
    """The plain insert, and the one that fills or corrects an hour that is already there."""
    # The table without its Python types, because a bulk import brings hours as numbers.
    hours = table("observation", *(column(name) for name in (*KEY, "batch_id", "release_id", *value_columns)))
    insert, flavour, style = FLAVOURS[dialect.name]
    places = flavour(paramstyle=style)
    new = insert(hours)
    kept = {name: func.coalesce(new.excluded[name], hours.c[name]) for name in value_columns}
    differs = or_(*(value.is_distinct_from(hours.c[name]) for name, value in kept.items()))
    correction = {**kept, "batch_id": new.excluded.batch_id, "release_id": new.excluded.release_id}
    filling = new.on_conflict_do_nothing(index_elements=KEY)
    correcting = new.on_conflict_do_update(index_elements=KEY, set_=correction, where=differs)
    return str(filling.compile(dialect=places)), str(correcting.compile(dialect=places))
