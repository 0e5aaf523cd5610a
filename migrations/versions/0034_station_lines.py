"""Stations are committed to by the ledger, line by line."""

import sqlalchemy as sa
from alembic import op

from core.append_only import no_replacement, protection, removal

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "station_line"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(26), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f(f"fk_{TABLE}_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("record_id", "station_id", name=op.f(f"uq_{TABLE}_record_id_station_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_station_id"), TABLE, ["station_id"])
    dialect = op.get_bind().dialect.name
    for statement in (*protection(TABLE, dialect), *no_replacement(TABLE, ("id",), dialect)):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table(TABLE)
    for statement in removal(TABLE, op.get_bind().dialect.name):
        op.execute(statement)
