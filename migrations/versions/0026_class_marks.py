"""Keep the class of a searched document where counting by class needs no sort (SQLite) and no join (PostgreSQL)."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    character = "char" if is_sqlite else "chr"
    for slot in (1, 2):
        table = f"search_document_{slot}"
        op.add_column(table, sa.Column("class_mark", sa.String(length=1), nullable=False, server_default="?"))
        op.execute(f"UPDATE {table} SET class_mark = {character}(class_id + 32)")  # noqa: S608
        if not is_sqlite:
            postings = f"search_postings_{slot}"
            op.execute(f"ALTER TABLE {postings} ADD COLUMN class_id integer NOT NULL DEFAULT 0")
            op.execute(f"UPDATE {postings} p SET class_id = d.class_id FROM {table} d WHERE d.id = p.id")  # noqa: S608


def downgrade() -> None:
    for slot in (1, 2):
        op.drop_column(f"search_document_{slot}", "class_mark")
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"ALTER TABLE search_postings_{slot} DROP COLUMN class_id")
