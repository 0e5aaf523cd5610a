"""What a reporter may know on the map: seats of counties, and whatever else a subject of the portal has with a place.

Subjects register what they have (`register`); the composition root says which. Nearness is no boundary.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.coordinates import Point, direction, distance_km
from core.places import county_name
from core.tables import load_table

SEAT, STATION = "seat", "station"


@dataclass(frozen=True)
class Landmark:
    kind: str
    name: str
    point: Point


@dataclass(frozen=True)
class Bearing:
    """`km` from the landmark, in which direction seen from it."""

    landmark: Landmark
    km: float
    direction: str


Source = Callable[[Session], Iterable[Landmark]]
SEATS = tuple(
    Landmark(SEAT, county_name(row["county"]) or "", Point(row["lat"], row["lon"]))
    for row in load_table("intake/seats.toml")["seat"]
)
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    _sources[name] = source


def known(session: Session) -> list[Landmark]:
    """Seats first; each name once."""
    found = [*SEATS, *(one for source in _sources.values() for one in source(session))]
    return list({one.name: one for one in found}.values())


def nearest(point: Point, landmarks: Iterable[Landmark], kind: str | None = None) -> Bearing | None:
    """None where there is no landmark (of that kind)."""
    offered = [one for one in landmarks if kind in (None, one.kind)]
    if not offered:
        return None
    landmark = min(offered, key=lambda one: distance_km(one.point, point))
    return Bearing(landmark, distance_km(landmark.point, point), direction(landmark.point, point))
