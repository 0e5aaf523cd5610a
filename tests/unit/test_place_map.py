"""The drawn map: what is pressed is the place that is drawn there, no name covers a name, nobody else is asked."""

import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from core.coordinates import Point, distance_km
from core.places import COUNTIES
from intake.landmarks import SEATS, STATION, Landmark, nearest
from intake.place_map import DEEPEST, SMALL, WIDE, Window, Words, drawn, picture

WORDS = Words("图", "这里", "公里", "米")
STATIONS = [Landmark(STATION, "站·甲<&>", Point(34.035, 113.815)), Landmark(STATION, "站·乙", Point(34.0351, 113.8151))]
MARK = Point(34.21, 113.78)

shares = st.floats(0, 1)
levels = st.integers(0, DEEPEST)


@given(shares, shares, levels)
def test_what_is_pressed_is_where_it_was_pressed(across: float, down: float, level: int) -> None:
    window = Window.around(Point(34.1, 113.5), level)
    assert window.share(window.at(across, down)) == pytest.approx((across, down), abs=1e-9)


@given(st.floats(33.5, 34.6), st.floats(112.8, 114.6), levels)
def test_no_part_reaches_beyond_the_whole_and_each_shows_what_it_is_around(lat: float, lon: float, level: int) -> None:
    window, whole = Window.around(Point(lat, lon), level), Window.whole()
    for corner in ((0, 0), (1, 1)):
        across, down = whole.share(window.at(*corner))
        assert -1e-9 <= across <= 1 + 1e-9 and -1e-9 <= down <= 1 + 1e-9
    assert window.shows(Point(lat, lon)) or not whole.shows(Point(lat, lon))


@pytest.mark.parametrize("level", range(DEEPEST + 1))
def test_a_move_is_a_tenth_of_the_height_whichever_way(level: int) -> None:
    window = Window.around(Point(34.0, 113.8), level)
    ways = {to: distance_km(Point(34.0, 113.8), window.moved(Point(34.0, 113.8), to)) for to in ("north", "west")}
    assert ways["north"] == pytest.approx(ways["west"], rel=0.02)
    assert window.moved(window.moved(Point(34.0, 113.8), "east"), "west") == Point(34.0, pytest.approx(113.8))


@pytest.mark.parametrize("size", [WIDE, SMALL])
@pytest.mark.parametrize("level", range(DEEPEST + 1))
def test_the_picture_is_an_image_that_asks_nobody_for_anything(level: int, size: tuple[int, int]) -> None:
    address = picture(Window.around(MARK, level), [*SEATS, *STATIONS], MARK, size, WORDS)
    content = b64decode(address.removeprefix("data:image/svg+xml;base64,"))
    tree = etree.fromstring(content)
    assert tree.get("viewBox") == f"0 0 {size[0]} {size[1]}"
    assert re.findall(rb"https?://[^\"]+", content) == [b"http://www.w3.org/2000/svg"]
    assert not [one for one in tree.iter() if one.tag.rsplit("}")[-1] in ("script", "image", "use", "foreignObject")]
    assert "这里" in "".join(tree.itertext())


def test_all_seats_are_named_on_the_whole_city_and_a_name_that_would_cover_another_is_left_out() -> None:
    text = "".join(etree.fromstring(drawn(Window.whole(), [*SEATS, *STATIONS], None, WIDE, WORDS)).itertext())
    assert all(one.name in text for one in SEATS)
    assert ("站·乙" in text, "这里" in text) == (False, False)
    close = drawn(Window.around(STATIONS[0].point, DEEPEST), STATIONS, None, WIDE, WORDS)
    assert "站·甲<&>" in "".join(etree.fromstring(close).itertext())


def test_every_county_with_a_code_of_the_state_has_a_seat_in_the_picture() -> None:
    own = [one.name for one in COUNTIES if not one.is_functional_zone]
    assert sorted(one.name for one in SEATS) == sorted(own)
    assert all(Window.whole().shows(one.point) for one in SEATS)


def test_the_nearest_is_told_with_its_way() -> None:
    found = nearest(MARK, [*SEATS, *STATIONS])
    assert found is not None
    assert (found.landmark.name, found.direction, round(found.km)) == ("长葛市", "southeast", 2)
    assert nearest(MARK, STATIONS, "seat") is None
