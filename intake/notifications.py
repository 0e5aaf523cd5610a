"""Mail to a department that something waits for it: no content, no case number, nothing of the reporter."""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from core.accounts.models import User
from core.outbox import Job

TEXTS = {
    "new_case": ("有新的举报待受理", "您的部门收到一件新的举报，请登录承办台受理。"),
    "new_message": ("举报人有新的补充", "您的部门承办的一件举报有新的补充，请登录承办台查看。"),
}
TIMEOUT_SECONDS = 20


def send_notice(job: Job) -> None:
    """Outbox handler. A crash between sending and the mark "done" sends twice, with the same Message-ID."""
    if job.settings.smtp_url is None:
        return
    statement = select(User.email).where(User.department_code == job.payload["department"], User.is_active)
    addresses = [email for email in job.session.scalars(statement) if email]
    if addresses:
        _deliver(job.settings.smtp_url, [_message(job, address) for address in addresses])


def _message(job: Job, address: str) -> EmailMessage:
    subject, text = TEXTS[job.payload["template"]]
    key = hashlib.sha256(f"{job.id}|{address}".encode()).hexdigest()[:32]
    message = EmailMessage()
    message["Subject"] = f"【{job.settings.site_name}】{subject}"
    message["From"], message["To"] = job.settings.mail_from, address
    message["Message-ID"] = f"<{key}@{urlsplit(job.settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n\n{job.settings.base_url}/desk\n")
    return message


def _deliver(url: str, messages: list[EmailMessage]) -> None:
    parts = urlsplit(url)
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with connect(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_SECONDS) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        for message in messages:
            server.send_message(message)
