"""What the air is now, and how it was. Reads only; the index is computed on the way out, by the edition of the day."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, and_, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from core.clock import local_date
from core.errors import NotFound
from portal.monitoring.air_quality import Index, Item, Measure, Report, index_of
from portal.monitoring.averages import HOURS_OF_A_DAY, day_mean, day_of, max_8h, mean_of_points, start_of
from portal.monitoring.models import DEMO, Observation, Station, StationLevel, hour_at, hour_number

CITY_AREA = "许昌市"
STALE_AFTER = timedelta(hours=3)
HOUR_MEASURES = {
    Item.SO2: Measure.SO2_1H,
    Item.NO2: Measure.NO2_1H,
    Item.CO: Measure.CO_1H,
    Item.O3: Measure.O3_1H,
    Item.PM10: Measure.PM10_DAY,
    Item.PM25: Measure.PM25_DAY,
}
DAY_MEASURES = {
    Item.SO2: Measure.SO2_DAY,
    Item.NO2: Measure.NO2_DAY,
    Item.CO: Measure.CO_DAY,
    Item.PM10: Measure.PM10_DAY,
    Item.PM25: Measure.PM25_DAY,
}
ITEM_NUMBERS = tuple(Observation.__table__.c[item] for item in Item)

Values = Mapping[Item, Decimal | None]
DayHours = list[list[Decimal | None]]


@dataclass(frozen=True, slots=True)
class Point:
    """One hour or one day of a station: concentrations (µg/m³, CO mg/m³) and the index they give.

    For a day `at` is its first instant and O3 is the greatest 8-hour mean; for an hour `at` is its end.
    """

    at: datetime
    values: Values
    index: Index
    published_aqi: int | None = None


@dataclass(frozen=True, slots=True)
class StationNow:
    """`point` None: the station has never sent an hour."""

    station: Station
    point: Point | None


@dataclass(frozen=True, slots=True)
class CityNow:
    """The newest hour of the city: the mean of its national stations, of all where there are none."""

    area: str
    point: Point
    stations: tuple[StationNow, ...]
    counted: int
    age: timedelta
    is_demo: bool

    @property
    def hour_end(self) -> datetime:
        return self.point.at

    @property
    def index(self) -> Index:
        return self.point.index

    @property
    def values(self) -> Values:
        return self.point.values

    @property
    def is_stale(self) -> bool:
        return self.age > STALE_AFTER


def city_now(session: Session, now: datetime, *, area: str = CITY_AREA) -> CityNow | None:
    """None where no station of the city has sent an hour. Demo stations give way to real ones in the same hour."""
    everyone = latest_by_station(session, area=area)
    hours = [one.point.at for one in everyone if one.point is not None]
    if not hours:
        return None
    newest = max(hours)
    there = [one for one in everyone if one.point is not None and one.point.at == newest]
    real = [one for one in there if one.station.source != DEMO]
    shown = [one for one in everyone if one.station.source != DEMO] if real else everyone
    counted = _counted(real or there)
    return CityNow(
        area=area,
        point=mean_point(counted, newest),
        stations=tuple(shown),
        counted=len(counted),
        age=now - newest,
        is_demo=not real,
    )


def values_digest(session: Session, city: CityNow, since: datetime) -> str:
    """Changes whenever an hour of the city's stations comes in or is corrected; one pass over those hours' index."""
    stations = [one.station.id for one in city.stations]
    statement = select(func.count(), *(func.sum(number) for number in ITEM_NUMBERS)).where(
        Observation.station_id.in_(stations), Observation.hour_end >= since
    )
    return hashlib.sha256(repr(tuple(session.execute(statement).one())).encode()).hexdigest()[:12]


def latest_by_station(session: Session, *, area: str) -> list[StationNow]:
    """Each station of the city as it stands now, with its newest hour, by name. One step into the index for each."""
    newest = aliased(Observation)
    hour = select(func.max(newest.hour_end)).where(newest.station_id == Station.id).correlate(Station).scalar_subquery()
    rows = session.execute(
        select(Station, Observation.hour_end, Observation.published_aqi, *ITEM_NUMBERS)
        .select_from(Station)
        .outerjoin(Observation, and_(Observation.station_id == Station.id, Observation.hour_end == hour))
        .where(Station.area == area, Station.valid_to.is_(None))
        .order_by(Station.level, Station.code)
    )
    return [_station_now(row) for row in rows]


def stations_elsewhere(session: Session, *, area: str) -> list[Station]:
    """The stations of other cities, and those whose city is not known."""
    return list(
        session.scalars(
            select(Station).where(Station.area != area, Station.valid_to.is_(None)).order_by(Station.area, Station.code)
        )
    )


def station(session: Session, code: str) -> Station:
    """The newest row of the station with this code."""
    found = session.scalars(
        select(Station).where(Station.code == code).order_by(Station.valid_from.desc()).limit(1)
    ).first()
    if found is None:
        raise NotFound(station=code)
    return found


def station_history(session: Session, code: str) -> list[Station]:
    return list(session.scalars(select(Station).where(Station.code == code).order_by(Station.valid_from)))


def latest_hour(session: Session, code: str) -> datetime | None:
    """The end of the newest hour of a station, under whichever of its rows."""
    return max(_hours_at_the_end(session, code, func.max), default=None)


def oldest_hour(session: Session, code: str) -> datetime | None:
    return min(_hours_at_the_end(session, code, func.min), default=None)


def _hours_at_the_end(session: Session, code: str, end: Any) -> list[datetime]:
    found = [
        session.scalar(select(end(Observation.hour_end)).where(Observation.station_id == one.id))
        for one in station_history(session, code)
    ]
    return [hour for hour in found if hour is not None]


def series(session: Session, code: str, start: datetime, end: datetime) -> list[Point]:
    """The hours of a station that end after `start` and not after `end`, oldest first."""
    return [
        _hour_point(hour_at(hour), _values(numbers), published_aqi)
        for hour, published_aqi, *numbers in _hours(session, code, hour_number(start), hour_number(end))
    ]


def hour(session: Session, code: str, hour_end: datetime) -> Point | None:
    """One hour of a station."""
    return next(iter(series(session, code, hour_end - timedelta(hours=1), hour_end)), None)


def daily_series(session: Session, code: str, first: date, last: date) -> list[Point]:
    """The days of a station from `first` to `last` that have any hour, oldest first."""
    midnight = hour_number(start_of(first))
    end = hour_number(start_of(last + timedelta(days=1)))
    days: dict[int, DayHours] = defaultdict(lambda: [[None] * HOURS_OF_A_DAY for _ in Item])
    for hour, _, *numbers in _hours(session, code, midnight, end):
        day, place = divmod(hour - midnight - 1, HOURS_OF_A_DAY)
        for item_hours, number in zip(days[day], numbers, strict=True):
            item_hours[place] = _decimal(number)
    return [_day_point(first + timedelta(days=day), hours) for day, hours in days.items()]


def city_days(session: Session, city: CityNow, first: date, last: date) -> list[Point]:
    """The days of the city: the mean of its counted stations' day values, newest first."""
    by_day: dict[datetime, list[Values]] = defaultdict(list)
    for one in _counted(list(city.stations)):
        for point in daily_series(session, one.station.code, first, last):
            by_day[point.at].append(point.values)
    return [_city_day(at, by_day[at]) for at in sorted(by_day, reverse=True)]


def city_hours(session: Session, city: CityNow, hours: int) -> list[Point]:
    """The last `hours` hours of the city that any counted station has sent, oldest first."""
    own = [one.station.id for one in _counted(list(city.stations))]
    last = hour_number(city.hour_end)
    hour = type_coerce(Observation.hour_end, Integer)
    rows = session.execute(
        select(hour, *ITEM_NUMBERS)
        .where(Observation.station_id.in_(own), hour > last - hours, hour <= last)
        .order_by(hour)
    ).all()
    by_hour: dict[int, list[Values]] = defaultdict(list)
    for number, *numbers in rows:
        by_hour[number].append(_values(numbers))
    return [_hour_point(hour_at(number), _mean_values(stations)) for number, stations in by_hour.items()]


def _mean_values(stations: Sequence[Values]) -> Values:
    return {item: mean_of_points(one[item] for one in stations) for item in Item}


def _city_day(at: datetime, stations: Sequence[Values]) -> Point:
    values = _mean_values(stations)
    measured = {DAY_MEASURES.get(item, Measure.O3_8H): value for item, value in values.items()}
    return Point(at, values, index_of(Report.DAILY, measured, on=local_date(at)))


def mean_point(stations: Sequence[StationNow], hour_end: datetime) -> Point:
    """The mean of the stations' concentrations and the index that it gives, never the mean of their indices."""
    return _hour_point(hour_end, _mean_values([one.point.values for one in stations if one.point is not None]))


def _hours(session: Session, code: str, start: int, end: int) -> Sequence[Any]:
    """Rows of the hour's number, the published index and the items in their order."""
    own = [one.id for one in station_history(session, code)]
    hour = type_coerce(Observation.hour_end, Integer)
    return session.execute(
        select(hour, Observation.published_aqi, *ITEM_NUMBERS)
        .where(Observation.station_id.in_(own), hour > start, hour <= end)
        .order_by(hour)
    ).all()


def _station_now(row: Any) -> StationNow:
    one, hour_end, published_aqi, *numbers = row
    point = None if hour_end is None else _hour_point(hour_end, _values(numbers), published_aqi)
    return StationNow(one, point)


def _values(numbers: Iterable[float | None]) -> Values:
    return {item: _decimal(number) for item, number in zip(Item, numbers, strict=True)}


@lru_cache(maxsize=8192)
def _decimal(number: float | None) -> Decimal | None:
    """The digits that were imported: repr is the shortest text that reads back as this float."""
    return None if number is None else Decimal(repr(number))


def _hour_point(hour_end: datetime, values: Values, published_aqi: int | None = None) -> Point:
    return Point(hour_end, values, _hour_index(day_of(hour_end), tuple(values.items())), published_aqi)


@lru_cache(maxsize=4096)
def _hour_index(on: date, values: tuple[tuple[Item, Decimal | None], ...]) -> Index:
    return index_of(Report.HOURLY, {HOUR_MEASURES[item]: value for item, value in values}, on=on)


def _day_point(day: date, item_hours: DayHours) -> Point:
    hours = dict(zip(Item, item_hours, strict=True))
    measured = {measure: day_mean(hours[item]) for item, measure in DAY_MEASURES.items()}
    measured[Measure.O3_8H] = max_8h(hours[Item.O3])
    measured[Measure.O3_1H] = max((value for value in hours[Item.O3] if value is not None), default=None)
    values = {item: measured[DAY_MEASURES.get(item, Measure.O3_8H)] for item in Item}
    return Point(start_of(day), values, index_of(Report.DAILY, measured, on=day))


def _counted(stations: list[StationNow]) -> list[StationNow]:
    return [one for one in stations if one.station.level is StationLevel.NATIONAL] or stations
