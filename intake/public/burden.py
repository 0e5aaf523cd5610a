"""This request's part in what sending and putting aside cost: the challenge, and what came back with the button."""

from typing import TypeVar

from flask import request

from core.web import current
from core.web.limits import counted
from intake import flood, proof_of_work, receipt
from intake.proof_of_work import Burden, Verdict
from intake.public.draft import Draft
from intake.public.forms import SendForm

_Form = TypeVar("_Form", bound=SendForm)


def challenged(draft: Draft, kind: type[_Form]) -> _Form:
    """The form to send with, or to put aside: the draft gets its receipt here, and is counted once."""
    if not draft.get("code") or "level" not in draft.answers:
        draft.note(code=draft.get("code") or receipt.new_code(), level=_level_of_a_new_draft())
    return kind(formdata=None, challenge=_new_challenge(draft.get("code"), draft.get("level", 0)))


def _level_of_a_new_draft() -> int:
    """Count one more draft on the last page, of everybody and of this network, and say how heavy it gets."""
    settings = current.settings()
    network = flood.network_name(request.remote_addr or "", settings.boot_key(), current.today())
    everybody = counted("drafts", flood.EVERYBODY_SECONDS)
    return flood.level(everybody, counted(f"drafts/{network}", flood.NETWORK_SECONDS))


def _new_challenge(code: str, level: int) -> str:
    burden = Burden.at(level, current.settings().proof_of_work_bits)
    return proof_of_work.challenge(burden, code, current.house().secret_key, _now())


def verdict(form: SendForm, code: str) -> Verdict:
    """Where the house asks for nothing, everything passes: also a page from before the setting was changed."""
    if not current.settings().proof_of_work_bits:
        return Verdict()
    key = current.house().secret_key
    return proof_of_work.verdict(form.challenge.data or "", form.answer.data or "", code, key, _now())


def _now() -> int:
    return int(current.now().timestamp())
