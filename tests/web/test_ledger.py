"""Nothing silent: what is published is in the log, and what is changed behind its back is found, each by its name."""

import hashlib
import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text

from core.database import Base, Database, unit_of_work
from core.ledger.guard import LogBehind
from core.ledger.models import LogLeaf
from core.ledger.note import Verifier, checkpoint
from core.ledger.proof import TlogProof
from portal.ledger import verify
from portal.publishing import operations
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, PENALTY_FIELDS, Publisher
from tests.support.live_site import running
from tests.support.page import Page, check

Audits = Callable[[], list[str]]


@pytest.fixture
def audit(client: FlaskClient) -> Audits:
    """What somebody outside finds; the first call trusts the key, each one remembers the last checkpoint."""
    state: dict[str, object] = {}

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    return lambda: list(verify.audit(fetch, state))


@pytest.fixture
def records(publisher: Publisher, clock: TestClock) -> list[str]:
    """Three penalties, the second corrected."""
    ids = []
    for number in range(3):
        ids.append(publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号"))
        clock.moves_on(hours=1)
    publisher.correct(ids[1], clock.now(), fine_wan_yuan="8")
    clock.moves_on(hours=1)
    return ids


def tamper(database: Database, *statements: str) -> None:
    """As somebody with the database's own password would, past the triggers."""
    with database.engine.connect() as connection, connection.begin():
        _open_up(connection)
        for statement in statements:
            connection.execute(text(statement))


def _open_up(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET session_replication_role = replica"))


def test_an_honest_city_has_no_findings_today_and_tomorrow(
    audit: Audits, records: list[str], publisher: Publisher, clock: TestClock
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


RECORD = "(SELECT min(id) FROM public_record WHERE version = 1)"
CORRECTED = "(SELECT id FROM public_record WHERE version = 2)"
CHANGES = {
    "the text of the version": (
        f"UPDATE version_content SET body = replace(body, '稀释', '稀稀') WHERE disclosure_id = {CORRECTED}",
        "文字被改",
    ),
    "only what the page shows": (
        f"UPDATE public_record SET body = {{changed}} WHERE id = {RECORD}",
        "文字被改",
    ),
    "the salt": (
        f"UPDATE version_content SET salt = (SELECT salt FROM version_content WHERE disclosure_id <> {RECORD} "
        f"AND version = 1 LIMIT 1) WHERE disclosure_id = {RECORD}",
        "文字被改",
    ),
    "the date": (
        f"UPDATE disclosure_version SET at = '2020-01-01 00:00:00+00:00' WHERE disclosure_id = {RECORD}",
        "时间被改",
    ),
    "the text is taken away": (
        f"DELETE FROM version_content WHERE disclosure_id = {RECORD} AND version = 1",
        "静默删除|文字不见了|没有验成",
    ),
    "the record is taken away": (f"DELETE FROM public_record WHERE id = {RECORD}", "静默删除"),
    "a leaf is rewritten": (
        "UPDATE log_leaf SET entry = (SELECT entry FROM log_leaf WHERE place = 0) WHERE place = 2",
        "与签名的检查点不符",
    ),
    "two leaves change places": (
        "UPDATE log_leaf SET place = 99 WHERE place = 0",
        "UPDATE log_leaf SET place = 0 WHERE place = 1",
        "UPDATE log_leaf SET place = 1 WHERE place = 99",
        "与签名的检查点不符",
    ),
    "the last leaf is cut off": ("DELETE FROM log_leaf WHERE place = 3", "与签名的检查点不符"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whoever_changes_the_database_is_found_out(
    audit: Audits, records: list[str], database: Database, client: FlaskClient, what: str
) -> None:
    *statements, finding = CHANGES[what]
    changed = "replace(CAST(body AS text), '2026-10-08', '2026-10-09')"
    changed = changed if database.is_sqlite else f"CAST({changed} AS json)"
    tamper(database, *(one.format(changed=changed) for one in statements))
    findings = "\n".join(audit())
    assert any(one in findings for one in finding.split("|")), findings


def test_a_record_that_never_went_through_the_gate_is_found(
    audit: Audits, records: list[str], database: Database
) -> None:
    tamper(database, copied("disclosure", id="smuggled", natural_key="another"), copied("public_record", id="smuggled"))
    assert "smuggled 公开着，账本里却没有" in "\n".join(audit())


def copied(table: str, **changes: str) -> str:
    """The statement that puts a copy of a row beside it, with some columns changed."""
    columns = [column.name for column in Base.metadata.tables[table].columns]
    values = [f"'{changes[name]}'" if name in changes else name for name in columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE id = {RECORD}"


def test_a_leaf_that_was_dated_back_is_found(audit: Audits, publisher: Publisher, clock: TestClock) -> None:
    publisher.penalty(clock.now())
    clock.moves_on(hours=-1)
    publisher.notice(clock.now())
    assert ["back-dated" in one for one in audit()] == [True]


def test_a_rewritten_past_is_found_by_whoever_kept_a_checkpoint(
    audit: Audits, records: list[str], app: Flask, database: Database, publisher: Publisher, clock: TestClock
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
    assert "历史被改写" in "\n".join(audit())


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
    audit: Audits, publisher: Publisher, database: Database, clock: TestClock, client: FlaskClient
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


def test_an_empty_log_answers(client: FlaskClient, audit: Audits) -> None:
    assert client.get("/ledger/checkpoint").get_data() == b""
    assert client.get("/ledger").status_code == 200
    assert client.get("/ledger/tile/0/000.p/1").status_code == 404


def test_a_proof_stands_on_its_own(client: FlaskClient, records: list[str]) -> None:
    vkey = Verifier.parse(client.get("/ledger/vkey").get_data(as_text=True))
    body = client.get(f"/records/{records[1]}.json?version=1").get_data()
    proof = TlogProof.parse(client.get(f"/records/{records[1]}.tlog-proof?version=1").get_data(as_text=True))
    kept = json.loads(proof.extra or b"")
    assert proof.check(kept["entry"].encode(), vkey).size == 4
    assert verify.commitment(b64decode(kept["salt"]), body) == verify.unpadded(json.loads(kept["entry"])["c"])
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
    audit: Audits,
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


def test_the_button_of_a_record_says_what_is_proved_and_what_is_not(
    client: FlaskClient, records: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(client, f"/penalties/{records[1]}")
    links = [one for one in page.find("//main//a/@href") if str(one).startswith("/verify")]
    assert len(links) == 2
    for link in links:
        checked = open_page(client, str(link))
        assert "核验通过" in checked.text()
        assert "这不证明" in checked.text()


def test_a_pasted_record_that_was_changed_does_not_pass(
    client: FlaskClient, records: list[str], open_page: Callable[..., Page]
) -> None:
    body = client.get(f"/records/{records[0]}.json").get_data(as_text=True)
    proof = client.get(f"/records/{records[0]}.tlog-proof").get_data(as_text=True)
    hidden = open_page(client, "/verify").hidden_fields()

    def outcome(**fields: str) -> str:
        response = client.post("/verify", data={**hidden, **fields})
        return check(Page("/verify", response.status_code, response.get_data(as_text=True))).text()

    assert "核验通过" in outcome(record=body, proof=proof)
    assert "核验通过" in outcome(record=json.dumps(json.loads(body), indent=2), proof=proof.replace("\n", "\r\n"))
    assert "核验没有通过" in outcome(record=body.replace("五万", "五千"), proof=proof)
    assert "核验没有通过" in outcome(record=body, proof=proof.replace("index 0", "index 1"))
    assert "核验没有通过" in outcome(record=body, proof="随便写的")
    assert "核验没有通过" in outcome(record="<script>", proof=proof)
    assert "请粘贴或选择它的证明" in outcome(record=body, proof="")


def test_the_downloaded_program_checks_the_running_site_alone(
    app: Flask, client: FlaskClient, records: list[str], tmp_path: Path
) -> None:
    tool = tmp_path / "elsewhere" / "verify.py"
    tool.parent.mkdir()
    tool.write_bytes(client.get("/ledger/verify.py").get_data())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(tool), *arguments]
        return subprocess.run(command, cwd=tool.parent, capture_output=True, text=True, timeout=60, check=False)

    with running(app) as site:
        one = run("record", site, records[1], "1")
        assert one.returncode == 0, one.stderr
        assert "第 1 版" in one.stdout
        whole = run("audit", site)
        assert whole.returncode == 0, whole.stdout + whole.stderr
        assert "共 4 条" in whole.stdout
        assert run("audit", site, "--vkey", "other+00000000+AAAA").returncode == 2
        assert run("record", site, "nothing").returncode == 2


def test_the_command_audits_like_an_outsider(app: Flask, records: list[str], database: Database) -> None:
    runner = app.test_cli_runner()
    assert "共 4 条" in runner.invoke(args=["ledger", "verify"]).output
    tamper(database, f"DELETE FROM public_record WHERE id = {RECORD}")
    result = runner.invoke(args=["ledger", "verify"])
    assert result.exit_code == 1
    assert "静默删除" in result.output


@pytest.mark.parametrize("table", ["log_leaf", "log_checkpoint", "disclosure_version", "version_content"])
def test_the_database_itself_refuses_changes(records: list[str], database: Database, table: str) -> None:
    column = {"log_leaf": "subject", "log_checkpoint": "note", "disclosure_version": "event", "version_content": "body"}
    with pytest.raises(Exception, match="append-only"), database.engine.connect() as connection:
        connection.execute(text(f"UPDATE {table} SET {column[table]} = 'x'"))


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
