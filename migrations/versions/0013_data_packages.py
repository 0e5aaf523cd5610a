"""Create the list of data packages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_package",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('full', 'changes')", name=op.f("ck_data_package_kind_is_known")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_data_package")),
    )
    op.create_index(op.f("ix_data_package_day"), "data_package", ["day"])


def downgrade() -> None:
    op.drop_table("data_package")
