"""/air as a citizen and a journalist see it: today, long ago, and with nothing there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from core.database import Database, unit_of_work
from core.outbox import Job
from portal.demo.air import continue_demo_air, seed_air
from portal.monitoring.models import DEMO, Observation, Station, StationLevel
from portal.monitoring.queries import city_now, daily_series, latest_by_station
from tests.conftest import TestClock
from tests.support.page import Page

Open = Callable[..., Page]
CLEAN = {"so2": 8.0, "no2": 20.0, "co": 0.6, "o3": 80.0, "pm10": 40.0, "pm25": 30.0}


def add_station(
    database: Database, code: str, *hours: tuple[datetime, dict[str, float | None]], **facts: object
) -> Station:
    """A station of Xuchang with these hours."""
    told = {"name": f"站点{code}", "area": "许昌市", "level": StationLevel.NATIONAL, "source": "import"} | facts
    with unit_of_work(database) as session:
        station = Station(code=code, valid_from=datetime(2013, 1, 1, tzinfo=UTC).date(), **told)
        session.add(station)
        session.flush()
        session.add_all(Observation(station_id=station.id, hour_end=at, **values) for at, values in hours)
    return station


@pytest.fixture
def demo(database: Database, clock: TestClock) -> int:
    with unit_of_work(database) as session:
        return seed_air(session, clock.now(), Random(1))


def test_an_empty_city_says_what_to_do(client: FlaskClient, open_page: Open) -> None:
    assert "还没有监测数据" in open_page(client, "/air").text()


def test_the_city_is_shown_with_index_level_primary_hour_and_edition(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now(), CLEAN | {"pm25": 60.0}))
    add_station(database, "A2", (clock.now(), CLEAN | {"pm25": 80.0}))
    text = open_page(client, "/air").text("//section[@class='hero']")
    for words in ("110", "轻度污染", "PM2.5", "2026年11月23日 10:00", "HJ 633-2026", "2 个站点"):
        assert words in text
    assert "不代表现在的空气" not in text


def test_the_index_of_the_city_is_of_the_mean_not_the_mean_of_indices(database: Database, clock: TestClock) -> None:
    add_station(database, "A1", (clock.now(), CLEAN | {"pm25": 10.0}))
    add_station(database, "A2", (clock.now(), CLEAN | {"pm25": 110.0}))
    with database.read() as session:
        city = city_now(session, clock.now())
    assert city is not None and city.index.aqi == 100


def test_national_stations_alone_make_the_city(database: Database, clock: TestClock) -> None:
    add_station(database, "A1", (clock.now(), CLEAN))
    add_station(database, "B1", (clock.now(), CLEAN | {"pm25": 200.0}), level=StationLevel.PROVINCIAL)
    with database.read() as session:
        city = city_now(session, clock.now())
    assert city is not None and (city.counted, city.index.aqi, len(city.stations)) == (1, 43, 2)


def test_real_stations_push_demo_stations_aside(database: Database, clock: TestClock, demo: int) -> None:
    add_station(database, "A1", (clock.now(), CLEAN))
    with database.read() as session:
        city = city_now(session, clock.now())
    assert city is not None and not city.is_demo
    assert [one.station.code for one in city.stations] == ["A1"]


def test_old_data_carry_a_plain_warning(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now() - timedelta(hours=5), CLEAN))
    assert "最新数据是 5 小时前的，不代表现在的空气" in open_page(client, "/air").text()
    assert "最新数据是 5 小时前的" in open_page(client, "/air/A1").text()


def test_data_of_years_ago_are_scored_by_the_edition_of_then(
    client: FlaskClient, open_page: Open, database: Database
) -> None:
    add_station(database, "A1", (datetime(2018, 2, 19, 23, tzinfo=UTC), CLEAN | {"pm25": 75.0}))
    page = open_page(client, "/air")
    text = page.text("//section[@class='hero']")
    assert "HJ 633-2012" in text and "100" in text and "天前" in page.text()


def test_the_hour_that_ends_february_belongs_to_the_old_edition(database: Database) -> None:
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)
    add_station(database, "A1", (midnight, CLEAN), (midnight + timedelta(hours=1), CLEAN))
    with database.read() as session:
        city = city_now(session, midnight)
        days = daily_series(session, "A1", midnight.date(), midnight.date() + timedelta(days=1))
    assert city is not None and city.index.edition.code == "HJ 633-2026"
    assert [one.index.edition.code for one in days] == ["HJ 633-2012", "HJ 633-2026"]


def test_a_missing_item_withholds_the_index_and_says_why(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now(), CLEAN | {"pm10": None}))
    text = open_page(client, "/air").text()
    assert "缺少PM10" in text and "5.3.1" in text and "不发布" in text


def test_an_hour_without_any_value_is_shown_as_such(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now(), dict.fromkeys(CLEAN)))
    assert "无数据" in open_page(client, "/air").text()
    assert "无数据" in open_page(client, "/air/A1").text()


def test_a_station_without_hours_has_a_page(client: FlaskClient, open_page: Open, database: Database) -> None:
    add_station(database, "A1")
    assert "还没有数据" in open_page(client, "/air/A1").text()
    assert "还没有监测数据" in open_page(client, "/air").text()


def test_the_demo_city_fills_all_pages(client: FlaskClient, open_page: Open, demo: int) -> None:
    page = open_page(client, "/air")
    assert "演示数据" in page.text() and "示意图" in page.text()
    assert len(page.find("//*[local-name()='rect']")) == 6
    station = open_page(client, "/air/XC01")
    assert len(station.find("//table[@id='series-table']/tbody/tr")) == 72
    assert station.find("//figure[@data-chart]/*[local-name()='svg']")
    for url in page.links():
        if url.startswith("/air"):
            open_page(client, url)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("from=2026-11-21&to=2026-11-21", 24),
        ("from=2026-10-01&to=2026-10-31", 31),
        ("from=2026-10-01&to=2026-10-31&resolution=hour", 744),
        ("from=2026-11-01&to=2026-11-05&resolution=day", 5),
        ("from=2026-11-22", 34),
    ],
)
def test_a_reader_chooses_days_and_resolution(
    client: FlaskClient, open_page: Open, demo: int, query: str, rows: int
) -> None:
    page = open_page(client, f"/air/XC01?{query}")
    assert len(page.find("//table[@id='series-table']/tbody/tr")) == rows


def test_a_station_is_paged_by_date(client: FlaskClient, open_page: Open, demo: int) -> None:
    page = open_page(client, "/air/XC01")
    (earlier, *_) = page.find("//a[@rel='prev']")
    before = open_page(client, earlier.get("href"))
    assert before.find("//a[@rel='next']")
    assert "这段时间没有数据" in open_page(client, "/air/XC01?from=2019-01-01&to=2019-01-02").text()


@pytest.mark.parametrize("query", ["from=gestern", "from=2026-11-20&to=2026-11-01", "to=<script>", "from=0001-01-01"])
def test_a_period_without_sense_is_explained_and_kept(
    client: FlaskClient, open_page: Open, demo: int, query: str
) -> None:
    page = open_page(client, f"/air/XC01?{query}")
    assert page.find("//*[contains(@class, 'banner--warn')]")
    assert "<script>" not in page.html


def test_an_unknown_station_is_not_found(client: FlaskClient, open_page: Open) -> None:
    open_page(client, "/air/nowhere", status=404)


def test_names_from_a_file_are_shown_escaped(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now(), CLEAN), name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in open_page(client, "/air").html
    assert "<img src=x" not in open_page(client, "/air/A1").html


def test_both_editions_are_explained(client: FlaskClient, open_page: Open) -> None:
    text = open_page(client, "/air/standards").text()
    for words in ("HJ 633-2012", "HJ 633-2026", "四舍六入五成双", "2620", "严重污染"):
        assert words in text


def test_stations_of_other_cities_are_listed_apart(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    add_station(database, "A1", (clock.now(), CLEAN))
    add_station(database, "Aotizhongxin", (clock.now(), CLEAN | {"pm25": 400.0}), area="")
    text = open_page(client, "/air").text()
    assert "没有写明城市" in text and "43" in text


def test_a_station_that_moved_keeps_its_series_and_tells(
    client: FlaskClient, open_page: Open, database: Database, clock: TestClock
) -> None:
    old = add_station(database, "A1", (clock.now() - timedelta(hours=1), CLEAN), lon=113.8, lat=34.0)
    with unit_of_work(database) as session:
        session.get_one(Station, old.id).valid_to = clock.now().date() - timedelta(days=1)
        moved = Station(
            code="A1", name="站点A1", area="许昌市", level=StationLevel.NATIONAL, source="import",
            lon=113.9, lat=34.1, valid_from=clock.now().date(),
        )  # fmt: skip
        session.add(moved)
        session.flush()
        session.add(Observation(station_id=moved.id, hour_end=clock.now(), **CLEAN))
    page = open_page(client, "/air/A1")
    assert "名称和位置的变化" in page.text()
    assert len(page.find("//table[@id='series-table']/tbody/tr")) == 2


def test_the_demo_is_the_same_twice_and_goes_on(app: Flask, database: Database, clock: TestClock, demo: int) -> None:
    settings, services = None, {"log": app.extensions["log"]}
    clock.moves_on(hours=5)
    with unit_of_work(database) as session:
        continue_demo_air(Job(1, session, {}, clock.now(), settings, services))  # type: ignore[arg-type]
    with unit_of_work(database) as session:
        assert seed_air(session, clock.now(), Random(2)) == 0
    with database.read() as session:
        newest = latest_by_station(session, area="许昌市")
        assert all(one.point is not None and one.point.at == clock.now() for one in newest)
        assert len(newest) == 7


def test_the_demo_sweep_leaves_a_city_without_demo_alone(database: Database, clock: TestClock) -> None:
    add_station(database, "A1", (clock.now() - timedelta(hours=9), CLEAN))
    with unit_of_work(database) as session:
        continue_demo_air(Job(1, session, {}, clock.now(), None, {}))  # type: ignore[arg-type]
    with database.read() as session:
        assert len(list(session.scalars(select(Observation)))) == 1
        assert not list(session.scalars(select(Station).where(Station.source == DEMO)))


def test_the_newest_hours_are_found_by_the_key(database: Database, demo: int) -> None:
    if not database.is_sqlite:
        pytest.skip("the plan of SQLite")
    asked: list[str] = []
    with database.read() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(str(given[2])))
        latest_by_station(session, area="许昌市")
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}", ("许昌市",)).all()
    assert not [row for row in plan if "SCAN observation" in row[-1]], plan


def test_pages_set_no_cookie(client: FlaskClient, demo: int) -> None:
    assert "Set-Cookie" not in client.get("/air").headers
    assert "Set-Cookie" not in client.get("/air/XC01").headers
