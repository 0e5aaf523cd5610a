"""Remember what was erased until it has left the files; keep the reason of a correction where erasure takes it."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "storage_scrub",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problems", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_scrub")),
    )
    op.execute("INSERT INTO storage_scrub (id) VALUES (1)")
    op.add_column("version_content", sa.Column("reason", sa.Text(), nullable=True))
    _move_reasons("version_content", "disclosure_version")
    op.drop_column("disclosure_version", "reason")


def downgrade() -> None:
    op.add_column("disclosure_version", sa.Column("reason", sa.Text(), nullable=True))
    _move_reasons("disclosure_version", "version_content")
    op.drop_column("version_content", "reason")
    op.drop_table("storage_scrub")


def _move_reasons(to: str, source: str) -> None:
    """Past the triggers, which are put back as they were."""
    dialect, erasable = op.get_bind().dialect.name, to == "version_content"
    for statement in _unprotected(to, dialect, erasable=erasable):
        op.execute(statement)
    same = f"source.disclosure_id = {to}.disclosure_id AND source.version = {to}.version"
    op.execute(f"UPDATE {to} SET reason = (SELECT source.reason FROM {source} source WHERE {same})")  # noqa: S608
    for statement in protection(to, dialect, erasable=erasable):
        op.execute(statement)


def _unprotected(table: str, dialect: str, *, erasable: bool) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in (("update",) if erasable else ("update", "delete"))]
    triggers = [f"DROP TRIGGER {table}_{name} ON {table}" for name in ("append_only", "no_truncate")]
    return [*triggers, *removal(table, dialect)]
