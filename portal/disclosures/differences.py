"""What a correction changed, field by field, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from core.sanitising import plain
from portal.disclosures.word_changes import Piece, word_changes
from portal.publishing.kinds import ATTACHMENTS, DisclosureKind
from portal.publishing.record_form import shown


@dataclass(frozen=True)
class Difference:
    """One field before and after; "" where it said nothing."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        return word_changes(self.before, self.after)


def differences(kind: DisclosureKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields whose value changed, in the order of the standard; the files last."""
    changed = [
        Difference(row["label"], _words(row, before.get(row["name"])), _words(row, after.get(row["name"])))
        for row in kind.rows
        if before.get(row["name"]) != after.get(row["name"])
    ]
    files = Difference(gettext("附件"), _file_names(before), _file_names(after))
    return [*changed, files] if before.get(ATTACHMENTS) != after.get(ATTACHMENTS) else changed


def _file_names(body: Mapping[str, Any]) -> str:
    return "；".join(f"{one['number']} {one['name']}" for one in body.get(ATTACHMENTS) or ())


def _words(row: Mapping[str, Any], value: Any) -> str:
    """In words; the markup of a rich text is taken off, anything else was typed as text and stays as it is."""
    if value in (None, "", []):
        return ""
    return plain(value) if row["type"] == "rich" else shown(dict(row), value)
