"""Runs the migrations in one transaction on the database that the caller names."""

from alembic import context
from sqlalchemy import Connection

import portal.app  # noqa: F401 - loads every model
from core.database import Base, Database
from migrations.filters import include_name


def run() -> None:
    database = Database(context.config.attributes["database_url"])
    with database.engine.connect() as connection:
        _migrate(connection)
        connection.commit()
    database.close()


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=include_name, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


run()
