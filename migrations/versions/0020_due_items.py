"""Remember what each authority owes to the public, numbered without a gap, and why something is withheld."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due_item",
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.CheckConstraint("(number IS NULL) = (month IS NULL)", name=op.f("ck_due_item_numbered_by_a_manifest")),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_due_item_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_due_item")),
        sa.UniqueConstraint("authority", "number", name="one_item_a_number"),
    )
    op.create_index(op.f("ix_due_item_authority"), "due_item", ["authority"], unique=False)
    op.create_table(
        "withholding",
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_withholding_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_withholding_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_withholding")),
    )


def downgrade() -> None:
    op.drop_table("withholding")
    op.drop_index(op.f("ix_due_item_authority"), table_name="due_item")
    op.drop_table("due_item")
