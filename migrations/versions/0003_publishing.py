"""Create disclosures, their append-only versions and changes, and the projection that the public reads."""

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("disclosure_version", "disclosure_change")


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("natural_key", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("reviewer_id", sa.String(length=26), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_basis", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id <> author_id", name=op.f("ck_disclosure_author_is_not_reviewer")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_disclosure_author_id_user_account")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user_account.id"], name=op.f("fk_disclosure_reviewer_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("kind", "natural_key", name="one_disclosure_a_decision"),
    )
    op.create_index(op.f("ix_disclosure_author_id"), "disclosure", ["author_id"], unique=False)
    op.create_index("ix_disclosure_board", "disclosure", ["state", "changed_at", "id"], unique=False)
    op.create_table(
        "disclosure_change",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["disclosure.id"], name=op.f("fk_disclosure_change_record_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_disclosure_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disclosure_change_record_id"), "disclosure_change", ["record_id"], unique=False)
    op.create_table(
        "disclosure_version",
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("commitment", sa.String(length=43), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("approver_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["user_account.id"], name=op.f("fk_disclosure_version_approver_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_disclosure_version_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosure_version_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", "version", name=op.f("pk_disclosure_version")),
    )
    op.create_table(
        "version_content",
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id", "version"],
            ["disclosure_version.disclosure_id", "disclosure_version.version"],
            name=op.f("fk_version_content_disclosure_id_version_disclosure_version"),
        ),
        sa.PrimaryKeyConstraint("disclosure_id", "version", name=op.f("pk_version_content")),
    )
    op.create_table(
        "public_record",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("party_name", sa.Text(), nullable=True),
        sa.Column("party_uscc", sa.String(length=30), nullable=True),
        sa.Column("county_code", sa.String(length=12), nullable=True),
        sa.Column("authority", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["disclosure.id"], name=op.f("fk_public_record_id_disclosure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_record")),
    )
    op.create_index(
        "ix_public_record_authority", "public_record", ["kind", "authority", "decided_on", "id"], unique=False
    )
    op.create_index(
        "ix_public_record_county", "public_record", ["kind", "county_code", "decided_on", "id"], unique=False
    )
    op.create_index("ix_public_record_list", "public_record", ["kind", "decided_on", "id"], unique=False)
    op.create_index("ix_public_record_party", "public_record", ["party_uscc"], unique=False)
    op.create_index("ix_public_record_sequence", "public_record", ["sequence"], unique=False)
    op.create_index("ix_public_record_updated", "public_record", ["kind", "sequence"], unique=False)
    op.create_table(
        "public_record_act",
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("act_code", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["public_record.id"],
            name=op.f("fk_public_record_act_record_id_public_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "act_code", name=op.f("pk_public_record_act")),
    )
    op.create_index(op.f("ix_public_record_act_act_code"), "public_record_act", ["act_code"], unique=False)
    for table in APPEND_ONLY:
        for statement in protection(table, op.get_bind().dialect.name):
            op.execute(statement)
    for statement in protection("version_content", op.get_bind().dialect.name, erasable=True):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_public_record_act_act_code"), table_name="public_record_act")
    op.drop_table("public_record_act")
    op.drop_index("ix_public_record_updated", table_name="public_record")
    op.drop_index("ix_public_record_sequence", table_name="public_record")
    op.drop_index("ix_public_record_party", table_name="public_record")
    op.drop_index("ix_public_record_list", table_name="public_record")
    op.drop_index("ix_public_record_county", table_name="public_record")
    op.drop_index("ix_public_record_authority", table_name="public_record")
    op.drop_table("public_record")
    op.drop_table("version_content")
    op.drop_table("disclosure_version")
    op.drop_index(op.f("ix_disclosure_change_record_id"), table_name="disclosure_change")
    op.drop_table("disclosure_change")
    op.drop_index("ix_disclosure_board", table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_author_id"), table_name="disclosure")
    op.drop_table("disclosure")
    for table in (*APPEND_ONLY, "version_content"):
        for statement in removal(table, op.get_bind().dialect.name):
            op.execute(statement)
