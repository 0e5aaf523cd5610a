"""Create the reasons why promised releases were late."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_reason",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("dataset", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(length=26), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=26), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> given_by", name=op.f("ck_release_reason_confirmed_by_another")
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_release_reason_a_confirmation_has_its_time"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user_account.id"], name=op.f("fk_release_reason_confirmed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["user_account.id"], name=op.f("fk_release_reason_given_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_reason")),
    )
    op.create_index("ix_release_reason_release", "release_reason", ["dataset", "period", "given_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_release_reason_release", table_name="release_reason")
    op.drop_table("release_reason")
