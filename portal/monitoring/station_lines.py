"""Stations in the ledger: name, place, level and days of every station, one line each, committed to like hours.

Whatever opens or changes stations releases their new lines in one batch: a leaf `station`, whose `c` is the root of
RFC 6962 over the lines and whose `n` is their number. Lines are only ever added; the newest of a station must say what
its row says, which is what pages, downloads and the interface for machines show.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.ids import new_id
from core.ledger.log import Log
from portal.monitoring.hour_text import batch_root
from portal.monitoring.models import Station, StationLine
from portal.publishing.ledger_leaf import leaf

STATION = "station"
AIR_STATIONS = "air_stations"


def station_line(station: Station) -> str:
    """One line of JSON in JCS, numbers as text; what a station lacks is left out. Its number never changes."""
    told = {
        "area": station.area,
        "code": station.code,
        "county": station.county_code,
        "from": station.valid_from.isoformat(),
        "id": str(station.id),
        "lat": _degrees(station.lat),
        "level": station.level.value,
        "lon": _degrees(station.lon),
        "name": station.name,
        "to": station.valid_to.isoformat() if station.valid_to else None,
    }
    return rfc8785.dumps({name: value for name, value in told.items() if value}).decode()


def release_stations(
    session: Session, log: Log, *, ground: str, at: datetime, codes: Iterable[str] | None = None
) -> int:
    """Release the lines that are new or have changed, of all stations or of those with `codes`; how many."""
    stations = _stations(session, codes)
    known = newest_lines(session, [one.id for one in stations])
    changed = {one.id: line for one in stations if (line := station_line(one)) != known.get(one.id)}
    if changed:
        record_id = new_id()
        session.add_all(StationLine(record_id=record_id, station_id=id_, line=line) for id_, line in changed.items())
        root = batch_root(line.encode() for line in changed.values())
        commitment = urlsafe_b64encode(root).rstrip(b"=").decode()
        fields = leaf(STATION, AIR_STATIONS, record_id, 1, at, commitment=commitment, ground=ground)
        log.add(session, record_id, {**fields, "n": len(changed)}, at=at)
        session.flush()
    return len(changed)


def newest_lines(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    newest = select(func.max(StationLine.id)).where(StationLine.station_id.in_(ids)).group_by(StationLine.station_id)
    rows = session.execute(select(StationLine.station_id, StationLine.line).where(StationLine.id.in_(newest)))
    return {station: line for station, line in rows}  # noqa: C416 - a Row is no pair to the type checker


def lines_released(session: Session, record_id: str) -> list[bytes]:
    """The lines of one batch as they were released, in the order of their bytes; none where there is no such batch."""
    lines = session.scalars(select(StationLine.line).where(StationLine.record_id == record_id))
    return sorted(line.encode() for line in lines)


def lines_now(session: Session) -> list[bytes]:
    """What every station's row says now, by its number."""
    return [station_line(one).encode() for one in session.scalars(select(Station).order_by(Station.id))]


def _stations(session: Session, codes: Iterable[str] | None) -> Sequence[Station]:
    statement = select(Station).order_by(Station.id)
    if codes is not None:
        statement = statement.where(Station.code.in_(list(codes)))
    return session.scalars(statement).all()


def _degrees(value: float | None) -> str | None:
    """The shortest text that reads back as the number."""
    return None if value is None else repr(value).removesuffix(".0")
