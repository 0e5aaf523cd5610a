"""Create approvals bound to what was approved, consultations, and the times at which drafts go public."""

import secrets

import sqlalchemy as sa
from alembic import op

from core.append_only import protection, removal

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AUTHOR_RULE = "author_is_not_approver"


def upgrade() -> None:
    op.add_column("disclosure", sa.Column("authors", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("disclosure", sa.Column("review_salt", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("disclosure", sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
    _salt_what_is_there()
    op.create_table(
        "disclosure_approval",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("approver_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approver_id <> author_id", name=op.f("ck_disclosure_approval_author_is_not_approver")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["user_account.id"], name=op.f("fk_disclosure_approval_approver_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_disclosure_approval_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosure_approval_disclosure_id_disclosure")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_disclosure_approval")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_disclosure_approval_disclosure", "disclosure_approval", ["disclosure_id", "number"], unique=False
    )
    _create_consultation()
    dialect = op.get_bind().dialect.name
    for statement in (*protection("disclosure_approval", dialect), *_author_rule(dialect)):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in _no_author_rule(dialect):
        op.execute(statement)
    op.drop_index("ix_consultation_department", table_name="consultation")
    op.drop_index("ix_consultation_disclosure", table_name="consultation")
    op.drop_table("consultation")
    op.drop_index("ix_disclosure_approval_disclosure", table_name="disclosure_approval")
    op.drop_table("disclosure_approval")
    for statement in removal("disclosure_approval", dialect):
        op.execute(statement)
    for column in ("publish_at", "review_salt", "authors"):
        op.drop_column("disclosure", column)


def _salt_what_is_there() -> None:
    disclosure = sa.table("disclosure", sa.column("id"), sa.column("review_salt"))
    connection = op.get_bind()
    for identifier in connection.scalars(sa.select(disclosure.c.id)).all():
        salted = disclosure.update().where(disclosure.c.id == identifier)
        connection.execute(salted.values(review_salt=secrets.token_hex(32)))


def _create_consultation() -> None:
    people = {name: sa.Column(name, sa.String(length=26), nullable=True) for name in ("answered_by", "waived_by")}
    moments = {
        name: sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        for name in ("answered_at", "reminded_at", "escalated_at", "waived_at", "closed_at")
    }
    references = {
        "disclosure_id": "disclosure.id",
        "department_code": "department.code",
        "asked_by": "user_account.id",
        "answered_by": "user_account.id",
        "waived_by": "user_account.id",
        "answered_for": "department.code",
        "escalated_to": "department.code",
    }
    rules = {
        "an_answer_has_its_time": "(answer IS NULL) = (answered_at IS NULL)",
        "an_answer_has_its_person": "(answered_by IS NULL) = (answered_at IS NULL)",
        "answer_is_known": "answer IN ('agree', 'agree_with_remarks', 'object')",
        "remarks_where_not_agreed": "answer IS NULL OR answer = 'agree' OR remarks IS NOT NULL",
        "required_consent_is_not_waived": "waived_at IS NULL OR is_required = false",
    }
    op.create_table(
        "consultation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("disclosure_id", sa.String(length=26), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("answered_for", sa.String(length=40), nullable=True),
        sa.Column("escalated_to", sa.String(length=40), nullable=True),
        sa.Column("waive_reason", sa.Text(), nullable=True),
        *people.values(),
        *moments.values(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_consultation_{name}")) for name, rule in rules.items()),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_consultation_{column}_{target.split('.', maxsplit=1)[0]}")
            )
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index("ix_consultation_disclosure", "consultation", ["disclosure_id", "asked_at"], unique=False)
    op.create_index(
        "ix_consultation_department", "consultation", ["department_code", "answered_at", "due_on"], unique=False
    )


def _author_rule(dialect: str) -> list[str]:
    """disclosure_version refuses an author who approves. SQLite adds no constraint to a table, but a trigger."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER disclosure_version_{AUTHOR_RULE} BEFORE INSERT ON disclosure_version "
            f"WHEN NEW.author_id = NEW.approver_id BEGIN SELECT RAISE(ABORT, '{AUTHOR_RULE}'); END"
        ]
    return [
        f"ALTER TABLE disclosure_version ADD CONSTRAINT ck_disclosure_version_{AUTHOR_RULE} "
        "CHECK (author_id <> approver_id)"
    ]


def _no_author_rule(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER disclosure_version_{AUTHOR_RULE}"]
    return [f"ALTER TABLE disclosure_version DROP CONSTRAINT ck_disclosure_version_{AUTHOR_RULE}"]
