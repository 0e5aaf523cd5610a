"""Penalties and blacklist entries as the gate knows them."""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.identifiers import check_uscc, decision_number, decision_number_key
from core.tables import Row, load_table
from portal.publishing.kinds import DisclosureKind, Summary, register
from portal.publishing.leak_scan import masked_name
from portal.publishing.publicity import Facts
from portal.publishing.record_form import record_fields, record_form, shown

PENALTY_ROWS: list[Row] = load_table("portal/enforcement/fields.toml")["penalty"]
BLACKLIST_ROWS: list[Row] = load_table("portal/enforcement/fields.toml")["blacklist"]
_WITHOUT_NUMBER = ("party_name", "authority_name", "notified_on", "decided_on", "violation_type", "penalty_content")
_USCC_FIELDS = ("party_uscc", "authority_uscc", "source_org_uscc")
NATURAL_PERSON = "natural_person"
LONGEST_KEY = 300


def party_shown(content: Mapping[str, Any]) -> str:
    """The party's name as the public sees it: a natural person is 张某某, unless a law requires the name."""
    name = str(content.get("party_name") or "")
    masked = content.get("party_type") == NATURAL_PERSON and not content.get("name_law")
    return masked_name(name) if masked else name


def missing(rows: list[Row], content: Mapping[str, Any]) -> dict[str, Text]:
    return {
        row["name"]: _l("请填写“%(label)s”。", label=row["label"])
        for row in rows
        if row["required"] and content.get(row["name"]) in (None, "", [])
    }


def warnings(content: Mapping[str, Any]) -> list[Text]:
    """What an editor should look at; none of it keeps the record back."""
    found = [check_uscc(content[name]).problem for name in _USCC_FIELDS if content.get(name)]
    if content.get("party_type") == NATURAL_PERSON and party_shown(content) != content.get("party_name"):
        found.append(_l("当事人是自然人，公开时显示为“%(name)s”。", name=party_shown(content)))
    return [problem for problem in found if problem is not None]


def _without_name(value: Any, content: Mapping[str, Any]) -> Any:
    """A text with a natural person's name masked wherever it stands."""
    name = str(content.get("party_name") or "").strip()
    return value.replace(name, party_shown(content)) if name and isinstance(value, str) else value


def _hashed(key: str) -> str:
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _decision_key(number_field: str) -> Any:
    def key(content: Mapping[str, Any]) -> str | None:
        number = content.get(number_field)
        authority = content.get("authority_name") or ""
        if number:
            key = f"{decision_number_key(number)}|{authority}"
            return key if len(key) <= LONGEST_KEY else _hashed(key)
        known = "|".join(str(content.get(name) or "") for name in _WITHOUT_NUMBER)
        return _hashed(known) if number_field == "decision_no" else None

    return key


def _penalty_summary(content: Mapping[str, Any]) -> Summary:
    party = party_shown(content)
    number = decision_number(content["decision_no"])
    facts = content.get("violation_facts") or content.get("violation_type") or content["penalty_content"]
    return Summary(
        title=f"{party}：{number}",
        summary=_short(str(facts)),
        party_name=party,
        party_uscc=content.get("party_uscc"),
        county_code=content.get("county_code"),
        authority=content["authority_name"],
        decided_on=date.fromisoformat(content["decided_on"]),
        acts=tuple(content.get("acts") or ()),
    )


def _listing_summary(content: Mapping[str, Any]) -> Summary:
    party = party_shown(content)
    list_types = next(row for row in BLACKLIST_ROWS if row["name"] == "list_type")
    return Summary(
        title=f"{party}：{shown(list_types, content['list_type'])}",
        summary=_short(content["listed_reason"]),
        party_name=party,
        party_uscc=content.get("party_uscc"),
        county_code=content.get("county_code"),
        authority=content["authority_name"],
        decided_on=date.fromisoformat(content["listed_on"]),
        acts=tuple(content.get("acts") or ()),
    )


def _short(text: str, length: int = 120) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _penalty_facts(content: Mapping[str, Any]) -> Facts:
    restricted = content.get("penalty_valid_until")
    return Facts(
        kind="penalty",
        decided_on=date.fromisoformat(content["decided_on"]),
        authority=content.get("authority_name") or "",
        penalty_types=tuple(content.get("penalty_types") or ()),
        fine_wan_yuan=_amount(content.get("fine_wan_yuan")),
        is_natural_person=content.get("party_type") == NATURAL_PERSON,
        stated_class=content.get("dishonesty_class"),
        restricted_until=date.fromisoformat(restricted) if restricted else None,
    )


def _listing_facts(content: Mapping[str, Any]) -> Facts:
    listed = date.fromisoformat(content["listed_on"])
    return Facts("blacklist", listed, content.get("authority_name") or "", content.get("list_type") or "")


def _amount(text: Any) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


class _PartyKind(DisclosureKind):
    """A kind about a party: a natural person's name is masked before it enters a version."""

    def public_part(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        part = super().public_part(draft)
        if part.get("party_type") == NATURAL_PERSON:
            part = {field: _without_name(value, draft) for field, value in part.items()}
            part["party_name"] = party_shown(draft)
            part.pop("party_uscc", None)
        return part


PENALTY = register(
    _PartyKind(
        name="penalty",
        path="penalties",
        label=_l("行政处罚"),
        fields=record_fields(PENALTY_ROWS),
        rows=PENALTY_ROWS,
        form=record_form("PenaltyForm", PENALTY_ROWS),
        summarise=_penalty_summary,
        natural_key=_decision_key("decision_no"),
        problems=lambda content: missing(PENALTY_ROWS, content),
        warnings=warnings,
        publicity=_penalty_facts,
    )
)

BLACKLIST = register(
    _PartyKind(
        name="blacklist",
        path="blacklist",
        label=_l("失信名单"),
        fields=record_fields(BLACKLIST_ROWS),
        rows=BLACKLIST_ROWS,
        form=record_form("BlacklistForm", BLACKLIST_ROWS),
        summarise=_listing_summary,
        natural_key=_decision_key("listing_decision_no"),
        problems=lambda content: missing(BLACKLIST_ROWS, content),
        warnings=warnings,
        publicity=_listing_facts,
    )
)
