"""The commands: flask --app wsgi …"""

import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import close_account, move_account, open_account, user_named
from core.accounts.permissions import Role
from core.database import unit_of_work
from core.errors import InvalidInput
from core.web.current import house
from intake.api_key_cli import hotline_key, open311_key
from intake.cli import keys
from intake.hook_cli import department_hook
from intake.workorders.cli import import_12345
from portal import setup
from portal.completeness.cli import manifest
from portal.enforcement.cli import penalties
from portal.ledger.cli import ledger_group
from portal.ledger.witness_cli import witness_group
from portal.monitoring.cli import air, release_air
from portal.pages.source import KIND as PAGE
from portal.storage.cli import scrub
from search.cli import reindex

import_group = AppGroup("import", help="把外部数据文件导入平台。")
db_group = AppGroup("db", help="数据库结构。")
user_group = AppGroup("user", help="工作人员账号。")


def install(app: Flask) -> None:
    for command in (air, release_air, penalties, import_12345):
        import_group.add_command(command)
    app.cli.add_command(manifest)
    for command in (
        import_group,
        db_group,
        user_group,
        ledger_group,
        keys,
        open311_key,
        hotline_key,
        department_hook,
        witness_group,
        scrub,
        worker,
        setup_command,
        reindex,
    ):
        app.cli.add_command(command)


@click.command("setup")
@with_appcontext
def setup_command() -> None:
    """建好数据库结构和基础数据；可以重复运行。"""
    setup.prepare(house())
    _renew_index()


@db_group.command("upgrade")
def db_upgrade() -> None:
    """把数据库升到最新结构。"""
    setup.upgrade(house().database.url)


@db_group.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """把数据库退回到指定版本。"""
    setup.downgrade(house().database.url, revision)


@user_group.command("add")
@click.argument("sign_in_name")
@click.option("--name", "display_name", required=True, help="显示的姓名")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([str(role) for role in Role]),
    help="不写就没有日常工作，如保管密钥的人",
)
@click.option("--department", "department_code", help="部门代码")
@click.option("--email")
@click.password_option("--password", envvar="MINGJIAN_TEST_PASSWORD", prompt="密码")
def user_add(
    sign_in_name: str,
    display_name: str,
    roles: tuple[str, ...],
    department_code: str | None,
    email: str | None,
    password: str,
) -> None:
    """开一个工作人员账号。"""
    try:
        with unit_of_work(house().database) as session:
            open_account(
                session,
                sign_in_name=sign_in_name.lower(),
                display_name=display_name,
                password=password,
                roles=[Role(role) for role in roles],
                department_code=department_code,
                email=email,
                actor=SYSTEM,
                at=house().clock.now(),
            )
    except InvalidInput as error:
        raise click.ClickException("；".join(str(text) for text in error.errors.values())) from error
    click.echo(f"已开通账号 {sign_in_name}。")


@user_group.command("move")
@click.argument("sign_in_name")
@click.option("--department", "department_code", help="新部门的代码；不写就是不属于部门")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role]))
def user_move(sign_in_name: str, department_code: str | None, roles: tuple[str, ...]) -> None:
    """换部门或换工作：原部门的钥匙立刻收回。"""
    try:
        with unit_of_work(house().database) as session:
            user = _known(session, sign_in_name)
            wanted, at = [Role(role) for role in roles], house().clock.now()
            move_account(session, user, department_code=department_code, roles=wanted, actor=SYSTEM, at=at)
    except InvalidInput as error:
        raise click.ClickException("；".join(str(text) for text in error.errors.values())) from error
    click.echo(f"{sign_in_name} 已调整，原部门的钥匙已收回。")


@user_group.command("close")
@click.argument("sign_in_name")
def user_close(sign_in_name: str) -> None:
    """关闭账号：不能再登录，钥匙立刻收回。"""
    with unit_of_work(house().database) as session:
        close_account(session, _known(session, sign_in_name), actor=SYSTEM, at=house().clock.now())
    click.echo(f"{sign_in_name} 已关闭，钥匙已收回。")


def _known(session: Session, sign_in_name: str) -> User:
    user = user_named(session, sign_in_name)
    if user is None:
        raise click.ClickException("没有这个登录名。")
    return user


@click.command("worker")
@with_appcontext
def worker() -> None:
    """运行后台任务：索引、邮件、到期检查。Ctrl-C 停止。"""
    _renew_index()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    current_app.extensions["create_worker"]().run(stop)


def _renew_index() -> None:
    """After an upgrade that changed what is indexed, or what the site's own pages say."""
    search = current_app.extensions["search"]
    count = search.rebuild_if_outdated(house().database)
    if count is not None:
        click.echo(f"检索索引已按新版本重建，共 {count} 条。")
    pages = search.follow(house().database, PAGE)
    if pages:
        click.echo(f"检索索引已收录 {pages} 个有变化的站内页面。")
