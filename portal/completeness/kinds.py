"""The completeness manifest as the gate knows it: made by the system, approved by a person, public for good."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.tables import Row, load_table
from portal.enforcement.kinds import missing
from portal.publishing.kinds import DisclosureKind, RecordField, Summary, register
from portal.publishing.publicity import Facts
from portal.publishing.record_form import record_fields, record_form

ROWS: list[Row] = load_table("portal/completeness/fields.toml")["manifest"]
TYPED = [row for row in ROWS if row["name"] == "note"]


def _summary(content: Mapping[str, Any]) -> Summary:
    month = f"{content['month'][:4]}年{int(content['month'][5:])}月"
    return Summary(
        title=f"{content['authority_name']}{month}信息公开清单",
        summary=f"应公开 {content['due']} 件，已公开 {content['published']} 件，编号 {content['numbers']}。",
        party_name=None,
        party_uscc=None,
        county_code=None,
        authority=content["authority_name"],
        decided_on=date.fromisoformat(content["issued_on"]),
    )


MANIFEST = register(
    DisclosureKind(
        name="manifest",
        path="manifests",
        label=_l("完整性清单"),
        fields=(*record_fields(ROWS), RecordField("lines", None, "清单", True)),
        rows=ROWS,
        form=record_form("ManifestForm", TYPED),
        summarise=_summary,
        natural_key=lambda content: f"{content.get('month')}|{content.get('authority_name')}",
        problems=lambda content: missing(ROWS, content),
        warnings=lambda _content: [],
        publicity=lambda content: Facts("manifest", date.fromisoformat(content["issued_on"])),
        is_generated=True,
    )
)
