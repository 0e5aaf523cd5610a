"""A point on the earth in WGS-84, what people type for one, and the way in which maps in China shift it.

WGS-84 is what satellites and browsers tell. Maps sold in China show GCJ-02 (AutoNavi, Tencent): in Xuchang half a
kilometre away. Constants and steps are the published ones; the way back is found by going forth again until it fits.
Baidu's own shift on top of that (BD-09) is left out: its published vectors do not agree with its published steps. Pure.
"""

import re
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, pi, radians, sin, sqrt

EARTH_KM = 6371.0
WGS84, GCJ02 = "wgs84", "gcj02"
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as the shift uses it
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_DEGREES = rf"({_NUMBER})\s*[°度]\s*(?:({_NUMBER})\s*[′'’分]\s*)?(?:({_NUMBER})\s*[″\"”秒]\s*)?"
_WITH_SIGNS = re.compile(_DEGREES)
_PLAIN = re.compile(_NUMBER)
DIRECTIONS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


@dataclass(frozen=True)
class Point:
    """Degrees, north and east."""

    lat: float
    lon: float

    def rounded(self, places: int) -> "Point":
        return Point(round(self.lat, places), round(self.lon, places))


def read(text: str) -> Point | None:
    """Two numbers as people paste them, in either order (what is over 90 is the longitude); None where it is no point.

    "34.0260, 113.8260", "113.826 34.026", "34°1′33.6″N 113°49′33.6″E", "北纬34.026°，东经113.826°".
    """
    found = [_decimal(*one) for one in _WITH_SIGNS.findall(text)]
    numbers = found if len(found) == 2 else [float(one) for one in _PLAIN.findall(text)]
    if len(numbers) != 2:
        return None
    lat, lon = numbers if abs(numbers[0]) <= 90 else reversed(numbers)
    return Point(lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _decimal(whole: str, minutes: str, seconds: str) -> float:
    return float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600


def distance_km(one: Point, other: Point) -> float:
    """Along a great circle."""
    d_lat, d_lon = radians(other.lat - one.lat), radians(other.lon - one.lon)
    half = sin(d_lat / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(d_lon / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def direction(start: Point, end: Point) -> str:
    """Where `end` lies seen from `start`: one of DIRECTIONS."""
    east = (end.lon - start.lon) * cos(radians((start.lat + end.lat) / 2))
    bearing = degrees(atan2(east, end.lat - start.lat)) % 360
    return DIRECTIONS[round(bearing / 45) % 8]


def to_wgs84(point: Point, system: str) -> Point:
    """`point` of a map of this system as satellites tell it."""
    return _back(point) if system == GCJ02 else point


def gcj02(point: Point) -> Point:
    """Where a Chinese map shows a point of WGS-84; outside of its rectangle nothing is shifted."""
    if not (72.004 <= point.lon <= 137.8347 and 0.8293 <= point.lat <= 55.8271):
        return point
    x, y = point.lon - 105.0, point.lat - 35.0
    both = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = both + 20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)
    north = north * 2 / 3 - 100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    east = both + 20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    east = east * 2 / 3 + 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    curve = 1 - _ECCENTRICITY * sin(radians(point.lat)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (curve * sqrt(curve))
    parallel = _AXIS / sqrt(curve) * cos(radians(point.lat))
    return Point(point.lat + degrees(north / meridian), point.lon + degrees(east / parallel))


def _back(shown: Point) -> Point:
    """The shift hardly changes from point to point, so taking it off again and again ends within a millimetre."""
    guess = shown
    for _ in range(10):
        again = gcj02(guess)
        guess = Point(guess.lat + shown.lat - again.lat, guess.lon + shown.lon - again.lon)
    return guess
