"""`make run` as a person meets it: it says where and with which accounts, or why not; Ctrl-C ends all of it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from portal import demo, serve

ROOT = Path(__file__).resolve().parents[2]
Refusal = Callable[..., str]


class Console:
    """One `python -m portal.serve`, as in a terminal of its own."""

    def __init__(self, data_dir: Path, port: int, **settings: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MINGJIAN_")}
        environment = {
            **clean,
            "MINGJIAN_DATA_DIR": str(data_dir),
            "MINGJIAN_BASE_URL": f"http://127.0.0.1:{port}",
            "MINGJIAN_SERVE_PROCESSES": "1",
            **settings,
        }
        self.started = time.monotonic()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "portal.serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def reads_until(self, words: str) -> str:
        assert self.program.stdout is not None
        while words not in self.said:
            line = self.program.stdout.readline()
            assert line, f"ended without {words!r}: {self.said}"
            self.said += line
        return self.said

    def children(self) -> set[int]:
        parents = {pid: int(stat[1]) for pid, stat in processes().items()}
        mine = {self.program.pid}
        while new := {pid for pid, parent in parents.items() if parent in mine} - mine:
            mine |= new
        return mine - {self.program.pid}

    def presses_ctrl_c(self) -> int:
        self.program.send_signal(signal.SIGINT)
        return self.ends()

    def ends(self) -> int:
        rest, _nothing = self.program.communicate(timeout=20)
        self.said += rest
        return self.program.returncode


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def consoles() -> Iterator[list[Console]]:
    opened: list[Console] = []
    yield opened
    for one in opened:
        if one.program.poll() is None:
            one.program.kill()
        if one.program.stdout:
            one.program.stdout.close()


def processes() -> dict[int, list[str]]:
    """By process id: state, parent and what else /proc/<id>/stat tells after the name."""
    found = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found[int(one.parent.name)] = one.read_text().rpartition(")")[2].split()
    return found


def is_there(pid: int) -> bool:
    stat = processes().get(pid)
    return stat is not None and stat[0] != "Z"


def test_it_tells_the_address_when_it_answers_keeps_its_data_and_ends_whole(
    tmp_path: Path, port: int, consoles: list[Console]
) -> None:
    consoles.append(first := Console(tmp_path, port, MINGJIAN_DEMO="no"))
    first.reads_until("Ctrl-C")
    key = (tmp_path / "keys" / "ledger.key").read_bytes()
    assert f"http://127.0.0.1:{port}" in first.said
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/search?q={'a' * 10_000}", timeout=15) as answer:
        assert answer.status == 200, "gunicorn's own limit is lower; ours is told in a sentence"
    running = first.children()
    assert len(running) >= 3, "gunicorn, its one process and the worker"
    assert first.presses_ctrl_c() == 0
    assert "正在停止" in first.said
    assert not [pid for pid in running if is_there(pid)]

    consoles.append(second := Console(tmp_path, port, MINGJIAN_DEMO="no"))
    second.reads_until("Ctrl-C")
    assert (tmp_path / "keys" / "ledger.key").read_bytes() == key
    second.program.send_signal(signal.SIGHUP)
    assert second.ends() == 0, "closing the terminal ends it as well"


def test_ctrl_c_in_the_middle_of_the_set_up_is_no_accident_and_leaves_nothing_half_done(
    tmp_path: Path, port: int, consoles: list[Console]
) -> None:
    consoles.append(first := Console(tmp_path, port))
    first.reads_until("第一次启动")
    assert first.presses_ctrl_c() == 0
    assert "Traceback" not in first.said
    assert "已停止" in first.said
    database = sqlite3.connect(tmp_path / "mingjian.db")
    assert database.execute("SELECT count(*) FROM user_account").fetchone() == (0,), (
        "nothing half done: it will begin again"
    )
    database.close()


def test_the_demo_names_its_accounts_and_what_each_is_for(settings: Settings) -> None:
    said = serve._welcome(replace(settings, demo=True))
    for name, _shown, _roles, _department in demo.ACCOUNTS:
        assert re.search(rf"^ +{name} +.+　.+$", said, re.MULTILINE)
    assert demo.PASSWORD in said
    assert demo.PASSWORD not in serve._welcome(replace(settings, demo=False))


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Refusal]:
    """refusal(SETTING="value") → what a start with it says before it ends with code 2."""
    kept = {number: signal.getsignal(number) for number in serve.ENDINGS}

    def ends(**settings: str) -> str:
        monkeypatch.setenv("MINGJIAN_DATA_DIR", str(tmp_path / "data"))
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        assert serve.main() == 2
        return capsys.readouterr().err

    yield ends
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_port_that_is_taken_is_named_with_another_that_is_free(tmp_path: Path, port: int, refusal: Refusal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = refusal(MINGJIAN_BASE_URL=f"http://127.0.0.1:{port}")
    assert f"127.0.0.1:{port} 已被占用" in said
    assert re.search(r"MINGJIAN_BASE_URL=http://127.0.0.1:\d+ make run", said)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MINGJIAN_BASE_URL", "http://192.0.2.1:8000", "这台机器自己的地址"),
        ("MINGJIAN_SERVE_ADDRESS", "8000", "主机:端口"),
        ("MINGJIAN_SERVE_PROCESSES", "many", "大于 0 的整数"),
        ("MINGJIAN_SERVE_THREADS", "0", "大于 0 的整数"),
        ("MINGJIAN_DATABSE_URL", "sqlite:///x", "不认识的设置"),
    ],
)
def test_a_setting_that_cannot_be_served_is_refused_in_a_sentence(
    refusal: Refusal, name: str, value: str, words: str
) -> None:
    assert words in refusal(**{name: value})


def test_a_slow_start_is_said_and_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "PATIENT_SECONDS", 0)
    slow = f"import socket, time; time.sleep(0.3); s = socket.create_server(('127.0.0.1', {port})); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", slow]) as program:
        try:
            assert serve._answers("127.0.0.1", port, [program])
        finally:
            program.kill()
    assert capsys.readouterr().out.count("仍在启动") == 1
    assert not serve._answers("127.0.0.1", port, [program])
