"""The commands for keys: flask --app wsgi keys … Two officers run the escrow's at the machine, never over the web."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.accounts import SYSTEM
from core.accounts.models import Department
from core.accounts.operations import user_named
from core.accounts.passwords import MINIMUM_LENGTH, stretched
from core.clock import local_date
from core.database import unit_of_work
from core.errors import DomainError
from core.keys import department_keys, escrow
from core.keys.escrow import Escrow, EscrowRefused, Purpose, Use
from core.keys.keyring import KeyPurpose
from core.keys.user_keys import live_escrow
from core.web.current import house
from intake import handover
from intake.departments import Organisation

keys = AppGroup("keys", help="部门钥匙和保管密钥。")
_share = click.option(
    "--share",
    "shares",
    multiple=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="保管人的文件；两位保管人各一份",
)


@keys.command("status")
def status() -> None:
    """哪些部门有人能打开举报，保管密钥是否已建立。"""
    with house().database.read() as session:
        known = live_escrow(session)
        click.echo(f"保管密钥：{f'第 {known.epoch} 期' if known else '没有！请先运行 keys escrow-create'}")
        living = department_keys.live_keys(session)
        for code, unit in Organisation.load(session, local_date(house().clock.now())).units.items():
            key = living.get((code, KeyPurpose.CASE))
            lacking = len(department_keys.lacking_members(session, code, KeyPurpose.CASE)) if key else 0
            words = f"第 {key.epoch} 期" if key else "还没有人，举报由值班室代管"
            click.echo(f"{code:22} {words}{f'，{lacking} 人等同事交钥匙' if lacking else ''}　{unit.name}")


@keys.command("escrow-create")
@click.option("--department", "department_code", default="xc-discipline", show_default=True, help="保管单位")
@click.option("--keeper", "keepers", multiple=True, required=True, help="保管人的登录名或姓名；2 到 5 位，每位一次")
@click.option(
    "--folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="保管文件写到哪里（U 盘）"
)
def escrow_create(department_code: str, keepers: tuple[str, ...], folder: Path) -> None:
    """建立保管密钥：每位保管人一份文件、一个口令，任意两位一起才能打开。"""
    phrases = {name: click.prompt(f"{name}的口令", hide_input=True, confirmation_prompt=True) for name in keepers}
    paths = [folder / f"{name}.json" for name in keepers]
    taken = [str(path) for path in paths if path.exists()]
    if taken:
        raise click.ClickException(f"文件已经存在，没有覆盖：{'、'.join(taken)}")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with unit_of_work(house().database) as session:
            if session.get(Department, department_code) is None:
                raise click.ClickException("没有这个部门代码。")
            _must_be_its_people(session, department_code, keepers)
            files = escrow.create(session, department_code, phrases, actor=SYSTEM, at=house().clock.now())
            for path, content in zip(paths, files, strict=True):
                path.write_bytes(content)
                path.chmod(0o600)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo("保管密钥已建立。请每位保管人收好自己的文件，并从这台机器上删去。工作人员下次登录时，钥匙会交到这里。")


@keys.command("reset-password")
@click.argument("sign_in_name")
@_share
def reset_password(sign_in_name: str, shares: tuple[Path, ...]) -> None:
    """两位保管人一起，给忘了密码的人一个新密码；原来能打开的仍然能打开。"""
    files = _with_phrases(shares)
    password = click.prompt("新密码", hide_input=True, confirmation_prompt=True)
    if len(password) < MINIMUM_LENGTH:
        raise click.ClickException(f"密码至少 {MINIMUM_LENGTH} 个字符。")
    under = stretched(password)
    try:
        with unit_of_work(house().database) as session:
            user = user_named(session, sign_in_name)
            if user is None:
                raise click.ClickException("没有这个登录名。")
            with _opened(session, files, Purpose.RESET_PASSWORD) as opening:
                escrow.reset_password(session, user, under, opening.escrow, actor=SYSTEM, at=house().clock.now())
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{sign_in_name} 的密码已重设，已记入审计，已在网站上公开一条使用记录。")


@keys.command("hand-over")
@_share
def hand_over(shares: tuple[Path, ...]) -> None:
    """两位保管人一起，把只有保管密钥能打开的举报交给现在的承办部门。"""
    files = _with_phrases(shares)
    try:
        with unit_of_work(house().database) as session, _opened(session, files, Purpose.HAND_OVER) as opening:
            at = house().clock.now()
            opening.reports = handover.settle_by_escrow(session, opening.escrow, actor=SYSTEM, at=at)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"已重新封存并交出 {opening.reports} 件，已记入审计，已在网站上公开一条使用记录。")


@keys.command("rotate")
@click.argument("department_code")
def rotate(department_code: str) -> None:
    """换一把部门钥匙；已有的举报在部门里任何人下次登录时改用新钥匙。"""
    with unit_of_work(house().database) as session:
        made = [
            department_keys.new_epoch(session, department_code, purpose, actor=SYSTEM, at=house().clock.now())
            for purpose in KeyPurpose
        ]
    if not any(made):
        raise click.ClickException("这个部门没有能拿钥匙的人。")
    click.echo(f"{department_code} 换了新钥匙。")


def _with_phrases(shares: tuple[Path, ...]) -> list[tuple[bytes, str]]:
    return [(path.read_bytes(), click.prompt(f"{path.name} 的口令", hide_input=True)) for path in shares]


@dataclass
class _Opening:
    escrow: Escrow
    reports: int = 0


@contextmanager
def _opened(session: Session, files: list[tuple[bytes, str]], purpose: Purpose) -> Iterator[_Opening]:
    """The opened escrow, and in the same transaction what the public is told of it: both, or neither."""
    opening = _Opening(escrow.opened(session, files, purpose, actor=SYSTEM, at=house().clock.now()))
    yield opening
    tell = current_app.extensions[escrow.TELLS]
    tell(session, Use(opening.escrow, purpose, opening.reports), at=house().clock.now())


def _must_be_its_people(session: Session, department_code: str, keepers: tuple[str, ...]) -> None:
    """Each keeper is somebody of that office with an account: later uses stand under two persons' names."""
    people = [escrow.account_of(session, name) for name in keepers]
    strangers = [one.display_name for one in people if one.department_code != department_code or not one.is_active]
    if strangers:
        raise EscrowRefused(_l("%(names)s不是保管单位的人。", names="、".join(strangers)))
    if len({one.id for one in people}) != len(people):
        raise EscrowRefused(_l("需要两位不同的保管人。"))
