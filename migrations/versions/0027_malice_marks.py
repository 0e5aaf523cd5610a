"""Mark a report as malicious: proposed and decided by two, objected to by the reporter, settled by a third."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

PEOPLE = ("proposed_by", "decided_by", "settled_by")


def upgrade() -> None:
    op.create_table(
        "case_malice_mark",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("objected_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_lifted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_case_malice_mark_proposed_and_decided_by_two"),
        ),
        sa.CheckConstraint(
            "settled_by IS NULL OR (settled_by <> proposed_by AND settled_by <> decided_by)",
            name=op.f("ck_case_malice_mark_settled_by_a_third"),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_malice_mark_report_id_report")),
        *(
            sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_case_malice_mark_{one}_user_account"))
            for one in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_malice_mark")),
    )
    op.create_index(op.f("ix_case_malice_mark_report_id"), "case_malice_mark", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_case_malice_mark_report_id"), table_name="case_malice_mark")
    op.drop_table("case_malice_mark")
