"""The commands for apps: flask --app wsgi open311-key …"""

import click
from flask.cli import AppGroup

from core.accounts.actor import SYSTEM
from core.clock import local_date
from core.database import unit_of_work
from core.errors import DomainError
from core.web.current import house
from intake.open311 import app_keys

open311_key = AppGroup("open311-key", help="哪些应用可以通过 Open311 提交举报。")


@open311_key.command("add")
@click.argument("name")
def add(name: str) -> None:
    """给一个应用发 api_key；只显示这一次。"""
    name = name.strip()
    if not 0 < len(name) <= 60:
        raise click.ClickException("名字要 1 到 60 个字。")
    try:
        with unit_of_work(house().database) as session:
            key = app_keys.add(session, name, actor=SYSTEM, at=house().clock.now())
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{name} 的 api_key（只显示这一次）：{key}")


@open311_key.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """作废一个应用的 api_key，立刻生效。"""
    try:
        with unit_of_work(house().database) as session:
            app_keys.revoke(session, name.strip(), actor=SYSTEM, at=house().clock.now())
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{name} 的 api_key 已作废。")


@open311_key.command("list")
def list_keys() -> None:
    """列出发过的 api_key 属于谁、是否还有效。"""
    with house().database.read() as session:
        for one in app_keys.all_keys(session):
            state = "有效" if one.revoked_at is None else f"{local_date(one.revoked_at)} 作废"
            click.echo(f"{one.name}：{local_date(one.created_at)} 发放，{state}")
