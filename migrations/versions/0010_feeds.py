"""Find the newest change of a kind without walking back over the others."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_disclosure_change_kind", "disclosure_change", ["kind", "sequence"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_disclosure_change_kind", table_name="disclosure_change")
