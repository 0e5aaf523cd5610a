"""Remember which 12345 work orders became which report."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_work_order",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_imported_work_order_report_id_report")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_imported_work_order")),
        sa.UniqueConstraint("report_id", name=op.f("uq_imported_work_order_report_id")),
    )


def downgrade() -> None:
    op.drop_table("imported_work_order")
