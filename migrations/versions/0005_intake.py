"""Create reports, their timeline, deadlines, extensions and sealed files."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_number", sa.String(length=20), nullable=False),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("category_channel", sa.String(length=5), nullable=False),
        sa.Column("received_by", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("responsible_code", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("rule_reason", sa.Text(), nullable=False),
        sa.Column("rule_source", sa.Text(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("category_channel IN ('12369', '12365')", name=op.f("ck_report_channel_is_known")),
        sa.ForeignKeyConstraint(
            ["responsible_code"], ["department.code"], name=op.f("fk_report_responsible_code_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("case_number", name=op.f("uq_report_case_number")),
        sa.UniqueConstraint("lookup", name=op.f("uq_report_lookup")),
    )
    op.create_index("ix_report_queue", "report", ["responsible_code", "state"], unique=False)
    op.create_table(
        "case_deadline",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=60), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_deadline_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "step", name=op.f("pk_case_deadline")),
    )
    op.create_index(op.f("ix_case_deadline_due_on"), "case_deadline", ["due_on"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("text_id", sa.String(length=26), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_event_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_event_report_id"), "case_event", ["report_id"], unique=False)
    op.create_table(
        "case_extension",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_case_extension_asked_and_decided_by_two")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_case_extension_asked_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_case_extension_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_extension_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_extension")),
    )
    op.create_index(op.f("ix_case_extension_report_id"), "case_extension", ["report_id"], unique=False)
    op.create_table(
        "report_department",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_report_department_department_code_department")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_department_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "department_code", name=op.f("pk_report_department")),
    )
    op.create_index(
        op.f("ix_report_department_department_code"), "report_department", ["department_code"], unique=False
    )
    op.create_table(
        "sealed_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("sealed_meta", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_sealed_file_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_file")),
    )
    op.create_index(op.f("ix_sealed_file_report_id"), "sealed_file", ["report_id"], unique=False)
    for statement in protection("case_event", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_sealed_file_report_id"), table_name="sealed_file")
    op.drop_table("sealed_file")
    op.drop_index(op.f("ix_report_department_department_code"), table_name="report_department")
    op.drop_table("report_department")
    op.drop_index(op.f("ix_case_extension_report_id"), table_name="case_extension")
    op.drop_table("case_extension")
    op.drop_index(op.f("ix_case_event_report_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_case_deadline_due_on"), table_name="case_deadline")
    op.drop_table("case_deadline")
    op.drop_index("ix_report_queue", table_name="report")
    op.drop_table("report")
    for statement in removal("case_event", op.get_bind().dialect.name):
        op.execute(statement)
