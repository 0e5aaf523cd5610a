"""The plain columns beside the postings, twice: one slot answers while the other is built.

search_document is narrow, so that filters, facets and sorting read little; what a hit shows lies in search_content. The
postings themselves are each database's own: search_postings_1 and _2, made by the migration.
"""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import RowNumber
from core.database import Base

SLOTS = (1, 2)
FORGOTTEN = 0
_MARKS_FROM, _SURROGATES, _AFTER_SURROGATES = 32, 0xD800, 0x800


class SearchState(Base):
    """One row: which slot answers, which is being built, and of which analysis the index is (0: build it anew)."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[int]
    building: Mapped[int | None]
    revision: Mapped[int] = mapped_column(RowNumber)  # counts the changes of the index; numbers its rows
    analysis: Mapped[int]


class SearchClass(Base):
    """What documents are counted by; facets are sums over a few hundred of these."""

    __tablename__ = "search_class"
    __table_args__ = (UniqueConstraint("kind", "county", "authority", "year", name="one_class_of_a_sort"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(30))
    county: Mapped[str] = mapped_column(String(12))
    authority: Mapped[str] = mapped_column(Text)
    year: Mapped[int]


def mark_of(class_id: int) -> str:
    """A class as one character, neither a control character nor half of one: what SQLite strings together fastest."""
    return chr(class_id + (_MARKS_FROM if class_id + _MARKS_FROM < _SURROGATES else _MARKS_FROM + _AFTER_SURROGATES))


def _document_table(slot: int) -> Table:
    """One row a document, numbered as its postings are. A row of class FORGOTTEN was deleted during the building."""
    name = f"search_document_{slot}"
    return Table(
        name,
        Base.metadata,
        Column("id", RowNumber, primary_key=True, autoincrement=False),
        Column("kind", String(30), nullable=False),
        Column("key", String(60), nullable=False),
        Column("class_id", Integer, nullable=False),
        Column("class_mark", String(1), nullable=False, server_default="?"),  # the class as a character: see mark_of
        Column("on_day", Date, nullable=False),  # 0001-01-01: undated
        Column("amount", BigInteger, nullable=False),  # -1: none
        Column("acts", Text, nullable=False),
        Column("party", String(200)),
        UniqueConstraint("kind", "key", name=f"one_document_a_record_{slot}"),
        Index(f"ix_{name}_day", "on_day", "id"),
        Index(f"ix_{name}_amount", "amount", "id"),
        Index(f"ix_{name}_class", "class_id"),
        Index(f"ix_{name}_party", "party", "class_id"),
    )


def _content_table(slot: int) -> Table:
    return Table(
        f"search_content_{slot}",
        Base.metadata,
        Column("id", RowNumber, primary_key=True, autoincrement=False),
        Column("content", Text, nullable=False),
    )


TABLES = tuple(table(slot) for slot in SLOTS for table in (_document_table, _content_table))
