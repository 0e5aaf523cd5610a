"""The product under gunicorn as in production, on a folder of its own; and the peer that it is compared with."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import SystemClock
from core.config import Settings
from core.database import Database
from core.web.current import House
from portal import demo, setup

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 30


def demo_house(folder: Path) -> House:
    """The demo city in `folder`, ready to be served."""
    settings = Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder), "MINGJIAN_DEMO": "yes"})
    settings.prepare()
    house = House(
        settings, Database(settings.database_url), SystemClock(), settings.read_secret(settings.secret_key_file)
    )
    setup.prepare(house)
    demo.fill_if_empty(house)
    return house


@contextmanager
def served(application: str, folder: Path) -> Iterator[str]:
    """`application` under two gunicorn workers with four threads each; its address."""
    port = _free_port()
    command = (
        *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--log-level", "error"),
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJIAN_")}
    environment["MINGJIAN_DATA_DIR"] = str(folder)
    program = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        program.terminate()
        program.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
