"""The files of a draft: sent by its editors, opened by whoever reviews it, who says that they looked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from core.accounts.permissions import Permission
from core.errors import NotFound
from core.files.kinds import FileRefused, checked_size, file_kind, file_name
from core.files.reading import Reading, read
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from core.web.uploads import allow_uploads
from portal.disclosures.files import sent
from portal.publishing import attachments, queries
from portal.publishing.attachments import IN_WORDS, LARGEST, MEDIA_TYPES, REQUEST_LIMIT
from portal.publishing.models import Attachment, Disclosure

EDIT, REVIEW = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE

blueprint = Blueprint("draft_files", __name__, url_prefix="/editorial")
blueprint.after_request(quiet_response)


@blueprint.record
def _limits(state: Any) -> None:
    for endpoint in ("draft_files.add", "editorial.new", "editorial.edit"):
        allow_uploads(state.app, endpoint, REQUEST_LIMIT)


@dataclass(frozen=True)
class Upload:
    """A file that was sent, cleaned and read; it is in no draft yet."""

    name: str
    kind: str
    reading: Reading


@blueprint.post("/<disclosure_id>/attachments")
@permit(EDIT)
def add(disclosure_id: str) -> ResponseReturnValue:
    found = queries.disclosure(current.session(), disclosure_id)
    uploads = uploaded()
    if not add_to(found, uploads):
        flash(_("请先选择文件，或文件没有接收，原因见上。"), "bad")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))


@blueprint.get("/<disclosure_id>/attachments/<int:number>")
@permit(EDIT, REVIEW)
def download(disclosure_id: str, number: int) -> Response:
    found = queries.disclosure(current.session(), disclosure_id)
    return draft_file(found, number)


@blueprint.post("/<disclosure_id>/attachments/<int:number>/remove")
@permit(EDIT)
def remove(disclosure_id: str, number: int) -> ResponseReturnValue:
    return _step(disclosure_id, number, attachments.detach, _("已去掉这个附件。"))


@blueprint.post("/<disclosure_id>/attachments/<int:number>/look")
@permit(REVIEW)
def look(disclosure_id: str, number: int) -> ResponseReturnValue:
    return _step(disclosure_id, number, attachments.look, _("已记录：您看过这个附件。"))


def uploaded() -> list[Upload]:
    """What this request brought, cleaned and read while no transaction is open; each refusal is said to the editor."""
    files = [one for one in request.files.getlist("files") if one.filename]
    if files:
        current.let_go()
    found = []
    for file in files[: attachments.MOST_FILES]:
        try:
            found.append(_read(file))
        except FileRefused as refusal:
            flash(str(refusal.message), "bad")
    if len(files) > attachments.MOST_FILES:
        flash(_("一次最多传 %(n)s 个文件，多的没有接收。", n=attachments.MOST_FILES), "bad")
    return found


def add_to(found: Disclosure, uploads: list[Upload]) -> int:
    """How many files are in the draft now that were not before."""
    added = 0
    for one in uploads:
        try:
            who: dict[str, Any] = {"actor": current.actor(), "at": current.now()}
            attachments.attach(current.session(), found, one.name, one.kind, one.reading, **who)
            added += 1
        except FileRefused as refusal:
            flash(str(refusal.message), "bad")
    if added:
        flash(_("已添加 %(n)s 个附件，里面的作者等信息已去掉。", n=added), "good")
    return added


def draft_file(found: Disclosure, number: int) -> Response:
    file: Attachment | None = next((one for one in attachments.attached(found) if one.number == number), None)
    if file is None:
        raise NotFound
    return sent(file, MEDIA_TYPES[file.kind])


def draft_files(found: Disclosure) -> list[dict[str, Any]]:
    """As the draft's page shows them; `to_look_at` where this reviewer must say that they looked."""
    waiting = {one.number for one in attachments.to_look_at(found, current.actor())}
    return [
        {
            **attachments.described(one),
            "label": attachments.kind_label(MEDIA_TYPES[one.kind]),
            "url": f"/editorial/{found.id}/attachments/{one.number}",
            "unread": one.unread,
            "to_look_at": one.number in waiting,
            "is_public": one.first_version is not None,
            "text": one.text,
        }
        for one in attachments.attached(found)
    ]


def _read(file: FileStorage) -> Upload:
    name = file_name(file.filename or "")
    checked_size(name, file.stream, LARGEST)
    kind = file_kind(name, file.stream, MEDIA_TYPES, IN_WORDS)
    return Upload(name, kind, read(name, kind, file.stream.read()))


def _step(disclosure_id: str, number: int, act: Callable[..., None], done: str) -> ResponseReturnValue:
    session = current.session()
    act(session, queries.disclosure(session, disclosure_id), number, actor=current.actor(), at=current.now())
    flash(done, "good")
    return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))
