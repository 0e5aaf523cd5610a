"""Handing notices to the mail server: plain text, the same Message-ID when a job runs twice."""

import hashlib
import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from core.config import Settings
from core.outbox import Job

TIMEOUT_SECONDS = 20


def notice(job: Job, address: str, subject: str, text: str, path: str) -> EmailMessage:
    """A notice to one address with a link to `path`. A crash between sending and "done" repeats its Message-ID."""
    settings: Settings = job.settings
    key = hashlib.sha256(f"{job.id}|{address}".encode()).hexdigest()[:32]
    message = EmailMessage()
    message["Subject"] = f"【{settings.site_name}】{subject}"
    message["From"], message["To"] = settings.mail_from, address
    message["Message-ID"] = f"<{key}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n\n{settings.base_url}{path}\n")
    return message


def deliver(url: str, messages: Iterable[EmailMessage]) -> None:
    """Send over `url` (smtp:// with STARTTLS where offered, or smtps://); whatever fails is raised and tried again."""
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
