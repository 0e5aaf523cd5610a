"""Release observations in batches that the ledger commits to, under a standing agreement where another department does."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

VALUES = (
    *("so2", "no2", "co", "o3", "pm10", "pm25"),
    *("o3_8h", "so2_24h", "no2_24h", "co_24h", "o3_24h", "o3_8h_24h", "pm10_24h", "pm25_24h", "published_aqi"),
)
COLUMNS = ("station_id", "hour_end", "release_id", *VALUES, "batch_id")


def upgrade() -> None:
    _create_agreement()
    _create_release()
    # A foreign key cannot be added to a column of SQLite without writing the whole table anew.
    op.add_column("observation", sa.Column("release_id", sa.Integer(), nullable=True))
    _create_past()
    dialect = op.get_bind().dialect.name
    for statement in (*_keeping_the_past(dialect), *protection("past_observation", dialect)):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER observation_keeps_the_past")
        op.execute("DROP TRIGGER observation_no_delete")
    else:
        op.execute("DROP TRIGGER observation_keeps_the_past ON observation")
        op.execute("DROP TRIGGER observation_no_truncate ON observation")
        op.execute("DROP FUNCTION observation_keeps_the_past()")
    op.drop_table("past_observation")
    for statement in removal("past_observation", dialect):
        op.execute(statement)
    op.drop_column("observation", "release_id")
    op.drop_table("observation_release")
    op.drop_table("release_agreement")


def _create_agreement() -> None:
    op.create_table(
        "release_agreement",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("department_code", sa.String(40), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.String(26), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.String(26), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(26), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_agreement")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_release_agreement_ends_after_it_begins")),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> proposed_by", name=op.f("ck_release_agreement_agreed_by_another")
        ),
        sa.CheckConstraint(
            "(agreed_by IS NULL) = (agreed_at IS NULL)", name=op.f("ck_release_agreement_agreement_has_its_time")
        ),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_release_agreement_department_code_department")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_release_agreement_{column}_user_account")
            )
            for column in ("proposed_by", "agreed_by", "ended_by")
        ),
    )
    op.create_index("ix_release_agreement_dataset", "release_agreement", ["dataset", "department_code"])


def _create_release() -> None:
    op.create_table(
        "observation_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(26), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(60), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("stations", sa.JSON(), nullable=False),
        sa.Column("first_hour", sa.Integer(), nullable=False),
        sa.Column("last_hour", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(43), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_release")),
        sa.UniqueConstraint("record_id", name=op.f("uq_observation_release_record_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_observation_release_batch_id_import_batch")
        ),
    )


def _create_past() -> None:
    op.create_table(
        "past_observation",
        sa.Column("station_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour_end", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Float()) for name in VALUES[:-1]),
        sa.Column("published_aqi", sa.SmallInteger()),
        sa.Column("batch_id", sa.Integer()),
        sa.Column("replaced_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", "hour_end", "release_id", name=op.f("pk_past_observation")),
        sqlite_with_rowid=False,
    )


def _keeping_the_past(dialect: str) -> list[str]:
    """What was released is never lost: who replaces a value must be another release, and the old row is kept."""
    old = ", ".join(f"OLD.{name}" for name in COLUMNS)
    copy = f"INSERT INTO past_observation ({', '.join(COLUMNS)}, replaced_by) VALUES ({old}, NEW.release_id)"  # noqa: S608
    silent = (
        "NEW.release_id IS NULL OR NEW.release_id = OLD.release_id "
        "OR NEW.station_id <> OLD.station_id OR NEW.hour_end <> OLD.hour_end"
    )
    if dialect == "sqlite":
        return [
            "CREATE TRIGGER observation_keeps_the_past BEFORE UPDATE ON observation WHEN OLD.release_id IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, 'observation is append-only') WHERE {silent}; {copy}; END",
            "CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation WHEN OLD.release_id IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'observation is append-only'); END",
        ]
    return [
        "CREATE FUNCTION observation_keeps_the_past() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'observation is append-only'; END IF; "
        "IF OLD.release_id IS NOT NULL THEN "
        f"IF TG_OP = 'DELETE' OR {silent} THEN RAISE EXCEPTION 'observation is append-only'; END IF; "
        f"{copy}; END IF; RETURN COALESCE(NEW, OLD); END $$",
        "CREATE TRIGGER observation_keeps_the_past BEFORE UPDATE OR DELETE ON observation "
        "FOR EACH ROW EXECUTE FUNCTION observation_keeps_the_past()",
        "CREATE TRIGGER observation_no_truncate BEFORE TRUNCATE ON observation "
        "FOR EACH STATEMENT EXECUTE FUNCTION observation_keeps_the_past()",
    ]
