"""Create the keys of people, departments and the escrow, and a place for a session's keys."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("web_session", sa.Column("sealed_keys", sa.LargeBinary(), nullable=True))
    op.create_table(
        "escrow_key",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_escrow_key_department_code_department")
        ),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_escrow_key")),
    )
    op.create_table(
        "user_key",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("cost", sa.String(length=60), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("escrow_epoch", sa.Integer(), nullable=True),
        sa.Column("escrow_wrap", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_key_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["escrow_epoch"], ["escrow_key.epoch"], name=op.f("fk_user_key_escrow_epoch_escrow_key")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_key")),
    )
    op.create_table(
        "department_key",
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_department_key_department_code_department")
        ),
        sa.PrimaryKeyConstraint("department_code", "purpose", "epoch", name=op.f("pk_department_key")),
    )
    op.create_table(
        "department_key_member",
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code", "purpose", "epoch"],
            ["department_key.department_code", "department_key.purpose", "department_key.epoch"],
            name="fk_department_key_member_epoch",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_department_key_member_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "department_code", "purpose", "epoch", "user_id", name=op.f("pk_department_key_member")
        ),
    )
    op.create_index(op.f("ix_department_key_member_user_id"), "department_key_member", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_department_key_member_user_id"), table_name="department_key_member")
    op.drop_table("department_key_member")
    op.drop_table("department_key")
    op.drop_table("user_key")
    op.drop_table("escrow_key")
    op.drop_column("web_session", "sealed_keys")
