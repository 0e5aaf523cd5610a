"""Hourly values become public in batches: under one leaf each, provable one by one, by whoever may release them."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import open_account
from core.accounts.permissions import Role
from core.audit import AuditEvent
from core.clock import local_date
from core.database import Database, unit_of_work
from core.ledger.models import LogLeaf
from portal.ledger.verify.checks import check_files, check_hour
from portal.ledger.verify.proofs import CannotCheck
from portal.monitoring.cli import air, release_air
from portal.monitoring.models import Observation, ObservationRelease, PastObservation
from portal.publishing.operations import SelfApproval
from portal.release import agreements
from portal.release.agreements import NotTheBureau
from tests.conftest import TestClock
from tests.support.ledger import Audit, codes, tamper
from tests.support.page import Page, checked
from tests.support.people import PASSWORD

HEADER = "timepoint,stationcode,longitude,latitude,area,positionname,aqi,pm2_5,pm10,so2,no2,o3,co"
HOUR_7 = "2018-02-20T07:00:00,2396A,113.8331,34.0117,许昌市,监测站,67,48,54,5,21,109,0.7"
HOUR_8 = "2018-02-20T08:00:00,2396A,113.8331,34.0117,许昌市,监测站,70,51,-;,5,21,109,0.7"
SEVEN, EIGHT = "2018-02-19T23Z", "2018-02-20T00Z"
LINE_8 = (
    '{"co":"0.7","hour":"2018-02-20T00:00:00Z","no2":"21","o3":"109","pm25":"51","published_aqi":"70","so2":"5",'
    '"station":"2396A"}'
)
Import = Callable[..., Result]


@pytest.fixture
def bring(app: Flask, tmp_path: Path) -> Import:
    def run(*rows: str, by: str | None = None) -> Result:
        path = tmp_path / "hours.csv"
        path.write_text("\n".join([HEADER, *rows]), "utf-8")
        return app.test_cli_runner().invoke(air, [str(path), *(["--by", by] if by else [])])

    return run


@pytest.fixture
def audit(client: FlaskClient, clock: TestClock, database: Database) -> Audit:
    return Audit(client, clock, database)


def leaves(database: Database, event: str = "observe") -> list[dict[str, object]]:
    with database.read() as session:
        every = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).order_by(LogLeaf.place))]
    return [one for one in every if one["k"] == event]


def test_an_import_is_one_leaf_and_an_import_of_nothing_new_is_none(bring: Import, database: Database) -> None:
    bring(HOUR_7, HOUR_8)
    [leaf] = leaves(database)
    assert (leaf["k"], leaf["y"], leaf["n"], leaf["g"]) == ("observe", "air_hourly", 2, "dataset:air_hourly")
    bring(HOUR_7, HOUR_8)
    assert len(leaves(database)) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ObservationRelease)) == 1


def test_an_hour_is_shown_as_the_ledger_commits_to_it(bring: Import, client: FlaskClient) -> None:
    bring(HOUR_7, HOUR_8)
    assert client.get(f"/ledger/hours/2396A/{EIGHT}.json").get_data(as_text=True) == LINE_8
    for nothing in ("2018-02-20T05Z", "2018-02-20", "2018-13-40T00Z"):
        assert client.get(f"/ledger/hours/2396A/{nothing}.json").status_code == 404
        assert client.get(f"/ledger/hours/2396A/{nothing}.tlog-proof").status_code == 404


def test_a_large_file_is_released_in_batches_that_prove_their_hours(
    bring: Import, client: FlaskClient, database: Database, audit: Audit
) -> None:
    hours = [
        f"2018-{month:02}-{day:02}T{hour:02}:00:00,2396A,,,许昌市,监测站,67,{hour + day},54,5,21,109,0.7"
        for month in range(1, 5)
        for day in range(1, 29)
        for hour in range(24)
    ]
    bring(*hours)
    assert [one["n"] for one in leaves(database)] == [2000, 688]
    assert audit.with_what_the_house_sees() == []
    proof = client.get("/ledger/hours/2396A/2018-04-28T15Z.tlog-proof").get_data(as_text=True)
    line = client.get("/ledger/hours/2396A/2018-04-28T15Z.json").get_data()
    vkey = client.get("/ledger/vkey").get_data(as_text=True).strip()
    assert "pm25 51" in check_files(line, proof, [vkey])
    with pytest.raises(CannotCheck):
        check_files(line.replace(b'"pm25":"51"', b'"pm25":"15"'), proof, [vkey])


def test_a_corrected_hour_is_a_new_batch_and_the_old_one_can_still_be_shown(
    bring: Import, client: FlaskClient, database: Database, audit: Audit
) -> None:
    bring(HOUR_7, HOUR_8)
    bring(HOUR_7.replace(",48,", ",49,"), HOUR_8)
    first, second = leaves(database)
    assert (first["n"], second["n"]) == (2, 1)
    assert '"pm25":"48"' in client.get(f"/ledger/batches/{first['r']}.jsonl").get_data(as_text=True)
    assert '"pm25":"49"' in client.get(f"/ledger/batches/{second['r']}.jsonl").get_data(as_text=True)
    assert '"pm25":"49"' in client.get(f"/ledger/hours/2396A/{SEVEN}.json").get_data(as_text=True)
    with database.read() as session:
        [past] = session.scalars(select(PastObservation)).all()
        assert (past.pm25, past.replaced_by) == (48, 2)
    assert audit.with_what_the_house_sees() == []


DEEDS = {
    "a value is changed": ("UPDATE observation SET pm25 = 12 WHERE hour_end = {seven}", "hours-changed"),
    "a missing value is filled in": ("UPDATE observation SET pm10 = 12 WHERE hour_end = {eight}", "hours-changed"),
    "an hour is taken away": ("DELETE FROM observation WHERE hour_end = {seven}", "hours-missing"),
    "an hour is moved": ("UPDATE observation SET hour_end = hour_end - 1 WHERE hour_end = {seven}", "hours-missing"),
    "two hours change places": (
        "UPDATE observation SET pm25 = 99 - pm25 WHERE hour_end IN ({seven}, {eight})",
        "hours-changed",
    ),
    "an hour is smuggled in": (
        "INSERT INTO observation (station_id, hour_end, pm25) VALUES (1, {eight} + 9, 1)",
        "hours-unlogged",
    ),
    "what an earlier batch said is changed": (
        "UPDATE past_observation SET pm25 = 3 WHERE hour_end = {seven}",
        "hours-changed",
    ),
    "a correction is taken back": (
        "UPDATE observation SET pm25 = 48, release_id = 1 WHERE hour_end = {seven}",
        "UPDATE past_observation SET pm25 = 49, release_id = 2 WHERE hour_end = {seven}",
        "hours-reordered",
    ),
    "the station is given another code": ("UPDATE station SET code = '2397A'", "hours-changed"),
    "the station is given another name": ("UPDATE station SET name = '别处'", "stations-changed"),
    "the station is moved on the map": ("UPDATE station SET lon = 113.9, lat = 34.1", "stations-changed"),
    "the station is said to have ended": ("UPDATE station SET valid_to = '2018-03-01'", "stations-changed"),
    "what was released of a station is changed": (
        "UPDATE station SET name = '别处'",
        "UPDATE station_line SET line = replace(line, '监测站', '别处')",
        "stations-changed",
    ),
    "what was released of a station is taken away": ("DELETE FROM station_line", "stations-missing"),
    "a station is smuggled in": (
        "INSERT INTO station (id, code, name, area, level, source, valid_from) "
        "VALUES (99, '9999A', '别处', '许昌市', 'national', 'import', '2018-01-01')",
        "stations-unlogged",
    ),
}


@pytest.mark.parametrize("what", DEEDS)
def test_whoever_changes_a_measured_value_in_the_database_is_found_out(
    bring: Import, audit: Audit, database: Database, what: str
) -> None:
    bring(HOUR_7, HOUR_8)
    bring(HOUR_7.replace(",48,", ",49,"))
    with database.read() as session:
        seven, eight = session.execute(text("SELECT min(hour_end), max(hour_end) FROM observation")).one()
    assert audit.with_what_the_house_sees() == []
    *statements, finding = DEEDS[what]
    tamper(database, *(one.format(seven=seven, eight=eight) for one in statements))
    assert finding in codes(audit.with_what_the_house_sees())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET pm25 = 1",
        "UPDATE observation SET release_id = NULL",
        "DELETE FROM observation",
        "DELETE FROM past_observation",
        "UPDATE past_observation SET pm25 = 1",
        "DELETE FROM station_line",
        "UPDATE station_line SET line = ''",
    ],
)
def test_the_database_itself_keeps_what_was_released(bring: Import, database: Database, statement: str) -> None:
    bring(HOUR_7)
    bring(HOUR_7.replace(",48,", ",49,"))
    with pytest.raises(Exception, match="append-only"), database.engine.connect() as connection:
        connection.execute(text(statement))


def test_a_station_is_one_line_of_a_leaf_and_a_renamed_one_is_a_new_line(
    bring: Import, client: FlaskClient, database: Database, audit: Audit
) -> None:
    bring(HOUR_7, HOUR_8)
    [leaf] = leaves(database, "station")
    assert (leaf["y"], leaf["n"], leaf["g"]) == ("air_stations", 1, "dataset:air_hourly")
    [line] = client.get(f"/ledger/stations/{leaf['r']}.jsonl").get_data(as_text=True).splitlines()
    assert json.loads(line).items() >= {("code", "2396A"), ("name", "监测站"), ("from", "2018-02-20")}
    bring(HOUR_7.replace("2018-02-20", "2018-06-20").replace("监测站", "新监测站"))
    _first, second = leaves(database, "station")
    lines = client.get(f"/ledger/stations/{second['r']}.jsonl").get_data(as_text=True).splitlines()
    assert [json.loads(one).get("to") for one in sorted(lines)] == ["2018-06-19", None], "the old one has ended"
    assert sorted(client.get("/ledger/stations.jsonl").get_data(as_text=True).splitlines()) == sorted(lines)
    assert client.get("/ledger/stations/nothing.jsonl").status_code == 404
    assert audit.with_what_the_house_sees() == []


def test_hours_from_before_the_ledger_are_released_by_a_command(
    app: Flask, bring: Import, database: Database, audit: Audit
) -> None:
    bring(HOUR_7, HOUR_8)
    emptied = [
        f"DELETE FROM {name}"
        for name in ("observation_release", "station_line", "log_leaf", "log_tile", "log_checkpoint")
    ]
    tamper(database, "UPDATE observation SET release_id = NULL", *emptied, "UPDATE log_state SET size = 0")
    app.extensions["log"].guard.path.unlink()
    assert "2 个小时值" in app.test_cli_runner().invoke(release_air).output
    assert "0 个小时值" in app.test_cli_runner().invoke(release_air).output
    assert audit.with_what_the_house_sees() == []


def test_a_reader_can_check_the_newest_hour_of_a_station(bring: Import, client: FlaskClient) -> None:
    bring(HOUR_7, HOUR_8)
    [link] = checked(client, "/air/2396A").find("//a[starts-with(@href, '/verify?station')]/@href")
    page = checked(client, link)
    assert "核验通过" in page.text() and "2018年2月20日 08:00" in page.text() and "51" in page.text()
    assert "没有人在采样口做手脚" in page.text("//section[contains(@class, 'verdict')]")


def test_a_pasted_hour_with_another_value_does_not_pass(bring: Import, client: FlaskClient) -> None:
    bring(HOUR_7, HOUR_8)
    proof = client.get(f"/ledger/hours/2396A/{EIGHT}.tlog-proof").get_data(as_text=True)
    for line, passes in ((LINE_8, True), (LINE_8.replace('"51"', '"15"'), False), ("", True)):
        token = checked(client, "/verify").hidden_fields()
        answer = client.post("/verify", data={**token, "record": line, "proof": proof}).get_data(as_text=True)
        assert ("核验通过" in answer) is passes


def test_the_program_for_outsiders_checks_an_hour(bring: Import, client: FlaskClient, tmp_path: Path) -> None:
    bring(HOUR_7, HOUR_8)

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    assert "站点 2396A" in check_hour(fetch, "2396A", EIGHT)
    with pytest.raises(CannotCheck):
        check_hour(fetch, "2396A", "2018-02-20T09Z")
    tool = tmp_path / "verify.py"
    tool.write_bytes(client.get("/ledger/verify.py").get_data())
    told = subprocess.run([sys.executable, str(tool), "--help"], capture_output=True, text=True, check=True)
    assert "verify.py hour" in told.stdout


# Who may release the city's hours.


@pytest.fixture
def weather(database: Database, clock: TestClock) -> User:
    """Somebody of another department who imports."""
    with unit_of_work(database) as session:
        return open_account(
            session,
            sign_in_name="weather-editor",
            display_name="气象编辑",
            password=PASSWORD,
            roles=[Role.EDITOR],
            department_code="xc-meteorology",
            actor=SYSTEM,
            at=clock.now(),
        )


@pytest.fixture
def agreed(database: Database, people: dict[str, User], weather: User, clock: TestClock) -> Callable[..., str]:
    """agreed(days) → the id of an agreement with the weather bureau that both sides have signed."""

    def run(first: int = 0, last: int = 30) -> str:
        today = local_date(clock.now())
        with unit_of_work(database) as session:
            one = agreements.propose(
                session,
                "air_hourly",
                "xc-meteorology",
                "许环发〔2026〕8号：背景站小时值由市气象局发布并对质量负责。",
                first=today + timedelta(days=first),
                last=today + timedelta(days=last),
                actor=weather.as_actor(),
                at=clock.now(),
            )
            agreements.agree(session, one.id, actor=people["approver"].as_actor(), at=clock.now())
            return one.id

    return run


def test_another_department_cannot_release_the_citys_hours(
    bring: Import, people: dict[str, User], weather: User, database: Database
) -> None:
    result = bring(HOUR_7, by="weather-editor")
    assert result.exit_code == 1
    assert "由市生态环境局统一发布" in result.output and "常设发布协议" in result.output
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 0
    assert leaves(database) == []


def test_the_bureaus_own_people_release_them(bring: Import, people: dict[str, User], database: Database) -> None:
    assert bring(HOUR_7, by="editor").exit_code == 0
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "monitoring.import")).one()
        assert event.actor_id == people["editor"].id
    assert bring(HOUR_8, by="approver").exit_code == 1, "an approver imports nothing"
    assert "没有这个登录名" in bring(HOUR_8, by="nobody").output


def test_under_a_standing_agreement_it_can_and_the_leaf_says_so(
    bring: Import, agreed: Callable[..., str], database: Database
) -> None:
    agreement = agreed()
    assert bring(HOUR_7, by="weather-editor").exit_code == 0
    assert leaves(database)[0]["g"] == f"agreement:{agreement}"


@pytest.mark.parametrize("days", [(1, 30), (-30, -1)])
def test_outside_its_days_an_agreement_lets_nothing_through(
    bring: Import, agreed: Callable[..., str], days: tuple[int, int]
) -> None:
    agreed(*days)
    assert bring(HOUR_7, by="weather-editor").exit_code == 1


def test_an_ended_agreement_lets_nothing_more_through_and_what_was_released_stays(
    bring: Import,
    agreed: Callable[..., str],
    database: Database,
    people: dict[str, User],
    clock: TestClock,
    audit: Audit,
) -> None:
    agreement = agreed()
    bring(HOUR_7, by="weather-editor")
    with unit_of_work(database) as session:
        agreements.end(session, agreement, actor=people["approver"].as_actor(), at=clock.now())
    assert bring(HOUR_8, by="weather-editor").exit_code == 1
    assert len(leaves(database)) == 1
    assert audit.with_what_the_house_sees() == []


def test_nobody_agrees_to_their_own_proposal_or_for_another_bureau(
    database: Database, people: dict[str, User], weather: User, clock: TestClock
) -> None:
    today = local_date(clock.now())
    admin, approver = people["administrator"].as_actor(), people["approver"].as_actor()
    with unit_of_work(database) as session:
        one = agreements.propose(
            session, "air_hourly", "xc-meteorology", "协议", first=today, last=today, actor=admin, at=clock.now()
        )
        with pytest.raises(NotTheBureau):
            agreements.agree(session, one.id, actor=admin, at=clock.now())
        one.proposed_by = approver.user_id or ""
        session.flush()
        with pytest.raises(SelfApproval):
            agreements.agree(session, one.id, actor=approver, at=clock.now())


def decisions(page: Page) -> list[str]:
    """Where this reader may agree to something."""
    return [one for one in page.find("//form/@action") if one.endswith("/agree")]


def test_an_agreement_is_proposed_agreed_to_and_told_on_the_calendar(
    client: FlaskClient, sign_in: Callable[[FlaskClient, str], None], people: dict[str, User], weather: User
) -> None:
    assert "只由责任部门发布" in checked(client, "/calendar/air_hourly").text()
    sign_in(client, "weather-editor")
    form = checked(client, "/editorial/agreements/new").hidden_fields()
    typed = {"dataset": "air_hourly", "department": "xc-meteorology", "first": "2026-11-01"}
    typed["terms"] = "许环发〔2026〕8号"
    wrong = client.post("/editorial/agreements/new", data={**form, **typed, "last": "2026-10-01"})
    assert wrong.status_code == 422 and "不能早于" in wrong.get_data(as_text=True)
    sent = client.post("/editorial/agreements/new", data={**form, **typed, "last": "2027-10-31"})
    assert sent.status_code == 302
    assert "许环发〔2026〕8号" not in checked(client, "/calendar/air_hourly").text(), "nobody has agreed yet"
    assert not decisions(checked(client, "/editorial/agreements"))
    sign_in(client, "approver")
    page = checked(client, "/editorial/agreements")
    [action] = decisions(page)
    token = page.find("//input[@name='csrf_token']/@value")[0]
    assert client.post(action, data={"csrf_token": token}).status_code == 302
    told = checked(client, "/calendar/air_hourly").text()
    assert "许环发〔2026〕8号" in told and "有效" in told
    assert "市气象局（常设发布协议）" in checked(client, "/calendar").text()
