"""Let the systems of departments hand in hours."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLE = "observation_submission"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("idempotency_key", sa.String(length=100), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f(f"fk_{TABLE}_batch_id_import_batch")),
        sa.ForeignKeyConstraint(
            ["system"], ["submitting_system.name"], name=op.f(f"fk_{TABLE}_system_submitting_system")
        ),
        sa.PrimaryKeyConstraint("system", "idempotency_key", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_batch_id"), TABLE, ["batch_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
