"""The commands for departments' own systems: flask --app wsgi department-hook …"""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.accounts.actor import SYSTEM
from core.clock import local_date
from core.database import unit_of_work
from core.errors import DomainError
from core.web.current import house
from intake import department_hooks
from intake.department_hooks import DepartmentHook

department_hook = AppGroup("department-hook", help="部门自己的系统：有待办时通知它，不含内容。")


@department_hook.command("add")
@click.argument("department")
@click.argument("url")
def add(department: str, url: str) -> None:
    """登记部门系统的接收地址，给出签名密钥（只显示这一次）；再登记一次就换地址和密钥。"""
    where = house()
    try:
        with unit_of_work(where.database) as session:
            secret = department_hooks.add(
                session, department, url, settings=where.settings, actor=SYSTEM, at=where.clock.now()
            )
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{department} 的签名密钥（只显示这一次）：{secret}")


@department_hook.command("remove")
@click.argument("department")
def remove(department: str) -> None:
    """不再通知这个部门的系统。"""
    try:
        with unit_of_work(house().database) as session:
            department_hooks.remove(session, department, actor=SYSTEM, at=house().clock.now())
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{department} 的接收地址已删除。")


@department_hook.command("list")
def list_hooks() -> None:
    """哪些部门登记了系统，最近一次送达是哪天。"""
    with house().database.read() as session:
        for one in session.scalars(select(DepartmentHook).order_by(DepartmentHook.department_code)):
            told = f"最近送达 {local_date(one.told_at)}" if one.told_at else "还没有送达过"
            click.echo(f"{one.department_code}：{local_date(one.created_at)} 登记，{told}")
