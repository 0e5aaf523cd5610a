"""A place as a point: by pressing a map that is ours, by lists and numbers, from the device; sealed."""

import logging
import re
from base64 import b64decode
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.coordinates import Point, gcj02
from core.database import Database, unit_of_work
from intake.landmarks import SEATS
from intake.place_map import SMALL, WIDE, Window
from portal.monitoring.models import Station, StationLevel
from tests.support.officer import Officer
from tests.support.page import check
from tests.support.reporter import ANSWERS, Reporter, as_stored, everything_stored
from tests.support.sealed import story

PLACE = Point(34.2166, 113.7933)


@pytest.fixture
def reporter(people: object, client: FlaskClient) -> Reporter:
    one = Reporter(client)
    one.tells(until="where")
    one.answers("on_map", **ANSWERS["where"])
    assert one.page.url == "/report/map"
    return one


def press(reporter: Reporter, point: Point, window: Window, size: tuple[int, int] = WIDE, name: str = "wide") -> None:
    across, down = window.share(point)
    place = {f"{name}.x": str(round(across * size[0])), f"{name}.y": str(round(down * size[1]))}
    fields = {"csrf_token": reporter.page.hidden_fields()["csrf_token"], **place}
    reporter._sees(reporter.client.post("/report/map", data=fields, follow_redirects=True))


def kept(reporter: Reporter) -> Point:
    """The point that the page tells."""
    lat, lon = re.findall(r"北纬 ([\d.]+)°，东经 ([\d.]+)°", reporter.page.text())[0]
    return Point(float(lat), float(lon))


def shown(reporter: Reporter, name: str = "wide") -> str:
    [image] = reporter.page.find(f"//input[@type='image'][@name='{name}']")
    return b64decode(image.get("src").partition(",")[2]).decode()


def test_what_was_typed_is_kept_while_the_map_is_looked_at(reporter: Reporter) -> None:
    reporter.answers("done")
    assert reporter.step == "where"
    assert (reporter.kept("county"), reporter.kept("place")) == ("411082", ANSWERS["where"]["place"])


def test_three_presses_find_a_place_to_twenty_metres(reporter: Reporter) -> None:
    window = Window.whole()
    for level in (1, 2, 2):
        press(reporter, PLACE, window)
        window = Window.around(kept(reporter), level)
        assert "这里" in shown(reporter)
    found = kept(reporter)
    assert abs(found.lat - PLACE.lat) < 0.0002 and abs(found.lon - PLACE.lon) < 0.0002
    assert "长葛市" in reporter.page.text()


def test_a_press_on_the_small_picture_means_the_same_place(reporter: Reporter) -> None:
    press(reporter, PLACE, Window.whole(), SMALL, "small")
    found = kept(reporter)
    assert abs(found.lat - PLACE.lat) < 0.005 and abs(found.lon - PLACE.lon) < 0.005


def test_a_press_by_keyboard_is_no_place_and_says_what_to_do(reporter: Reporter) -> None:
    reporter.answers("closer")
    fields = {"csrf_token": reporter.page.hidden_fields()["csrf_token"], "wide.x": "0", "wide.y": "0"}
    reporter._sees(reporter.client.post("/report/map", data=fields, follow_redirects=True))
    assert "用键盘按地图时没有位置" in reporter.page.text()
    assert "北纬" not in reporter.page.text()


def test_buttons_alone_find_and_move_the_point_closer_and_wider(reporter: Reporter) -> None:
    reporter.answers("choose", landmark="长葛市")
    start = kept(reporter)
    assert start == next(one.point for one in SEATS if one.name == "长葛市")
    reporter.answers("move", move="north")
    assert kept(reporter).lat > start.lat and kept(reporter).lon == start.lon
    deep = shown(reporter)
    reporter.answers("wider")
    assert shown(reporter) != deep and kept(reporter).lat > start.lat
    for _ in range(5):
        button = reporter.page.find("//button[@name='wider']")[0]
        if button.get("disabled") is not None:
            break
        reporter.answers("wider")
    else:
        pytest.fail("wider never ends")
    reporter.answers("clear")
    assert "北纬" not in reporter.page.text()


def test_coordinates_are_taken_in_either_order_and_from_a_chinese_map_shifted_back(reporter: Reporter) -> None:
    reporter.answers("use", coordinates="113.7933, 34.2166", system="wgs84")
    assert kept(reporter) == PLACE
    on_map = gcj02(PLACE)
    reporter.answers("use", coordinates=f"{on_map.lat:.6f},{on_map.lon:.6f}", system="gcj02")
    found = kept(reporter)
    assert (found.lat, found.lon) == pytest.approx((PLACE.lat, PLACE.lon), abs=1.1e-5)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("魏文路口", "没有认出经纬度"),
        ("", "没有认出经纬度"),
        ("39.9, 116.4", "这个点不在许昌市一带"),
        ("34.0", "没有认出经纬度"),
    ],
)
def test_what_is_no_place_here_is_refused_in_words_and_stays_in_the_field(
    reporter: Reporter, typed: str, sentence: str
) -> None:
    reporter.answers("use", coordinates=typed, system="wgs84")
    [problem] = reporter.problems()
    assert sentence in problem
    assert (reporter.kept("coordinates") or "") == typed
    reporter.answers("done")
    assert "地图上的点" not in reporter.page.text()


def test_what_the_device_tells_is_kept_to_a_hundred_metres(reporter: Reporter) -> None:
    fields = {"csrf_token": reporter.page.hidden_fields()["csrf_token"], "here": "1"}
    at_home = {**fields, "here_lat": "34.216633", "here_lon": "113.793377"}
    reporter._sees(reporter.client.post("/report/map", data=at_home, follow_redirects=True))
    assert kept(reporter) == Point(34.217, 113.793)
    far = {**fields, "here_lat": "39.9", "here_lon": "116.4"}
    reporter._sees(reporter.client.post("/report/map", data=far, follow_redirects=True))
    assert "不在许昌市一带" in reporter.page.text()
    assert kept(reporter) == Point(34.217, 113.793)


def test_only_this_page_may_ask_the_browser_where_it_is(reporter: Reporter) -> None:
    assert "geolocation=(self)" in reporter.client.get("/report/map").headers["Permissions-Policy"]
    assert "geolocation=()" in reporter.client.get("/report/where").headers["Permissions-Policy"]


def test_a_broken_press_is_no_error(reporter: Reporter) -> None:
    token = reporter.page.hidden_fields()["csrf_token"]
    for sent in (
        {"wide.x": "a", "wide.y": "-5"},
        {"move": "up"},
        {"here": "1"},
        {},
        {"wide.x": "99999", "wide.y": "9"},
    ):
        answer = reporter.client.post("/report/map", data={"csrf_token": token, **sent}, follow_redirects=True)
        assert answer.status_code == 200, sent


def test_the_point_is_sealed_shown_to_the_officer_and_on_the_work_order_and_nowhere_else(
    reporter: Reporter, app: Flask, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reporter.answers("use", coordinates="34.21657 113.79331", system="wgs84")
    reporter.answers("done")
    assert "北纬 34.21657" in reporter.page.text()
    reporter.goes_on()
    while reporter.step != "check":
        reporter.goes_on(**ANSWERS[reporter.step])
    assert "东经 113.79331°" in reporter.page.text()
    receipt = reporter.sends()
    assert story(database)["point"] == [34.21657, 113.79331]
    stored = everything_stored(app)
    for secret in ("34.21657", "113.79331", "34.2166", "113.7933"):
        assert not [shape for shape in as_stored(secret) if shape in stored]
        assert secret not in caplog.text
    officer = Officer(app, "county_officer")
    case = f"/desk/{receipt.case_number}"
    assert "34.21657" not in officer.get(case).text()
    on_a_chinese_map = gcj02(Point(34.21657, 113.79331))
    for address in (f"{case}/open", f"{case}/print"):
        page = check(officer.post(address, at=case))
        assert "北纬 34.21657°，东经 113.79331°" in page.text()
        assert f"{on_a_chinese_map.lat:.5f}, {on_a_chinese_map.lon:.5f}" in page.text()
        [image] = page.find("//img[@class='point__map']")
        assert "这里" in b64decode(image.get("src").partition(",")[2]).decode()


def test_stations_whose_place_is_public_are_landmarks(reporter: Reporter, database: Database) -> None:
    with unit_of_work(database) as session:
        session.add(
            Station(
                code="T1",
                name="石梁河站",
                area="许昌市",
                county_code="411082",
                level=StationLevel.NATIONAL,
                lon=113.79,
                lat=34.21,
                source="test",
                valid_from=date(2026, 1, 1),
                valid_to=None,
            )
        )
    reporter.opens("/report/map")
    reporter.answers("choose", landmark="石梁河站")
    assert "就在石梁河站" in reporter.page.text()
    assert kept(reporter) == Point(34.21, 113.79)
