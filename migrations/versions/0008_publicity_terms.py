"""Store with each version and each public record how long it may stay public, and under which rule."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("disclosure_version", "public_record")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("publicity_until", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("publicity_rule", sa.String(length=40), nullable=True))
    op.create_index("ix_public_record_until", "public_record", ["publicity_until"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_public_record_until", table_name="public_record")
    for table in reversed(TABLES):
        op.drop_column(table, "publicity_rule")
        op.drop_column(table, "publicity_until")
