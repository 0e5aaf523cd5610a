"""This request's desk: the calendar, the time, the actor and their keys; and a receipt's keys. For views only."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.keys.keyring import NO_KEYS
from core.slots import Slots
from core.web import current
from intake import case_keys, queries, receipt
from intake.models import Report
from intake.receipt import ReceiptKeys
from intake.sealing import CaseSecrets
from intake.timeline import Desk

DERIVATIONS_AT_ONCE = 2


class NoKeyYet(DomainError):
    code = "no_key_yet"
    status = 409
    default_message = _l("您还没有这件举报的钥匙。部门里有钥匙的同事，或转来这件举报的部门，下次登录时会自动交给您。")


def desk() -> Desk:
    return Desk(calendar=current.calendar(), actor=current.actor(), at=current.now(), keys=current.keyring())


def reporters_desk() -> Desk:
    """For what a reporter does: nobody in particular, also where somebody of the staff is signed in."""
    return replace(desk(), actor=ANONYMOUS, keys=NO_KEYS)


def opened(report: Report) -> CaseSecrets:
    """What this officer's key opens of the report; NoKeyYet where it opens nothing."""
    case = case_keys.opened(current.session(), report, current.keyring())
    if case is None:
        raise NoKeyYet
    return case


def report_of(typed: str) -> tuple[Report | None, ReceiptKeys]:
    """Whose code was typed, and its keys. One derivation whatever was typed, and at most one question."""
    code = receipt.read(typed)
    keys = receipt_keys(code or receipt.new_code())
    return (queries.by_lookup(current.session(), keys.lookup) if code else None), keys


def receipt_keys(code: str) -> ReceiptKeys:
    """The keys of a receipt. Slow, and two at once on the whole machine; before the first statement."""
    settings = current.settings()
    pepper = settings.read_secret(settings.receipt_pepper_file)
    with Slots(settings.boot_key_file.parent, "receipt", DERIVATIONS_AT_ONCE).taken():
        return receipt.receipt_keys(code, pepper)
