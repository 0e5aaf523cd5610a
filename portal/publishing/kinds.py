"""What kinds of records there are, and what the gate needs to know of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import NotFound, Text
from core.tables import Row
from core.web.forms import Form
from portal.publishing.publicity import Facts
from portal.publishing.redacted import redacted


@dataclass(frozen=True)
class RecordField:
    """A field of a kind. `code` is the national standard's; only fields with `is_public` enter a version."""

    name: str
    code: str | None
    label: str
    is_public: bool


@dataclass(frozen=True)
class Summary:
    """What lists, search and feeds show of a record."""

    title: str
    summary: str
    party_name: str | None
    party_uscc: str | None
    county_code: str | None
    authority: str | None
    decided_on: date
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DisclosureKind:
    """`natural_key` finds the same decision again; `problems` are what keeps a draft from being submitted.

    `publicity` is what the rules about the term ask of a complete draft. A generated kind is not typed by anybody.
    """

    name: str
    path: str
    label: Text
    fields: tuple[RecordField, ...]
    rows: Sequence[Row]
    form: type[Form]
    summarise: Callable[[Mapping[str, Any]], Summary]
    natural_key: Callable[[Mapping[str, Any]], str | None]
    problems: Callable[[Mapping[str, Any]], dict[str, Text]]
    warnings: Callable[[Mapping[str, Any]], list[Text]]
    publicity: Callable[[Mapping[str, Any]], Facts]
    is_generated: bool = False

    def public_part(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        """What a version holds: the public fields that say something, redacted, in the order of the standard."""
        said = {one.name: draft[one.name] for one in self.fields if one.is_public and draft.get(one.name) not in _EMPTY}
        files = {ATTACHMENTS: draft[ATTACHMENTS]} if draft.get(ATTACHMENTS) else {}
        return {**redacted(said, draft), **files}


# The files of a record, in its draft and in each version: number, name, media_type, size, sha256.
ATTACHMENTS = "attachments"
_EMPTY: tuple[object, ...] = (None, "", [])
_KINDS: dict[str, DisclosureKind] = {}


def register(kind: DisclosureKind) -> DisclosureKind:
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> DisclosureKind:
    try:
        return _KINDS[name]
    except KeyError:
        raise NotFound(kind=name) from None


def all_kinds() -> tuple[DisclosureKind, ...]:
    return tuple(_KINDS.values())
