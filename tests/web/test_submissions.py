"""A department's system sends drafts with its key; each waits in the gate like any other, and none is sent twice."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.web.limits import limiter
from intake.api_keys import ApiKey
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, NOTICE_FIELDS, PENALTY_FIELDS
from tests.support.page import Page

API = "/api/v1/submissions"
ADMIN = "/admin/submission-keys"
PENALTY = {name: value for name, value in PENALTY_FIELDS.items() if value}
SYSTEM = "魏都执法办案系统"


@pytest.fixture
def administrator(app: Flask, sign_in: Callable[[FlaskClient, str], None], people: dict[str, User]) -> FlaskClient:
    assert people
    client = app.test_client()
    sign_in(client, "administrator")
    return client


def press(client: FlaskClient, action: str, **typed: Any) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(ADMIN).get_data(as_text=True))
    return client.post(f"{ADMIN}/{action}", data={"csrf_token": token.group(1) if token else "", **typed})


def key_in(answer: TestResponse) -> str:
    found = re.search(r'id="secret">([0-9a-f]{32})<', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)[:2000]
    return found.group(1)


@pytest.fixture
def key(administrator: FlaskClient) -> str:
    return key_in(
        press(administrator, "add", name=SYSTEM, department="xc-ecology-weidu", kinds=["penalty", "blacklist"])
    )


def send(client: FlaskClient, key: str, body: Any, *, path: str = "penalties", once: str = "a-1") -> TestResponse:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": once}
    return client.post(f"{API}/{path}", json=body, headers=headers)


def drafts(database: Database) -> list[Disclosure]:
    with database.read() as session:
        return list(session.scalars(select(Disclosure)))


def test_what_is_sent_waits_as_a_draft_and_is_public_nowhere(client: FlaskClient, key: str, database: Database) -> None:
    answer = send(client, key, PENALTY)
    told = answer.get_json()
    (draft,) = drafts(database)
    assert (answer.status_code, told["id"], told["state"]) == (201, draft.id, "draft")
    assert draft.draft["party_name"] == COMPANY and draft.draft["acts"] == ["T03"]
    assert client.get(f"/penalties/{draft.id}").status_code == 404
    asked = client.get(f"{API}/penalties/{draft.id}", headers={"Authorization": f"Bearer {key}"})
    assert asked.get_json() == told


def test_the_draft_is_complete_and_its_author_could_never_approve_it(
    client: FlaskClient, key: str, database: Database, people: dict[str, User], clock: TestClock
) -> None:
    identifier = send(client, key, PENALTY).get_json()["id"]
    with unit_of_work(database) as session:
        draft = session.get_one(Disclosure, identifier)
        author = session.get_one(User, draft.author_id)
        assert (author.display_name, author.department_code, author.is_active) == (SYSTEM, "xc-ecology-weidu", False)
        operations.submit(session, draft, actor=people["editor"].as_actor(), at=clock.now())
        with pytest.raises(operations.SelfApproval):
            approver = replace(people["approver"].as_actor(), user_id=author.id)
            operations.approve(session, draft, actor=approver, at=clock.now())


def test_sending_again_makes_no_second_draft(client: FlaskClient, key: str, database: Database) -> None:
    first, again = send(client, key, PENALTY), send(client, key, PENALTY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    other = send(client, key, {**PENALTY, "decision_no": "豫1000环罚决字〔2026〕13号"})
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_used")
    same_decision = send(client, key, PENALTY, once="a-2")
    assert (same_decision.status_code, same_decision.get_json()["code"]) == (409, "duplicate_decision")
    assert len(drafts(database)) == 1


def test_each_wrong_field_is_named(client: FlaskClient, key: str, database: Database) -> None:
    wrong = {**PENALTY, "acts": ["T99"], "decided_on": "昨天", "fine_wan_yuan": {"yuan": 5}, "colour": "red"}
    del wrong["party_name"]
    answer = send(client, key, wrong)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert set(answer.get_json()["errors"]) == {"acts", "decided_on", "fine_wan_yuan", "colour", "party_name"}
    assert set(send(client, key, [PENALTY]).get_json()["errors"]) == {"body"}
    assert set(send(client, key, PENALTY, once="").get_json()["errors"]) == {"Idempotency-Key"}
    assert drafts(database) == []


def test_a_key_opens_its_own_kinds_and_its_own_drafts_alone(
    app: Flask, client: FlaskClient, administrator: FlaskClient, key: str
) -> None:
    refused = send(client, key, {name: value for name, value in NOTICE_FIELDS.items() if value}, path="notices")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "kind_not_allowed")
    other = key_in(press(administrator, "add", name="别的系统", department="xc-ecology-weidu", kinds="penalty"))
    identifier = send(client, key, PENALTY).get_json()["id"]
    theirs = client.get(f"{API}/penalties/{identifier}", headers={"Authorization": f"Bearer {other}"})
    assert theirs.status_code == 404
    for wrong in ("", "0" * 32):
        assert send(client, wrong, PENALTY).status_code == 401


def test_a_key_is_shown_once_changed_and_taken_away(
    client: FlaskClient,
    administrator: FlaskClient,
    key: str,
    database: Database,
    clock: TestClock,
    sign_in: Callable[[FlaskClient, str], None],
) -> None:
    assert key not in administrator.get(ADMIN).get_data(as_text=True)
    with database.read() as session:
        assert key.encode() not in session.scalars(select(ApiKey.key_hash)).one()
    fresh = key_in(press(administrator, "rotate", name=SYSTEM))
    assert send(client, key, PENALTY).status_code == 201
    clock.moves_on(days=8)
    assert send(client, key, PENALTY).status_code == 401
    assert send(client, fresh, PENALTY).status_code == 200
    sign_in(administrator, "administrator")
    press(administrator, "revoke", name=SYSTEM)
    assert send(client, fresh, PENALTY).status_code == 401
    with database.read() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("submissions.%"))).all()
    assert actions == ["submissions.add_key", "submissions.let_in", "submissions.rotate_key", "submissions.revoke_key"]


def test_what_an_administrator_forgot_is_said(administrator: FlaskClient, database: Database) -> None:
    answer = press(administrator, "add", name=SYSTEM)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请选择部门。" in text and "请选择至少一类内容。" in text and SYSTEM in text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ApiKey)) == 0


def test_only_who_manages_rules_sees_the_keys(
    app: Flask, sign_in: Callable[[FlaskClient, str], None], people: dict[str, User]
) -> None:
    assert people
    client = app.test_client()
    sign_in(client, "editor")
    assert client.get(ADMIN).status_code == 403


def test_the_page_of_keys_is_whole(
    administrator: FlaskClient, key: str, open_page: Callable[[FlaskClient, str], Page]
) -> None:
    assert SYSTEM in str(open_page(administrator, ADMIN).text)


def test_too_many_calls_are_refused(client: FlaskClient) -> None:
    codes = {client.get(f"{API}/penalties/x", headers={"Authorization": "Bearer x"}).status_code for _n in range(121)}
    assert codes == {401, 429}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_writers_get_what_the_description_promises(app: Flask, key: str, mode: GenerationMode) -> None:
    limiter.enabled = False
    try:
        every = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).include(path_regex="/submissions/")
        for found in every.get_all_operations():

            @settings(
                max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
            )
            @given(found.ok().as_strategy(generation_mode=mode))
            def holds(case: schemathesis.Case) -> None:
                # The description cannot say what makes a credit code or a decision number right.
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {key}"},
                    excluded_checks=[schemathesis.checks.positive_data_acceptance, schemathesis.checks.ignored_auth],
                )

            holds()
    finally:
        limiter.enabled = True
