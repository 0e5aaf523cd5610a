"""The trade's verbs: draft, revise, submit, take back, return, approve, publish, correct, withdraw, erase.

Consulting and scheduling have modules of their own.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.clock import local_date
from core.errors import DomainError, InvalidInput
from core.ids import new_id
from core.ledger.log import Log
from core.outbox import enqueue
from portal.publishing import attachments, consent, due_days
from portal.publishing.approved_content import new_salt
from portal.publishing.consent import content_digest
from portal.publishing.erasing import erase_texts
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.ledger_leaf import SALT_BYTES, commitment, leaf
from portal.publishing.models import (
    PAST_TERM,
    REASON,
    Approval,
    Change,
    Disclosure,
    DisclosureVersion,
    PublicRecord,
    PublicRecordAct,
    VersionContent,
)
from portal.publishing.redacted import carried_over
from portal.publishing.refusals import leak_in
from portal.publishing.rendered import must_go_out_clean
from portal.publishing.steps import moved as _moved
from portal.publishing.steps import permitted as _step
from portal.publishing.steps import recorded as _record
from portal.publishing.steps import written_by
from portal.publishing.suggestions import decide, must_be_reviewed, undecided
from portal.publishing.terms import needed_term
from portal.publishing.workflow import DRAFT

CHANGED = "disclosure.changed"


class SelfApproval(DomainError):
    code = "self_approval"
    status = 403
    default_message = _l("起草或修改过这份内容的人不能审核它，请由另一位同事审核。")


class ReasonMissing(DomainError):
    code = "reason_missing"
    status = 422
    default_message = _l("请写明原因（以及要求的依据）再提交。")


class ContentChanged(DomainError):
    """What the reviewer looked at is not what the draft says now."""

    code = "content_changed"
    status = 409
    default_message = _l("您打开页面以后，这份内容又改过。请重新看一遍再审核。")


class ApprovalVoid(DomainError):
    """The approval was given to other words than would be published."""

    code = "approval_void"
    status = 409
    default_message = _l("审核通过以后内容有了变化，原来的审核不再有效，请重新审核。")


class DuplicateDecision(DomainError):
    code = "duplicate_decision"
    status = 409

    def __init__(self, existing_id: str) -> None:
        super().__init__(_l("这个机关的同一文号已经录入。"), existing=existing_id)
        self.existing_id = existing_id


def draft(
    session: Session, kind: DisclosureKind, content: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Disclosure:
    """A new draft; DuplicateDecision where the same decision of the same authority is there already."""
    identifier = new_id()
    natural_key = kind.natural_key(content) or identifier
    existing = find_by_natural_key(session, kind.name, natural_key)
    if existing is not None:
        raise DuplicateDecision(existing.id)
    disclosure = Disclosure(
        id=identifier,
        kind=kind.name,
        state=DRAFT,
        draft=dict(content),
        natural_key=natural_key,
        author_id=actor.user_id,
        authors=[actor.user_id],
        review_salt=new_salt(),
        version=0,
        created_at=at,
        changed_at=at,
    )
    due_days.settle(session, disclosure)
    session.add(disclosure)
    session.flush()
    _record(session, disclosure, "draft", actor, at)
    return disclosure


def find_by_natural_key(session: Session, kind: str, natural_key: str) -> Disclosure | None:
    return session.scalar(select(Disclosure).where(Disclosure.kind == kind, Disclosure.natural_key == natural_key))


def revise(session: Session, disclosure: Disclosure, content: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Save what the editor typed. Whoever revises becomes the author, so that they cannot approve it."""
    _step(disclosure, "revise", actor)
    kind = kind_named(disclosure.kind)
    natural_key = kind.natural_key(content) or disclosure.id
    other = find_by_natural_key(session, disclosure.kind, natural_key)
    if other is not None and other.id != disclosure.id:
        raise DuplicateDecision(other.id)
    disclosure.draft, disclosure.natural_key = carried_over(disclosure.draft, content), natural_key
    due_days.settle(session, disclosure)
    written_by(disclosure, actor)
    _moved(session, disclosure, "revise", actor, at)


def redact(
    session: Session,
    disclosure: Disclosure,
    chosen: Mapping[str, tuple[str, str, str]],
    *,
    on: date,
    actor: Actor,
    at: datetime,
) -> int:
    """Put the editor's choices about personal data on record; how many are left. Whoever does it is an author."""
    _step(disclosure, "revise", actor)
    decide(disclosure, chosen, on=on)
    written_by(disclosure, actor)
    left = len(undecided(disclosure))
    _moved(session, disclosure, "redact", actor, at, undecided=left)
    return left


def submit(session: Session, disclosure: Disclosure, *, actor: Actor, at: datetime) -> None:
    """Hand to a reviewer; InvalidInput while something required is missing, LeakFound where something must go."""
    transition = _step(disclosure, "submit", actor)
    _must_be_complete(disclosure)
    needed_term(session, disclosure, local_date(at))
    disclosure.state = transition.target or disclosure.state
    disclosure.return_reason = None
    _moved(session, disclosure, "submit", actor, at)


def take_back(session: Session, disclosure: Disclosure, *, actor: Actor, at: datetime) -> None:
    """The editors take it back to work on it: the review, the questions and the approval are over."""
    transition = _step(disclosure, "take_back", actor)
    _back_to_draft(session, disclosure, transition.target, at)
    _moved(session, disclosure, "take_back", actor, at)


def return_to_author(session: Session, disclosure: Disclosure, reason: str, *, actor: Actor, at: datetime) -> None:
    transition = _step(disclosure, "return", actor)
    _back_to_draft(session, disclosure, transition.target, at)
    disclosure.return_reason = reason
    _moved(session, disclosure, "return", actor, at)


def approve(
    session: Session, disclosure: Disclosure, *, seen: str | None = None, actor: Actor, at: datetime
) -> Approval:
    """A second person puts their name to these words; `seen` is the digest of what they had before them."""
    transition = _step(disclosure, "approve", actor)
    if actor.user_id is None or actor.user_id in (disclosure.author_id, *disclosure.authors):
        raise SelfApproval
    if seen is not None and seen != content_digest(disclosure):
        raise ContentChanged
    _must_be_complete(disclosure)
    consent.must_be_settled(session, disclosure, local_date(at))
    must_be_reviewed(disclosure)
    attachments.must_be_looked_at(disclosure, actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.reviewer_id = actor.user_id
    approval = Approval(
        disclosure_id=disclosure.id,
        version=disclosure.version + 1,
        digest=content_digest(disclosure),
        author_id=disclosure.author_id,
        approver_id=actor.user_id,
        at=at,
    )
    session.add(approval)
    _moved(session, disclosure, "approve", actor, at, digest=approval.digest)
    return approval


def publish(session: Session, disclosure: Disclosure, *, log: Log, actor: Actor, at: datetime) -> PublicRecord:
    """The one way to become public: approved as it stands, consented to, complete, without leaks, with its leaf.

    All that can be refused is refused before anything is written. `actor` may be the clock's: the approval names who
    answers for the words.
    """
    transition = _step(disclosure, "publish", actor)
    approval = must_be_publishable(session, disclosure, at)
    disclosure.state, disclosure.publish_at = transition.target or disclosure.state, None
    disclosure.version += 1
    event = "publish" if disclosure.version == 1 else "correct"
    record = _publish(session, disclosure, event, approval.approver_id, log, at)
    disclosure.change_reason = None
    _moved(session, disclosure, event, actor, at)
    return record


def approve_and_publish(
    session: Session, disclosure: Disclosure, *, seen: str | None = None, log: Log, actor: Actor, at: datetime
) -> PublicRecord:
    """Both at once, as is usual."""
    approve(session, disclosure, seen=seen, actor=actor, at=at)
    return publish(session, disclosure, log=log, actor=actor, at=at)


def must_be_publishable(session: Session, disclosure: Disclosure, at: datetime) -> Approval:
    """The approval that stands for the draft as it is; a refusal where there is none, or something else is missing."""
    statement = select(Approval).where(Approval.disclosure_id == disclosure.id).order_by(Approval.number.desc())
    approval = session.scalars(statement.limit(1)).first()
    if approval is None or approval.digest != content_digest(disclosure):
        raise ApprovalVoid
    if approval.approver_id in (disclosure.author_id, *disclosure.authors):
        raise SelfApproval
    _must_be_complete(disclosure)
    consent.must_be_settled(session, disclosure, local_date(at))
    needed_term(session, disclosure, local_date(at))
    return approval


def correct(session: Session, disclosure: Disclosure, reason: str, *, actor: Actor, at: datetime) -> None:
    """Open a published record for correction; the public sees the old version until the new one is approved."""
    transition = _step(disclosure, "correct", actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.change_reason, disclosure.reviewer_id = reason, None
    disclosure.authors = []
    written_by(disclosure, actor)
    _moved(session, disclosure, "correct", actor, at)


def withdraw(
    session: Session, disclosure: Disclosure, reason: str, basis: str, *, log: Log, actor: Actor, at: datetime
) -> None:
    """Take a record out of the public; the reason and its legal basis stay, the subject does not."""
    transition = _step(disclosure, "withdraw", actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.withdrawn_reason, disclosure.withdrawn_basis = reason, basis
    consent.end_review(session, disclosure, at)
    session.execute(delete(PublicRecordAct).where(PublicRecordAct.record_id == disclosure.id))
    session.execute(delete(PublicRecord).where(PublicRecord.id == disclosure.id))
    next_change(session, disclosure, "withdraw", at)
    fields = leaf("withdraw", disclosure.kind, disclosure.id, disclosure.version, at, ground=basis)
    log.add(session, disclosure.id, fields, at=at)
    enqueue(session, "search.refresh", at=at, kind=disclosure.kind, key=disclosure.id)
    _moved(session, disclosure, "withdraw", actor, at)


def erase(session: Session, disclosure: Disclosure, *, actor: Actor, at: datetime) -> None:
    """Destroy every text of a withdrawn record for good; that it was there, and why it went, stays in the ledger."""
    transition = _step(disclosure, "erase", actor)
    disclosure.state = transition.target or disclosure.state
    erase_texts(session, disclosure, at)
    _moved(session, disclosure, "erase", actor, at)


def _publish(
    session: Session, disclosure: Disclosure, event: str, approver_id: str, log: Log, at: datetime
) -> PublicRecord:
    kind = kind_named(disclosure.kind)
    body = kind.public_part(disclosure.draft)
    if disclosure.change_reason:
        body[REASON] = disclosure.change_reason
    term = needed_term(session, disclosure, local_date(at))
    canonical, salt = rfc8785.dumps(body), secrets.token_bytes(SALT_BYTES)
    committed = commitment(salt, canonical)
    session.add(
        DisclosureVersion(
            disclosure_id=disclosure.id,
            version=disclosure.version,
            event=event,
            commitment=committed,
            author_id=disclosure.author_id,
            approver_id=approver_id,
            at=at,
            publicity_until=term.until,
            publicity_rule=term.rule,
        )
    )
    session.flush()
    held = VersionContent(disclosure_id=disclosure.id, version=disclosure.version, body=canonical.decode(), salt=salt)
    held.reason = disclosure.change_reason
    session.add(held)
    attachments.go_out(session, disclosure)
    until = term.until.isoformat() if term.until else None
    fields = leaf(event, kind.name, disclosure.id, disclosure.version, at, commitment=committed, until=until)
    log.add(session, disclosure.id, fields, at=at)
    sequence = next_change(session, disclosure, event, at)
    record = _project(session, kind, disclosure, json.loads(canonical), sequence, at)
    record.publicity_until, record.publicity_rule = term.until, term.rule
    session.flush()
    must_go_out_clean(session, disclosure, record)
    enqueue(session, "search.refresh", at=at, kind=disclosure.kind, key=disclosure.id)
    return record


def next_change(session: Session, disclosure: Disclosure, event: str, at: datetime) -> int:
    """The next place in the change sequence. Numbers are committed in their order: what follows it misses none."""
    audit.hold(session)
    change = Change(record_id=disclosure.id, kind=disclosure.kind, event=event, at=at)
    session.add(change)
    session.flush()
    enqueue(session, CHANGED, at=at, kind=disclosure.kind, key=disclosure.id, sequence=change.sequence, event=event)
    return change.sequence


def _project(
    session: Session, kind: DisclosureKind, disclosure: Disclosure, body: dict[str, Any], sequence: int, at: datetime
) -> PublicRecord:
    summary = kind.summarise(body)
    standing = session.get(PublicRecord, disclosure.id, execution_options={PAST_TERM: True})
    record = standing or PublicRecord(id=disclosure.id, published_at=at)
    record.kind, record.version, record.sequence = kind.name, disclosure.version, sequence
    record.title, record.summary = summary.title, summary.summary
    record.party_name, record.party_uscc = summary.party_name, summary.party_uscc
    record.county_code, record.authority = summary.county_code, summary.authority
    record.decided_on, record.updated_at, record.body = summary.decided_on, at, body
    session.add(record)
    session.flush()
    session.execute(delete(PublicRecordAct).where(PublicRecordAct.record_id == record.id))
    session.add_all(PublicRecordAct(record_id=record.id, act_code=code) for code in dict.fromkeys(summary.acts))
    session.flush()
    return record


def _must_be_complete(disclosure: Disclosure) -> None:
    kind = kind_named(disclosure.kind)
    problems = kind.problems(disclosure.draft)
    if problems:
        raise InvalidInput(problems)
    leak = leak_in(disclosure)
    if leak is not None:
        raise leak


def _back_to_draft(session: Session, disclosure: Disclosure, state: str | None, at: datetime) -> None:
    disclosure.state = state or disclosure.state
    disclosure.reviewer_id = None
    consent.end_review(session, disclosure, at)
