"""`make run`: prepare the installation, then run gunicorn and one worker until Ctrl-C, and end both together."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from urllib.parse import urlsplit

import click

from core.clock import SystemClock
from core.config import ConfigError, Settings
from core.database import Database
from core.web.current import House
from portal import demo, setup

WEB_PROCESSES = os.environ.get("MINGJIAN_SERVE_PROCESSES", "2")
WEB_THREADS = os.environ.get("MINGJIAN_SERVE_THREADS", "4")
STOP_WITHIN_SECONDS = 10


def main() -> int:
    os.environ.setdefault("MINGJIAN_DEMO", "yes")
    try:
        settings = Settings.from_environ()
        host, port = _address(settings)
        _must_be_free(host, port)
        settings.prepare()
        _prepare(settings)
    except ConfigError as error:
        click.echo(f"明鉴没有启动：{error}", err=True)
        return 2
    return _supervise(settings, host, port)


def _address(settings: Settings) -> tuple[str, int]:
    """Where to listen: MINGJIAN_SERVE_ADDRESS (host:port), else the host and port of the base URL."""
    parts = urlsplit(settings.base_url)
    default = f"{parts.hostname}:{parts.port or 8000}"
    host, _, port = os.environ.get("MINGJIAN_SERVE_ADDRESS", default).rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError("MINGJIAN_SERVE_ADDRESS 要写成 主机:端口，如 127.0.0.1:8000。")
    return host, int(port)


def _must_be_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"{host}:{port} 不能使用（{error.strerror}）。多半是另一个程序占着这个端口：请先停掉它，"
                f"或换一个端口：MINGJIAN_BASE_URL=http://{host}:{port + 1} make run"
            ) from error


def _prepare(settings: Settings) -> None:
    database = Database(settings.database_url)
    house = House(settings, database, SystemClock(), settings.read_secret(settings.secret_key_file))
    setup.prepare(house)
    if settings.demo:
        demo.fill_if_empty(house)
    database.close()


def _supervise(settings: Settings, host: str, port: int) -> int:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = (
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", bind, "--worker-class", "gthread"),
        *("--workers", WEB_PROCESSES, "--threads", WEB_THREADS, "--preload", "--no-control-socket"),
        *("--log-level", "warning", "--graceful-timeout", "5"),
    )
    worker = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
    programs = [subprocess.Popen(one, start_new_session=True) for one in (web, worker)]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    click.echo(_welcome(settings))
    try:
        while all(program.poll() is None for program in programs):
            time.sleep(0.2)
        click.echo("明鉴有一个程序意外停止，其余的一并停止。", err=True)
        return 1
    except KeyboardInterrupt:
        click.echo("\n正在停止……")
        return 0
    finally:
        _stop(programs)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop(programs: list[subprocess.Popen[bytes]]) -> None:
    for program in programs:
        program.terminate()
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    for program in programs:
        try:
            program.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()


def _welcome(settings: Settings) -> str:
    lines = ["", f"  明鉴已启动：{settings.base_url}", ""]
    if settings.demo:
        lines += [
            "  演示账号（密码都是 " + demo.PASSWORD + "）：",
            *(f"    {line}" for line in demo.account_lines()),
            "",
        ]
    return "\n".join([*lines, "  按 Ctrl-C 停止。", ""])


if __name__ == "__main__":
    sys.exit(main())
