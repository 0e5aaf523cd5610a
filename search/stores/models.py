"""The plain columns beside the postings of the SQLite store."""

from datetime import date
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class SearchDocument(Base):
    """One document of one generation of the index; its row number is its postings' row number."""

    __tablename__ = "search_document"
    __table_args__ = (
        UniqueConstraint("generation", "kind", "key", name="one_document_a_record"),
        Index("ix_search_document_listing", "generation", "on_day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    generation: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(60))
    county: Mapped[str | None] = mapped_column(String(12))
    authority: Mapped[str | None] = mapped_column(Text)
    acts: Mapped[str] = mapped_column(Text)
    on_day: Mapped[date | None]
    content: Mapped[dict[str, Any]]


class SearchState(Base):
    """One row: which generation answers, and which is being built."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[int]
    building: Mapped[int | None]
