"""Keep the keys of all programs in one table; let a department's system be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("former_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("purpose", "name", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("former_hash", name=op.f("uq_api_key_former_hash")),
    )
    op.execute(
        "INSERT INTO api_key (purpose, name, key_hash, created_at, revoked_at) "
        "SELECT 'open311', name, key_hash, created_at, revoked_at FROM open311_key"
    )
    op.drop_table("open311_key")
    with op.batch_alter_table("department_hook") as table:
        table.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("department_hook") as table:
        table.drop_column("paused_at")
    op.create_table(
        "open311_key",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_open311_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_open311_key_key_hash")),
    )
    op.execute(
        "INSERT INTO open311_key (name, key_hash, created_at, revoked_at) "
        "SELECT name, key_hash, created_at, revoked_at FROM api_key WHERE purpose = 'open311'"
    )
    op.drop_table("api_key")
