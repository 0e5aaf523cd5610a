"""The commands for keys: flask --app wsgi open311-key …, flask --app wsgi 12345-key …"""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from core.accounts.actor import SYSTEM
from core.clock import local_date
from core.database import unit_of_work
from core.errors import DomainError
from core.web.current import house
from intake import api_keys
from intake.api_keys import HOTLINE, LONGEST_NAME, OPEN311


def _group(command: str, purpose: str, label: str) -> AppGroup:
    group = AppGroup(command, help=f"谁可以通过 {label} 提交举报。")

    @group.command("add")
    @click.argument("name")
    def add(name: str) -> None:
        """发一个密钥；只显示这一次。"""
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            raise click.ClickException(f"名字要 1 到 {LONGEST_NAME} 个字。")
        key = _told(api_keys.add, purpose, name)
        click.echo(f"{name.strip()} 的 api_key（只显示这一次）：{key}")

    @group.command("rotate")
    @click.argument("name")
    def rotate(name: str) -> None:
        """换一个密钥；旧的再用七天。"""
        click.echo(f"{name.strip()} 的新 api_key（只显示这一次）：{_told(api_keys.rotate, purpose, name)}")

    @group.command("revoke")
    @click.argument("name")
    def revoke(name: str) -> None:
        """作废一个密钥，立刻生效。"""
        _told(api_keys.revoke, purpose, name)
        click.echo(f"{name.strip()} 的 api_key 已作废。")

    @group.command("list")
    def list_keys() -> None:
        """列出发过的密钥属于谁、是否还有效。"""
        with house().database.read() as session:
            for one in api_keys.all_keys(session, purpose):
                state = "有效" if one.revoked_at is None else f"{local_date(one.revoked_at)} 作废"
                click.echo(f"{one.name}：{local_date(one.created_at)} 发放，{state}")

    return group


def _told(verb: Callable[..., str | None], purpose: str, name: str) -> str | None:
    try:
        with unit_of_work(house().database) as session:
            return verb(session, purpose, name.strip(), actor=SYSTEM, at=house().clock.now())
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error


open311_key = _group("open311-key", OPEN311, "Open311")
hotline_key = _group("12345-key", HOTLINE, "12345 工单接口")
