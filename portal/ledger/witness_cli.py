"""flask witness …: be a witness for other people's logs (c2sp.org/tlog-witness)."""

import os
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from core.ledger import witness_app
from core.ledger.note import NoteInvalid
from core.ledger.witness import Witness
from core.ledger.witness_app import WitnessNotReady
from core.web.current import house

witness_group = AppGroup("witness", help="做别人账本的见证人：只副署没有改写过去的检查点。")


def _folder() -> Path:
    return house().settings.data_dir / "witness"


@witness_group.command("init")
@click.argument("name")
def init(name: str) -> None:
    """生成见证人的密钥；NAME 是它的名字，如 witness.news.example/mingjian。"""
    try:
        verifier = witness_app.set_up(_folder(), name)
    except (NoteInvalid, WitnessNotReady) as error:
        raise click.ClickException(f"没有生成：{error}") from error
    click.echo(f"公钥，请交给账本一方：{verifier}")


@witness_group.command("vkey")
def vkey() -> None:
    """印出见证人的公钥。"""
    click.echo(str(_ready().cosigner.verifier))


@witness_group.command("trust")
@click.argument("log_vkey")
def trust(log_vkey: str) -> None:
    """开始为一本账作见证；LOG_VKEY 在那个网站的 /ledger/vkey。"""
    _ready()
    try:
        verifier = witness_app.trust(_folder(), log_vkey)
    except NoteInvalid as error:
        raise click.ClickException("这不是账本的公钥（vkey）。") from error
    click.echo(f"开始为 {verifier.name} 作见证。")


@witness_group.command("serve")
@click.option("--bind", default="127.0.0.1:8300", show_default=True, help="监听的地址；前面请放带 TLS 的反向代理。")
def serve(bind: str) -> None:
    """运行见证人的服务，直到 Ctrl-C。"""
    _ready()
    program = f"core.ledger.witness_app:create_witness({str(_folder())!r})"
    command = ("-m", "gunicorn", program, "--bind", bind, "--worker-class", "gthread", "--threads", "4")
    os.execv(sys.executable, (sys.executable, *command, "--log-level", "warning", "--no-control-socket"))  # noqa: S606


def _ready() -> Witness:
    try:
        return witness_app.load(_folder())
    except WitnessNotReady as error:
        raise click.ClickException(str(error)) from error
