"""Keep a report that is put aside, sealed under its receipt, until it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_draft",
        sa.Column("lookup", sa.LargeBinary(length=16), nullable=False),
        sa.Column("holder", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_saved_draft")),
    )
    op.create_index(op.f("ix_saved_draft_expires_on"), "saved_draft", ["expires_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_saved_draft_expires_on"), table_name="saved_draft")
    op.drop_table("saved_draft")
