"""Mail to a department that something waits for it: no content, no case number, nothing of the reporter."""

from sqlalchemy import select

from core.accounts.models import User
from core.accounts.permissions import Permission
from core.mail import deliver, notice
from core.outbox import Job

TEXTS = {
    "new_case": ("有新的举报待受理", "您的部门收到一件新的举报，请登录承办台受理。"),
    "ladder_reminder": ("有案件期限过半", "您的部门有案件期限已经过半，请登录承办台查看。"),
    "ladder_warning": ("有案件即将到期", "您的部门有案件即将到期或今天到期，请登录承办台办理。"),
    "ladder_supervision": ("有案件超期，已列入督办", "有案件超过办理期限，已列入督办，请登录承办台查看。"),
    "ladder_interview": (
        "有案件严重超期，已列入约谈名单",
        "有案件超期五个工作日，请登录承办台查看。",
    ),
    "disputed": ("有案件等待指定承办单位", "有案件多次退回，等待您指定承办单位，请登录承办台办理。"),
    "objection": ("有举报人提出异议", "有举报人对一项认定提出异议，等待您处理，请登录承办台查看。"),
    "identity": ("有打开举报人身份的申请", "有一份打开举报人身份的申请在等待身份保管员，请登录承办台查看。"),
    "new_message": ("举报人有新的补充", "您的部门承办的一件举报有新的补充，请登录承办台查看。"),
}
ROLES = {
    "officer": Permission.HANDLE_REPORT,
    "head": Permission.DECIDE_EXTENSION,
    "supervisor": Permission.SUPERVISE_REPORTS,
    "custodian": Permission.OPEN_IDENTITY,
}


def send_notice(job: Job) -> None:
    """Outbox handler."""
    if job.settings.smtp_url is None:
        return
    addresses = _addresses(job)
    if addresses:
        subject, text = TEXTS[job.payload["template"]]
        deliver(job.settings.smtp_url, [notice(job, address, subject, text, "/desk") for address in addresses])


def _addresses(job: Job) -> list[str]:
    """Everybody of the department, or of it those who hold the role; supervisors belong to no department."""
    role = job.payload.get("role")
    statement = select(User).where(User.is_active, User.email.is_not(None)).order_by(User.id)
    if role != "supervisor":
        statement = statement.where(User.department_code == job.payload["department"])
    people = job.session.scalars(statement)
    wanted = ROLES.get(role or "")
    return [one.email for one in people if one.email and (wanted is None or one.as_actor().may(wanted))]
