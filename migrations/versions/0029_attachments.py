"""Give disclosures files: cleaned, numbered, with all that they say."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("first_version", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_attachment_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", "number", name=op.f("pk_attachment")),
    )
    # The texts of files are indexed too from here on; an index that is still empty need not be built anew for it.
    op.execute(
        "UPDATE search_state SET analysis = 2 WHERE NOT EXISTS (SELECT 1 FROM search_document_1) "
        "AND NOT EXISTS (SELECT 1 FROM search_document_2)"
    )


def downgrade() -> None:
    op.drop_table("attachment")
