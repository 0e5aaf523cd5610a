"""How the consent of other departments to a draft stands: who must be asked, who was, what is still in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.models import Department, User
from core.errors import DomainError
from core.sanitising import plain
from portal.publishing.approved_content import digest
from portal.publishing.attachments import attached
from portal.publishing.consultation_rules import Ask, asks, quality_media
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.models import Consultation, Disclosure


class Answer(StrEnum):
    AGREE = "agree"
    AGREE_WITH_REMARKS = "agree_with_remarks"
    OBJECT = "object"


ANSWERS = {
    Answer.AGREE: (_l("同意"), "good"),
    Answer.AGREE_WITH_REMARKS: (_l("同意，有意见"), "good"),
    Answer.OBJECT: (_l("不同意"), "bad"),
}
CONSENTS = frozenset({Answer.AGREE, Answer.AGREE_WITH_REMARKS})


class ConsentMissing(DomainError):
    """`departments` are those whose answer stands in the way."""

    code = "consent_missing"
    status = 409

    def __init__(self, obstacles: Sequence["Obstacle"]) -> None:
        super().__init__(
            _l("还不能公开：%(reasons)s。", reasons="；".join(str(one.sentence) for one in obstacles)),
            departments=[one.department_code for one in obstacles],
        )


@dataclass(frozen=True)
class Obstacle:
    """`sentence` says what is in the way, without a full stop."""

    department_code: str
    sentence: Any


@dataclass(frozen=True)
class Standing:
    """`questions`: the newest to each department about these very words; `missing`: asked by rule, not yet by us."""

    media: frozenset[str]
    asks: tuple[Ask, ...]
    questions: tuple[Consultation, ...]
    missing: tuple[Ask, ...]
    obstacles: tuple[Obstacle, ...]


def content_digest(disclosure: Disclosure) -> str:
    """The digest of what the public would read of the draft as it stands, as its next version."""
    body = kind_named(disclosure.kind).public_part(disclosure.draft)
    reason = disclosure.change_reason
    return digest(disclosure.review_salt, disclosure.kind, disclosure.id, disclosure.version + 1, body, reason)


def standing(session: Session, disclosure: Disclosure, on: date) -> Standing:
    kind = kind_named(disclosure.kind)
    body = kind.public_part(disclosure.draft)
    said = [*readable(kind, body, disclosure.change_reason), *(one.text for one in attached(disclosure))]
    media = quality_media(kind.name, disclosure.draft, said, on)
    needed = asks(media, publisher_of(session, disclosure), on)
    questions = tuple(_newest(session, disclosure))
    asked = {one.department_code for one in questions}
    missing = tuple(ask for ask in needed if ask.department_code not in asked)
    obstacles = (*_unasked(session, missing), *_unanswered(session, questions, needed))
    return Standing(media, needed, questions, missing, obstacles)


def must_be_settled(session: Session, disclosure: Disclosure, on: date) -> None:
    """ConsentMissing while a department that must be asked was not, or one that was asked stands in the way."""
    found = standing(session, disclosure, on).obstacles
    if found:
        raise ConsentMissing(found)


def end_review(session: Session, disclosure: Disclosure, at: datetime) -> None:
    """Nothing is scheduled any more, and no department needs to answer what is open."""
    disclosure.publish_at = None
    still_open = (Consultation.answered_at.is_(None), Consultation.closed_at.is_(None))
    statement = update(Consultation).where(Consultation.disclosure_id == disclosure.id, *still_open)
    session.execute(statement.values(closed_at=at))


def erase_review(session: Session, disclosure: Disclosure, at: datetime) -> None:
    """What departments were asked and said about it, and the salt without which the digests tell nothing."""
    end_review(session, disclosure, at)
    disclosure.review_salt = ""
    said = update(Consultation).where(Consultation.disclosure_id == disclosure.id)
    session.execute(said.values(question="", remarks="", waive_reason=""))


def readable(kind: DisclosureKind, body: Mapping[str, Any], reason: str | None = None) -> list[str]:
    """The words of a version without markup, and the public reason of a correction."""
    rich = {row["name"] for row in kind.rows if row["type"] == "rich"}
    texts = [plain(value) if name in rich else value for name, value in body.items() if isinstance(value, str)]
    return [*texts, reason or ""]


def publisher_of(session: Session, disclosure: Disclosure) -> str | None:
    """The department that speaks: the author's; None for somebody of no department."""
    author = session.get(User, disclosure.author_id)
    return author.department_code if author else None


def _newest(session: Session, disclosure: Disclosure) -> list[Consultation]:
    statement = (
        select(Consultation)
        .where(
            Consultation.disclosure_id == disclosure.id,
            Consultation.digest == content_digest(disclosure),
            Consultation.closed_at.is_(None),
        )
        .order_by(Consultation.asked_at, Consultation.id)
    )
    return list({one.department_code: one for one in session.scalars(statement)}.values())


def _unasked(session: Session, missing: Sequence[Ask]) -> list[Obstacle]:
    return [
        Obstacle(one.department_code, _l("须先征求%(name)s的意见", name=_name(session, one.department_code)))
        for one in missing
    ]


def _unanswered(session: Session, questions: Sequence[Consultation], needed: Sequence[Ask]) -> list[Obstacle]:
    required = {one.department_code for one in needed if one.is_required}
    found = []
    for one in questions:
        name = _name(session, one.department_code)
        if one.answer in CONSENTS:
            continue
        if one.waived_at is not None and one.department_code not in required:
            continue
        if one.answer == Answer.OBJECT:
            found.append(Obstacle(one.department_code, _l("%(name)s不同意", name=name)))
        else:
            found.append(Obstacle(one.department_code, _l("%(name)s还没有答复", name=name)))
    return found


def _name(session: Session, code: str) -> str:
    department = session.get(Department, code)
    return department.short_name if department else code
