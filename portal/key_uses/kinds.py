"""A use of the escrow as the gate knows it: made by the system, answered for by two officers, public for good."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.tables import Row, load_table
from portal.enforcement.kinds import missing
from portal.publishing.kinds import DisclosureKind, Summary, register
from portal.publishing.publicity import Facts
from portal.publishing.record_form import record_fields, record_form

TABLE = load_table("portal/key_uses/fields.toml")
ROWS: list[Row] = TABLE["key_use"]
PURPOSES = {row["code"]: row["label"] for row in TABLE["purpose"]}
TYPED = [row for row in ROWS if row["name"] == "note"]


def _summary(content: Mapping[str, Any]) -> Summary:
    reports = f"涉及举报 {content['reports']} 件，" if content.get("reports") else ""
    return Summary(
        title=f"保管密钥第 {content['number']} 次使用",
        summary=f"{content['purpose']}；{reports}由两位保管人共同使用。",
        party_name=None,
        party_uscc=None,
        county_code=None,
        authority=content["authority_name"],
        decided_on=date.fromisoformat(content["used_on"]),
    )


KEY_USE = register(
    DisclosureKind(
        name="key_use",
        path="key-uses",
        label=_l("保管密钥使用记录"),
        fields=record_fields(ROWS),
        rows=ROWS,
        form=record_form("KeyUseForm", TYPED),
        summarise=_summary,
        natural_key=lambda content: str(content["number"]),
        problems=lambda content: missing(ROWS, content),
        warnings=lambda _content: [],
        publicity=lambda content: Facts("key_use", date.fromisoformat(content["used_on"])),
        is_generated=True,
    )
)
