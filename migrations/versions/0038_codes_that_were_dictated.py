"""A receipt code that an operator read out is exchanged at the reporter's first visit."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BY_AN_OPERATOR = ("phone", "visit", "letter", "wechat")


def upgrade() -> None:
    op.add_column("report", sa.Column("is_code_dictated", sa.Boolean(), nullable=False, server_default=sa.false()))
    report = sa.table("report", sa.column("received_by", sa.String), sa.column("is_code_dictated", sa.Boolean))
    op.execute(report.update().where(report.c.received_by.in_(BY_AN_OPERATOR)).values(is_code_dictated=True))


def downgrade() -> None:
    op.drop_column("report", "is_code_dictated")
