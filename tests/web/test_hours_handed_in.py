"""A department's system hands in hours with its key: read like a file, released with a leaf, taken once."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.accounts.models import User
from core.audit import AuditEvent
from core.clock import local_date
from core.database import Database, unit_of_work
from core.ledger.models import LogLeaf
from portal.monitoring.models import ImportBatch, Observation, Station
from portal.release import agreements
from portal.submissions import operations
from portal.submissions.models import ObservationSubmission
from tests.conftest import TestClock
from tests.support.ledger import Audit

PATH = "/api/v1/submissions/observations"
HOUR = {
    "station_code": "2396A",
    "station_name": "监测站",
    "area": "许昌市",
    "lon": 113.8331,
    "lat": 34.0117,
    "hour_end": "2026-11-23T08:00:00+08:00",
    "pm25": 48,
    "pm10": 54,
    "so2": 5,
    "no2": 21,
    "o3": 109,
    "co": 0.7,
}
CSV = """timepoint,stationcode,area,positionname,longitude,latitude,pm2_5,pm10,so2,no2,o3,co
2026-11-23T08:00:00,2396A,许昌市,监测站,113.8331,34.0117,48,54,5,21,109,0.7
"""
Key = Callable[..., str]


@pytest.fixture
def let_in(database: Database, people: dict[str, User], clock: TestClock) -> Key:
    def run(name: str = "自动站平台", department: str = "xc-ecology", *kinds: str) -> str:
        administrator = people["administrator"].as_actor()
        with unit_of_work(database) as session:
            return operations.let_in(
                session, name, department, kinds or ("observations",), actor=administrator, at=clock.now()
            )

    return run


@pytest.fixture
def key(let_in: Key) -> str:
    return let_in()


def send(client: FlaskClient, key: str, *hours: Any, once: str = "h-1", csv: str = "", **query: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": once}
    if csv:
        return client.post(PATH, data=csv.encode(), content_type="text/csv", headers=headers, query_string=query)
    return client.post(PATH, json={"observations": list(hours)}, headers=headers)


def hours(database: Database) -> list[tuple[Any, ...]]:
    columns = (Station.code, Observation.pm25, Observation.co, Observation.pm10)
    with database.read() as session:
        statement = select(*columns).join(Station).order_by(Observation.hour_end)
        return [tuple(row) for row in session.execute(statement)]


def batches(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ImportBatch)) or 0


def test_hours_are_public_at_once_with_their_leaf(
    client: FlaskClient, key: str, database: Database, audit: Audit
) -> None:
    answer = send(client, key, HOUR)
    told = answer.get_json()
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert (told["rows"], told["inserted"], told["rejects"], told["rejected"]) == (1, 1, 0, [])
    assert told["new_stations"] == ["2396A"]
    read = client.get("/api/v1/stations/2396A/observations").get_json()["items"][0]
    assert {name: read[name] for name in ("pm25", "co", "hour_end")} == {
        "pm25": 48,
        "co": 0.7,
        "hour_end": HOUR["hour_end"],
    }
    with database.read() as session:
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry))]
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "monitoring.import")).one()
    assert {(one["k"], one["g"]) for one in leaves} == {
        ("observe", "dataset:air_hourly"),
        ("station", "dataset:air_hourly"),
    }
    assert event.actor_name == "自动站平台"
    assert audit.with_what_the_house_sees() == []


def test_a_file_says_the_same_as_rows(client: FlaskClient, key: str, database: Database) -> None:
    assert send(client, key, csv=CSV).status_code == 201
    assert hours(database) == [("2396A", 48, 0.7, 54)]
    again = send(client, key, HOUR, once="h-2").get_json()
    assert (again["inserted"], again["unchanged"]) == (0, 1)


def test_each_refused_row_is_told_with_its_reason_and_the_others_are_taken(
    client: FlaskClient, key: str, database: Database
) -> None:
    wrong: list[Any] = [
        HOUR | {"pm25": -3},
        HOUR | {"hour_end": "2026-11-23T08:30:00+08:00"},
        HOUR | {"hour_end": "2026-11-25T08:00:00+08:00"},
        HOUR | {"colour": "red"},
        HOUR | {"pm25": True},
        "08:00",
        {name: value for name, value in HOUR.items() if name != "station_name"},
        HOUR | {"station_name": "别处"},
    ]
    answer = send(client, key, HOUR, *wrong, HOUR)
    told = answer.get_json()
    assert answer.status_code == 201
    assert (told["rows"], told["inserted"], told["duplicates"], told["rejects"]) == (10, 1, 1, 8)
    assert [(one["row"], one["column"]) for one in told["rejected"]] == [
        (2, "pm25"),
        (3, "hour_end"),
        (4, "hour_end"),
        (5, "colour"),
        (6, "pm25"),
        (7, ""),
        (8, "station_name"),
        (9, "station_code"),
        (10, "hour_end"),
    ]
    assert told["rejected"][0]["reason"] == "不能是负数。"
    assert hours(database) == [("2396A", 48, 0.7, 54)]
    asked = client.get(f"{PATH}/{told['id']}", headers={"Authorization": f"Bearer {key}"})
    assert asked.get_json() == told and told["url"].endswith(f"{PATH}/{told['id']}")


def test_where_no_row_can_be_taken_nothing_is_kept(client: FlaskClient, key: str, database: Database) -> None:
    answer = send(client, key, HOUR | {"pm25": "很高"})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["errors"] == {"1.pm25": "不是数字。"}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Station)) == 0
        assert session.scalar(select(func.count()).select_from(ObservationSubmission)) == 0
    assert send(client, key, HOUR).status_code == 201, "the key was not used up"


def test_sending_again_takes_nothing_twice(client: FlaskClient, key: str, database: Database) -> None:
    first, again = send(client, key, HOUR), send(client, key, HOUR)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert batches(database) == 1
    other = send(client, key, HOUR | {"pm25": 50})
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_used")
    corrected = send(client, key, HOUR | {"pm25": 50, "pm10": None}, once="h-2").get_json()
    assert corrected["changed"] == 1
    assert hours(database) == [("2396A", 50, 0.7, 54)], "a gap takes no value away"


def test_only_a_key_for_hours_hands_them_in_and_only_its_own_are_told(
    client: FlaskClient, key: str, let_in: Key
) -> None:
    drafts_alone = let_in("执法系统", "xc-ecology", "penalty")
    assert send(client, drafts_alone, HOUR).get_json()["code"] == "kind_not_allowed"
    for wrong in ("", "0" * 32):
        assert send(client, wrong, HOUR).status_code == 401
    taken = send(client, key, HOUR).get_json()["id"]
    other = let_in("别的平台")
    for number in (taken, "99999999999", "x"):
        theirs = client.get(f"{PATH}/{number}", headers={"Authorization": f"Bearer {other}"})
        assert theirs.status_code == 404
    assert client.get(f"{PATH}/{taken}").status_code == 401


def test_another_department_needs_a_standing_agreement(
    client: FlaskClient, let_in: Key, database: Database, people: dict[str, User], clock: TestClock
) -> None:
    weather = let_in("气象数据平台", "xc-meteorology")
    refused = send(client, weather, HOUR)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "release_refused")
    today = local_date(clock.now())
    with unit_of_work(database) as session:
        one = agreements.propose(
            session,
            "air_hourly",
            "xc-meteorology",
            "许环发〔2026〕8号",
            first=today,
            last=today + timedelta(days=30),
            actor=people["administrator"].as_actor(),
            at=clock.now(),
        )
        agreements.agree(session, one.id, actor=people["approver"].as_actor(), at=clock.now())
        agreement = one.id
    assert send(client, weather, HOUR).status_code == 201
    with database.read() as session:
        grounds = {json.loads(one)["g"] for one in session.scalars(select(LogLeaf.entry))}
    assert grounds == {f"agreement:{agreement}"}


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": b"{", "content_type": "application/json"}, 422, "invalid_input"),
        ({"json": []}, 422, "invalid_input"),
        ({"json": {"observations": []}}, 422, "invalid_input"),
        ({"data": b'{"observations": [NaN]}', "content_type": "application/json"}, 422, "invalid_input"),
        ({"data": b"a,b\n1,2\n", "content_type": "text/csv"}, 400, "missing_columns"),
        ({"data": b"\0", "content_type": "text/csv"}, 400, "unreadable_file"),
        ({"data": CSV.splitlines()[0].encode(), "content_type": "text/csv"}, 422, "invalid_input"),
        ({"data": b"<x/>", "content_type": "application/xml"}, 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_reason(
    client: FlaskClient, key: str, sent: dict[str, Any], status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "h-1"}
    answer = client.post(PATH, headers=headers, **sent)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.get_json().get("detail") or answer.get_json().get("errors")


def test_what_json_allows_and_a_database_does_not_is_refused_too(client: FlaskClient, key: str) -> None:
    for name in ("\ud800", "a\u0000b", "\n", "长" * 61):
        answer = send(client, key, HOUR | {"station_name": name})
        assert answer.status_code == 422, name
        assert list(answer.get_json()["errors"]) == ["1.station_name"]


def test_too_many_calls_are_refused(client: FlaskClient) -> None:
    codes = {client.post(PATH, headers={"Authorization": "Bearer x"}).status_code for _n in range(121)}
    assert codes == {401, 429}
