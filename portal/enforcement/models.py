"""Credit repairs that were taken in: who decided what, and which records ended with it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class CreditRepair(Base):
    """信用修复: the decision of an authority that ends publicity, sharing and measures. Names no party."""

    __tablename__ = "credit_repair"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    decided_by: Mapped[str] = mapped_column(String(200))
    decision_no: Mapped[str] = mapped_column(String(128))
    decided_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class RepairedRecord(Base):
    """One record that a repair ended."""

    __tablename__ = "credit_repair_record"

    repair_id: Mapped[str] = mapped_column(ForeignKey("credit_repair.id"), primary_key=True)
    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True, index=True)
