"""Mail about consultations: that a department is asked, by when, and that an answer came. Never the content.

Mail is in Chinese: it goes to officers of the city, and a worker knows no reader's language.
"""

from collections.abc import Collection

from sqlalchemy import select

from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.mail import deliver, notice
from core.outbox import Job
from portal.publishing.models import Consultation, Disclosure

CONSULTATION_MAIL = "publishing.consultation_mail"

TEXTS = {
    "asked": ("有一件公开内容征求您部门的意见", "请于{due}前登录平台答复：同意、同意但有意见，或不同意并说明理由。"),
    "reminder": ("征求意见即将到期", "征求您部门意见的一件公开内容还没有答复，最迟{due}答复。"),
    "escalated": ("征求意见逾期未答复", "{department}没有在{due}前答复一件征求意见，请督促或代为答复。"),
    "answered": ("征求意见已有答复", "{department}已经答复一件征求意见，请登录平台查看。"),
}


def send_consultation_mail(job: Job) -> None:
    """Outbox handler."""
    if job.settings.smtp_url is None:
        return
    one = job.session.get_one(Consultation, job.payload["consultation"])
    department = job.session.get_one(Department, one.department_code)
    template = job.payload["template"]
    subject, text = TEXTS[template]
    text = text.format(due=f"{one.due_on.month}月{one.due_on.day}日", department=department.short_name)
    to_editors = template == "answered" or (template == "escalated" and one.escalated_to is None)
    path = f"/editorial/{one.disclosure_id}" if to_editors else f"/editorial/consultations/{one.id}"
    messages = [notice(job, address, subject, text, path) for address in sorted(_addresses(job, one, template))]
    if messages:
        deliver(job.settings.smtp_url, messages)


def _addresses(job: Job, one: Consultation, template: str) -> Collection[str]:
    if template == "answered":
        author = job.session.get_one(Disclosure, one.disclosure_id).author_id
        return _emails(job, User.id.in_([one.asked_by, author]), None)
    if template == "escalated" and one.escalated_to is None:
        return _emails(job, User.id == one.asked_by, None) | _emails(job, None, Permission.REVIEW_DISCLOSURE)
    code = one.escalated_to if template == "escalated" else one.department_code
    return _emails(job, User.department_code == code, Permission.ANSWER_CONSULTATION)


def _emails(job: Job, where: object, permission: Permission | None) -> set[str]:
    statement = select(User).where(User.is_active)
    if where is not None:
        statement = statement.where(where)  # type: ignore[arg-type]
    people = job.session.scalars(statement)
    return {one.email for one in people if one.email and (permission is None or one.as_actor().may(permission))}
