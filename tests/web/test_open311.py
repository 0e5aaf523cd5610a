"""Open311 GeoReport v2: a civic app files a report and follows it, and learns no more than it may."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from intake.api_keys import ApiKey
from intake.models import Report, ReportDepartment
from intake.receipt import read
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.reporter import Reporter, file_directly

API = "/open311/v2"
WORDS = "河里夜里有黑水，气味像烧焦的塑料"
SENT = {
    "service_code": "12369-water",
    "address_string": "长葛市石梁河大桥南头",
    "description": WORDS,
    "attribute[accused_kind]": "company",
    "attribute[accused_name]": "蓝鲸制革厂",
    "attribute[when]": "冬至前一夜",
}
STATUS_FIELDS = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]


@pytest.fixture
def key(app: Flask, people: dict[str, User]) -> str:
    assert people
    return new_key(app, "文明许昌")


def new_key(app: Flask, name: str) -> str:
    done = app.test_cli_runner().invoke(args=["open311-key", "add", name])
    assert done.exit_code == 0, done.output
    found = re.search(r"[0-9a-f]{32}", done.output)
    assert found
    return found.group()


def post(client: FlaskClient, key: str, form: str = "json", **changes: Any) -> TestResponse:
    fields = {**SENT, "api_key": key, **changes}
    return client.post(f"{API}/requests.{form}", data={name: value for name, value in fields.items() if value})


def told(response: TestResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/json; charset=utf-8"
    return json.loads(response.get_data())


def xml(response: TestResponse, status: int = 200) -> Element:
    assert response.status_code == status
    assert response.content_type == "text/xml; charset=utf-8"
    return fromstring(response.get_data())  # noqa: S314 - our own answer


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.scalars(select(Report)))


def sentences(response: TestResponse, status: int) -> str:
    errors = told(response, status)
    assert all(one["code"] == status for one in errors)
    return "\n".join(one["description"] for one in errors)


def test_the_discovery_leads_to_the_services(client: FlaskClient) -> None:
    answer = client.get("/open311/discovery.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.get_data().isascii()
    found = json.loads(answer.get_data())
    (endpoint,) = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["url"].endswith(API)
    answer = client.get(f"{API}/discovery.xml")
    assert (answer.status_code, answer.content_type) == (200, "text/xml")
    document = fromstring(answer.get_data())  # noqa: S314 - our own answer
    assert [one.text for one in document.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert told(client.get(f"{API}/services.json"))


def test_each_service_has_a_definition_in_both_languages(client: FlaskClient, people: dict[str, User]) -> None:
    assert people
    listed = told(client.get(f"{API}/services.json"))
    codes = [one["service_code"] for one in listed]
    assert len(codes) == len(set(codes)) > 10
    assert {one["type"] for one in listed} == {"realtime"}
    for code in codes:
        definition = told(client.get(f"{API}/services/{code}.json"))
        orders = [one["order"] for one in definition["attributes"]]
        assert orders == list(range(1, len(orders) + 1))
        document = xml(client.get(f"{API}/services/{code}.xml"))
        assert document.findtext("service_code") == code
        names = [one.findtext("code") for one in document.findall("attributes/attribute")]
        assert names == [one["code"] for one in definition["attributes"]]
        assert ("acts" in names) == (code.endswith(("data_fraud", "interference", "institution")))


def test_a_report_filed_by_an_app_is_sealed_routed_and_opens_with_its_code(
    app: Flask, client: FlaskClient, key: str, database: Database
) -> None:
    (answer,) = told(post(client, key))
    (filed,) = reports(database)
    assert answer["service_request_id"] == filed.case_number
    assert filed.received_by == "open311"
    assert filed.county_code == "411082"
    assert filed.responsible_code == "xc-ecology-changge"
    assert WORDS.encode() not in filed.sealed_body
    code = read(re.search(r"(\d{4} ){4}\d{4}", answer["service_notice"]).group())  # type: ignore[union-attr]
    assert code
    assert filed.case_number in Reporter(app.test_client()).looks_up(code).html
    page = Officer(app, "county_officer").step(filed.case_number, "open")
    for said in (WORDS, "蓝鲸制革厂", "冬至前一夜", "石梁河大桥南头"):
        assert said in page.text()


def test_the_answer_in_xml_has_the_published_fields_and_no_other(client: FlaskClient, key: str) -> None:
    document = xml(post(client, key, "xml"))
    assert document.tag == "service_requests"
    assert [one.tag for one in document[0]] == ["service_request_id", "service_notice", "account_id"]


def test_who_names_themself_is_sealed_apart(client: FlaskClient, key: str, database: Database) -> None:
    told(post(client, key, first_name="不具名", last_name="欧阳", phone="13912345678", device_id="IMEI-4711"))
    (filed,) = reports(database)
    with database.engine.connect() as connection:
        for row in connection.exec_driver_sql("SELECT sealed_body, sealed_identity FROM report"):
            assert all(b"13912345678" not in (cell or b"") for cell in row)
    assert filed.sealed_identity is not None


def test_the_accused_department_is_kept_out(client: FlaskClient, key: str, database: Database) -> None:
    fields = {"attribute[accused_kind]": "department", "attribute[accused_department]": "xc-ecology-changge"}
    (answer,) = told(post(client, key, **fields))
    (filed,) = reports(database)
    assert filed.responsible_code != "xc-ecology-changge"
    with database.read() as session:
        kept_out = session.scalars(
            select(ReportDepartment.department_code).where(ReportDepartment.part == "excluded")
        ).all()
    assert "xc-ecology-changge" in kept_out
    assert client.get(f"{API}/requests/{answer['service_request_id']}.json").status_code == 404


@pytest.mark.parametrize("wrong", ["", "0" * 32, "' OR 1=1 --"])
def test_without_a_key_nothing_is_filed(client: FlaskClient, key: str, database: Database, wrong: str) -> None:
    assert key
    assert "api_key" in sentences(post(client, wrong), 403)
    assert xml(post(client, wrong, "xml"), 403).findtext("error/code") == "403"
    assert reports(database) == []


def test_a_revoked_key_is_dead_at_once_and_no_key_is_stored(
    app: Flask, client: FlaskClient, key: str, database: Database
) -> None:
    told(post(client, key))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["open311-key", "revoke", "文明许昌"]).exit_code == 0
    sentences(post(client, key), 403)
    again = runner.invoke(args=["open311-key", "revoke", "文明许昌"])
    assert again.exit_code == 1
    assert "作废" in again.output
    assert runner.invoke(args=["open311-key", "add", "文明许昌"]).exit_code == 1
    listed = runner.invoke(args=["open311-key", "list"]).output
    assert "文明许昌" in listed
    assert key not in listed
    with database.read() as session:
        (row,) = session.scalars(select(ApiKey))
        assert key.encode() not in row.key_hash
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject.like("open311:%"))).all()
    assert set(actions) == {"open311.add_key", "open311.revoke_key"}


def test_everything_that_is_wrong_is_said_at_once(client: FlaskClient, key: str, database: Database) -> None:
    wrong = {"service_code": "", "description": "", "address_string": "", "attribute[accused_kind]": ""}
    said = sentences(post(client, key, **wrong), 400)
    for name in ("service_code", "description", "address_string", "accused_kind"):
        assert name in said
    assert reports(database) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"service_code": "12369-moon"}, "service_code"),
        ({"lat": "34.0"}, "lat"),
        ({"lat": "91", "long": "113"}, "lat"),
        ({"lat": "NaN", "long": "113"}, "lat"),
        ({"address_id": "110000"}, "address_id"),
        ({"attribute[county]": "110000"}, "county"),
        ({"attribute[accused_kind]": "official"}, "accused_department"),
        ({"attribute[accused_kind]": "martian"}, "accused_kind"),
        ({"attribute[acts]": "T01,T99"}, "acts"),
        ({"description": "字" * 10_001}, "description"),
        ({"address_string": "路" * 251}, "address_string"),
    ],
)
def test_what_an_app_sends_wrong_is_named_and_nothing_is_cut(
    client: FlaskClient, key: str, database: Database, changes: dict[str, str], named: str
) -> None:
    assert named in sentences(post(client, key, **changes), 400)
    assert reports(database) == []


def test_an_empty_argument_is_as_good_as_none(client: FlaskClient, key: str, database: Database) -> None:
    fields = {**SENT, "api_key": key, "lat": "", "long": "", "jurisdiction_id": "", "email": ""}
    told(client.post(f"{API}/requests.json", data=fields))
    (filed,) = reports(database)
    assert filed.county_code == "411082"


def test_another_jurisdiction_is_not_found(client: FlaskClient) -> None:
    assert "jurisdiction_id" in sentences(client.get(f"{API}/services.json?jurisdiction_id=sfgov.org"), 404)
    told(client.get(f"{API}/services.json?jurisdiction_id=127.0.0.1"))


def test_a_known_number_tells_open_or_closed_and_nothing_else(app: Flask, client: FlaskClient, key: str) -> None:
    (answer,) = told(post(client, key))
    number = answer["service_request_id"]
    (shown,) = told(client.get(f"{API}/requests/{number}.json"))
    assert list(shown) == STATUS_FIELDS
    assert {name: value for name, value in shown.items() if value is not None} == {
        "service_request_id": number,
        "status": "open",
        "service_name": "污水、河水发黑发臭",
        "service_code": "12369-water",
        "requested_datetime": "2026-11-01T00:00:00+08:00",
    }
    officer = Officer(app, "county_officer")
    officer.step(number, "accept")
    officer.step(number, "reply", text="已经责令停止排放。")
    document = xml(client.get(f"{API}/requests/{number}.xml"))
    assert document.findtext("request/status") == "closed"
    assert "责令" not in client.get(f"{API}/requests/{number}.xml").get_data(as_text=True)


def test_a_number_is_its_own_token(client: FlaskClient, key: str) -> None:
    (answer,) = told(post(client, key))
    number = answer["service_request_id"]
    assert told(client.get(f"{API}/tokens/{number}.json")) == [{"service_request_id": number, "token": number}]
    sentences(client.get(f"{API}/tokens/12345.json"), 404)


@pytest.mark.parametrize(
    "changes",
    [{"received_by": "web"}, {"received_by": "open311", "subject": "data_fraud"}],
)
def test_what_came_another_way_or_can_be_known_by_few_does_not_exist_here(
    app: Flask, client: FlaskClient, key: str, changes: dict[str, str]
) -> None:
    assert key
    number = file_directly(app, **changes).case_number
    sentences(client.get(f"{API}/requests/{number}.json"), 404)
    assert told(client.get(f"{API}/requests.json?service_request_id={number}")) == []
    sentences(client.get(f"{API}/tokens/{number}.json"), 404)


def test_the_list_shows_whole_months_and_no_small_cell(
    app: Flask, client: FlaskClient, key: str, clock: TestClock
) -> None:
    assert key
    clock.at = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
    enough = [file_directly(app, received_by="open311", subject="air").case_number for _ in range(5)]
    few = [file_directly(app, received_by="open311", subject="water").case_number for _ in range(4)]
    clock.at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    running = [file_directly(app, received_by="open311", subject="air").case_number for _ in range(5)]
    listed = [one["service_request_id"] for one in told(client.get(f"{API}/requests.json"))]
    assert sorted(listed) == sorted(enough)
    assert told(client.get(f"{API}/requests.json?status=closed")) == []
    assert told(client.get(f"{API}/requests.json?service_code=12369-water")) == []
    assert len(told(client.get(f"{API}/requests.json?service_code=12369-air,12369-water&status=open"))) == 5
    numbers = ",".join([*few, *running, "XC-2026-NOBODY"])
    assert len(told(client.get(f"{API}/requests.json?service_request_id={numbers}"))) == 9
    clock.at = datetime(2027, 1, 2, 2, 0, tzinfo=UTC)
    ranged = f"{API}/requests.json?start_date=2026-10-02T00:00:00Z&end_date=2026-12-02T00:00:00Z"
    assert sorted(one["service_request_id"] for one in told(client.get(ranged))) == sorted(running)


@pytest.mark.parametrize(
    "question",
    [
        "start_date=yesterday",
        "start_date=2026-10-01",
        "start_date=2026-13-01T00:00:00Z",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z",
        "start_date=2026-11-01T00:00:00Z&end_date=2026-10-01T00:00:00Z",
        "status=pending",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(client: FlaskClient, question: str) -> None:
    sentences(client.get(f"{API}/requests.json?{question}"), 400)


@pytest.mark.parametrize("address", ["services/none.xml", "requests/XC-2026-ABCDEF.xml", "elsewhere.xml", "services"])
def test_what_is_not_there_is_said_in_the_standards_form(client: FlaskClient, address: str) -> None:
    assert xml(client.get(f"{API}/{address}"), 404).findtext("error/code") == "404"


def test_a_filing_leaves_no_cookie_no_cache_and_no_line_in_the_log(
    client: FlaskClient, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    response = post(client, key)
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert "open311" not in capsys.readouterr().err
