"""Nothing silent: what is published is in the log, and what is changed behind its back is found, each by its name."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from itertools import pairwise

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database, unit_of_work
from core.ledger.guard import LogBehind
from core.ledger.models import LogLeaf
from core.ledger.note import Verifier, checkpoint
from core.ledger.proof import TlogProof
from portal.ledger.verify import proofs
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, PENALTY_FIELDS, Publisher
from tests.support.ledger import Audit, codes, tamper


def test_an_honest_city_has_no_findings_today_and_tomorrow(
    audit: Audit, records: list[str], publisher: Publisher, clock: TestClock
) -> None:
    assert audit() == []
    publisher.blacklist(clock.now())
    publisher.withdraw(records[0], clock.now())
    assert audit() == []


def test_every_step_of_a_record_is_a_leaf_that_points_to_the_one_before(
    records: list[str], publisher: Publisher, database: Database, clock: TestClock
) -> None:
    publisher.withdraw(records[1], clock.now())
    with database.read() as session:
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).order_by(LogLeaf.place))]
    story = [(one["k"], one["rev"], one["p"]) for one in leaves if one["r"] == records[1]]
    assert story == [("publish", 1, None), ("correct", 2, 1), ("withdraw", 2, 3)]
    assert leaves[-1]["c"] is None
    assert COMPANY not in json.dumps(leaves, ensure_ascii=False)


def test_a_leaf_that_was_dated_back_is_found(audit: Audit, publisher: Publisher, clock: TestClock) -> None:
    publisher.penalty(clock.now())
    clock.moves_on(hours=-1)
    publisher.notice(clock.now())
    assert "back-dated" in codes(audit())


def test_a_rewritten_past_is_found_by_whoever_kept_a_checkpoint(
    audit: Audit, records: list[str], app: Flask, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    """The whole log made anew with the right key: everything fits, except for what was kept outside."""
    assert audit() == []
    tamper(
        database,
        "DELETE FROM log_leaf",
        "DELETE FROM log_tile",
        "DELETE FROM log_checkpoint",
        "UPDATE log_state SET size = 0",
    )
    app.extensions["log"].guard.path.unlink()
    for number in range(5):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2027〕{number}号")
    assert "past-rewritten" in codes(audit())


def test_a_restored_old_backup_refuses_to_sign(
    records: list[str], database: Database, publisher: Publisher, clock: TestClock
) -> None:
    tamper(
        database,
        "DELETE FROM log_leaf WHERE place = 3",
        "DELETE FROM log_checkpoint WHERE size = 4",
        "UPDATE log_state SET size = 3",
    )
    with pytest.raises(LogBehind):
        publisher.notice(clock.now())
    with database.read() as session:
        assert session.scalars(select(Disclosure.kind).where(Disclosure.kind == "notice")).all() == []


def test_what_is_rolled_back_leaves_no_leaf(
    publisher: Publisher, database: Database, records: list[str], clock: TestClock
) -> None:
    with pytest.raises(RuntimeError), unit_of_work(database) as session:
        one = session.get_one(Disclosure, records[0])
        operations.withdraw(session, one, "原因", "依据", log=publisher.log, actor=publisher.approver, at=clock.now())
        raise RuntimeError("the power went")
    with database.read() as session:
        assert len(session.scalars(select(LogLeaf.place)).all()) == 4


def test_many_in_one_transaction_are_many_leaves_and_one_signature(
    audit: Audit, publisher: Publisher, database: Database, clock: TestClock, client: FlaskClient
) -> None:
    from portal.enforcement.kinds import PENALTY

    with unit_of_work(database) as session:
        for number in range(300):
            fields = {**PENALTY_FIELDS, "decision_no": f"许环罚〔2026〕{number}号"}
            one = operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now())
            operations.submit(session, one, actor=publisher.editor, at=clock.now())
            operations.approve_and_publish(session, one, log=publisher.log, actor=publisher.approver, at=clock.now())
    assert audit() == []
    vkey = Verifier.parse(client.get("/ledger/vkey").get_data(as_text=True))
    assert checkpoint(client.get("/ledger/checkpoint").get_data(as_text=True), vkey).size == 300
    assert len(client.get("/ledger/tile/0/000").get_data()) == 8192
    assert len(client.get("/ledger/tile/0/001.p/44").get_data()) == 44 * 32
    assert len(client.get("/ledger/tile/1/000.p/1").get_data()) == 32


def test_tiles_are_the_bytes_of_the_specification_and_nothing_else_is_served(
    client: FlaskClient, records: list[str]
) -> None:
    entries = client.get("/ledger/tile/entries/000.p/4")
    hashes = client.get("/ledger/tile/0/000.p/4")
    assert hashes.mimetype == "application/octet-stream"
    assert "immutable" in hashes.headers["Cache-Control"]
    raw, at, leaves = entries.get_data(), 0, b""
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        leaves += hashlib.sha256(b"\x00" + raw[at + 2 : at + 2 + length]).digest()
        at += 2 + length
    assert leaves == hashes.get_data()
    for wrong in ("0/000", "0/000.p/5", "0/000.p/0", "0/001", "1/000", "64/000", "entries/000", "0/0", "0/..%2f"):
        assert client.get(f"/ledger/tile/{wrong}").status_code == 404, wrong
    assert client.get("/ledger/tile/0/000.p/2").get_data() == hashes.get_data()[:64]


def test_an_empty_log_answers(client: FlaskClient, audit: Audit) -> None:
    vkey = Verifier.parse(client.get("/ledger/vkey").get_data(as_text=True))
    assert checkpoint(client.get("/ledger/checkpoint").get_data(as_text=True), vkey).size == 0
    assert audit() == []
    assert client.get("/ledger").status_code == 200
    assert client.get("/ledger/tile/0/000.p/1").status_code == 404


def test_a_proof_stands_on_its_own(client: FlaskClient, records: list[str]) -> None:
    vkey = Verifier.parse(client.get("/ledger/vkey").get_data(as_text=True))
    body = client.get(f"/records/{records[1]}.json?version=1").get_data()
    proof = TlogProof.parse(client.get(f"/records/{records[1]}.tlog-proof?version=1").get_data(as_text=True))
    kept = json.loads(proof.extra or b"")
    assert proof.check(kept["entry"].encode(), vkey).size == 4
    assert proofs.commitment(b64decode(kept["salt"]), body) == proofs.unpadded(json.loads(kept["entry"])["c"])
    assert client.get(f"/records/{records[1]}.json").get_data() != body


@pytest.mark.parametrize("path", [".json", ".salt", ".tlog-proof", "/history.json"])
def test_a_withdrawn_record_gives_nothing_away(
    client: FlaskClient, records: list[str], publisher: Publisher, clock: TestClock, path: str
) -> None:
    publisher.withdraw(records[0], clock.now())
    response = client.get(f"/records/{records[0]}{path}")
    assert response.status_code == 410
    assert COMPANY not in response.get_data(as_text=True)
    assert client.get(f"/records/nothing{path}").status_code == 404


def test_what_is_erased_is_in_no_file_and_is_no_finding(
    audit: Audit,
    records: list[str],
    publisher: Publisher,
    database: Database,
    clock: TestClock,
    run_jobs: Callable[[], int],
    settings: object,
    app: Flask,
) -> None:
    secret = "独一无二的事实陈述甲乙丙丁"
    record = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕99号", violation_facts=secret)
    run_jobs()
    assert found_in_files(app, secret) or not database.is_sqlite
    publisher.withdraw(record, clock.now())
    with unit_of_work(database) as session:
        operations.erase(session, session.get_one(Disclosure, record), actor=publisher.approver, at=clock.now())
    run_jobs()
    assert audit() == []
    assert found_in_files(app, secret) == []
    with database.read() as session:
        assert session.get_one(Disclosure, record).draft == {}


def found_in_files(app: Flask, secret: str) -> list[str]:
    """Which files of the installation hold the words, as UTF-8, as JSON escapes or cut into pairs."""
    needles = [
        secret.encode(),
        json.dumps(secret)[1:-1].encode(),
        " ".join("".join(pair) for pair in pairwise(secret)).encode(),
    ]
    folder = app.extensions["mingjian"].settings.data_dir
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in needles)]


def test_the_checkpoint_feed_makes_every_reader_a_witness(
    client: FlaskClient, records: list[str], publisher: Publisher, clock: TestClock
) -> None:
    vkey = Verifier.parse(client.get("/ledger/vkey").get_data(as_text=True))
    feed = feedparser.parse(client.get("/feeds/ledger.atom").get_data())
    heads = [checkpoint(one.summary + "\n", vkey) for one in feed.entries]
    assert [one.size for one in heads] == [4, 3, 2, 1]
    tag = client.get("/feeds/ledger.atom").headers["ETag"]
    assert client.get("/feeds/ledger.atom", headers={"If-None-Match": tag}).status_code == 304
    publisher.notice(clock.now())
    assert client.get("/feeds/ledger.atom", headers={"If-None-Match": tag}).status_code == 200
