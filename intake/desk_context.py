"""This request's desk: the seal from its key file, the calendar, the time and the actor. For views only."""

from dataclasses import replace
from functools import cache

from core.accounts.actor import ANONYMOUS
from core.web import current
from intake.sealing import Seal
from intake.timeline import Desk


def seal() -> Seal:
    settings = current.settings()
    return _seal(settings.read_secret(settings.sealing_key_file))


def pepper() -> bytes:
    settings = current.settings()
    return settings.read_secret(settings.receipt_pepper_file)


def desk() -> Desk:
    return Desk(seal=seal(), calendar=current.calendar(), actor=current.actor(), at=current.now())


def reporters_desk() -> Desk:
    """For what a reporter does: nobody in particular, also where somebody of the staff is signed in."""
    return replace(desk(), actor=ANONYMOUS)


@cache
def _seal(key: bytes) -> Seal:
    return Seal(key)
