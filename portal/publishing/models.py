"""What is drafted, what was published, and what is public now."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    or_,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, relationship, with_loader_criteria

from core.audit import RowNumber
from core.clock import local_date
from core.database import Base

# The option of a statement that must see records whose term is over: sweeps, take-downs, and the page that says why.
PAST_TERM = "includes_past_term"


class Disclosure(Base):
    """公开事项, from its first draft on. `draft` is what the editor works on; nothing reads it but the editors."""

    __tablename__ = "disclosure"
    __table_args__ = (
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> author_id", name="author_is_not_reviewer"),
        Index("ix_disclosure_board", "state", "changed_at", "id"),
        UniqueConstraint("kind", "natural_key", name="one_disclosure_a_decision"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    draft: Mapped[dict[str, Any]]
    natural_key: Mapped[str] = mapped_column(String(300))
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    change_reason: Mapped[str | None] = mapped_column(Text)
    return_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    withdrawn_basis: Mapped[str | None] = mapped_column(Text)


class DisclosureVersion(Base):
    """版本: that something was public, and the commitment to what. Append-only; the database refuses to change it."""

    __tablename__ = "disclosure_version"

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(20))
    commitment: Mapped[str] = mapped_column(String(43))
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    approver_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Text)
    publicity_until: Mapped[date | None]
    publicity_rule: Mapped[str | None] = mapped_column(String(40))

    content: Mapped["VersionContent | None"] = relationship(lazy="joined", viewonly=True)


class VersionContent(Base):
    """What the public saw, byte for byte (JCS), and the salt of its commitment. Erasure takes this row alone."""

    __tablename__ = "version_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["disclosure_id", "version"], ["disclosure_version.disclosure_id", "disclosure_version.version"]
        ),
    )

    disclosure_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class Change(Base):
    """The change sequence that every projection follows. Append-only."""

    __tablename__ = "disclosure_change"
    __table_args__ = (Index("ix_disclosure_change_kind", "kind", "sequence"), {"sqlite_autoincrement": True})

    sequence: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    event: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class PublicRecord(Base):
    """The newest published version as lists, search and feeds read it. A withdrawn record has no row here.

    A record whose term is over may still have its row while the worker is away, but no read finds it: see below.
    """

    __tablename__ = "public_record"
    __table_args__ = (
        Index("ix_public_record_list", "kind", "decided_on", "id"),
        Index("ix_public_record_county", "kind", "county_code", "decided_on", "id"),
        Index("ix_public_record_authority", "kind", "authority", "decided_on", "id"),
        Index("ix_public_record_party", "party_uscc"),
        Index("ix_public_record_sequence", "sequence"),
        Index("ix_public_record_updated", "kind", "sequence"),
        Index("ix_public_record_until", "publicity_until"),
    )

    id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    sequence: Mapped[int] = mapped_column(RowNumber)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    party_name: Mapped[str | None] = mapped_column(Text)
    party_uscc: Mapped[str | None] = mapped_column(String(30))
    county_code: Mapped[str | None] = mapped_column(String(12))
    authority: Mapped[str | None] = mapped_column(String(200))
    decided_on: Mapped[date]
    published_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    publicity_until: Mapped[date | None]
    publicity_rule: Mapped[str | None] = mapped_column(String(40))

    acts: Mapped[list["PublicRecordAct"]] = relationship(cascade="all, delete-orphan", lazy="raise")


class PublicRecordAct(Base):
    """Which coded acts a record is about, so that lists filter by one."""

    __tablename__ = "public_record_act"

    record_id: Mapped[str] = mapped_column(ForeignKey("public_record.id", ondelete="CASCADE"), primary_key=True)
    act_code: Mapped[str] = mapped_column(String(10), primary_key=True, index=True)


@event.listens_for(Session, "do_orm_execute")
def _only_within_their_term(state: ORMExecuteState) -> None:
    """Every read of public records, by whoever, passes over those whose term is over, whether swept or not."""
    if state.is_select and not state.execution_options.get(PAST_TERM):
        today = local_date(state.session.info["clock"].now())
        within = or_(PublicRecord.publicity_until.is_(None), PublicRecord.publicity_until >= today)
        state.statement = state.statement.options(with_loader_criteria(PublicRecord, within))
