"""Create the tables of monitoring."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VALUES = (
    *("so2", "no2", "co", "o3", "pm10", "pm25"),
    *("o3_8h", "so2_24h", "no2_24h", "co_24h", "o3_24h", "o3_8h_24h", "pm10_24h", "pm25_24h"),
)


def upgrade() -> None:
    _create_station()
    _create_import_batch()
    _create_observation()


def downgrade() -> None:
    op.drop_table("observation")
    op.drop_table("import_batch")
    op.drop_table("station")


def _create_station() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("area", sa.String(30), nullable=False),
        sa.Column("county_code", sa.String(20)),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_station_code_valid_from")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_station_ends_after_it_begins")),
        sa.CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_station_lies_on_earth")
        ),
    )
    op.create_index(op.f("ix_station_area"), "station", ["area"])


def _create_import_batch() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("row_count", "inserted", "changed", "unchanged", "duplicates", "rejects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_import_batch_names_its_file")),
        sa.CheckConstraint(
            "inserted + changed + unchanged + duplicates + rejects = row_count",
            name=op.f("ck_import_batch_accounts_for_every_row"),
        ),
    )
    op.create_index(op.f("ix_import_batch_sha256"), "import_batch", ["sha256"])


def _create_observation() -> None:
    op.create_table(
        "observation",
        sa.Column("station_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour_end", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float()) for name in VALUES),
        sa.Column("published_aqi", sa.SmallInteger()),
        sa.Column("batch_id", sa.Integer()),
        sa.PrimaryKeyConstraint("station_id", "hour_end", name=op.f("pk_observation")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_observation_station_id_station")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_observation_batch_id_import_batch")),
        sqlite_with_rowid=False,
    )
