"""The six units of the city as tiles: a map without boundaries. A functional zone counts to the unit it lies in."""

from dataclasses import dataclass

from core.errors import NotFound
from core.places import COUNTIES, County, county
from portal.monitoring.queries import CityNow, Point, StationNow, mean_point


@dataclass(frozen=True, slots=True)
class Tile:
    """`point` None: no station of the county has a value for the city's newest hour."""

    county: County
    row: int
    column: int
    point: Point | None


def tiles(city: CityNow) -> list[Tile]:
    """Empty where no station stands in a known county."""
    by_unit: dict[str, list[StationNow]] = {}
    for one in city.stations:
        if one.station.county_code is not None and one.point is not None and one.point.at == city.hour_end:
            by_unit.setdefault(_unit(one.station.county_code), []).append(one)
    if not by_unit:
        return []
    return [
        Tile(one, one.row, one.column, mean_point(by_unit[one.code], city.hour_end) if one.code in by_unit else None)
        for one in COUNTIES
        if one.row is not None and one.column is not None
    ]


def _unit(county_code: str) -> str:
    try:
        return county(county_code).parent or county_code
    except NotFound:
        return county_code
