"""Making an installation ready: tables and the rows that the rules need. Safe to run again."""

import click
from alembic import command
from alembic.config import Config

from core.clock import local_date
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
