"""The result of a credit repair is taken in once, and everything that hangs on it ends at the same moment."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database
from core.ledger.models import LogLeaf
from portal.enforcement.models import CreditRepair, RepairedRecord
from portal.ledger.verify.audit import audit as run_audit
from portal.publishing.models import Disclosure, PublicRecord, VersionContent
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, USCC, Publisher
from tests.support.page import checked

DECISION = {
    "decided_by": "许昌市生态环境局",
    "decision_no": "许环信修〔2026〕3号",
    "decided_on": "2026-11-20",
    "kind": "early",
}
Send = Callable[..., int]


@pytest.fixture
def records(publisher: Publisher, clock: TestClock) -> dict[str, str]:
    """A penalty, the listing that rests on it, another penalty of the same company, and one of somebody else."""
    party = {"party_uscc": USCC}
    return {
        "penalty": publisher.penalty(clock.now(), decision_no="豫1000环罚决字〔2026〕12号", **party),
        "listing": publisher.blacklist(clock.now(), related_decision_no="豫1000环罚决字(2026)第012号；另一号", **party),
        "other": publisher.penalty(clock.now(), decision_no="豫1000环罚决字〔2026〕13号", **party),
        "stranger": publisher.penalty(clock.now(), decision_no="豫1000环罚决字〔2026〕14号", party_name="许昌别家公司"),
    }


@pytest.fixture
def send(app: Flask, sign_in: Callable[[FlaskClient, str], None]) -> Send:
    def sent(record_id: str, **fields: object) -> int:
        client = app.test_client()
        sign_in(client, "approver")
        token = checked(client, f"/editorial/{record_id}/repair").hidden_fields()
        return client.post(f"/editorial/{record_id}/repair", data={**token, **DECISION, **fields}).status_code

    return sent


def states(database: Database, records: dict[str, str]) -> dict[str, str]:
    with database.read() as session:
        return {name: session.get_one(Disclosure, one).state for name, one in records.items()}


@pytest.mark.parametrize("start", ["penalty", "listing"])
def test_what_hangs_together_ends_together_and_the_rest_stays(
    send: Send,
    records: dict[str, str],
    database: Database,
    client: FlaskClient,
    run_jobs: Callable[[], int],
    start: str,
) -> None:
    assert send(records[start]) == 302
    run_jobs()
    ended = {"penalty": "repaired", "listing": "repaired"}
    assert states(database, records) == {**ended, "other": "published", "stranger": "published"}
    for name, path in (("penalty", "penalties"), ("listing", "blacklist")):
        page = checked(client, f"/{path}/{records[name]}", 410)
        assert "信用已经修复" in page.text() and "信用修复管理办法" in page.text() and "repaired" in page.text()
        assert COMPANY not in page.html and "许环信修" not in page.html
        assert client.get(f"/records/{records[name]}.json").status_code == 410
    with database.read() as session:
        gone = [records["penalty"], records["listing"]]
        assert session.scalars(select(VersionContent).where(VersionContent.disclosure_id.in_(gone))).all() == []
        assert len(session.scalars(select(PublicRecord)).all()) == 2
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).order_by(LogLeaf.place))]
        (taken,) = session.scalars(select(CreditRepair)).all()
        assert (taken.decision_no, taken.kind) == (DECISION["decision_no"], "early")
        assert set(session.scalars(select(RepairedRecord.disclosure_id))) == set(gone)
    assert {(one["k"], one["g"], one["r"]) for one in leaves[-2:]} == {("repair", "repair:early", one) for one in gone}

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    assert list(run_audit(fetch, {})) == []


def test_the_partys_other_records_end_only_where_the_decision_names_them(
    send: Send, records: dict[str, str], database: Database
) -> None:
    assert send(records["penalty"], also=[records["other"], records["stranger"]]) == 422
    assert send(records["penalty"], also=[records["other"]]) == 302
    assert states(database, records)["other"] == "repaired"
    assert states(database, records)["stranger"] == "published"


@pytest.mark.parametrize(
    "wrong", [{"decided_on": "2026-11-30"}, {"decided_on": "2026-10-01"}, {"decision_no": ""}, {"kind": "whatever"}]
)
def test_an_impossible_decision_is_refused_and_nothing_ends(
    send: Send, records: dict[str, str], database: Database, wrong: dict[str, str]
) -> None:
    assert send(records["penalty"], **wrong) == 422
    assert set(states(database, records).values()) == {"published"}


def test_only_reviewers_take_a_repair_in_and_they_see_what_will_end(
    client: FlaskClient, sign_in: Callable[[FlaskClient, str], None], records: dict[str, str], app: Flask
) -> None:
    sign_in(client, "editor")
    checked(client, f"/editorial/{records['penalty']}/repair", 403)
    reviewer = app.test_client()
    sign_in(reviewer, "approver")
    page = checked(reviewer, f"/editorial/{records['penalty']}/repair")
    assert "与它关联，一并结束" in page.text("//main//li[2]")
    assert "最早可以申请信用修复的日期" in page.text("//div[contains(@class, 'banner--warn')]")
