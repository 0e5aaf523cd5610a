"""`make run`: prepare the installation, then run gunicorn and one worker until Ctrl-C, and end both together."""

import errno
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

STOP_WITHIN_SECONDS = 10
PATIENT_SECONDS = 30
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    os.environ.setdefault("MINGJIAN_DEMO", "yes")
    for number in ENDINGS:
        signal.signal(number, _interrupt)
    try:
        settings = Settings.from_environ()
        host, port = _address(settings)
        web = _web_program(host, port)
        _must_be_free(host, port)
        setup.make_keys(settings)
        _prepare(settings)
        return _supervise(settings, web, host, port)
    except ConfigError as error:
        click.echo(f"明鉴没有启动：{error}", err=True)
        return 2
    except KeyboardInterrupt:
        click.echo("\n已停止。")
        return 0


def _address(settings: Settings) -> tuple[str, int]:
    """Where to listen: MINGJIAN_SERVE_ADDRESS (host:port), else the host and port of the base URL."""
    parts = urlsplit(settings.base_url)
    default = f"{parts.hostname}:{parts.port or 8000}"
    host, _, port = os.environ.get("MINGJIAN_SERVE_ADDRESS", default).rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError("MINGJIAN_SERVE_ADDRESS 要写成 主机:端口，如 127.0.0.1:8000。")
    return host, int(port)


def _must_be_free(host: str, port: int) -> None:
    problem = _problem_with(host, port)
    if problem is None:
        return
    if problem == errno.EADDRINUSE:
        other = next((one for one in range(port + 1, min(port + 50, 65536)) if _problem_with(host, one) is None), 0)
        raise ConfigError(
            f"{host}:{port} 已被占用，可能是另一个程序，也可能是明鉴已经在运行。请先停掉它，或换一个端口："
            f"MINGJIAN_BASE_URL=http://{host}:{other or '端口'} make run"
        )
    if problem == errno.EACCES:
        raise ConfigError(f"没有权限使用 {host}:{port}。1024 以下的端口需要管理员权限，请换一个大一些的。")
    raise ConfigError(
        f"{host}:{port} 不能使用：{os.strerror(problem)}。{host} 要是这台机器自己的地址；"
        "公开的网址和监听的地址不同时，用 MINGJIAN_SERVE_ADDRESS=127.0.0.1:8000 写明监听哪里。"
    )


def _problem_with(host: str, port: int) -> int | None:
    """The errno that keeps this address from being used, or None."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            return errno.EADDRNOTAVAIL
        except OSError as error:
            return error.errno
    return None


def _prepare(settings: Settings) -> None:
    database = Database(settings.database_url)
    house = House(settings, database, SystemClock(), settings.read_secret(settings.secret_key_file))
    setup.prepare(house)
    if settings.demo:
        demo.fill_if_empty(house)
    database.close()


def _web_program(host: str, port: int) -> tuple[str, ...]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return (
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", bind, "--worker-class", "gthread"),
        *("--workers", _count("PROCESSES", "2"), "--threads", _count("THREADS", "4"), "--preload"),
        *("--no-control-socket", "--limit-request-line", "0", "--log-level", "warning", "--graceful-timeout", "5"),
    )


def _count(name: str, default: str) -> str:
    text = os.environ.get(f"MINGJIAN_SERVE_{name}", default)
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"MINGJIAN_SERVE_{name} 要写成大于 0 的整数，现在是 {text}。")
    return text


def _supervise(settings: Settings, web: tuple[str, ...], host: str, port: int) -> int:
    worker = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
    programs: list[subprocess.Popen[bytes]] = []
    try:
        programs += [subprocess.Popen(one, start_new_session=True) for one in (web, worker)]
        if _answers(host, port, programs):
            click.echo(_welcome(settings))
        while all(program.poll() is None for program in programs):
            time.sleep(0.2)
        click.echo("明鉴有一个程序意外停止，其余的一并停止。原因见上面的记录。", err=True)
        return 1
    except KeyboardInterrupt:
        click.echo("\n正在停止……")
        return 0
    finally:
        _stop(programs)


def _answers(host: str, port: int, programs: list[subprocess.Popen[bytes]]) -> bool:
    """Wait until the web processes take connections; say so when that takes long. False where a program ended."""
    patient_until = time.monotonic() + PATIENT_SECONDS
    while all(program.poll() is None for program in programs):
        try:
            with socket.create_connection((host, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
        if time.monotonic() > patient_until:
            click.echo("网站还没有应答，仍在启动。机器很忙时要久一些。")
            patient_until = float("inf")
    return False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
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
    lines = ["", f"  明鉴已启动（Mingjian is running）：{settings.base_url}", ""]
    if settings.demo:
        lines += [
            f"  演示账号（demo accounts），密码（password）都是 {demo.PASSWORD}，在 {settings.base_url}/sign-in 登录：",
            *(f"    {line}" for line in demo.account_lines()),
            "",
        ]
    return "\n".join([*lines, "  按 Ctrl-C 停止（to stop）。", ""])


if __name__ == "__main__":
    sys.exit(main())
