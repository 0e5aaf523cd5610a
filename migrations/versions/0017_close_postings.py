"""Keep title, names and codes in a vector of their own on PostgreSQL, so that asking them alone reads no long one."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for slot in (1, 2):
        name = f"search_postings_{slot}"
        op.execute(f"ALTER TABLE {name} ADD COLUMN close tsvector NOT NULL DEFAULT ''")
        op.execute(f"ALTER TABLE {name} ALTER COLUMN terms SET STORAGE EXTERNAL")
        op.execute(f"CREATE INDEX ix_{name}_close ON {name} USING gin (close) WITH (fastupdate = off)")
    # setup builds the index anew where there is one
    op.execute("UPDATE search_state SET analysis = 0 WHERE EXISTS (SELECT 1 FROM public_record)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for slot in (1, 2):
        name = f"search_postings_{slot}"
        op.execute(f"DROP INDEX ix_{name}_close")
        op.execute(f"ALTER TABLE {name} ALTER COLUMN terms SET STORAGE EXTENDED")
        op.execute(f"ALTER TABLE {name} DROP COLUMN close")
