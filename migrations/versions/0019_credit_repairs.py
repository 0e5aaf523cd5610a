"""Keep the credit repairs taken in and the records that each of them ended."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_repair",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decision_no", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_credit_repair_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_repair")),
    )
    op.create_table(
        "credit_repair_record",
        sa.Column("repair_id", sa.String(length=26), nullable=False),
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["credit_repair.id"], name=op.f("fk_credit_repair_record_repair_id_credit_repair")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_credit_repair_record_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("repair_id", "disclosure_id", name=op.f("pk_credit_repair_record")),
    )
    op.create_index(
        op.f("ix_credit_repair_record_disclosure_id"), "credit_repair_record", ["disclosure_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_credit_repair_record_disclosure_id"), table_name="credit_repair_record")
    op.drop_table("credit_repair_record")
    op.drop_table("credit_repair")
