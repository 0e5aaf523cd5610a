"""Keep the day by which a draft's publication is due, so that the board can be sorted and paged by it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The worker fills it with its first sweep: the rules and the calendar are not a migration's to know.
    op.add_column("disclosure", sa.Column("due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("disclosure", "due_on")
