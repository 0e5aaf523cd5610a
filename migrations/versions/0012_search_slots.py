"""Keep the search index in two slots, its text apart from its columns, for SQLite and PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FTS5 = (
    "CREATE VIRTUAL TABLE search_postings_{slot} USING fts5(title, names, codes, body, marks, content = '', "
    "tokenize = \"unicode61 remove_diacritics 0 tokenchars '._-'\")"
)
# Long vectors lie apart, so that finding and filtering read few pages.
TSVECTOR = (
    "CREATE TABLE search_postings_{slot} (id bigint PRIMARY KEY, terms tsvector NOT NULL) "
    "WITH (toast_tuple_target = 128)"
)
GIN = "CREATE INDEX ix_search_postings_{slot} ON search_postings_{slot} USING gin (terms) WITH (fastupdate = off)"


def upgrade() -> None:
    _drop_old()
    op.create_table(
        "search_class",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_class")),
        sa.UniqueConstraint("kind", "county", "authority", "year", name="one_class_of_a_sort"),
    )
    for slot in (1, 2):
        _create_slot(slot)
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("building", sa.Integer(), nullable=True),
        sa.Column("revision", ROW, nullable=False),
        sa.Column("analysis", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    # An installation that has published must build its index anew; setup sees the 0 and does.
    op.execute(
        "INSERT INTO search_state (id, active, building, revision, analysis) "
        "SELECT 1, 1, NULL, 1, CASE WHEN EXISTS (SELECT 1 FROM public_record) THEN 0 ELSE 1 END"
    )


def downgrade() -> None:
    op.drop_table("search_state")
    for slot in (1, 2):
        op.execute(f"DROP TABLE search_postings_{slot}")
        op.drop_table(f"search_content_{slot}")
        op.drop_table(f"search_document_{slot}")
    op.drop_table("search_class")
    _create_old()


def _create_slot(slot: int) -> None:
    table = f"search_document_{slot}"
    op.create_table(
        table,
        sa.Column("id", ROW, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("acts", sa.Text(), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("kind", "key", name=f"one_document_a_record_{slot}"),
    )
    op.create_index(f"ix_{table}_day", table, ["on_day", "id"], unique=False)
    op.create_index(f"ix_{table}_amount", table, ["amount", "id"], unique=False)
    op.create_index(f"ix_{table}_class", table, ["class_id"], unique=False)
    op.create_index(f"ix_{table}_party", table, ["party", "class_id"], unique=False)
    op.create_table(
        f"search_content_{slot}",
        sa.Column("id", ROW, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_search_content_{slot}")),
    )
    statements = (FTS5,) if op.get_bind().dialect.name == "sqlite" else (TSVECTOR, GIN)
    for statement in statements:
        op.execute(statement.format(slot=slot))


def _drop_old() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_postings")
    op.drop_table("search_state")
    op.drop_index("ix_search_document_listing", table_name="search_document")
    op.drop_table("search_document")


def _create_old() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("acts", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("generation", "kind", "key", name="one_document_a_record"),
    )
    op.create_index("ix_search_document_listing", "search_document", ["generation", "on_day", "id"], unique=False)
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("building", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    op.execute("INSERT INTO search_state (id, active, building) VALUES (1, 1, NULL)")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_postings USING fts5("
            "title, names, codes, body, ends, tokenize = \"unicode61 remove_diacritics 0 tokenchars '._-'\", prefix = '1')"
        )
