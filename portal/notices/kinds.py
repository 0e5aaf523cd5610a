"""Notices as the gate knows them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.sanitising import plain, single_line
from core.tables import Row, load_table
from portal.enforcement.kinds import missing
from portal.publishing.kinds import DisclosureKind, Summary, register
from portal.publishing.publicity import Facts
from portal.publishing.record_form import record_fields, record_form

NOTICE_ROWS: list[Row] = load_table("portal/notices/fields.toml")["notice"]


def _summary(content: Mapping[str, Any]) -> Summary:
    text = single_line(plain(content["text"]))
    return Summary(
        title=content["title"],
        summary=text[:120],
        party_name=None,
        party_uscc=None,
        county_code=content.get("county_code"),
        authority=content["authority_name"],
        decided_on=date.fromisoformat(content["issued_on"]),
    )


def _publicity(content: Mapping[str, Any]) -> Facts:
    issued = date.fromisoformat(content["issued_on"])
    return Facts("notice", issued, content.get("authority_name") or "", content.get("notice_type") or "")


NOTICE = register(
    DisclosureKind(
        name="notice",
        path="notices",
        label=_l("公告"),
        fields=record_fields(NOTICE_ROWS),
        rows=NOTICE_ROWS,
        form=record_form("NoticeForm", NOTICE_ROWS),
        summarise=_summary,
        natural_key=lambda _content: None,
        problems=lambda content: missing(NOTICE_ROWS, content),
        warnings=lambda _content: [],
        publicity=_publicity,
    )
)
