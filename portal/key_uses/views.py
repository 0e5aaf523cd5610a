"""The uses of the escrow for machines."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from core.paging import Cursor
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from core.web.past import PARAMETER, day_asked, has_past
from core.web.twins import answers
from portal.disclosures.as_of import record_as_of, records_as_of
from portal.disclosures.machine import told, whole
from portal.disclosures.views import CURSOR_PARTS
from portal.key_uses.kinds import KEY_USE
from portal.publishing import queries
from portal.publishing.queries import RecordFilters

blueprint = Blueprint("key_use_files", __name__)


@blueprint.get("/key-uses.json")
@public
@has_past
@answers(PARAMETER)
def list_json() -> Response:
    """The newest first; `next` continues, ?as_of= is what the public saw at the end of that day."""
    session, day = current.session(), day_asked()
    cursor = Cursor.decode(request.args.get("cursor"), parts=CURSOR_PARTS)
    if day is None:
        page = queries.records_page(session, KEY_USE.name, RecordFilters(), cursor)
    else:
        page = records_as_of(session, KEY_USE, RecordFilters(), day, cursor, queries.PAGE_SIZE)
    asked = {"as_of": f"{day}"} if day else {}
    following = f"?{urlencode({**asked, 'cursor': page.next_cursor})}" if page.next_cursor else ""
    base = f"{current.settings().base_url}/key-uses.json"
    return json_answer(
        {"items": [told(one) for one in page.items], "next": f"{base}{following}" if following else None}
    )


@blueprint.get("/key-uses/<record_id>.json")
@public
@has_past
@answers(PARAMETER)
def record_json(record_id: str) -> Response:
    session, day = current.session(), day_asked()
    if day is None:
        return json_answer(whole(queries.record(session, KEY_USE.name, record_id)))
    return json_answer(whole(record_as_of(session, KEY_USE, record_id, day)))
