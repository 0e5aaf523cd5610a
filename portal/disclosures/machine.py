"""Published records, their versions and corrections as the JSON beside their pages tells them."""

from typing import Any

from flask import Blueprint, Response

from core.errors import NotFound
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from portal.disclosures.files import file_path
from portal.disclosures.views import body_of, history, path_of
from portal.publishing import queries
from portal.publishing.kinds import ATTACHMENTS, DisclosureKind, kind_named
from portal.publishing.models import PublicRecord


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
