"""How a case stands at its desk: who works on it, what stopped its clock, what the ladder has done about lateness."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Handling(Base):
    """办理: one row a report. `arrived_on`: the day it came to the department that has it now.

    `is_disputed`: returned once too often, waits for the supervisor; `is_appointed`: the supervisor decided, it stays.
    `finished_on`: the day it was replied to or declined, for the figures.
    """

    __tablename__ = "case_handling"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    arrived_on: Mapped[date]
    bounces: Mapped[int]
    is_disputed: Mapped[bool]
    is_appointed: Mapped[bool]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("report.id"), index=True)
    finished_on: Mapped[date | None]


class CasePause(Base):
    """Days that do not count: from `from_on` up to the day before `to_on`; open while `to_on` is empty."""

    __tablename__ = "case_pause"
    __table_args__ = (Index("ix_case_pause_report_id", "report_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"))
    reason: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class CaseRung(Base):
    """One rung of the ladder, climbed once. Append-only: who handles the case cannot take it back."""

    __tablename__ = "case_rung"
    __table_args__ = (Index("ix_case_rung_measure", "measure", "on_day"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    regime: Mapped[str] = mapped_column(String(20), primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    rung: Mapped[str] = mapped_column(String(20), primary_key=True)
    measure: Mapped[str] = mapped_column(String(20))
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    due_on: Mapped[date]
    on_day: Mapped[date]


class Recusal(Base):
    """回避: this person has to do with the matter, neither sees the case nor is given it."""

    __tablename__ = "case_recusal"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    on_day: Mapped[date]


class Rating(Base):
    """评价 of the reporter, 1 (bad) to 5 (good); once a reply."""

    __tablename__ = "case_rating"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score_is_one_to_five"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    score: Mapped[int]
    on_day: Mapped[date]


class MaliceMark(Base):
    """恶意举报: proposed by one person, decided by another; objected to by the reporter, settled by a third."""

    __tablename__ = "case_malice_mark"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="proposed_and_decided_by_two"),
        CheckConstraint(
            "settled_by IS NULL OR (settled_by <> proposed_by AND settled_by <> decided_by)", name="settled_by_a_third"
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    is_confirmed: Mapped[bool] = mapped_column(default=False)
    objected_on: Mapped[date | None]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    is_lifted: Mapped[bool] = mapped_column(default=False)


class IdentityRequest(Base):
    """打开身份: asked for by one, proposed by a custodian, agreed to by another one of another department.

    Only where a single department may keep the identity both are of it (`is_one_department`). `ends_at` is the last
    moment of the next step. `lent` is what the second one's department holds, for the first one's own key.
    """

    __tablename__ = "case_identity_request"
    __table_args__ = (
        CheckConstraint(
            "agreed_by IS NULL OR (proposed_by IS NOT NULL AND agreed_by <> proposed_by AND agreed_by <> asked_by)",
            name="agreed_by_another",
        ),
        CheckConstraint(
            "agreed_by IS NULL OR is_one_department OR agreed_department <> proposed_department",
            name="agreed_by_another_department",
        ),
        CheckConstraint("opened_at IS NULL OR agreed_by IS NOT NULL", name="opened_after_consent"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_department: Mapped[str | None] = mapped_column(String(40))
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    agreed_department: Mapped[str | None] = mapped_column(String(40))
    is_one_department: Mapped[bool] = mapped_column(default=False)
    refused_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    identity_epoch: Mapped[int | None]
    lent: Mapped[bytes | None]


class IdentityWords(Base):
    """Why an identity is asked for, sealed to the custodians of one department."""

    __tablename__ = "case_identity_words"

    request_id: Mapped[str] = mapped_column(ForeignKey("case_identity_request.id"), primary_key=True)
    department_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_epoch: Mapped[int]
    sealed: Mapped[bytes]


class CalendarFeed(Base):
    """The private address of one person's deadlines; only a hash of it is kept."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
