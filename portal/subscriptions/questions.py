"""A saved question: the address of a search, put in one order, and said in words."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from core.falsification_acts import act
from core.places import county_name
from portal.publishing.kinds import all_kinds
from search.document import Query
from search.views import NOT_ASKED, question_from

LONGEST = 2000
NAMES = ("q", "kind", "county", "authority", "act", "from", "to")


def saved(arguments: Mapping[str, str]) -> str:
    """What is asked by a list's or a search's address. A list's year is a search's span of days."""
    asked = {name: value.strip() for name, value in arguments.items() if value.strip() and name not in NOT_ASKED}
    year = asked.pop("year", "")
    if year.isdecimal() and len(year) == len("2026"):
        asked |= {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    return urlencode(sorted(asked.items()))[:LONGEST]


def query(question: str) -> Query:
    return question_from(dict(parse_qsl(question)))


def parts(question: str) -> list[str]:
    """The question in words of this city, in the reader's language where a word has one. Empty: everything."""
    asked = dict(parse_qsl(question))
    kinds = {kind.name: str(kind.label) for kind in all_kinds()}
    known = act(asked.get("act", ""))
    days = " — ".join(asked[name] for name in ("from", "to") if asked.get(name))
    words = [
        kinds.get(asked.get("kind", ""), ""),
        f"“{asked['q']}”" if asked.get("q") else "",
        county_name(asked.get("county")) or "",
        asked.get("authority", ""),
        known.plain if known else asked.get("act", ""),
        days,
        *(f"{name}={value}" for name, value in asked.items() if name not in NAMES),
    ]
    return [one for one in words if one]
