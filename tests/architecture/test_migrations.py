from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from core.database import Base, Database
from migrations.filters import include_name
from portal.setup import alembic_config


def test_there_is_one_head_and_the_numbers_run_on():
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(scripts.get_heads()) == 1
    numbers = [int(one.revision) for one in scripts.walk_revisions()]
    assert numbers == list(range(len(numbers), 0, -1))


def test_the_migrated_tables_are_those_of_the_models(settings):
    database = Database(settings.database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": include_name, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_the_migrations_run_down_and_up_again(settings):
    config = alembic_config(settings.database_url)
    command.downgrade(config, "base")
    database = Database(settings.database_url)
    with database.engine.connect() as connection:
        left = MigrationContext.configure(connection).dialect.get_table_names(connection)
        assert set(left) <= {"alembic_version"}
        if not database.is_sqlite:
            query = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.execute(text(query)).scalar() == 0
    database.close()
    command.upgrade(config, "head")


def test_every_constraint_has_a_name_of_ours(settings):
    """By NAMING_CONVENTION or for what it forbids, so that a migration can name it and an error tells the rule.

    SQLite takes no name for the key of a table that counts by itself.
    """
    database = Database(settings.database_url)
    look = inspect(database.engine)
    named = [
        (table, one["name"])
        for table in sorted(set(look.get_table_names()) & set(Base.metadata.tables))
        for one in (
            look.get_pk_constraint(table),
            *look.get_foreign_keys(table),
            *look.get_unique_constraints(table),
            *look.get_check_constraints(table),
            *look.get_indexes(table),
        )
        if one["name"] or not database.is_sqlite
    ]
    database.close()
    assert len(named) > 200
    by_the_engine = [(table, name) for table, name in named if not name or name.startswith(f"{table}_")]
    assert by_the_engine == []


def test_the_keys_of_apps_outlast_the_table_that_they_moved_from(settings):
    config = alembic_config(settings.database_url)
    scripts = ScriptDirectory.from_config(config)
    moving = next(one for one in scripts.walk_revisions() if one.path.endswith("_api_keys.py"))
    command.downgrade(config, moving.down_revision)
    database = Database(settings.database_url)
    with database.engine.begin() as connection:
        row = {"name": "文明许昌", "hash": b"k" * 32, "at": "2026-11-25 00:00:00+00:00"}
        connection.execute(text("INSERT INTO open311_key VALUES (:name, :hash, :at, NULL)"), row)
    command.upgrade(config, "head")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT purpose, name, key_hash FROM api_key")).one()
    assert tuple(kept) == ("open311", "文明许昌", b"k" * 32)
    database.close()
