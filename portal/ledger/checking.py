"""What a pasted record and its proof show, step by step, and what they do not. Pure."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.ledger.merkle import ProofInvalid, check_inclusion, leaf_hash
from core.ledger.note import NoteInvalid, Verifier, cosigned_at, taken_apart
from core.ledger.proof import TlogProof
from portal.publishing.kinds import ATTACHMENTS
from portal.publishing.ledger_leaf import commitment

EVENTS = {
    "publish": _l("公开"),
    "correct": _l("更正"),
    "withdraw": _l("撤回"),
    "expire": _l("到期撤下"),
    "repair": _l("信用修复后撤下"),
    "key": _l("公告新的签名密钥"),
    "observe": _l("监测值公开"),
    "station": _l("监测站点公开"),
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
    hour: dict[str, str] | None = None

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    @property
    def at(self) -> datetime | None:
        return datetime.fromisoformat(self.leaf["t"]) if self.leaf else None

    @property
    def hour_end(self) -> datetime | None:
        return datetime.fromisoformat(self.hour["hour"]) if self.hour else None

    @property
    def event(self) -> Text:
        return EVENTS.get(self.leaf["k"], self.leaf["k"]) if self.leaf else ""


# What a proof brings along beside the entry: the salt of a record, or an hour and its way to the batch.
Kept = dict[str, Any]

IS_PROOF, IN_LOG, IS_TEXT = (
    _l("证明文件完整，可以读懂"),
    _l("账本里有这一条，检查点由本平台的密钥签名"),
    _l("文字与账本里的承诺一字不差"),
)
IN_BATCH = _l("这一小时的数值在那一批里，一个数字也不差")


def judge(text: str, proof_text: str, verifiers: Sequence[Verifier], witnesses: Sequence[Verifier] = ()) -> Verdict:
    """Whether `text` (the record's JSON, in any layout) is what the proof's entry commits to.

    Without a text: whether the log holds the entry that the proof speaks of.
    """
    try:
        proof = TlogProof.parse(proof_text.strip() + "\n")
        kept = _kept(proof.extra or b"")
        entry = kept["entry"].encode()
        leaf = json.loads(entry)
        is_hour = "line" in kept
        proved = _is_in_batch(text, kept, leaf) if is_hour else _is_committed(text, kept, leaf)
    except (NoteInvalid, ValueError, KeyError, TypeError, AttributeError):
        return Verdict((Step(False, IS_PROOF),), has_text=bool(text))
    try:
        head = proof.check(entry, *verifiers)
    except (NoteInvalid, ProofInvalid):
        return Verdict((Step(True, IS_PROOF), Step(False, IN_LOG)), has_text=bool(text))
    steps = [Step(True, IS_PROOF), Step(True, IN_LOG)]
    if text or is_hour:
        steps.append(Step(proved, IN_BATCH if is_hour else IS_TEXT))
    seen = tuple(one.name for one in witnesses if _has_cosigned(proof.note, one))
    hour = json.loads(kept["line"]) if is_hour else None
    return Verdict(tuple(steps), leaf, proof.index, head.size, seen, bool(text) or is_hour, hour)


def named_files(text: str) -> list[dict[str, Any]]:
    """What a record's text, which is proved, says of its files; nothing where it is no record or none was pasted."""
    body = json.loads(text) if text else {}
    return [one for one in body.get(ATTACHMENTS) or () if isinstance(one, dict)]


def _kept(extra: bytes) -> Kept:
    """A key's proof holds the entry alone."""
    kept: Kept = json.loads(extra)
    return kept if "entry" in kept else {"entry": extra.decode(), "salt": ""}


def _is_committed(text: str, kept: Kept, leaf: dict[str, Any]) -> bool:
    canonical, salt = _canonical(text), b64decode(kept["salt"], validate=True)
    return canonical is not None and bool(leaf.get("c") == commitment(salt, canonical))


def _is_in_batch(text: str, kept: Kept, leaf: dict[str, Any]) -> bool:
    """The proof's own hour is in the batch; and the pasted one, where there is one, is that hour."""
    line, way = kept["line"].encode(), kept["batch"]
    if text and _canonical(text) != line:
        return False
    root = urlsafe_b64decode(leaf["c"] + "=")
    try:
        hashes = [b64decode(one, validate=True) for one in way["hashes"]]
        check_inclusion(leaf_hash(line), way["place"], way["count"], hashes, root)
    except ProofInvalid:
        return False
    return bool(leaf["k"] == "observe" and leaf["n"] == way["count"])


def _canonical(text: str) -> bytes | None:
    try:
        return rfc8785.dumps(json.loads(text))
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        return None


def _has_cosigned(note: str, witness: Verifier) -> bool:
    text, _lines = taken_apart(note)
    for line in note.rpartition("\n\n")[2].splitlines():
        try:
            cosigned_at(text, line, witness)
        except NoteInvalid:
            continue
        return True
    return False
