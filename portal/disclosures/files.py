"""The files of public records: how a page names them, and the answer that gives their bytes."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file

from portal.publishing.attachments import kind_label
from portal.publishing.kinds import ATTACHMENTS, DisclosureKind
from portal.publishing.models import Attachment


def file_path(kind: DisclosureKind, record_id: str, number: int) -> str:
    return f"/{kind.path}/{record_id}/attachments/{number}"


def file_rows(kind: DisclosureKind, record_id: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that a version names, with their addresses."""
    return [
        {**one, "label": kind_label(one["media_type"]), "url": file_path(kind, record_id, one["number"])}
        for one in body.get(ATTACHMENTS) or ()
    ]


def sent(file: Attachment, media_type: str) -> Response:
    """To be saved under its own name, and never opened as a page of ours. The tag is the sha256 of the bytes."""
    response = send_file(
        BytesIO(file.content),
        mimetype=media_type,
        download_name=file.name,
        etag=file.sha256,
        conditional=False,
    )
    plain = f"attachment-{file.number}.{file.kind}"
    named = f"attachment; filename={plain}; filename*=UTF-8''{quote(file.name, safe='')}"
    response.headers["Content-Disposition"] = named
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    return response
