"""verify.py as somebody outside runs it: downloaded, alone, with Python and `cryptography` and nothing else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import Database
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.ledger import tamper
from tests.support.live_site import running

# Runs the file as `python verify.py …` would, in an interpreter where nothing but `cryptography` can be imported
# beside the standard library.
ALONE = """
import runpy, sys
class OnlyCryptography:
    allowed = {"cryptography", "_cffi_backend", "cffi"}
    def find_spec(self, name, path=None, target=None):
        first = name.partition(".")[0]
        if first not in self.allowed and first not in sys.stdlib_module_names and not first.startswith("_"):
            raise ModuleNotFoundError(f"{name} is not to be had here")
sys.meta_path.insert(0, OnlyCryptography())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
RESTORED_FROM_BEFORE_THE_LAST_LEAF = (
    "DELETE FROM log_leaf WHERE place = 3",
    "DELETE FROM log_checkpoint WHERE size = 4",
    "UPDATE log_state SET size = 3",
    "UPDATE log_tile SET data = substr(data, 1, 96) WHERE level = 0",
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(client: FlaskClient, tmp_path: Path) -> Run:
    tool = tmp_path / "elsewhere" / "verify.py"
    tool.parent.mkdir()
    tool.write_bytes(client.get("/ledger/verify.py").get_data())

    def run_alone(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-I", "-c", ALONE, str(tool), *arguments]
        return subprocess.run(command, cwd=tool.parent, capture_output=True, text=True, timeout=60, check=False)

    return run_alone


def test_nothing_of_the_product_is_to_be_had_where_the_program_runs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "verify.py").write_text("import flask")
    assert "flask is not to be had here" in run("x").stderr


def test_it_checks_a_record_of_the_running_site(app: Flask, client: FlaskClient, records: list[str], run: Run) -> None:
    vkey = client.get("/ledger/vkey").get_data(as_text=True).strip()
    with running(app) as site:
        one = run("record", site, records[1], "1", "--vkey", vkey)
        assert one.returncode == 0, one.stderr
        assert "第 1 版" in one.stdout
        assert run("record", site, "nothing").returncode == 2
        assert run("record", site, records[0], "--vkey", "nonsense").returncode == 2
    assert run("record", "http://127.0.0.1:9", records[0]).returncode == 2


def test_it_audits_the_running_site_and_finds_what_was_done(
    app: Flask, records: list[str], run: Run, database: Database
) -> None:
    with running(app) as site:
        whole = run("audit", site)
        assert whole.returncode == 0, whole.stdout + whole.stderr
        assert "共 4 条" in whole.stdout
        tamper(database, f"DELETE FROM public_record WHERE id = '{records[0]}'")
        found = run("audit", site)
        assert found.returncode == 1
        assert f"[silent-deletion] 记录 {records[0]} 静默删除" in found.stdout


def test_what_it_kept_can_be_audited_again_without_the_site(
    app: Flask, records: list[str], publisher: Publisher, clock: TestClock, run: Run, tmp_path: Path
) -> None:
    publisher.withdraw(records[0], clock.now())
    kept = tmp_path / "elsewhere" / "kept"
    with running(app) as site:
        assert run("audit", site, "--keep", "kept").returncode == 0
    again = run("audit", "kept", "--state", "other.json")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "共 5 条" in again.stdout
    body = kept / "records" / f"{records[1]}.json@version=1"
    body.write_bytes(body.read_bytes().replace("五万".encode(), "五千".encode()))
    assert "[text-changed]" in run("audit", "kept", "--state", "other.json").stdout


def test_it_checks_two_files_with_a_key_from_elsewhere(
    client: FlaskClient, records: list[str], run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "record.json").write_bytes(client.get(f"/records/{records[0]}.json").get_data())
    (folder / "record.tlog-proof").write_bytes(client.get(f"/records/{records[0]}.tlog-proof").get_data())
    vkey = client.get("/ledger/vkey").get_data(as_text=True).strip()
    assert run("record", "record.json", "record.tlog-proof").returncode == 2
    assert run("record", "record.json", "record.tlog-proof", "--vkey", vkey).returncode == 0
    (folder / "record.json").write_bytes((folder / "record.json").read_bytes() + b" ")
    assert run("record", "record.json", "record.tlog-proof", "--vkey", vkey).returncode == 2


@pytest.fixture
def with_files(publisher: Publisher, clock: TestClock) -> str:
    """A record that names two files."""
    return publisher.penalty(clock.now(), files=[("决定书.txt", "罚款".encode()), ("清单.csv", b"a,b\n1,2\n")])


def test_a_record_s_files_are_checked_with_it(app: Flask, with_files: str, run: Run, database: Database) -> None:
    with running(app) as site:
        whole = run("record", site, with_files)
        assert whole.returncode == 0, whole.stderr
        assert "核对了 2 个附件" in whole.stdout
        tamper(
            database,
            "UPDATE attachment SET content = (SELECT content FROM attachment other "
            "WHERE other.number = 2) WHERE number = 1",
        )
        found = run("record", site, with_files)
        assert found.returncode == 1
        assert "[attachment-changed]" in found.stdout and "决定书.txt" in found.stdout


def test_a_file_that_somebody_kept_is_held_against_the_record(
    client: FlaskClient, with_files: str, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "record.json").write_bytes(client.get(f"/records/{with_files}.json").get_data())
    (folder / "record.tlog-proof").write_bytes(client.get(f"/records/{with_files}.tlog-proof").get_data())
    (folder / "mine.txt").write_bytes(client.get(f"/records/{with_files}/attachments/1").get_data())
    vkey = client.get("/ledger/vkey").get_data(as_text=True).strip()
    given = ("record", "record.json", "record.tlog-proof", "--vkey", vkey, "--file", "mine.txt")
    whole = run(*given)
    assert whole.returncode == 0, whole.stderr
    assert "核对了 1 个附件" in whole.stdout and "没有核对的附件：清单.csv" in whole.stdout
    (folder / "mine.txt").write_bytes("罚款免除".encode())
    changed = run(*given)
    assert changed.returncode == 1
    assert "[attachment-changed] 文件 mine.txt" in changed.stdout


def test_the_command_of_the_house_audits_like_an_outsider(app: Flask, records: list[str], database: Database) -> None:
    runner = app.test_cli_runner()
    assert "共 4 条" in runner.invoke(args=["ledger", "verify"]).output
    tamper(database, f"UPDATE public_record SET title = '无事' WHERE id = '{records[0]}'")
    result = runner.invoke(args=["ledger", "verify"])
    assert result.exit_code == 1
    assert "[list-changed]" in result.output


def test_a_newspaper_with_an_old_copy_helps_a_log_that_lost_its_newest_database(
    app: Flask,
    client: FlaskClient,
    records: list[str],
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    run: Run,
    tmp_path: Path,
) -> None:
    """The documented way out of a restored backup: the missing leaves come back from outside, then signing goes on."""
    with running(app) as site:
        assert run("audit", site, "--keep", "kept").returncode == 0
    tamper(database, *RESTORED_FROM_BEFORE_THE_LAST_LEAF)
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["ledger", "status"])
    assert refused.exit_code == 1
    assert "可能恢复了旧备份" in refused.output
    assert "catch-up" in refused.output
    kept = str(tmp_path / "elsewhere" / "kept")
    assert records[1] in runner.invoke(args=["ledger", "catch-up", kept]).output
    assert runner.invoke(args=["ledger", "status"]).exit_code == 0
    assert "没有补齐" in runner.invoke(args=["ledger", "catch-up", kept]).output
    publisher.notice(clock.now())
    assert client.get("/ledger/checkpoint").get_data(as_text=True).split("\n")[1] == "5"
    with running(app) as site:
        assert run("audit", site).returncode == 0, "whoever audited before sees one log that goes on"


def test_a_copy_of_another_past_helps_nobody(
    app: Flask, records: list[str], database: Database, run: Run, tmp_path: Path
) -> None:
    with running(app) as site:
        run("audit", site, "--keep", "kept")
    bundle = tmp_path / "elsewhere" / "kept" / "ledger" / "tile" / "entries" / "000.p" / "4"
    bundle.write_bytes(bundle.read_bytes().replace(b"correct", b"correcT", 1))
    tamper(database, *RESTORED_FROM_BEFORE_THE_LAST_LEAF)
    result = app.test_cli_runner().invoke(args=["ledger", "catch-up", str(tmp_path / "elsewhere" / "kept")])
    assert result.exit_code == 1
    assert "没有补齐" in result.output
