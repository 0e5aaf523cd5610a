"""Notices as the gate knows them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.sanitising import plain, single_line
from core.tables import Row, load_table
from portal.enforcement.kinds import missing
from portal.publishing.kinds import DisclosureKind, Summary, register
from portal.publishing.publicity import Facts
from portal.publishing.record_form import record_fields, record_form
from portal.release.rules import named, period_problem

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


def _problems(content: Mapping[str, Any]) -> dict[str, Text]:
    found = missing(NOTICE_ROWS, content)
    if content.get("release") and period_problem(named(content["release"]), content.get("period")):
        found["period"] = _l("请写明是哪一期：月报写 2026-10，季报写 2026-Q3，年报写 2025。")
    return found


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
        problems=_problems,
        warnings=lambda _content: [],
        publicity=_publicity,
    )
)
