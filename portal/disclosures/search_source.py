"""The published records as search sees them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from core.sanitising import plain
from portal.publishing.attachments import texts_of
from portal.publishing.kinds import DisclosureKind
from portal.publishing.models import PublicRecord
from portal.publishing.queries import acts_of, all_records
from search.document import Document

TEXT_TYPES = ("text", "long", "rich")
# What a title, a name or a code of the document says already: an excerpt that repeats it tells the reader nothing.
IN_TITLE = ("title", "party_name", "decision_no", "listing_decision_no")


@dataclass(frozen=True)
class RecordSource:
    disclosure_kind: DisclosureKind

    @property
    def kind(self) -> str:
        return self.disclosure_kind.name

    def document(self, session: Session, key: str) -> Document | None:
        record = session.get(PublicRecord, key)
        return self._document(session, record, acts_of(session, record.id)) if record is not None else None

    def documents(self, session: Session) -> Iterator[Document]:
        for record in all_records(session, self.kind):
            yield self._document(session, record, record.body.get("acts") or ())

    def _document(self, session: Session, record: PublicRecord, acts: Sequence[str]) -> Document:
        codes = [record.party_uscc, record.body.get("decision_no"), record.body.get("listing_decision_no")]
        texts = [
            row["name"]
            for row in self.disclosure_kind.rows
            if row["type"] in TEXT_TYPES and row["name"] not in IN_TITLE
        ]
        values = (plain(str(record.body[name])) for name in texts if record.body.get(name))
        return Document(
            kind=record.kind,
            key=record.id,
            url=f"/{self.disclosure_kind.path}/{record.id}",
            title=record.title,
            body="\n".join(values),
            names=(record.party_name,) if record.party_name else (),
            codes=tuple(code for code in codes if code),
            county=record.county_code,
            authority=record.authority,
            acts=tuple(dict.fromkeys(acts)),
            on=record.decided_on,
            amount=_yuan(record.body.get("fine_wan_yuan")),
            party=record.party_uscc or record.party_name,
            files=tuple(texts_of(session, record.id, record.body)),
        )


def _yuan(wan_yuan: Any) -> int | None:
    """A fine in 万元, as the standard writes it, in yuan."""
    try:
        return int(Decimal(str(wan_yuan)) * 10_000) if wan_yuan else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
