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
# The one part of a version's body that is no field of its kind: why it was corrected.
REASON = "correction_reason"


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
    # Everybody who wrote on the text since it was last published: none of them may approve it.
    authors: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    # Without it what was approved and consented to cannot be told from its digest; erasure takes it.
    review_salt: Mapped[str] = mapped_column(String(64), default="", server_default="")
    publish_at: Mapped[datetime | None]
    # Of a first publication, and as due_days.py last settled it; nothing while there is no day in the draft.
    due_on: Mapped[date | None]

    files: Mapped[list["Attachment"]] = relationship(order_by="Attachment.number", viewonly=True)


class DisclosureVersion(Base):
    """版本: that something was public, and the commitment to what. Append-only; the database refuses to change it.

    It refuses an author who is the approver as well (migration 0011).
    """

    __tablename__ = "disclosure_version"

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(20))
    commitment: Mapped[str] = mapped_column(String(43))
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    approver_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    publicity_until: Mapped[date | None]
    publicity_rule: Mapped[str | None] = mapped_column(String(40))

    content: Mapped["VersionContent | None"] = relationship(lazy="joined", viewonly=True)

    @property
    def reason(self) -> str | None:
        """Why it was corrected; None of a first version, and where the text was erased."""
        return self.content.reason if self.content else None


class VersionContent(Base):
    """What the public saw, byte for byte (JCS), and the salt of its commitment. Erasure takes this row alone.

    `reason` is the body's REASON again, for queries; of the oldest versions it stands here alone.
    """

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
    reason: Mapped[str | None] = mapped_column(Text)


class Attachment(Base):
    """附件: a file of a disclosure, cleaned, and all that it says. Its number is never another file's.

    `first_version` is the version that it was first public with; None while only the draft has it. `unread` counts the
    pages and pictures that no machine reads. Erasure takes the row.
    """

    __tablename__ = "attachment"

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    unread: Mapped[int]
    first_version: Mapped[int | None]
    added_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, deferred=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


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


class Approval(Base):
    """审核签字: this person approved these very words as the next version. Append-only.

    `digest` is approved_content.digest of what they saw. Publishing compares it with what would be published.
    """

    __tablename__ = "disclosure_approval"
    __table_args__ = (
        CheckConstraint("approver_id <> author_id", name="author_is_not_approver"),
        Index("ix_disclosure_approval_disclosure", "disclosure_id", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    approver_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class Consultation(Base):
    """征求意见: another department is asked whether these words may go out, and what it answered.

    `digest` binds question and answer to the words; `is_required` is the rule's: without its consent nothing goes out.
    Closed: the draft was taken back while the question was open.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_its_time"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="an_answer_has_its_person"),
        CheckConstraint("answer IN ('agree', 'agree_with_remarks', 'object')", name="answer_is_known"),
        CheckConstraint("answer IS NULL OR answer = 'agree' OR remarks IS NOT NULL", name="remarks_where_not_agreed"),
        CheckConstraint("waived_at IS NULL OR is_required = false", name="required_consent_is_not_waived"),
        Index("ix_consultation_disclosure", "disclosure_id", "asked_at"),
        Index("ix_consultation_department", "department_code", "answered_at", "due_on"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"))
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    digest: Mapped[str] = mapped_column(String(64))
    is_required: Mapped[bool]
    basis: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    is_provisional: Mapped[bool]
    answer: Mapped[str | None] = mapped_column(String(20))
    remarks: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    answered_for: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    escalated_to: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    waived_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    waived_at: Mapped[datetime | None]
    waive_reason: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None]


@event.listens_for(Session, "do_orm_execute")
def _only_within_their_term(state: ORMExecuteState) -> None:
    """Every read of public records, by whoever, passes over those whose term is over, whether swept or not."""
    if state.is_select and not state.execution_options.get(PAST_TERM):
        today = local_date(state.session.info["clock"].now())
        within = or_(PublicRecord.publicity_until.is_(None), PublicRecord.publicity_until >= today)
        state.statement = state.statement.options(with_loader_criteria(PublicRecord, within))
