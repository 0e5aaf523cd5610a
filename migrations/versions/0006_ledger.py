"""Create the ledger: its lock, leaves, tiles and checkpoints."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_leaf", "log_checkpoint")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    state = op.create_table(
        "log_state",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_state")),
    )
    op.create_table(
        "log_leaf",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("log", "place", name=op.f("pk_log_leaf")),
    )
    op.create_index("ix_log_leaf_subject", "log_leaf", ["log", "subject", "place"], unique=False)
    op.create_table(
        "log_tile",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "number", name=op.f("pk_log_tile")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("log", sa.String(length=20), nullable=False),
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_log_checkpoint")),
    )
    op.bulk_insert(state, [{"log": "disclosure", "origin": "", "size": 0}])
    for table in APPEND_ONLY:
        for statement in protection(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("log_checkpoint")
    op.drop_table("log_tile")
    op.drop_index("ix_log_leaf_subject", table_name="log_leaf")
    op.drop_table("log_leaf")
    op.drop_table("log_state")
    for table in APPEND_ONLY:
        for statement in removal(table, op.get_bind().dialect.name):
            op.execute(statement)
