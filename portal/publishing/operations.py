"""The trade's verbs: draft, revise, submit, return, approve and publish, correct, withdraw."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
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
from core.sanitising import plain
from core.workflow import Transition
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.leak_scan import Leak, leaks
from portal.publishing.ledger_leaf import SALT_BYTES, commitment, leaf
from portal.publishing.models import (
    PAST_TERM,
    Change,
    Disclosure,
    DisclosureVersion,
    PublicRecord,
    PublicRecordAct,
    VersionContent,
)
from portal.publishing.terms import needed_term
from portal.publishing.workflow import DRAFT, WORKFLOW

SCRUB = "storage.scrub"
CHANGED = "disclosure.changed"


class SelfApproval(DomainError):
    code = "self_approval"
    status = 403
    default_message = _l("起草人不能审核自己的内容，请由另一位同事审核。")


class LeakFound(DomainError):
    """`leaks` names the fields and places; the message names the fields."""

    code = "leak_found"
    status = 422

    def __init__(self, found: list[Leak], labels: Mapping[str, str]) -> None:
        kinds = {"resident_number": _l("身份证号"), "mobile": _l("手机号"), "bank_card": _l("银行卡号")}
        places = "；".join(f"{labels.get(leak.field, leak.field)}：{kinds[leak.kind]}" for leak in found)
        super().__init__(_l("发现不能公开的个人信息，不能提交或公开。%(places)s", places=places), count=len(found))
        self.leaks = found


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
        version=0,
        created_at=at,
        changed_at=at,
    )
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
    disclosure.draft, disclosure.natural_key = dict(content), natural_key
    disclosure.author_id = actor.user_id or disclosure.author_id
    _moved(session, disclosure, "revise", actor, at)


def submit(session: Session, disclosure: Disclosure, *, actor: Actor, at: datetime) -> None:
    """Hand to a reviewer; InvalidInput while something required is missing, LeakFound where something must go."""
    transition = _step(disclosure, "submit", actor)
    _must_be_complete(disclosure)
    needed_term(session, disclosure, local_date(at))
    disclosure.state = transition.target or disclosure.state
    disclosure.return_reason = None
    _moved(session, disclosure, "submit", actor, at)


def return_to_author(session: Session, disclosure: Disclosure, reason: str, *, actor: Actor, at: datetime) -> None:
    transition = _step(disclosure, "return", actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.return_reason = reason
    _moved(session, disclosure, "return", actor, at)


def approve_and_publish(
    session: Session, disclosure: Disclosure, *, log: Log, actor: Actor, at: datetime
) -> PublicRecord:
    """The one way to become public: by a second person, complete, without leaks, with its leaf in one transaction."""
    transition = _step(disclosure, "approve", actor)
    if actor.user_id is None or actor.user_id == disclosure.author_id:
        raise SelfApproval
    _must_be_complete(disclosure)
    disclosure.state = transition.target or disclosure.state
    disclosure.reviewer_id = actor.user_id
    disclosure.version += 1
    event = "publish" if disclosure.version == 1 else "correct"
    record = _publish(session, disclosure, event, actor.user_id, log, at)
    disclosure.change_reason = None
    _moved(session, disclosure, event, actor, at)
    return record


def correct(session: Session, disclosure: Disclosure, reason: str, *, actor: Actor, at: datetime) -> None:
    """Open a published record for correction; the public sees the old version until the new one is approved."""
    transition = _step(disclosure, "correct", actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.change_reason, disclosure.reviewer_id = reason, None
    disclosure.author_id = actor.user_id or disclosure.author_id
    _moved(session, disclosure, "correct", actor, at)


def withdraw(
    session: Session, disclosure: Disclosure, reason: str, basis: str, *, log: Log, actor: Actor, at: datetime
) -> None:
    """Take a record out of the public; the reason and its legal basis stay, the subject does not."""
    transition = _step(disclosure, "withdraw", actor)
    disclosure.state = transition.target or disclosure.state
    disclosure.withdrawn_reason, disclosure.withdrawn_basis = reason, basis
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
    session.execute(delete(VersionContent).where(VersionContent.disclosure_id == disclosure.id))
    disclosure.draft, disclosure.natural_key = {}, disclosure.id
    disclosure.change_reason = disclosure.return_reason = None
    enqueue(session, SCRUB, at=at)
    _moved(session, disclosure, "erase", actor, at)


def _publish(
    session: Session, disclosure: Disclosure, event: str, approver_id: str, log: Log, at: datetime
) -> PublicRecord:
    kind = kind_named(disclosure.kind)
    body = kind.public_part(disclosure.draft)
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
            reason=disclosure.change_reason,
            publicity_until=term.until,
            publicity_rule=term.rule,
        )
    )
    session.flush()
    session.add(
        VersionContent(disclosure_id=disclosure.id, version=disclosure.version, body=canonical.decode(), salt=salt)
    )
    until = term.until.isoformat() if term.until else None
    fields = leaf(event, kind.name, disclosure.id, disclosure.version, at, commitment=committed, until=until)
    log.add(session, disclosure.id, fields, at=at)
    sequence = next_change(session, disclosure, event, at)
    record = _project(session, kind, disclosure, json.loads(canonical), sequence, at)
    record.publicity_until, record.publicity_rule = term.until, term.rule
    session.flush()
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


def leak_in(disclosure: Disclosure) -> LeakFound | None:
    """The refusal that submitting the draft as it stands would meet."""
    kind = kind_named(disclosure.kind)
    part = kind.public_part(disclosure.draft)
    rich = {row["name"] for row in kind.rows if row["type"] == "rich"}
    found = leaks({name: plain(value) if name in rich else value for name, value in part.items()})
    return LeakFound(found, {one.name: one.label for one in kind.fields}) if found else None


def _step(disclosure: Disclosure, action: str, actor: Actor) -> Transition:
    transition = WORKFLOW.transition(disclosure.state, action)
    actor.must(transition.permission)
    return transition


def _moved(session: Session, disclosure: Disclosure, action: str, actor: Actor, at: datetime) -> None:
    disclosure.changed_at = at
    session.flush()
    _record(session, disclosure, action, actor, at)


def _record(session: Session, disclosure: Disclosure, action: str, actor: Actor, at: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"disclosure.{action}",
        subject=f"{disclosure.kind}:{disclosure.id}",
        at=at,
        state=disclosure.state,
        version=disclosure.version,
    )
