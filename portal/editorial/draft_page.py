"""What stands beside a draft on its page: consents asked and given, who did what, the forms of the next step."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Department
from core.audit import AuditEvent
from core.clock import CHINA
from core.web import current
from core.web.forms import Form, choices
from portal.editorial.forms import ConsultForm, ScheduleForm
from portal.publishing import consent
from portal.publishing.consultation_rules import medium_labels
from portal.publishing.models import Consultation, Disclosure
from portal.publishing.steps import subject_of
from portal.publishing.workflow import ACTION_LABELS

CLOSED = (_l("已收回"), "neutral")
WAITING = (_l("等答复"), "info")
OVERDUE = (_l("逾期未答复"), "bad")
WAIVED = (_l("不再等候"), "warn")


def review_context(session: Session, found: Disclosure, typed: Mapping[str, Form]) -> dict[str, Any]:
    stands = consent.standing(session, found, current.today())
    names = department_names(session)
    labels = medium_labels(current.today())
    return {
        "media": [labels[code] for code in labels if code in stands.media],
        "asks": stands.asks,
        "ask_names": [names[one.department_code] for one in stands.asks],
        "obstacles": [one.sentence for one in stands.obstacles],
        "questions": [question_row(one, names) for one in _questions(session, found)],
        "steps_taken": _history(session, found, names),
        "consult_form": typed.get("consult") or consult_form(session, found, stands),
        "schedule_form": typed.get("schedule") or ScheduleForm(formdata=None),
        "scheduled_for": found.publish_at,
    }


def consult_form(session: Session, found: Disclosure, stands: consent.Standing | None = None) -> ConsultForm:
    """The rules' departments are offered ticked; any other but the author's own can be chosen besides."""
    stands = stands or consent.standing(session, found, current.today())
    names, own = department_names(session), consent.publisher_of(session, found)
    form = ConsultForm()
    by_rule = [one.department_code for one in stands.asks]
    form.departments.choices = choices([(code, names[code]) for code in by_rule])
    others = [(code, name) for code, name in names.items() if code != own and code not in by_rule]
    form.other.choices = choices([("", _l("不另外征求")), *others])
    if not form.is_submitted():
        form.departments.data = [one.department_code for one in stands.missing]
    return form


def department_names(session: Session) -> dict[str, str]:
    return {one.code: one.short_name for one in session.scalars(select(Department).order_by(Department.code))}


def question_row(one: Consultation, names: Mapping[str, str]) -> dict[str, Any]:
    """A question with its state in words; `may_waive` where the reviewer may go on without an answer."""
    overdue = one.due_on < current.today()
    silent = one.answer is None
    return {
        "one": one,
        "department": names.get(one.department_code, ""),
        "answered_for": names.get(one.answered_for or "", ""),
        "escalated_to": names.get(one.escalated_to or ""),
        "tag": _tag(one, overdue=overdue),
        "is_late": overdue and silent and one.closed_at is None and one.waived_at is None,
        "may_waive": one.closed_at is None
        and one.waived_at is None
        and not one.is_required
        and (one.answer == consent.Answer.OBJECT or (silent and overdue)),
    }


def _tag(one: Consultation, *, overdue: bool) -> tuple[Any, str]:
    if one.waived_at is not None:
        return WAIVED
    if one.answer is not None:
        return consent.ANSWERS[consent.Answer(one.answer)]
    if one.closed_at is not None:
        return CLOSED
    return OVERDUE if overdue else WAITING


def _questions(session: Session, found: Disclosure) -> list[Consultation]:
    statement = select(Consultation).where(Consultation.disclosure_id == found.id)
    return list(session.scalars(statement.order_by(Consultation.asked_at.desc(), Consultation.id)))


def _history(session: Session, found: Disclosure, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every step from the first draft on, newest first, as the audit chain has it."""
    statement = select(AuditEvent).where(AuditEvent.subject == subject_of(found))
    events = session.scalars(statement.order_by(AuditEvent.number.desc())).all()
    return [_event(one, names) for one in events]


def _event(one: AuditEvent, names: Mapping[str, str]) -> dict[str, Any]:
    action, detail = one.action.removeprefix("disclosure."), one.detail
    asked = [names.get(code, code) for code in detail.get("departments", [])]
    answer = detail.get("answer")
    said = consent.ANSWERS[consent.Answer(answer)][0] if answer else ""
    about = [*asked, names.get(detail.get("department", ""), ""), said]
    return {
        "title": ACTION_LABELS.get(action, action),
        "at": one.at.astimezone(CHINA),
        "actor": _l("系统") if one.actor_id is None else one.actor_name,
        "text": "，".join(str(part) for part in about if part),
    }
