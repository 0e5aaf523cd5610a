"""Checkpoints go out to witnesses; what they cosign is kept and served; who knows more stops a restored backup."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from core.config import Settings
from core.database import Database
from core.ledger import witness_app
from core.ledger.guard import LogBehind
from core.ledger.models import LogWitness
from core.ledger.note import COSIGNATURE, Verifier, cosigned_at, taken_apart
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit, codes, tamper

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Newspaper:
    """A witness of its own, on a port of its own."""

    folder: Path
    vkey: str
    url: str


@pytest.fixture
def newspaper(tmp_path: Path, clock: TestClock, app: Flask, client: FlaskClient) -> Iterator[Newspaper]:
    folder = tmp_path / "newspaper"
    vkey = str(witness_app.set_up(folder, "witness.news.example/w1"))
    witness_app.trust(folder, client.get("/ledger/vkey").get_data(as_text=True))
    server = make_server("127.0.0.1", 0, witness_app.create_witness(str(folder), clock), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Newspaper(folder, vkey, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class House:
    """The site whose log is witnessed, and the days that pass."""

    app: Flask
    client: FlaskClient
    database: Database
    publisher: Publisher
    clock: TestClock
    run_jobs: Callable[[], int]

    def adds(self, one: Newspaper) -> str:
        return self.app.test_cli_runner().invoke(args=["ledger", "witness-add", one.vkey, one.url]).output

    def publishes(self, decision_no: str = "许环罚〔2027〕9号") -> str:
        return self.publisher.penalty(self.clock.now(), decision_no=decision_no)

    def notes(self) -> str:
        """A notice, and what the worker does then."""
        record = self.publisher.notice(self.clock.now())
        self.run_jobs()
        return record

    def asks_again(self) -> None:
        self.clock.moves_on(minutes=6)
        self.run_jobs()

    def problem(self) -> str | None:
        with self.database.read() as session:
            return session.scalars(select(LogWitness.problem)).one()

    def witnessed(self) -> str:
        """The size of the newest checkpoint that has a cosignature."""
        return self.client.get("/ledger/checkpoint/witnessed").get_data(as_text=True).split("\n")[1]

    def signs_no_more(self) -> bool:
        with pytest.raises(LogBehind):
            self.publisher.blacklist(self.clock.now())
        return self.problem() == "log_behind"


@pytest.fixture
def house(
    app: Flask,
    client: FlaskClient,
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    run_jobs: Callable[[], int],
) -> House:
    return House(app, client, database, publisher, clock, run_jobs)


def test_what_a_witness_cosigned_is_served_with_the_checkpoint_and_with_proofs(
    house: House, audit: Audit, newspaper: Newspaper
) -> None:
    house.publishes()
    assert "已副署" in house.adds(newspaper)
    record = house.publisher.notice(house.clock.now())
    assert house.witnessed() == "1"
    house.run_jobs()
    for address in ("/ledger/checkpoint", "/ledger/checkpoint/witnessed", f"/records/{record}.tlog-proof"):
        note = house.client.get(address).get_data(as_text=True).removeprefix("c2sp.org/tlog-proof@v1").split("\n\n", 1)
        text = (note[-1] if "proof" in address else "\n\n".join(note)).rpartition("\n\n")
        verifier = Verifier.parse(newspaper.vkey, COSIGNATURE)
        assert cosigned_at(text[0] + "\n", text[2].splitlines()[-1], verifier) == int(house.clock.now().timestamp())
    assert audit(witnesses=[newspaper.vkey]) == []
    assert newspaper.vkey.split("+")[0] in house.client.get("/ledger").get_data(as_text=True)


def test_an_audit_asks_for_the_witness_that_it_was_told(house: House, audit: Audit, newspaper: Newspaper) -> None:
    house.publishes()
    assert codes(audit(witnesses=[newspaper.vkey])) == {"not-witnessed"}
    house.adds(newspaper)
    house.publisher.notice(house.clock.now())
    assert audit(witnesses=[newspaper.vkey]) == []


def test_a_witness_that_is_away_stops_nobody_and_is_asked_again(house: House, newspaper: Newspaper) -> None:
    away = Newspaper(newspaper.folder, newspaper.vkey, "http://127.0.0.1:9")
    house.publishes()
    assert "unreachable" in house.adds(away)
    house.notes()
    assert house.problem() == "unreachable"
    tamper(house.database, f"UPDATE log_witness SET url = '{newspaper.url}'")
    house.asks_again()
    assert house.problem() is None
    assert house.witnessed() == "2"


def test_a_witness_that_saw_more_keeps_a_restored_backup_from_signing(house: House, newspaper: Newspaper) -> None:
    """Database and high-water file both restored from an old backup: only the witness still knows."""
    house.publishes()
    house.adds(newspaper)
    guard = house.app.extensions["log"].guard
    kept = guard.path.read_bytes()
    house.notes()
    tamper(
        house.database,
        "DELETE FROM log_leaf WHERE place = 1",
        "DELETE FROM log_checkpoint WHERE size = 2",
        "UPDATE log_state SET size = 1",
        "UPDATE log_witness SET last_size = 1",
        "DELETE FROM log_cosignature",
    )
    guard.path.write_bytes(kept)
    house.asks_again()
    assert house.signs_no_more()


def test_a_forked_log_is_refused_by_its_witness_and_signs_no_more(house: House, newspaper: Newspaper) -> None:
    """The whole past made anew, longer than before, with the guard's file gone."""
    house.publishes()
    house.adds(newspaper)
    tamper(
        house.database,
        *(f"DELETE FROM {table}" for table in ("log_leaf", "log_tile", "log_checkpoint", "log_cosignature")),
        "UPDATE log_state SET size = 0",
    )
    house.app.extensions["log"].guard.path.unlink()
    for number in range(3):
        house.publishes(f"许环罚〔2027〕{number}号")
    house.run_jobs()
    assert house.signs_no_more()


def test_a_line_that_is_not_the_witness_s_is_not_kept(house: House, newspaper: Newspaper) -> None:
    shutil.copytree(newspaper.folder, other := newspaper.folder.with_name("other"))
    (other / "witness.key").unlink()
    impostor = Newspaper(other, str(witness_app.set_up(other, "witness.news.example/w1")), newspaper.url)
    house.publishes()
    assert "wrong_signature" in house.adds(impostor)
    assert house.client.get("/ledger/checkpoint/witnessed").status_code == 404


def test_the_commands_of_a_witness_from_its_key_to_its_answer(
    app: Flask, settings: Settings, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    """As a newspaper would: init, trust, serve; then the log's own checkpoint over the network."""
    publisher.penalty(clock.now())

    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["witness", *arguments])

    assert run("vkey").exit_code == 1
    assert run("init", "witness.example/w2").exit_code == 0
    vkey = run("vkey").output.strip()
    assert run("trust", client.get("/ledger/vkey").get_data(as_text=True).strip()).exit_code == 0
    assert (settings.data_dir / "witness" / "witness.key").stat().st_mode & 0o777 == 0o400
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "flask", "--app", "wsgi", "witness", "serve", "--bind", f"127.0.0.1:{port}"]
    places = {"MINGJIAN_DATA_DIR": str(settings.data_dir), "MINGJIAN_DATABASE_URL": settings.database_url}
    process = subprocess.Popen(serve, cwd=ROOT, env={**os.environ, **places, "PYTHONPATH": str(ROOT)})
    try:
        note = client.get("/ledger/checkpoint").get_data(as_text=True)
        line = answer_of(f"http://127.0.0.1:{port}/add-checkpoint", f"old 0\n\n{note}".encode())
    finally:
        process.terminate()
        process.wait(20)
    assert cosigned_at(taken_apart(note)[0], line, Verifier.parse(vkey, COSIGNATURE)) > 1_700_000_000


def answer_of(url: str, body: bytes) -> str:
    """Once the server is up."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, body, timeout=10) as answer:  # noqa: S310 - this machine
                return str(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.2)
    raise AssertionError("the witness did not start")
