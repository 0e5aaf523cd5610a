"""The files of a disclosure: added and taken away while it is a draft, public with the version that names them.

A version names each of its files by number, name, size and sha256, so that the approval, the consents and the ledger's
leaf are bound to the bytes. A number is given once: what was public under it stays there for the old versions.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.errors import DomainError, NotFound, Text
from core.files.kinds import FileRefused
from core.files.reading import Reading
from portal.publishing.kinds import ATTACHMENTS
from portal.publishing.models import Attachment, Disclosure
from portal.publishing.redacted import decisions_of, with_decisions
from portal.publishing.steps import moved, permitted, written_by

MOST_FILES = 10
LARGEST = 20 * 1024 * 1024
REQUEST_LIMIT = 64 * 1024 * 1024
IN_WORDS = _l("PDF、Word（docx）、Excel（xlsx）、CSV、TXT、JPG 或 PNG")
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
# Under these the draft keeps which files a person looked through, by the sha256, and the last number given.
LOOKED_AT, LAST_NUMBER = "_looked_at", "_last_attachment"
FIELD = "attachment-"


class NotLookedAt(DomainError):
    """A file has pages or pictures that no machine reads, and the approver has not said that they looked."""

    code = "not_looked_at"
    status = 422

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _l("附件里有机器读不了的页或图片：%(names)s。请打开看过，并在页面上确认，再审核。", names="、".join(names))
        )


def attached(disclosure: Disclosure) -> list[Attachment]:
    """The files of the draft as it stands, by number; not those that only older versions have."""
    wanted = {one["number"] for one in disclosure.draft.get(ATTACHMENTS) or ()}
    return [one for one in disclosure.files if one.number in wanted] if wanted else []


def attached_texts(disclosure: Disclosure) -> list[tuple[str, str, str]]:
    """(field, label, all that the file and its name say), for whoever looks for personal data."""
    return [
        (f"{FIELD}{one.number}", f"{one.number} {one.name}", f"{one.name}\n{one.text}") for one in attached(disclosure)
    ]


def attach(
    session: Session, disclosure: Disclosure, name: str, kind: str, read: Reading, *, actor: Actor, at: datetime
) -> Attachment:
    """Add a cleaned file to the draft; FileRefused where there are too many, or the same one is there already."""
    permitted(disclosure, "revise", actor)
    listed = list(disclosure.draft.get(ATTACHMENTS) or ())
    digest = hashlib.sha256(read.content).hexdigest()
    if len(listed) >= MOST_FILES:
        raise FileRefused(_l("一条记录最多 %(n)s 个附件，“%(name)s”没有接收。", n=MOST_FILES, name=name))
    if digest in {one["sha256"] for one in listed}:
        raise FileRefused(_l("“%(name)s”已经在附件里了。", name=name))
    number = disclosure.draft.get(LAST_NUMBER, 0) + 1
    file = Attachment(
        disclosure_id=disclosure.id,
        number=number,
        name=name,
        kind=kind,
        size=len(read.content),
        sha256=digest,
        unread=read.unread,
        first_version=None,
        added_at=at,
        text=read.text,
        content=read.content,
    )
    session.add(file)
    _list(disclosure, [*listed, described(file)], {LAST_NUMBER: number}, actor)
    moved(session, disclosure, "attach", actor, at, number=number, size=file.size, unread=file.unread)
    session.expire(disclosure, ["files"])
    return file


def detach(session: Session, disclosure: Disclosure, number: int, *, actor: Actor, at: datetime) -> None:
    """Take a file out of the draft. What was never public is gone for good, the rest stays for the older versions."""
    permitted(disclosure, "revise", actor)
    file = next((one for one in attached(disclosure) if one.number == number), None)
    if file is None:
        raise NotFound
    rest = [one for one in disclosure.draft[ATTACHMENTS] if one["number"] != number]
    kept = [one for one in decisions_of(disclosure.draft) if one.field != f"{FIELD}{number}"]
    disclosure.draft = with_decisions(disclosure.draft, kept)
    if file.first_version is None:
        session.delete(file)
    _list(disclosure, rest, {}, actor)
    moved(session, disclosure, "detach", actor, at, number=number)
    session.expire(disclosure, ["files"])


def look(session: Session, disclosure: Disclosure, number: int, *, actor: Actor, at: datetime) -> None:
    """On record: this person opened the file and saw nothing in it that may not be public."""
    permitted(disclosure, "approve", actor)
    file = next((one for one in attached(disclosure) if one.number == number), None)
    if file is None:
        raise NotFound
    seen = dict(disclosure.draft.get(LOOKED_AT) or {})
    seen[file.sha256] = [*dict.fromkeys([*seen.get(file.sha256, ()), actor.user_id])]
    disclosure.draft = {**disclosure.draft, LOOKED_AT: seen}
    moved(session, disclosure, "look", actor, at, number=number)


def to_look_at(disclosure: Disclosure, actor: Actor) -> list[Attachment]:
    """The files that this person must still look through themselves; what the public has already is not among them."""
    seen: Mapping[str, Sequence[str]] = disclosure.draft.get(LOOKED_AT) or {}
    return [
        one
        for one in attached(disclosure)
        if one.unread and one.first_version is None and actor.user_id not in seen.get(one.sha256, ())
    ]


def must_be_looked_at(disclosure: Disclosure, actor: Actor) -> None:
    left = to_look_at(disclosure, actor)
    if left:
        raise NotLookedAt([one.name for one in left])


def go_out(session: Session, disclosure: Disclosure) -> None:
    """The draft's files are public from this version on."""
    numbers = [one.number for one in attached(disclosure) if one.first_version is None]
    if numbers:
        these = (Attachment.disclosure_id == disclosure.id, Attachment.number.in_(numbers))
        session.execute(update(Attachment).where(*these).values(first_version=disclosure.version))


def erase(session: Session, disclosure: Disclosure) -> None:
    """Bytes and texts of every file that the record ever had."""
    session.execute(delete(Attachment).where(Attachment.disclosure_id == disclosure.id))
    session.expire(disclosure, ["files"])


def public_file(session: Session, record_id: str, number: int) -> Attachment:
    """A file that some version of the record shows; whether the record is public is asked before."""
    found = session.get(Attachment, (record_id, number))
    if found is None or found.first_version is None:
        raise NotFound
    return found


def texts_of(session: Session, record_id: str, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, text) of each file that a version's body names."""
    numbers = [one["number"] for one in body.get(ATTACHMENTS) or ()]
    if not numbers:
        return []
    these = (Attachment.disclosure_id == record_id, Attachment.number.in_(numbers))
    rows = session.execute(select(Attachment.name, Attachment.text).where(*these).order_by(Attachment.number))
    return [(name, text) for name, text in rows]


def described(file: Attachment) -> dict[str, Any]:
    """The file as a version names it."""
    return {
        "number": file.number,
        "name": file.name,
        "media_type": MEDIA_TYPES[file.kind],
        "size": file.size,
        "sha256": file.sha256,
    }


def kind_label(media_type: str) -> Text:
    return _LABELS.get(media_type, media_type)


_LABELS: dict[str, Text] = {
    MEDIA_TYPES["pdf"]: "PDF",
    MEDIA_TYPES["docx"]: _l("Word 文档"),
    MEDIA_TYPES["xlsx"]: _l("Excel 表格"),
    MEDIA_TYPES["csv"]: _l("CSV 表格"),
    MEDIA_TYPES["txt"]: _l("文本"),
    MEDIA_TYPES["jpg"]: _l("照片"),
    MEDIA_TYPES["png"]: _l("图片"),
}


def _list(disclosure: Disclosure, listed: list[dict[str, Any]], more: Mapping[str, Any], actor: Actor) -> None:
    """The draft with these files; the legal review of the old ones is void, and `actor` has a hand in them."""
    draft = {**with_decisions(disclosure.draft, decisions_of(disclosure.draft)), **more, ATTACHMENTS: listed}
    disclosure.draft = {name: value for name, value in draft.items() if (name, value) != (ATTACHMENTS, [])}
    written_by(disclosure, actor)
