"""What each authority owed to the public, one row a decision, numbered without a gap once a manifest has told of it.

The row outlives the text: what is erased is remembered here by authority, kind and day, never by its subject.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import local_date
from core.database import Base
from portal.publishing.models import Disclosure

DAY_FIELDS = ("decided_on", "listed_on", "issued_on")
NOT_COUNTED = frozenset({"manifest", "key_use"})


class DueItem(Base):
    """`number` runs through 1, 2, 3… for each authority; `month` (2026-10) is that of the manifest that gave it."""

    __tablename__ = "due_item"
    __table_args__ = (
        UniqueConstraint("authority", "number", name="one_item_a_number"),
        CheckConstraint("(number IS NULL) = (month IS NULL)", name="numbered_by_a_manifest"),
    )

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    on_day: Mapped[date]
    due_on: Mapped[date | None]
    number: Mapped[int | None]
    month: Mapped[str | None] = mapped_column(String(7))


class Withholding(Base):
    """Why something due is not published: an editor's reason and its legal basis, told in the manifest."""

    __tablename__ = "withholding"

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    basis: Mapped[str] = mapped_column(String(300))
    decided_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


def day_of(draft: Mapping[str, Any], otherwise: date) -> date:
    """The day of the decision, listing or notice; `otherwise` where the draft does not say."""
    said = next((str(draft[name]) for name in DAY_FIELDS if draft.get(name)), "")
    try:
        return date.fromisoformat(said)
    except ValueError:
        return otherwise


def remember(session: Session, disclosure: Disclosure, due_on: date | None = None) -> DueItem | None:
    """The row of a disclosure, made from its draft where there is none yet; None for what no authority owes."""
    item = session.get(DueItem, disclosure.id)
    authority = disclosure.draft.get("authority_name")
    if disclosure.kind in NOT_COUNTED or (item is None and not authority):
        return None
    if item is None:
        item = DueItem(disclosure_id=disclosure.id, kind=disclosure.kind)
        session.add(item)
    if item.number is None and authority:
        item.authority = str(authority)
        item.on_day = day_of(disclosure.draft, local_date(disclosure.created_at))
        item.due_on = due_on or item.due_on
    session.flush()
    return item
