"""Seal reports to departments: keys and envelopes of each report, the words of its steps in a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_key",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("identity_epoch", sa.Integer(), nullable=False),
        sa.Column("shared_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("internal_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reporter_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_reporter_secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_key_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_key")),
    )
    op.create_table(
        "report_wrap",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("recipient_epoch", sa.Integer(), nullable=False),
        sa.Column("key_epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_wrap_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "purpose", "recipient", name=op.f("pk_report_wrap")),
    )
    op.create_index(
        "ix_report_wrap_recipient", "report_wrap", ["recipient", "purpose", "recipient_epoch"], unique=False
    )
    op.create_table(
        "event_text",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_event_text_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_text")),
    )
    op.create_index(op.f("ix_event_text_report_id"), "event_text", ["report_id"], unique=False)
    op.execute(
        "INSERT INTO event_text (id, report_id, is_shared, sealed) "
        "SELECT text_id, report_id, is_public, sealed_text FROM case_event WHERE sealed_text IS NOT NULL"
    )
    op.drop_column("case_event", "sealed_text")


def downgrade() -> None:
    """Down to one key for all: only an installation without reports can go there, nobody could open them."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM report_key")):
        raise RuntimeError("举报已按部门密钥封存，退回旧版本后谁也打不开，所以不能退回。请用升级前的备份。")
    op.add_column("case_event", sa.Column("sealed_text", sa.LargeBinary(), nullable=True))
    op.drop_index(op.f("ix_event_text_report_id"), table_name="event_text")
    op.drop_table("event_text")
    op.drop_index("ix_report_wrap_recipient", table_name="report_wrap")
    op.drop_table("report_wrap")
    op.drop_table("report_key")
