"""What erasure takes of a record: every text and salt. That it was there, and why it went, stays in the ledger.

The rows go with the transaction; from the files they go by core.scrubbing, right after it.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core import scrubbing
from core.outbox import enqueue
from portal.publishing import attachments, consent
from portal.publishing.due_items import remember
from portal.publishing.models import Disclosure, VersionContent

SCRUB = "storage.scrub"
# Where the words of a record lie, but for the search index.
TABLES = ("disclosure", "version_content", "attachment", "public_record", "public_record_act", "consultation")


def erase_texts(session: Session, disclosure: Disclosure, at: datetime) -> None:
    """Versions with their salts, files, the draft, the reasons that may name somebody, what was asked about it."""
    remember(session, disclosure)
    session.execute(delete(VersionContent).where(VersionContent.disclosure_id == disclosure.id))
    attachments.erase(session, disclosure)
    disclosure.draft, disclosure.natural_key = {}, disclosure.id
    disclosure.change_reason = disclosure.return_reason = None
    consent.erase_review(session, disclosure, at)
    session.flush()
    scrubbing.expect(session, at)
    enqueue(session, SCRUB, at=at)
