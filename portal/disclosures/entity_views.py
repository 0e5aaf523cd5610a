"""One company across everything that is public, as a timeline; and what it means that nothing is there."""

from collections import Counter

from flask import Blueprint, render_template

from core.errors import NotFound
from core.identifiers import USCC_LENGTH, check_uscc
from core.web import current
from core.web.access import public
from portal.disclosures.views import path_of
from portal.publishing import queries
from portal.publishing.kinds import all_kinds
from portal.publishing.models import PublicRecord

MOST = 200

blueprint = Blueprint("entities", __name__, url_prefix="/entities")


@blueprint.get("/<uscc>")
@public
def page(uscc: str) -> str:
    """What looks like a code has its page, also where no record has it."""
    checked = check_uscc(uscc)
    if len(checked.code) != USCC_LENGTH or not (checked.code.isascii() and checked.code.isalnum()):
        raise NotFound
    records = list(queries.of_party(current.session(), checked.code, None, but="", limit=MOST + 1))
    labels = {kind.name: kind.label for kind in all_kinds()}
    return render_template(
        "portal/disclosures/entity.html",
        code=checked.code,
        name=records[0].party_name if records else None,
        names=list(dict.fromkeys(one.party_name for one in records if one.party_name)),
        records=records[:MOST],
        has_more=len(records) > MOST,
        counts=[(labels.get(kind, kind), count) for kind, count in _counts(records[:MOST])],
        labels=labels,
        path_of=path_of,
    )


def _counts(records: list[PublicRecord]) -> list[tuple[str, int]]:
    return Counter(one.kind for one in records).most_common()
