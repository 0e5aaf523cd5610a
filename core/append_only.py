"""Tables that only grow: the database itself refuses UPDATE and DELETE, for whoever holds its connection."""


def protection(table: str, dialect: str, *, erasable: bool = False) -> list[str]:
    """The statements that make `table` append-only; of an erasable one whole rows may be deleted."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in (("UPDATE",) if erasable else ("UPDATE", "DELETE"))
        ]
    return [
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE {'UPDATE' if erasable else 'UPDATE OR DELETE'} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()",
    ]


def removal(table: str, dialect: str) -> list[str]:
    """What a downgrade runs after it has dropped `table` (SQLite drops triggers with their table)."""
    return [] if dialect == "sqlite" else [f"DROP FUNCTION {table}_is_append_only()"]


def no_replacement(table: str, keys: tuple[str, ...], dialect: str) -> list[str]:
    """INSERT OR REPLACE passes a DELETE trigger wherever recursive_triggers is off, as in SQLite's own shell.

    This one asks before the row goes in. PostgreSQL knows no such statement.
    """
    if dialect != "sqlite":
        return []
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    there_already = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from the migrations
    return [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there_already} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    ]
