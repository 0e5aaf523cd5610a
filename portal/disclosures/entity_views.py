"""One company across everything that is public, as a timeline; and what it means that nothing is there."""

from collections import Counter
from datetime import date

from flask import Blueprint, Response, render_template

from core.errors import NotFound
from core.identifiers import USCC_LENGTH, check_uscc
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from core.web.past import PARAMETER, day_asked, has_past
from core.web.twins import answers
from portal.disclosures.as_of import records_as_of
from portal.disclosures.machine import told
from portal.disclosures.views import path_of
from portal.publishing import queries
from portal.publishing.kinds import all_kinds
from portal.publishing.models import PublicRecord
from portal.publishing.queries import RecordFilters

MOST = 200

blueprint = Blueprint("entities", __name__, url_prefix="/entities")


@blueprint.get("/<uscc>")
@public
@has_past
def page(uscc: str) -> str:
    """What looks like a code has its page, also where no record has it."""
    code, day = _code(uscc), day_asked()
    records = _records(code, day)
    labels = {kind.name: kind.label for kind in all_kinds()}
    return render_template(
        "portal/disclosures/entity.html",
        code=code,
        name=records[0].party_name if records else None,
        names=_names(records),
        records=records[:MOST],
        has_more=len(records) > MOST,
        counts=[(labels.get(kind, kind), count) for kind, count in _counts(records[:MOST])],
        labels=labels,
        path_of=path_of,
        as_of=day,
    )


@blueprint.get("/<uscc>.json")
@public
@has_past
@answers(PARAMETER)
def machine(uscc: str) -> Response:
    """Everything public of one company, newest first; ?as_of= is what the public saw at the end of that day."""
    code = _code(uscc)
    records = _records(code, day_asked())
    return json_answer(
        {
            "uscc": code,
            "names": _names(records),
            "records": [told(one) for one in records[:MOST]],
            "has_more": len(records) > MOST,
        }
    )


def _records(code: str, day: date | None) -> list[PublicRecord]:
    """One more than is shown, where there are so many."""
    session = current.session()
    if day is None:
        return list(queries.of_party(session, code, None, but="", limit=MOST + 1))
    asked = RecordFilters(party=code)
    pages = (records_as_of(session, kind, asked, day, None, MOST).items for kind in all_kinds())
    return sorted((one for page in pages for one in page), key=lambda one: (one.decided_on, one.id), reverse=True)


def _names(records: list[PublicRecord]) -> list[str]:
    return list(dict.fromkeys(one.party_name for one in records if one.party_name))


def _code(uscc: str) -> str:
    """What looks like a credit code; NotFound for anything else."""
    checked = check_uscc(uscc)
    if len(checked.code) != USCC_LENGTH or not (checked.code.isascii() and checked.code.isalnum()):
        raise NotFound
    return checked.code


def _counts(records: list[PublicRecord]) -> list[tuple[str, int]]:
    return Counter(one.kind for one in records).most_common()
