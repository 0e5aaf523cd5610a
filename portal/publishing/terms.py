"""The publicity term of a draft and of what is public: refused where it is over before it begins."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.models import Disclosure, DisclosureVersion, PublicRecord
from portal.publishing.publicity import NoRule, Term, term, term_under


class TermRefuses(DomainError):
    """The rules say that this is not to be published: at all, or no longer."""

    code = "term_refuses"
    status = 422


def term_of(kind: DisclosureKind, content: Mapping[str, Any], *, published_on: date) -> Term:
    """The term of a complete draft; TermRefuses where no rule is known for it."""
    try:
        return term(kind.publicity(content), published_on=published_on)
    except NoRule:
        raise TermRefuses(_l("没有适用的公示期限规则，不能公开。请先补充规则表。")) from None


def open_term(kind: DisclosureKind, content: Mapping[str, Any], *, published_on: date, on: date) -> Term:
    """The term of a draft that is to be public on the day `on`; TermRefuses where it may not be."""
    found = term_of(kind, content, published_on=published_on)
    if found.is_forbidden:
        raise TermRefuses(_l("按规定不公示：%(label)s（%(basis)s）。", label=found.label, basis=found.basis))
    if found.is_over(on):
        raise TermRefuses(
            _l(
                "公示期到%(until)s已满，不能再公开：%(label)s（%(basis)s）。",
                until=f"{found.until}",
                label=found.label,
                basis=found.basis,
            )
        )
    return found


def first_published_on(session: Session, disclosure: Disclosure, today: date) -> date:
    """The day in China on which version 1 went out; today where none has yet."""
    at = session.scalar(
        select(DisclosureVersion.at).where(
            DisclosureVersion.disclosure_id == disclosure.id, DisclosureVersion.version == 1
        )
    )
    return local_date(at) if at else today


def needed_term(session: Session, disclosure: Disclosure, today: date) -> Term:
    """The term that publishing the draft today would give."""
    kind = kind_named(disclosure.kind)
    start = first_published_on(session, disclosure, today)
    return open_term(kind, kind.public_part(disclosure.draft), published_on=start, on=today)


def shown_term(record: PublicRecord) -> Term | None:
    """The term as the record's page tells it."""
    return term_under(
        record.publicity_rule,
        record.publicity_until,
        decided_on=record.decided_on,
        published_on=local_date(record.published_at),
    )


def basis_of(version: DisclosureVersion | None) -> str:
    """The source of the rule that a version was published under, for the page of one whose term is over."""
    if version is None:
        return ""
    day = local_date(version.at)
    found = term_under(version.publicity_rule, None, decided_on=day, published_on=day)
    return found.basis if found else ""
