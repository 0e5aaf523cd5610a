"""Which content tells of the quality of the environment, and which departments must be asked before it goes out. Pure.

The table is consultation.toml. A kind that the table does not name is judged by its words, so that a new kind is asked
about rather than let through. The bureau that holds the unified release needs nobody's consent, but asks as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.tables import in_force, load_table

TABLE = "portal/publishing/consultation.toml"
DECLARED = "quality_media"


@dataclass(frozen=True)
class Ask:
    """One department to ask: whether its consent is a condition, how many working days it has, and why it is asked."""

    department_code: str
    is_required: bool
    workdays: int
    source: str
    verified: bool


def quality_media(kind: str, content: Mapping[str, Any], texts: Iterable[str], on: date) -> frozenset[str]:
    """The media whose quality `content` tells of: declared by the editor, fixed by its type, or spoken of in `texts`.

    `texts` are what the public would read, without markup. Width, case and blanks do not hide a word.
    """
    rule = next((row for row in _rows("kind", on) if row["name"] == kind), None)
    if rule is not None and not rule["may_tell_of_quality"]:
        return frozenset()
    found = set(content.get(DECLARED) or ())
    for row in _rows("always", on):
        if row["kind"] == kind and content.get(row["field"]) == row["value"]:
            found.update(row["media"])
    said = _folded("".join(f"{text}\n" for text in texts))
    for row in _rows("medium", on):
        if any(_folded(word) in said for word in row["words"]):
            found.add(row["code"])
    return frozenset(found & {row["code"] for row in _rows("medium", on)})


def asks(media: Iterable[str], publisher: str | None, on: date) -> tuple[Ask, ...]:
    """Whom a department (None: somebody of no department) must ask about content on `media`, each department once."""
    wanted = set(media)
    found: dict[str, Ask] = {}
    for row in _rows("ask", on):
        if not wanted & set(row["media"]) or publisher in (row["department"], *row["except"]):
            continue
        ask = Ask(row["department"], row["is_required"], row["workdays"], row["source"], row["verified"])
        found[ask.department_code] = _stricter(found.get(ask.department_code), ask)
    return tuple(found.values())


def voluntary(department_code: str, on: date) -> Ask:
    """A department that no rule names, asked because the reviewer wants to know."""
    row = _rows("voluntary", on)[0]
    return Ask(department_code, False, row["workdays"], row["source"], row["verified"])


def medium_labels(on: date) -> dict[str, str]:
    return {row["code"]: row["label"] for row in _rows("medium", on)}


def _stricter(one: Ask | None, other: Ask) -> Ask:
    if one is None:
        return other
    first = min((one, other), key=lambda ask: (not ask.is_required, ask.workdays))
    return Ask(
        first.department_code, first.is_required, min(one.workdays, other.workdays), first.source, first.verified
    )


def _rows(name: str, on: date) -> list[dict[str, Any]]:
    return in_force(load_table(TABLE)[name], on=on)


def _folded(text: str) -> str:
    return re.sub(r"[\s_\-·]", "", unicodedata.normalize("NFKC", text)).upper()
