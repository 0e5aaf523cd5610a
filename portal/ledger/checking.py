"""What a pasted record and its proof show, step by step, and what they do not. Pure."""

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.ledger.merkle import ProofInvalid
from core.ledger.note import NoteInvalid, Verifier, cosigned_at, taken_apart
from core.ledger.proof import TlogProof
from portal.publishing.ledger_leaf import commitment

EVENTS = {
    "publish": _l("公开"),
    "correct": _l("更正"),
    "withdraw": _l("撤回"),
    "expire": _l("到期撤下"),
    "repair": _l("信用修复后撤下"),
    "key": _l("公告新的签名密钥"),
}


@dataclass(frozen=True)
class Step:
    ok: bool
    title: Text


@dataclass(frozen=True)
class Verdict:
    """The steps up to the first that failed; `leaf`, `place` and `size` where the log holds it."""

    steps: tuple[Step, ...]
    leaf: dict[str, Any] | None = None
    place: int | None = None
    size: int | None = None
    witnesses: tuple[str, ...] = ()
    has_text: bool = True

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    @property
    def at(self) -> datetime | None:
        return datetime.fromisoformat(self.leaf["t"]) if self.leaf else None

    @property
    def event(self) -> Text:
        return EVENTS.get(self.leaf["k"], self.leaf["k"]) if self.leaf else ""


IS_PROOF, IN_LOG, IS_TEXT = (
    _l("证明文件完整，可以读懂"),
    _l("账本里有这一条，检查点由本平台的密钥签名"),
    _l("文字与账本里的承诺一字不差"),
)


def judge(text: str, proof_text: str, verifiers: Sequence[Verifier], witnesses: Sequence[Verifier] = ()) -> Verdict:
    """Whether `text` (the record's JSON, in any layout) is what the proof's entry commits to.

    Without a text: whether the log holds the entry that the proof speaks of.
    """
    try:
        proof = TlogProof.parse(proof_text.strip() + "\n")
        entry, salt = _kept(proof.extra or b"")
        leaf = json.loads(entry)
    except (NoteInvalid, ValueError, KeyError, TypeError, AttributeError):
        return Verdict((Step(False, IS_PROOF),), has_text=bool(text))
    try:
        head = proof.check(entry, *verifiers)
    except (NoteInvalid, ProofInvalid):
        return Verdict((Step(True, IS_PROOF), Step(False, IN_LOG)), has_text=bool(text))
    steps = [Step(True, IS_PROOF), Step(True, IN_LOG)]
    if text:
        steps.append(Step(_is_committed(text, salt, leaf), IS_TEXT))
    seen = tuple(one.name for one in witnesses if _has_cosigned(proof.note, one))
    return Verdict(tuple(steps), leaf, proof.index, head.size, seen, bool(text))


def _kept(extra: bytes) -> tuple[bytes, bytes]:
    """The entry and the salt of a record's proof; a key's proof holds the entry alone."""
    kept = json.loads(extra)
    if "entry" not in kept:
        return extra, b""
    return kept["entry"].encode(), b64decode(kept["salt"], validate=True)


def _is_committed(text: str, salt: bytes, leaf: dict[str, Any]) -> bool:
    try:
        canonical = rfc8785.dumps(json.loads(text))
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        return False
    return bool(leaf.get("c") == commitment(salt, canonical))


def _has_cosigned(note: str, witness: Verifier) -> bool:
    text, _lines = taken_apart(note)
    for line in note.rpartition("\n\n")[2].splitlines():
        try:
            cosigned_at(text, line, witness)
        except NoteInvalid:
            continue
        return True
    return False
