"""The platform of 12345 sends work orders with its key, each once, and asks how they stand."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from intake.api_keys import ApiKey
from intake.models import Deadline, Report
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.reporter import as_stored, everything_stored

API = "/api/12345/v1/work-orders"
ORDER = {
    "number": "XC202611200001",
    "words": "河里夜里有黑水，石梁河大桥南头",
    "category": "水污染",
    "county": "长葛市",
    "accused": "蓝鲸制革厂",
    "name": "欧阳不具名",
    "contact": "13912345678",
    "due": "2026-11-30",
}


def command(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["12345-key", *arguments])
    found = re.search(r"[0-9a-f]{32}", done.output)
    return found.group() if found else str(done.output)


@pytest.fixture
def key(app: Flask, people: dict[str, User]) -> str:
    assert people
    return command(app, "add", "许昌 12345")


def send(client: FlaskClient, key: str, *orders: Any) -> TestResponse:
    return client.post(API, json={"work_orders": list(orders)}, headers={"Authorization": f"Bearer {key}"})


def ask(client: FlaskClient, key: str, *numbers: str) -> TestResponse:
    return client.post(f"{API}/status", json={"numbers": list(numbers)}, headers={"Authorization": f"Bearer {key}"})


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.scalars(select(Report)))


def test_an_order_is_filed_routed_and_acknowledged(client: FlaskClient, key: str, database: Database) -> None:
    told = send(client, key, ORDER).get_json()
    (filed,) = reports(database)
    assert told == {
        "filed": 1,
        "known": 0,
        "rejected": 0,
        "work_orders": [
            {
                "number": ORDER["number"],
                "result": "filed",
                "case_number": filed.case_number,
                "department": "许昌市生态环境局长葛分局",
            }
        ],
    }
    assert (filed.received_by, filed.responsible_code) == ("12345_transfer", "xc-ecology-changge")
    with database.read() as session:
        rows = session.scalars(select(Deadline).where(Deadline.regime == "hotline_12345")).all()
    assert {row.due_on.isoformat() for row in rows} == {"2026-11-30"}


def test_sending_again_files_nothing_and_gets_the_same_number(
    client: FlaskClient, key: str, database: Database
) -> None:
    first, second = (send(client, key, ORDER).get_json()["work_orders"][0] for _time in range(2))
    assert (first["result"], second["result"]) == ("filed", "known")
    assert first["case_number"] == second["case_number"]
    assert len(reports(database)) == 1


def test_a_bad_order_is_refused_with_its_reason_and_the_others_are_filed(
    client: FlaskClient, key: str, database: Database
) -> None:
    orders = [{**ORDER, "words": ""}, ORDER, {"words": "没有编号"}, "no object", {**ORDER, "number": ["x"]}]
    told = send(client, key, *orders).get_json()
    assert [one["result"] for one in told["work_orders"]] == ["rejected", "filed", *["rejected"] * 3]
    assert told["work_orders"][0]["reason"] == "诉求内容为空。"
    assert "工单编号" in told["work_orders"][2]["reason"]
    assert len(reports(database)) == 1


def test_the_columns_may_be_called_as_in_the_files(client: FlaskClient, key: str) -> None:
    told = send(
        client, key, {"工单编号": "XC202611200009", "诉求内容": "夜里冒黑烟", "类别": "水污染", "所属区县": "禹州市"}
    ).get_json()
    assert told["work_orders"][0]["department"] == "许昌市生态环境局禹州分局"


def test_the_state_is_asked_for_by_number(app: Flask, client: FlaskClient, key: str) -> None:
    case_number = send(client, key, ORDER).get_json()["work_orders"][0]["case_number"]
    Officer(app, "county_officer").step(case_number, "accept")
    known, unknown = ask(client, key, str(ORDER["number"]), "XC000000000000").get_json()["work_orders"]
    assert known["case_number"] == case_number
    assert (known["state"], known["state_label"]) == ("accepted", "已受理")
    assert known["due_on"]
    assert unknown == {"number": "XC000000000000", "result": "unknown"}


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer 00000000000000000000000000000000", "Basic {key}"])
def test_without_a_good_key_nothing_is_taken_or_told(
    client: FlaskClient, key: str, database: Database, sent: str
) -> None:
    for address, body in ((API, {"work_orders": [ORDER]}), (f"{API}/status", {"numbers": ["XC202611200001"]})):
        answer = client.post(address, json=body, headers={"Authorization": sent.format(key=key)})
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["code"] == "wrong_api_key"
    assert reports(database) == []


def test_a_key_of_an_app_files_no_work_orders(app: Flask, client: FlaskClient, people: dict[str, User]) -> None:
    assert people
    output = app.test_cli_runner().invoke(args=["open311-key", "add", "文明许昌"]).output
    other = re.search(r"[0-9a-f]{32}", output)
    assert other
    assert send(client, other.group(), ORDER).status_code == 401


def test_a_rotated_key_is_good_for_a_week_more_and_a_revoked_one_for_no_moment(
    app: Flask, client: FlaskClient, key: str, clock: TestClock
) -> None:
    new = command(app, "rotate", "许昌 12345")
    assert [send(client, one, ORDER).status_code for one in (key, new)] == [200, 200]
    clock.moves_on(days=7, seconds=1)
    assert [send(client, one, ORDER).status_code for one in (key, new)] == [401, 200]
    last = command(app, "rotate", "许昌 12345")
    command(app, "revoke", "许昌 12345")
    assert [send(client, one, ORDER).status_code for one in (new, last)] == [401, 401]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"work_orders": []}, {"work_orders": {}}, {"work_orders": [ORDER] * 101}, "text"]
)
def test_a_body_that_is_no_list_of_orders_is_explained(client: FlaskClient, key: str, body: Any) -> None:
    answer = client.post(API, json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 422
    assert "work_orders" in answer.get_json()["errors"]


def test_the_key_and_the_caller_lie_nowhere_in_the_clear_and_each_call_is_on_record(
    app: Flask, client: FlaskClient, key: str, database: Database
) -> None:
    send(client, key, ORDER)
    stored = everything_stored(app)
    for word in (key, ORDER["words"], ORDER["name"], ORDER["contact"], ORDER["number"], ORDER["accused"]):
        assert not [shape for shape in as_stored(str(word)) if shape in stored], word
    with database.read() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "12345.received"))
        (row,) = session.scalars(select(ApiKey))
    assert event.subject == "12345:许昌 12345"
    assert event.detail == {"filed": 1, "known": 0, "rejected": 0}
    assert row.used_on is not None
