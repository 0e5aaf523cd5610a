"""Which work orders are here already."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class ImportedWorkOrder(Base):
    """`mark` is a keyed hash of 12345's number: the number leads to the caller in their system, so it is sealed."""

    __tablename__ = "imported_work_order"

    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), unique=True)
