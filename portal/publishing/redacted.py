"""What the editor decided about each piece of personal data in a draft, and the text that follows from it. Pure.

The decisions travel with the draft under one key of their own. They name the words themselves, not their place, so that
they hold while the text around is edited. What was accepted is replaced wherever it stands in that field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

DECISIONS, LEGAL_REVIEW = "_redactions", "_legal_review"
REDACT, KEEP = "redact", "keep"


@dataclass(frozen=True)
class Decision:
    """`action` redact (`replacement` stands there) or keep (`reason` says why, `law` which law needs a name)."""

    field: str
    kind: str
    text: str
    action: str
    replacement: str = ""
    reason: str = ""
    law: str = ""


def decisions_of(draft: Mapping[str, Any]) -> list[Decision]:
    return [Decision(**one) for one in draft.get(DECISIONS) or ()]


def with_decisions(draft: Mapping[str, Any], decisions: Iterable[Decision]) -> dict[str, Any]:
    """The draft with these decisions in place of its own; a legal review of the old ones is void."""
    content = {name: value for name, value in draft.items() if name not in (DECISIONS, LEGAL_REVIEW)}
    kept = [asdict(one) for one in decisions]
    return {**content, DECISIONS: kept} if kept else content


def carried_over(before: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` typed anew, with what its form does not ask for and the decisions made; the legal review is void."""
    return with_decisions({**before, **content}, decisions_of(before))


def redacted(part: Mapping[str, Any], draft: Mapping[str, Any]) -> dict[str, Any]:
    """The public part of a draft with everything replaced that was accepted."""
    accepted = [one for one in decisions_of(draft) if one.action == REDACT]
    accepted.sort(key=lambda one: len(one.text), reverse=True)
    return {name: _replaced(value, [one for one in accepted if one.field == name]) for name, value in part.items()}


def taken_out(draft: Mapping[str, Any]) -> list[str]:
    """The words that were taken out and are kept nowhere: they may stand in nothing that goes out."""
    decisions = decisions_of(draft)
    kept = {one.text for one in decisions if one.action == KEEP}
    return [one.text for one in decisions if one.action == REDACT and one.text not in kept]


def _replaced(value: Any, accepted: list[Decision]) -> Any:
    if isinstance(value, list):
        return [_replaced(one, accepted) for one in value]
    if isinstance(value, str):
        for one in accepted:
            value = value.replace(one.text, one.replacement)
    return value
