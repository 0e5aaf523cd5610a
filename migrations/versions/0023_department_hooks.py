"""Remember where departments' own systems listen."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "department_hook",
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_department_hook_department_code_department")
        ),
        sa.PrimaryKeyConstraint("department_code", name=op.f("pk_department_hook")),
    )


def downgrade() -> None:
    op.drop_table("department_hook")
