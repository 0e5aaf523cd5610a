"""/api/v1: for programs, what the pages show; it holds what its own description promises."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from core.database import Database, unit_of_work
from core.web.limits import limiter
from portal.demo.air import seed_air
from portal.opendata.api.views import RESOURCES
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def published(publisher: Publisher) -> list[str]:
    """Ten penalties of two counties and years, the oldest first; one listing; one notice."""
    ids = [
        publisher.penalty(
            AT,
            decision_no=f"豫1000环罚决字〔2026〕{n}号",
            decided_on=f"{2025 + n % 2}-10-{n + 1:02}",
            county_code="411081" if n % 2 else "411002",
        )
        for n in range(10)
    ]
    publisher.blacklist(AT)
    publisher.notice(AT)
    return ids


@pytest.fixture
def without_limit() -> Iterator[None]:
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.mark.usefixtures("without_limit", "published")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_keeps_what_the_description_promises(
    app: Flask, database: Database, clock: TestClock, mode: GenerationMode
) -> None:
    with unit_of_work(database) as session:
        seed_air(session, clock.now(), Random(1))
    for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue

        @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate()

        holds()


def test_pages_lead_through_everything_once(client: FlaskClient, published: list[str]) -> None:
    address, seen = "/api/v1/penalties?limit=3&fields=id,decided_on", []
    while address:
        answer = client.get(address).get_json()
        seen += answer["items"]
        address = answer["next"]
    assert sorted(one["id"] for one in seen) == sorted(published)
    assert [one["decided_on"] for one in seen] == sorted((one["decided_on"] for one in seen), reverse=True)
    assert set(seen[0]) == {"id", "decided_on"}


def test_filters_are_those_of_the_page(client: FlaskClient, published: list[str]) -> None:
    query = "county=411081&year=2026"
    shown = client.get(f"/penalties?{query}").get_data(as_text=True)
    found = {one["id"] for one in client.get(f"/api/v1/penalties?{query}").get_json()["items"]}
    assert found == {one for one in published if one in shown} != set()
    by_party = client.get("/api/v1/penalties", query_string={"party": COMPANY}).get_json()["items"]
    assert len(by_party) == len(published)
    between = client.get("/api/v1/penalties?from=2025-10-03&to=2025-10-07").get_json()["items"]
    assert {one["decided_on"] for one in between} == {"2025-10-03", "2025-10-05", "2025-10-07"}


def test_a_page_with_json_behind_it_gives_the_same(client: FlaskClient, published: list[str]) -> None:
    for address in ("/penalties", f"/penalties/{published[0]}", "/blacklist", "/notices"):
        assert client.get(f"{address}.json").get_json() == client.get(f"/api/v1{address}").get_json()


def test_a_parameter_that_does_not_exist_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.get("/api/v1/penalties?conty=411081&year=abc&limit=5&limit=6")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert set(answer.get_json()["errors"]) == {"conty", "year", "limit"}
    assert answer.get_json()["code"] == "invalid_input"


def test_what_is_not_there_and_what_is_no_longer_there(client: FlaskClient, publisher: Publisher) -> None:
    one = publisher.penalty(AT)
    publisher.withdraw(one, LATER, "决定已被撤销")
    gone = client.get(f"/api/v1/penalties/{one}")
    assert (gone.status_code, gone.get_json()["detail"]) == (410, "决定已被撤销")
    assert COMPANY not in gone.get_data(as_text=True)
    assert client.get("/api/v1/penalties/0000").status_code == 404
    assert client.get("/api/v1/penalties?cursor=xx").status_code == 404
    assert client.get("/api/v1/nothing").content_type == "application/problem+json"
    past = client.get("/api/v1/penalties?as_of=2026-11-03").get_json()
    assert past["items"] == []
    assert [stub["reason"] for stub in past["withdrawn_since"]] == ["决定已被撤销"]


def test_changes_can_be_followed_to_the_end_and_on(client: FlaskClient, publisher: Publisher) -> None:
    first = publisher.penalty(AT)
    address, seen = "/api/v1/changes?limit=1", []
    answer = client.get(address).get_json()
    while answer["items"]:
        seen += answer["items"]
        answer = client.get(answer["next"]).get_json()
    assert [(one["event"], one["id"], one["is_public"]) for one in seen] == [("publish", first, True)]
    publisher.withdraw(first, LATER)
    after = client.get(answer["next"]).get_json()
    assert [(one["event"], one["id"], one["is_public"]) for one in after["items"]] == [("withdraw", first, False)]


def test_a_correction_is_seen_from_its_day_on(client: FlaskClient, publisher: Publisher) -> None:
    one = publisher.penalty(AT, fine_wan_yuan="5")
    publisher.correct(one, LATER, fine_wan_yuan="8")
    fines = {
        day: client.get(f"/penalties/{one}.json?as_of={day}&fields=fine_wan_yuan,version").get_json()
        for day in ("2026-11-02", "2026-11-05")
    }
    assert fines["2026-11-02"] == {"fine_wan_yuan": "5", "version": 1}
    assert fines["2026-11-05"] == {"fine_wan_yuan": "8", "version": 2}
    versions = client.get(f"/api/v1/penalties/{one}/versions").get_json()["items"]
    assert [version["version"] for version in versions] == [2, 1]


def test_an_unchanged_answer_is_304_and_any_site_may_read(client: FlaskClient, published: list[str]) -> None:
    answer = client.get("/api/v1/penalties")
    again = client.get("/api/v1/penalties", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert int(again.headers["RateLimit-Remaining"]) == int(answer.headers["RateLimit-Remaining"]) - 1
    assert "Set-Cookie" not in answer.headers


def test_too_many_questions_are_refused_with_a_problem(client: FlaskClient) -> None:
    answers = [client.get("/api/v1/changes").status_code for _ in range(601)]
    assert answers[:600] == [200] * 600
    refused = client.get("/api/v1/changes")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert refused.headers["RateLimit-Remaining"] == "0"


def test_the_documentation_names_every_address_and_column(client: FlaskClient) -> None:
    page = client.get("/api/docs").get_data(as_text=True)
    described = json.loads(client.get("/api/v1/openapi.json").get_data())
    for resource in RESOURCES:
        assert resource.path in described["paths"]
        assert f"/api/v1{resource.path}" in page
        assert all(f">{column.name}</th>" in page for column in resource.columns)
