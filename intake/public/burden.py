"""This request's part in what sending costs: the challenge on the last page, and what came back with the button."""

from flask import request

from core.web import current
from core.web.limits import counted
from intake import flood, proof_of_work
from intake.proof_of_work import Burden, Verdict
from intake.public.forms import SendForm


def level_of_a_new_draft() -> int:
    """Count one more draft on the last page, of everybody and of this network, and say how heavy it gets."""
    settings = current.settings()
    network = flood.network_name(request.remote_addr or "", settings.boot_key(), current.today())
    everybody = counted("drafts", flood.EVERYBODY_SECONDS)
    return flood.level(everybody, counted(f"drafts/{network}", flood.NETWORK_SECONDS))


def new_challenge(code: str, level: int) -> str:
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
