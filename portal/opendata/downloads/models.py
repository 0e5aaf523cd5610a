"""The packages that lie ready, and up to which change each of them goes."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

FULL, CHANGES = "full", "changes"


class DataPackage(Base):
    """数据包 of one day. `sequence` is the newest change in it: one that takes a record out later makes it stale."""

    __tablename__ = "data_package"
    __table_args__ = (CheckConstraint("kind IN ('full', 'changes')", name="kind_is_known"),)

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(index=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    built_at: Mapped[datetime]
