"""What a pasted record and its proof show, step by step. Pure."""

import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.ledger.merkle import ProofInvalid
from core.ledger.note import NoteInvalid, Verifier
from core.ledger.proof import TlogProof
from portal.publishing.ledger_leaf import commitment


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

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)


IS_PROOF, IN_LOG, IS_TEXT = (
    _l("证明文件完整，可以读懂"),
    _l("账本里有这一条，检查点由本平台的密钥签名"),
    _l("文字与账本里的承诺一字不差"),
)


def judge(text: str, proof_text: str, verifier: Verifier) -> Verdict:
    """Whether `text` (the record's JSON, in any layout) is what the proof's entry commits to."""
    try:
        proof = TlogProof.parse(proof_text.strip() + "\n")
        kept = json.loads(proof.extra or b"")
        entry, salt = kept["entry"].encode(), b64decode(kept["salt"], validate=True)
        leaf = json.loads(entry)
    except (NoteInvalid, ValueError, KeyError, TypeError, AttributeError):
        return Verdict((Step(False, IS_PROOF),))
    try:
        head = proof.check(entry, verifier)
    except (NoteInvalid, ProofInvalid):
        return Verdict((Step(True, IS_PROOF), Step(False, IN_LOG)))
    steps = (Step(True, IS_PROOF), Step(True, IN_LOG), Step(_is_committed(text, salt, leaf), IS_TEXT))
    return Verdict(steps, leaf, proof.index, head.size)


def _is_committed(text: str, salt: bytes, leaf: dict[str, Any]) -> bool:
    try:
        canonical = rfc8785.dumps(json.loads(text))
    except (ValueError, rfc8785.CanonicalizationError):
        return False
    return bool(leaf.get("c") == commitment(salt, canonical))
