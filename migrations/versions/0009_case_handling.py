"""Let deadlines count under several regimes; keep how a case stands: officer, pauses, rungs, recusals, ratings, feeds."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REGIMES = {"market": "market_report"}


def upgrade() -> None:
    _rebuild_deadlines(_several_regimes)
    op.execute("UPDATE report SET regime = 'market_report' WHERE regime = 'market'")
    op.create_table(
        "case_handling",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("officer_id", sa.String(length=26), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("is_disputed", sa.Boolean(), nullable=False),
        sa.Column("is_appointed", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(length=26), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_handling_report_id_report")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["user_account.id"], name=op.f("fk_case_handling_officer_id_user_account")
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["report.id"], name=op.f("fk_case_handling_merged_into_report")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_case_handling")),
    )
    op.create_index(op.f("ix_case_handling_officer_id"), "case_handling", ["officer_id"], unique=False)
    op.create_index(op.f("ix_case_handling_merged_into"), "case_handling", ["merged_into"], unique=False)
    op.execute(
        "INSERT INTO case_handling (report_id, arrived_on, bounces, is_disputed, is_appointed) "
        "SELECT id, received_on, 0, false, false FROM report"
    )
    op.create_table(
        "case_pause",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_pause_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pause")),
    )
    op.create_index("ix_case_pause_report_id", "case_pause", ["report_id"], unique=False)
    op.create_table(
        "case_rung",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_case_rung_department_code_department")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_rung_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", "regime", "step", "round", "rung", name=op.f("pk_case_rung")),
    )
    op.create_index("ix_case_rung_measure", "case_rung", ["measure", "on_day"], unique=False)
    op.create_table(
        "case_recusal",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_recusal_report_id_report")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_case_recusal_user_id_user_account")),
        sa.PrimaryKeyConstraint("report_id", "user_id", name=op.f("pk_case_recusal")),
    )
    op.create_table(
        "case_rating",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_case_rating_score_is_one_to_five")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_case_rating_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_case_rating")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    for statement in protection("case_rung", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("case_rating")
    op.drop_table("case_recusal")
    op.drop_index("ix_case_rung_measure", table_name="case_rung")
    op.drop_table("case_rung")
    for statement in removal("case_rung", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index("ix_case_pause_report_id", table_name="case_pause")
    op.drop_table("case_pause")
    op.drop_index(op.f("ix_case_handling_merged_into"), table_name="case_handling")
    op.drop_index(op.f("ix_case_handling_officer_id"), table_name="case_handling")
    op.drop_table("case_handling")
    op.execute("UPDATE report SET regime = 'market' WHERE regime LIKE 'market%'")
    _rebuild_deadlines(_one_regime)


def _rebuild_deadlines(build) -> None:
    """A primary key cannot be widened in place on SQLite: read all rows, make the table anew, put them back."""
    connection = op.get_bind()
    day = {name: sa.Date() for name in ("due_on", "met_on", "received_on", "started_on")}
    rows = connection.execute(
        sa.text(
            "SELECT d.*, r.regime AS of_report, r.received_on FROM case_deadline d JOIN report r ON r.id = d.report_id"
        ).columns(**{name: kind for name, kind in day.items() if name != "started_on"})
    )
    kept = [dict(row._mapping) for row in rows]
    op.drop_table("case_deadline")
    build(kept)


def _shared_columns() -> list[sa.Column]:
    return [
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
    ]


def _several_regimes(kept: list[dict]) -> None:
    table = op.create_table(
        "case_deadline",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("extra_days", sa.Integer(), nullable=False),
        sa.Column("extra_unit", sa.String(length=10), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        *_shared_columns(),
        sa.PrimaryKeyConstraint("report_id", "regime", "step", name=op.f("pk_case_deadline")),
    )
    op.create_index("ix_case_deadline_open", "case_deadline", ["met_on", "due_on"], unique=False)
    for row in kept:
        regime, started_on = row.pop("of_report"), row.pop("received_on")
        beside = {"extra_days": 0, "extra_unit": None, "round": 1, "is_paused": False, "started_on": started_on}
        op.bulk_insert(table, [{**_typed(row), **beside, "regime": REGIMES.get(regime, regime)}])


def _one_regime(kept: list[dict]) -> None:
    table = op.create_table(
        "case_deadline",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        *_shared_columns(),
        sa.PrimaryKeyConstraint("report_id", "step", name=op.f("pk_case_deadline")),
    )
    op.create_index(op.f("ix_case_deadline_due_on"), "case_deadline", ["due_on"], unique=False)
    first = {}
    for row in kept:
        first.setdefault((row["report_id"], row["step"]), row)
    names = {column.name for column in table.columns}
    for row in first.values():
        op.bulk_insert(table, [{name: value for name, value in _typed(row).items() if name in names}])


def _typed(row: dict) -> dict:
    return {**row, "provisional": bool(row["provisional"]), "verified": bool(row["verified"])}
