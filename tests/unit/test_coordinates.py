"""Coordinates as people paste them, and the shift of Chinese maps against the vectors that implementations share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.coordinates import GCJ02, WGS84, Point, direction, distance_km, gcj02, read, to_wgs84

# github.com/googollee/eviltransform, python/test.py: WGS-84 and GCJ-02 in Shanghai, Shenzhen, Peking, and where
# nothing is shifted.
SHIFTED = [
    (Point(31.1774276, 121.5272106), Point(31.17530398364597, 121.531541859215)),
    (Point(22.543847, 113.912316), Point(22.540796131694766, 113.9171764808363)),
    (Point(39.911954, 116.377817), Point(39.91334545536069, 116.38404722455657)),
    (Point(39.739200, -104.990300), Point(39.739200, -104.990300)),
    (Point(-27.469800, 153.025100), Point(-27.469800, 153.025100)),
]


@pytest.mark.parametrize(("wgs", "shown"), SHIFTED)
def test_the_shift_is_the_published_one_and_is_taken_off_again(wgs: Point, shown: Point) -> None:
    there, back = gcj02(wgs), to_wgs84(shown, GCJ02)
    assert (there.lat, there.lon) == pytest.approx((shown.lat, shown.lon), abs=1e-9)
    assert (back.lat, back.lon) == pytest.approx((wgs.lat, wgs.lon), abs=1e-8)


@given(st.floats(33, 35), st.floats(112, 115))
def test_everywhere_around_the_city_the_way_there_and_back_is_the_same_point(lat: float, lon: float) -> None:
    point = Point(lat, lon)
    assert distance_km(to_wgs84(gcj02(point), GCJ02), point) < 0.001
    assert 0.3 < distance_km(gcj02(point), point) < 0.9
    assert to_wgs84(point, WGS84) == point


@pytest.mark.parametrize(
    "text",
    [
        "34.0260, 113.8260",
        "113.826,34.026",
        "113.8260  34.0260",
        "（34.026，113.826）",
        "34°1′33.6″N 113°49′33.6″E",
        "北纬34.026°，东经113.826°",
        "东经113度49分33.6秒 北纬34度1分33.6秒",
        "lat=34.026&lon=113.826",
        "34.0260°N, 113.8260°E",
    ],
)
def test_a_point_is_read_however_it_was_copied(text: str) -> None:
    found = read(text)
    assert found is not None
    assert (found.lat, found.lon) == pytest.approx((34.026, 113.826), abs=1e-9)


@pytest.mark.parametrize("text", ["", "34.026", "魏文路", "34.026 113.826 5", "200, 300", "-91 181"])
def test_what_is_no_point_is_none(text: str) -> None:
    assert read(text) is None


def test_distance_and_direction_are_those_of_the_earth() -> None:
    shanghai, peking = SHIFTED[0][1], SHIFTED[2][1]
    assert distance_km(shanghai, peking) == pytest.approx(1078.164, abs=1.3)  # eviltransform's own vector, its radius
    assert (direction(shanghai, peking), direction(peking, shanghai)) == ("northwest", "southeast")
    here = Point(34.0, 113.8)
    assert [direction(here, Point(34.0 + up, 113.8 + right)) for up, right in ((1, 0), (0, 1), (-1, 0), (0, -1))] == [
        "north",
        "east",
        "south",
        "west",
    ]
