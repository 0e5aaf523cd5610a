"""Published records, their versions and corrections as the JSON beside their pages tells them."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from core.errors import NotFound
from core.paging import Cursor
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from core.web.past import PARAMETER, day_asked, has_past
from core.web.twins import answers
from portal.disclosures.as_of import record_as_of, records_as_of
from portal.disclosures.files import file_path
from portal.disclosures.views import CURSOR_PARTS, body_of, history, path_of
from portal.publishing import queries
from portal.publishing.kinds import ATTACHMENTS, DisclosureKind, kind_named
from portal.publishing.models import PublicRecord
from portal.publishing.queries import RecordFilters


def told(record: PublicRecord) -> dict[str, Any]:
    """What a list says of a record."""
    return {
        "id": record.id,
        "kind": record.kind,
        "url": current.settings().base_url + path_of(record),
        "title": record.title,
        "summary": record.summary,
        "party_name": record.party_name,
        "party_uscc": record.party_uscc,
        "authority": record.authority,
        "county_code": record.county_code,
        "decided_on": record.decided_on,
        "version": record.version,
        "published_at": record.published_at,
        "updated_at": record.updated_at,
    }


def whole(record: PublicRecord) -> dict[str, Any]:
    """What its page says: `content` under the names of the field table, files with their addresses."""
    return {**told(record), "content": content(kind_named(record.kind), record.id, record.body)}


def content(kind: DisclosureKind, record_id: str, body: dict[str, Any]) -> dict[str, Any]:
    base = current.settings().base_url
    files = [{**one, "url": base + file_path(kind, record_id, one["number"])} for one in body.get(ATTACHMENTS) or ()]
    return {**body, **({ATTACHMENTS: files} if files else {})}


def record_blueprint(kind: DisclosureKind) -> Blueprint:
    """The list of a kind and its records, for kinds that are no collection of the interface."""
    blueprint = Blueprint(f"{kind.path}_files", __name__)

    @blueprint.get(f"/{kind.path}.json")
    @public
    @has_past
    @answers(PARAMETER)
    def listed() -> Response:
        """The newest first; `next` continues, ?as_of= is what the public saw at the end of that day."""
        session, day = current.session(), day_asked()
        cursor = Cursor.decode(request.args.get("cursor"), parts=CURSOR_PARTS)
        if day is None:
            page = queries.records_page(session, kind.name, RecordFilters(), cursor)
        else:
            page = records_as_of(session, kind, RecordFilters(), day, cursor, queries.PAGE_SIZE)
        question = urlencode({**({PARAMETER: day} if day else {}), "cursor": page.next_cursor})
        base = f"{current.settings().base_url}/{kind.path}.json"
        following = f"{base}?{question}" if page.next_cursor else None
        return json_answer({"items": [told(one) for one in page.items], "next": following})

    @blueprint.get(f"/{kind.path}/<record_id>.json")
    @public
    @has_past
    @answers(PARAMETER)
    def record(record_id: str) -> Response:
        session, day = current.session(), day_asked()
        if day is None:
            return json_answer(whole(queries.record(session, kind.name, record_id)))
        return json_answer(whole(record_as_of(session, kind, record_id, day)))

    return blueprint


def version_blueprint(kind: DisclosureKind) -> Blueprint:
    """The old versions and the corrections of a kind."""
    blueprint = Blueprint(f"{kind.path}_versions", __name__, url_prefix=f"/{kind.path}")

    @blueprint.get("/<record_id>/versions/<int:number>.json")
    @public
    def version(record_id: str, number: int) -> Response:
        session = current.session()
        queries.record(session, kind.name, record_id)
        one = next((one for one in queries.versions(session, record_id) if one.version == number), None)
        if one is None:
            raise NotFound
        about = {"id": record_id, "version": one.version, "event": one.event, "at": one.at, "reason": one.reason}
        return json_answer({**about, "content": content(kind, record_id, body_of(one))})

    @blueprint.get("/<record_id>/changes/<int:number>.json")
    @public
    def changes(record_id: str, number: int) -> Response:
        session = current.session()
        queries.record(session, kind.name, record_id)
        events = history(kind, queries.versions(session, record_id))
        event = next((one for one in events if one.version.version == number and one.before), None)
        if event is None:
            raise NotFound
        changed = [{"field": one.label, "before": one.before, "after": one.after} for one in event.changed]
        about = {"id": record_id, "version": number, "at": event.version.at, "reason": event.version.reason}
        return json_answer({**about, "changes": changed})

    return blueprint
