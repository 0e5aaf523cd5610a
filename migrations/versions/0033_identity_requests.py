"""Two custodians for an identity: shares instead of the whole key, and requests that a second one agrees to."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "case_identity_request"
PEOPLE = ("asked_by", "proposed_by", "agreed_by", "refused_by")


def upgrade() -> None:
    op.add_column("report_wrap", sa.Column("is_share", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("asked_by", sa.String(26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(26)),
        sa.Column("proposed_department", sa.String(40)),
        sa.Column("agreed_by", sa.String(26)),
        sa.Column("agreed_department", sa.String(40)),
        sa.Column("is_one_department", sa.Boolean(), nullable=False),
        sa.Column("refused_by", sa.String(26)),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity_epoch", sa.Integer()),
        sa.Column("lent", sa.LargeBinary()),
        sa.CheckConstraint(
            "agreed_by IS NULL OR (proposed_by IS NOT NULL AND agreed_by <> proposed_by AND agreed_by <> asked_by)",
            name=op.f(f"ck_{TABLE}_agreed_by_another"),
        ),
        sa.CheckConstraint(
            "agreed_by IS NULL OR is_one_department OR agreed_department <> proposed_department",
            name=op.f(f"ck_{TABLE}_agreed_by_another_department"),
        ),
        sa.CheckConstraint("opened_at IS NULL OR agreed_by IS NOT NULL", name=op.f(f"ck_{TABLE}_opened_after_consent")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f(f"fk_{TABLE}_report_id_report")),
        *(
            sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_{TABLE}_{one}_user_account"))
            for one in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_report_id"), TABLE, ["report_id"])
    op.create_index(op.f(f"ix_{TABLE}_ends_at"), TABLE, ["ends_at"])
    op.create_table(
        "case_identity_words",
        sa.Column("request_id", sa.String(26), nullable=False),
        sa.Column("department_code", sa.String(40), nullable=False),
        sa.Column("key_epoch", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], [f"{TABLE}.id"], name=op.f("fk_case_identity_words_request_id_case_identity_request")
        ),
        sa.PrimaryKeyConstraint("request_id", "department_code", name=op.f("pk_case_identity_words")),
    )


def downgrade() -> None:
    op.drop_table("case_identity_words")
    op.drop_table(TABLE)
    op.drop_column("report_wrap", "is_share")
