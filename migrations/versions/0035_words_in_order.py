"""Keep the terms of a searched document as one short text on PostgreSQL, so that a phrase need not read its vector."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for slot in (1, 2):
        name = f"search_words_{slot}"
        op.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, words text NOT NULL)")
        op.execute(f"ALTER TABLE {name} ALTER COLUMN words SET STORAGE EXTERNAL")  # unpacking costs more than reading
    # setup builds the index anew where there is one
    op.execute("UPDATE search_state SET analysis = 0 WHERE EXISTS (SELECT 1 FROM public_record)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for slot in (1, 2):
        op.execute(f"DROP TABLE search_words_{slot}")
