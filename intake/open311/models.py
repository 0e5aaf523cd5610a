"""Which apps may file."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Open311Key(Base):
    """The key of one app. Only its hash is kept; a revoked key stays, for the record."""

    __tablename__ = "open311_key"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
