"""Air for the demo city: invented stations and hours that look like Xuchang, marked as demonstration, kept up to now.

A value follows from the station and the hour alone, so that what is added later joins what was there.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.accounts import SYSTEM
from core.clock import CHINA, local_date
from core.ledger.log import Log
from core.outbox import Job
from portal.monitoring.averages import start_of
from portal.monitoring.models import (
    DEMO,
    HOUR_SECONDS,
    ImportBatch,
    Observation,
    Station,
    StationLevel,
    hour_at,
    hour_number,
)
from portal.monitoring.releasing import AIR_HOURLY, release_waiting
from portal.release.agreements import ground_of_release

AREA = "许昌市"
DAYS = 60
ARRIVALS_DAYS = 40
GAP_SHARE = 0.004
# Code, name, county, level, longitude, latitude, how much dirtier than the city.
STATIONS = (
    ("XC01", "演示站·西湖公园", "411002", StationLevel.NATIONAL, 113.815, 34.035, 0.94),
    ("XC02", "演示站·经开区", "411071", StationLevel.NATIONAL, 113.791, 33.995, 1.08),
    ("XC03", "演示站·建安", "411003", StationLevel.NATIONAL, 113.860, 34.070, 1.02),
    ("XC11", "演示站·禹州", "411081", StationLevel.PROVINCIAL, 113.488, 34.141, 1.14),
    ("XC12", "演示站·长葛", "411082", StationLevel.PROVINCIAL, 113.774, 34.219, 1.10),
    ("XC13", "演示站·鄢陵", "411024", StationLevel.PROVINCIAL, 114.188, 34.102, 0.86),
    ("XC14", "演示站·襄城", "411025", StationLevel.PROVINCIAL, 113.483, 33.850, 1.05),
)
DIRTIER = {code: share for code, *_, share in STATIONS}
# Yearly mean (µg/m³, CO mg/m³), how much more in January, how much more at the worst hour, that hour, decimals.
# Invented, in the order of size of stations on the North China Plain.
SHAPES = {
    "so2": (8.0, 0.35, 0.15, 10, 0),
    "no2": (27.0, 0.35, 0.30, 20, 0),
    "co": (0.7, 0.30, 0.18, 8, 1),
    "o3": (82.0, -0.45, 0.62, 15, 0),
    "pm10": (72.0, 0.40, 0.20, 9, 0),
    "pm25": (38.0, 0.55, 0.18, 8, 0),
}


def seed_air(session: Session, now: datetime, rng: Random) -> int:
    """The demo stations and 60 days of hours until the last full hour, some of them with a gap; how many hours."""
    if session.scalar(select(func.count()).select_from(Station).where(Station.source == DEMO)):
        return _continue(session, now)
    first_day = local_date(now) - timedelta(days=DAYS)
    hours = range(hour_number(start_of(first_day)) + 1, _last_hour(now) + 1)
    stations = _open_stations(session, first_day)
    return _write(session, [(one, hour) for one in stations for hour in hours], rng, _arrivals(session, hours))


def continue_demo_air(job: Job) -> None:
    """Sweep: give the demo stations, where there are any, the hours since their last."""
    if _continue(job.session, job.now):
        release_demo_air(job.session, job.services["log"], job.now)


def release_demo_air(session: Session, log: Log, now: datetime) -> None:
    """Into the ledger, at a time after all that the demo pretends to have published before."""
    ground = ground_of_release(session, AIR_HOURLY, SYSTEM, local_date(now))
    release_waiting(session, log, ground=ground, at=now)


def _continue(session: Session, now: datetime) -> int:
    newest = (
        select(Station, func.max(Observation.hour_end))
        .join(Observation, Observation.station_id == Station.id)
        .where(Station.source == DEMO)
        .group_by(Station.id)
    )
    due = [
        (station, hour)
        for station, latest in session.execute(newest)
        for hour in range(hour_number(latest) + 1, _last_hour(now) + 1)
    ]
    if not due:
        return 0
    batch = _batch(session, now, len(due))
    return _write(session, due, None, dict.fromkeys((hour for _station, hour in due), batch))


def _last_hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR_SECONDS


def _open_stations(session: Session, first_day: date) -> list[Station]:
    stations = [
        Station(
            code=code,
            name=name,
            area=AREA,
            county_code=county,
            level=level,
            lon=lon,
            lat=lat,
            source=DEMO,
            valid_from=first_day,
        )
        for code, name, county, level, lon, lat, _ in STATIONS
    ]
    session.add_all(stations)
    session.flush()
    return stations


def _arrivals(session: Session, hours: range) -> dict[int, int]:
    """A batch for each of the last hours, as if it had come ten minutes after it ended; now and then one came late."""
    recent = hours[-ARRIVALS_DAYS * 24 :]
    late = {hour: 110 + hour % 7 * 12 for hour in recent if hour % 167 == 0}
    return {
        hour: _batch(session, hour_at(hour) + timedelta(minutes=late.get(hour, 10)), len(STATIONS)) for hour in recent
    }


def _batch(session: Session, at: datetime, rows: int) -> int:
    sha256 = hashlib.sha256(f"demo {at.isoformat()}".encode()).hexdigest()
    batch = ImportBatch(
        kind="air", format="demo", source=DEMO, file_name="demo", sha256=sha256, at=at, row_count=rows, inserted=rows
    )
    session.add(batch)
    session.flush()
    return batch.id


def _write(session: Session, due: list[tuple[Station, int]], rng: Random | None, arrivals: Mapping[int, int]) -> int:
    rows: list[dict[str, Any]] = []
    for station, hour in due:
        values: dict[str, float | None] = {item: _value(station.code, item, hour) for item in SHAPES}
        if rng is not None and rng.random() < GAP_SHARE:
            values[rng.choice(tuple(SHAPES))] = None
        identity = {"station_id": station.id, "hour_end": hour_at(hour), "batch_id": arrivals.get(hour)}
        rows.append({**identity, **values})
    if rows:
        session.execute(insert(Observation), rows)
    return len(rows)


def _value(code: str, item: str, hour: int) -> float:
    mean, winter, swing, worst_hour, decimals = SHAPES[item]
    local = hour_at(hour).astimezone(CHINA)
    season = 1 + winter * math.cos(2 * math.pi * (local.timetuple().tm_yday - 15) / 365.25)
    daily = 1 + swing * math.cos(2 * math.pi * (local.hour - worst_hour) / 24)
    weather = _weather(hour) ** (-0.25 if item == "o3" else 1)
    value = mean * season * daily * weather * DIRTIER.get(code, 1) * (0.9 + 0.2 * _chance(code, item, hour))
    return max(round(value, decimals), 0.1 if item == "co" else 1)


def _weather(hour: int) -> float:
    """Still air and wind take turns over some days: 0.45 to 2.2 times the mean."""
    days = hour / 24
    return math.exp(0.42 * math.sin(2 * math.pi * days / 5.6) + 0.34 * math.sin(2 * math.pi * days / 2.3 + 1.1))


def _chance(code: str, item: str, hour: int) -> float:
    """0 to 1, always the same for the same station, item and hour."""
    return Random(f"{code} {item} {hour}").random()  # noqa: S311 - weather, not a secret
