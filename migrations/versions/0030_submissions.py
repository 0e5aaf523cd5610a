"""Let the systems of departments send drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submitting_system",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_submitting_system_department_code_department")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_submitting_system_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_submitting_system")),
    )
    op.create_table(
        "submission",
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("idempotency_key", sa.String(length=100), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_submission_disclosure_id_disclosure")
        ),
        sa.ForeignKeyConstraint(
            ["system"], ["submitting_system.name"], name=op.f("fk_submission_system_submitting_system")
        ),
        sa.PrimaryKeyConstraint("system", "idempotency_key", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_disclosure_id"), "submission", ["disclosure_id"])


def downgrade() -> None:
    op.drop_table("submission")
    op.drop_table("submitting_system")
