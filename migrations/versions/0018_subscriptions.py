"""Let people save a question and be told of new answers."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("cadence", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_queued", sa.Boolean(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'webhook')", name=op.f("ck_subscription_channel_is_known")),
        sa.CheckConstraint("state IN ('asked', 'active', 'stopped')", name=op.f("ck_subscription_state_is_known")),
        sa.CheckConstraint("cadence IN ('at_once', 'daily', 'weekly')", name=op.f("ck_subscription_cadence_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_subscription_fingerprint")),
    )
    op.create_index("ix_subscription_state", "subscription", ["state", "cadence"], unique=False)
    op.create_index(op.f("ix_subscription_recipient"), "subscription", ["recipient"], unique=False)
    op.create_table(
        "subscription_item",
        sa.Column("subscription_id", sa.String(length=26), nullable=False),
        sa.Column("sequence", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_item_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "sequence", name=op.f("pk_subscription_item")),
    )
    op.create_index(
        "ix_subscription_item_waiting", "subscription_item", ["subscription_id", "sent_at", "sequence"], unique=False
    )
    op.create_index("ix_subscription_item_record", "subscription_item", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_table("subscription_item")
    op.drop_table("subscription")
