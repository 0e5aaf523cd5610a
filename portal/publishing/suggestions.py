"""Personal data in a draft as suggestions to the editor, what is still to be decided, and what only a law may keep."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.accounts.actor import Actor
from core.errors import DomainError, Text
from core.redaction import NEVER_PUBLIC, findings, masked_names, replacement
from core.sanitising import plain
from core.tables import Row, in_force, load_table
from portal.publishing.attachments import FIELD, attached_texts
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.leak_scan import texts
from portal.publishing.models import Disclosure
from portal.publishing.redacted import KEEP, LEGAL_REVIEW, REDACT, Decision, decisions_of, with_decisions

KIND_LABELS: dict[str, Text] = {
    "resident_number": _l("身份证号"),
    "passport": _l("护照号"),
    "mobile": _l("手机号"),
    "landline": _l("固定电话"),
    "bank_card": _l("银行卡号"),
    "plate": _l("车牌号"),
    "email": _l("电子邮箱"),
    "qq": _l("QQ号"),
    "wechat": _l("微信号"),
    "address": _l("住址"),
    "name": _l("姓名"),
    "taken_out": _l("已决定不公开的内容"),
}
# Names that the law itself has shown, or that name no natural person.
NOT_LOOKED_THROUGH = frozenset({"party_name", "legal_rep_name", "authority_name", "source_org_name", "name_law"})
AROUND = 24


class Undecided(DomainError):
    """Something looks like personal data, and the editor has not said what is to become of it."""

    code = "redaction_undecided"
    status = 422

    def __init__(self, count: int) -> None:
        super().__init__(_l("有 %(n)s 处可能是个人信息，请逐处决定遮蔽还是保留。", n=count), count=count)


class LegalReviewMissing(DomainError):
    code = "legal_review_missing"
    status = 422
    default_message = _l("这份内容要公开自然人姓名，须先经法制审核。")


class MayNotBeKept(DomainError):
    code = "may_not_be_kept"
    status = 422
    default_message = _l("保留要写明理由；保留姓名还要选定要求公布姓名的法律；证件号、手机号、账号不能保留。")


@dataclass(frozen=True)
class Suggestion:
    """One piece of personal data in a field of the draft, and what was decided about it."""

    field: str
    label: str
    kind: str
    text: str
    before: str
    after: str
    replacement: str
    decision: Decision | None

    @property
    def key(self) -> str:
        """Names it in a form without repeating it."""
        return hashlib.sha256(f"{self.field}|{self.kind}|{self.text}".encode()).hexdigest()[:16]

    @property
    def is_in_file(self) -> bool:
        """A file is changed by its maker, not by us: what may not stay there goes with the file."""
        return self.field.startswith(FIELD)

    @property
    def may_be_kept(self) -> bool:
        return self.kind not in NEVER_PUBLIC


def suggestions(disclosure: Disclosure) -> list[Suggestion]:
    """Everything found in the public fields of the draft as typed, decided or not, in the order of the fields."""
    kind, draft = kind_named(disclosure.kind), disclosure.draft
    found = [
        (field, label, one, text)
        for field, label, text in [*_fields(kind, draft), *attached_texts(disclosure)]
        for one in findings(text)
        if one.text not in (draft.get("party_name"), draft.get("legal_rep_name"))
    ]
    masks = masked_names([one.text for _field, _label, one, _text in found if one.kind == "name"])
    decided = {(one.field, one.kind, one.text): one for one in decisions_of(draft)}
    listed: dict[tuple[str, str, str], Suggestion] = {}
    for field, label, one, text in found:
        key = (field, one.kind, one.text)
        around = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
        listed.setdefault(
            key, Suggestion(field, label, one.kind, one.text, *around, replacement(one, masks), decided.get(key))
        )
    return list(listed.values())


def undecided(disclosure: Disclosure) -> list[Suggestion]:
    return [one for one in suggestions(disclosure) if one.decision is None]


def decide(disclosure: Disclosure, chosen: Mapping[str, tuple[str, str, str]], *, on: date) -> None:
    """Put the editor's choices on record: key → (action, reason, law); any other action leaves it undecided.

    MayNotBeKept where a reason, or for a name the law, is missing, or where nothing may keep it.
    """
    laws = {row["code"] for row in name_laws(disclosure.kind, on)}
    made = [_decision(one, *chosen.get(one.key, ("", "", "")), laws) for one in suggestions(disclosure)]
    disclosure.draft = with_decisions(disclosure.draft, [one for one in made if one is not None])


def _decision(one: Suggestion, action: str, reason: str, law: str, laws: set[str]) -> Decision | None:
    if action == REDACT and not one.is_in_file:
        return Decision(one.field, one.kind, one.text, REDACT, replacement=one.replacement)
    if action != KEEP:
        return None
    if not one.may_be_kept or not reason.strip() or (one.kind == "name" and law not in laws):
        raise MayNotBeKept
    return Decision(one.field, one.kind, one.text, KEEP, reason=reason.strip(), law=law if one.kind == "name" else "")


def name_laws(kind: str, on: date) -> list[Row]:
    rows = load_table("portal/publishing/name_laws.toml")["name_law"]
    return [row for row in in_force(rows, on=on) if kind in row["kinds"]]


def shows_names(draft: Mapping[str, Any]) -> bool:
    """Whether a natural person's name would go out on the strength of a law."""
    kept = any(one.kind == "name" and one.action == KEEP for one in decisions_of(draft))
    return kept or bool(draft.get("name_law") and draft.get("party_type") == "natural_person")


def review_law(disclosure: Disclosure, *, actor: Actor) -> None:
    """法制审核: another person than the author confirms that the law chosen requires the names."""
    if actor.user_id is None or actor.user_id in (disclosure.author_id, *disclosure.authors):
        raise LegalReviewMissing(_l("起草人不能自己做法制审核，请由另一位同事核对。"))
    disclosure.draft = {**disclosure.draft, LEGAL_REVIEW: actor.user_id}


def must_be_reviewed(disclosure: Disclosure) -> None:
    if shows_names(disclosure.draft) and not disclosure.draft.get(LEGAL_REVIEW):
        raise LegalReviewMissing


def _fields(kind: DisclosureKind, draft: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    rows = [row for row in kind.rows if row["is_public"] and row["name"] not in NOT_LOOKED_THROUGH]
    return [
        (row["name"], row["label"], plain(text) if row["type"] == "rich" else text)
        for row in rows
        if row["type"] in ("text", "long", "rich")
        for text in texts(draft.get(row["name"]))
    ]
