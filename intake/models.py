"""Reports at rest. In the clear: what the queue needs. Sealed: every word, every name. No address, no hour."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import RowNumber
from core.database import Base

CO, EXCLUDED = "co", "excluded"


class Report(Base):
    """举报. `lookup` is derived from the receipt code, which is nowhere stored."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_queue", "responsible_code", "state"),
        CheckConstraint("category_channel IN ('12369', '12365')", name="channel_is_known"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_number: Mapped[str] = mapped_column(String(20), unique=True)
    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    received_on: Mapped[date]
    category_channel: Mapped[str] = mapped_column(String(5))
    received_by: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40))
    county_code: Mapped[str | None] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    regime: Mapped[str] = mapped_column(String(20))
    responsible_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    rule: Mapped[str] = mapped_column(String(60))
    rule_reason: Mapped[str] = mapped_column(Text)
    rule_source: Mapped[str] = mapped_column(Text)
    sealed_body: Mapped[bytes]
    sealed_identity: Mapped[bytes | None]
    # Somebody of the staff has seen the code: it is exchanged when the reporter first comes with it.
    is_code_dictated: Mapped[bool] = mapped_column(default=False, server_default=false())


class ReportDepartment(Base):
    """A department's part in a report beside the responsible one: it helps (co) or is kept out (excluded)."""

    __tablename__ = "report_department"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(10))


class CaseEvent(Base):
    """One step in the timeline. Append-only. The reporter sees the public ones."""

    __tablename__ = "case_event"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    on_day: Mapped[date]
    at: Mapped[datetime | None]
    action: Mapped[str] = mapped_column(String(30))
    actor_name: Mapped[str] = mapped_column(String(60))
    department_code: Mapped[str | None] = mapped_column(String(40))
    is_public: Mapped[bool]
    text_id: Mapped[str | None] = mapped_column(String(26))
    detail: Mapped[dict[str, Any]]


class Deadline(Base):
    """期限 of one step of one report under one regime, with the rule it came from and what it is counted from.

    `round` grows when the clock starts anew (reopened, extended), so that the ladder climbs anew. While `is_paused`
    the days do not count and `due_on` is what it was when the pause began.
    """

    __tablename__ = "case_deadline"
    __table_args__ = (Index("ix_case_deadline_open", "met_on", "due_on"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    regime: Mapped[str] = mapped_column(String(20), primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(60))
    started_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    days: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    extra_days: Mapped[int]
    extra_unit: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    article: Mapped[str | None] = mapped_column(String(60))
    verified: Mapped[bool]
    met_on: Mapped[date | None]
    round: Mapped[int]
    is_paused: Mapped[bool]


class Extension(Base):
    """延期: asked for by one person, decided by another."""

    __tablename__ = "case_extension"
    __table_args__ = (CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="asked_and_decided_by_two"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    days: Mapped[int]
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]


class SealedFile(Base):
    """An attachment: the bytes lie sealed on disk under `id`; its name, kind, size and key are sealed to the report."""

    __tablename__ = "sealed_file"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    sealed_meta: Mapped[bytes]
