"""One company across everything that is public, as a timeline; and what it means that nothing is there."""

from collections import Counter

from flask import Blueprint, Response, render_template, request

from core.errors import NotFound
from core.identifiers import USCC_LENGTH, check_uscc
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from portal.disclosures.as_of import records_as_of
from portal.disclosures.machine import told
from portal.disclosures.views import day_asked, path_of
from portal.publishing import queries
from portal.publishing.kinds import all_kinds
from portal.publishing.models import PublicRecord
from portal.publishing.queries import RecordFilters

MOST = 200

blueprint = Blueprint("entities", __name__, url_prefix="/entities")


@blueprint.get("/<uscc>")
@public
def page(uscc: str) -> str:
    """What looks like a code has its page, also where no record has it."""
    code = _code(uscc)
    records = list(queries.of_party(current.session(), code, None, but="", limit=MOST + 1))
    labels = {kind.name: kind.label for kind in all_kinds()}
    return render_template(
        "portal/disclosures/entity.html",
        code=code,
        name=records[0].party_name if records else None,
        names=list(dict.fromkeys(one.party_name for one in records if one.party_name)),
        records=records[:MOST],
        has_more=len(records) > MOST,
        counts=[(labels.get(kind, kind), count) for kind, count in _counts(records[:MOST])],
        labels=labels,
        path_of=path_of,
    )


@blueprint.get("/<uscc>.json")
@public
def machine(uscc: str) -> Response:
    """Everything public of one company, newest first; ?as_of= is what the public saw at the end of that day."""
    session, code, day = current.session(), _code(uscc), day_asked(request.args)
    if day is None:
        records = list(queries.of_party(session, code, None, but="", limit=MOST + 1))
    else:
        asked = RecordFilters(party=code)
        pages = (records_as_of(session, kind, asked, day, None, MOST).items for kind in all_kinds())
        records = sorted(
            (one for page in pages for one in page), key=lambda one: (one.decided_on, one.id), reverse=True
        )
    return json_answer(
        {
            "uscc": code,
            "names": list(dict.fromkeys(one.party_name for one in records if one.party_name)),
            "records": [told(one) for one in records[:MOST]],
            "has_more": len(records) > MOST,
        }
    )


def _code(uscc: str) -> str:
    """What looks like a credit code; NotFound for anything else."""
    checked = check_uscc(uscc)
    if len(checked.code) != USCC_LENGTH or not (checked.code.isascii() and checked.code.isalnum()):
        raise NotFound
    return checked.code


def _counts(records: list[PublicRecord]) -> list[tuple[str, int]]:
    return Counter(one.kind for one in records).most_common()
