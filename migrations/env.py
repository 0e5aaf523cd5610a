"""Runs the migrations in one transaction on the database that the caller names."""

from alembic import context

import portal.app  # noqa: F401 - loads every model
from core.database import Base, Database

NOT_OURS = ("search_postings",)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Virtual full-text tables and their shadows are no tables of the models."""
    return not (kind == "table" and name is not None and name.startswith(NOT_OURS))


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    database = Database(context.config.attributes["database_url"])
    with database.engine.connect() as connection:
        _migrate(connection)
        connection.commit()
    database.close()


def _migrate(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        compare_type=True,
        render_as_batch=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
