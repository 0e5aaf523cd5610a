"""The product under gunicorn in processes of its own, to be killed without a warning and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from core.config import Settings
from core.tables import ROOT

PATIENCE_SECONDS = 60


class Gunicorn:
    def __init__(self, settings: Settings, workers: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJIAN_")}
        self._environment = {
            **environment,
            "MINGJIAN_DATA_DIR": str(settings.data_dir),
            "MINGJIAN_DATABASE_URL": settings.database_url,
            "MINGJIAN_BOOT_KEY_FILE": str(settings.boot_key_file),
        }
        self._workers = str(workers)
        self._program: subprocess.Popen[bytes] | None = None

    def starts(self) -> None:
        command = (
            *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "gthread", "--workers", self._workers, "--threads", "4", "--preload"),
            *("--no-control-socket", "--log-level", "critical"),
        )
        self._program = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                self.asks("GET", "/healthz")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("gunicorn did not answer")

    def dies(self) -> None:
        """kill -9, the master and every worker, in the middle of whatever they do."""
        if self._program is not None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()

    def asks(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """(status, where it sends to, content); OSError where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except (ConnectionError, TimeoutError) as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def most_memory(self) -> int:
        """The most bytes that the largest of the workers ever held."""
        assert self._program is not None
        children = Path(f"/proc/{self._program.pid}/task/{self._program.pid}/children").read_text().split()
        told = [Path(f"/proc/{one}/status").read_text() for one in children]
        return max(int(one.partition("VmHWM:")[2].split()[0]) * 1024 for one in told)
