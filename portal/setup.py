"""Making an installation ready: tables and the rows that the rules need. Safe to run again."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, exists, inspect, make_url, select
from sqlalchemy.exc import OperationalError

from core.accounts.models import User
from core.clock import local_date
from core.config import ConfigError, Settings
from core.database import unit_of_work
from core.tables import ROOT
from core.web.current import House
from intake import case_keys, departments
from intake.reseal import reseal


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    command.upgrade(alembic_config(database_url), "head")


def downgrade(database_url: str, revision: str) -> None:
    command.downgrade(alembic_config(database_url), revision)


def make_keys(settings: Settings) -> None:
    """The data folder and the keys of a new installation; those of one in use are never made anew.

    Refused as well where the database does not answer. With a new key old receipts would open nothing and the ledger
    would be another one, and nobody would be told why.
    """
    is_in_use = _is_in_use(settings.database_url)
    missing = [str(path) for path in settings.key_files if not path.exists()]
    if missing and is_in_use:
        raise ConfigError(
            f"数据库里已有内容，密钥文件 {'、'.join(missing)} 却不见了。请从密钥的备份里取回；"
            "新的密钥打不开旧的查询码，也接不上公开账本。确实找不回来的，见 docs/operations.md 的 A lost key file。"
        )
    settings.prepare()


def _is_in_use(database_url: str) -> bool:
    """Whether somebody has an account there."""
    path = make_url(database_url).database
    if database_url.startswith("sqlite") and not (path and Path(path).exists()):
        return False
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return inspect(connection).has_table(User.__tablename__) and bool(
                connection.scalar(select(exists().where(User.id.is_not(None))))
            )
    except OperationalError as error:
        raise ConfigError(f"数据库 {make_url(database_url)} 打不开：{error.orig}") from error
    finally:
        engine.dispose()


def prepare(house: House) -> None:
    upgrade(house.database.url)
    with unit_of_work(house.database) as session:
        departments.install(session)
    _seal_anew(house)


def _seal_anew(house: House) -> None:
    """What one installation key sealed before goes to the departments' keys, as far as there are any."""
    path = house.settings.sealing_key_file
    if not path.exists():
        return
    with unit_of_work(house.database) as session:
        directory = case_keys.Directory.load(session, local_date(house.clock.now()))
        result = reseal(session, house.settings.read_secret(path), directory)
    if result.done:
        click.echo(f"已把 {result.done} 件旧举报改封到部门钥匙。确认无误后，请销毁 {path} 和它的备份。")
    if result.waiting:
        click.echo(f"还有 {result.waiting} 件旧举报没有改封：先建立保管密钥（keys escrow-create），再运行一次 setup。")
