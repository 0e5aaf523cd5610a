"""Create the witnesses of the ledger and their cosignatures; let no INSERT OR REPLACE pass an append-only table."""

import sqlalchemy as sa
from alembic import op

from core.append_only import no_replacement, protection, removal

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYS = {
    "audit_event": ("number",),
    "case_event": ("id",),
    "disclosure_version": ("disclosure_id", "version"),
    "disclosure_change": ("sequence",),
    "version_content": ("disclosure_id", "version"),
    "log_leaf": ("log", "place"),
    "log_checkpoint": ("log", "size"),
    "log_cosignature": ("log", "size", "witness"),
}


def upgrade() -> None:
    op.create_table(
        "log_witness",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("last_size", NUMBER, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("log", "name", name=op.f("pk_log_witness")),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", "witness", name=op.f("pk_log_cosignature")),
    )
    dialect = op.get_bind().dialect.name
    for statement in protection("log_cosignature", dialect):
        op.execute(statement)
    for table, keys in KEYS.items():
        for statement in no_replacement(table, keys, dialect):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for table in KEYS:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
    op.drop_table("log_cosignature")
    op.drop_table("log_witness")
    for statement in removal("log_cosignature", dialect):
        op.execute(statement)
