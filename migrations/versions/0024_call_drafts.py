"""Keep what an operator types, sealed, until it is filed."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_draft",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_call_draft_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_draft")),
    )
    op.create_index(op.f("ix_call_draft_user_id"), "call_draft", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_call_draft_user_id"), table_name="call_draft")
    op.drop_table("call_draft")
