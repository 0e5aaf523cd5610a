"""Making an installation ready: tables and the rows that the rules need. Safe to run again."""

from alembic import command
from alembic.config import Config

from core.database import unit_of_work
from core.tables import ROOT
from core.web.current import House
from intake import departments


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
