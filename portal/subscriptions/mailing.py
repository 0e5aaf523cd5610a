"""The mails of a subscription: please confirm, and what is new. Plain text, nothing that tells whether it was read."""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import urlsplit

from core.config import Settings
from portal.subscriptions.addresses import AddressBook, Recipient
from portal.subscriptions.models import Subscription
from portal.subscriptions.news import News
from portal.subscriptions.wording import N_, said


def confirmation(
    subscription: Subscription, whom: Recipient, book: AddressBook, settings: Settings, words: str
) -> EmailMessage:
    """`words`: the question as people say it."""
    language = subscription.language
    link = f"{settings.base_url}/subscriptions/{subscription.id}/confirm/{book.token('confirm', subscription.id)}"
    lines = [
        said(N_("有人（应该是您）请求用这个邮箱订阅：%(words)s。"), language, words=words),
        said(N_("请在 48 小时内打开下面的网址确认；不确认就不会再收到邮件，这个邮箱也会被删除。"), language),
        link,
        said(N_("如果不是您，不用理会。"), language),
    ]
    subject = said(N_("请确认订阅"), language)
    return _message(subscription, whom, settings, subject, lines, key=f"confirm|{subscription.asked_at.isoformat()}")


def digest(
    subscription: Subscription,
    whom: Recipient,
    book: AddressBook,
    settings: Settings,
    words: str,
    news: Sequence[News],
) -> EmailMessage:
    """What is new, with the way out in the text and in the head (RFC 8058)."""
    language = subscription.language
    stop = f"{settings.base_url}/subscriptions/{subscription.id}/stop/{book.token('stop', subscription.id)}"
    lines = [said(N_("您订阅的“%(words)s”有 %(n)s 条新内容："), language, words=words, n=len(news))]
    lines += ["\n".join(part for part in (_headline(one, language), one.text, one.url) if part) for one in news]
    lines += [said(N_("不想再收到：打开下面的网址即可退订，您的邮箱会同时删除。"), language), stop]
    subject = said(N_("%(n)s 条新内容：%(words)s"), language, n=len(news), words=words[:60])
    key = "|".join(str(one.sequence) for one in news)
    message = _message(subscription, whom, settings, subject, lines, key=key)
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["List-Id"] = f"<{subscription.id}.subscriptions.{urlsplit(settings.base_url).hostname}>"
    return message


def _headline(one: News, language: str) -> str:
    marks = {
        "correct": N_("[更正]"),
        "withdraw": N_("[已撤回]"),
        "expire": N_("[已期满]"),
        "repair": N_("[已修复]"),
    }
    return f"{said(marks[one.event], language)} {one.title}" if one.event in marks else one.title


def _message(
    subscription: Subscription, whom: Recipient, settings: Settings, subject: str, lines: Sequence[str], *, key: str
) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"【{settings.site_name}】{subject}"
    message["From"], message["To"] = settings.mail_from, whom.to
    stable = hashlib.sha256(f"{subscription.id}|{key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{stable}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(lines) + "\n")
    return message
