"""What an administrator is told when a program's key was made, changed or ended; whoever gives keys answers so."""

from typing import Protocol

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.web import current


class KeyPage(Protocol):
    def __call__(self, *, told: tuple[str, str] | None = None) -> str: ...


def answer(key: str | None, name: str, *, overview: str, page: KeyPage) -> ResponseReturnValue:
    """A new key on the page that answers, and nowhere afterwards; None: it was revoked. `overview`: an endpoint."""
    current.session().flush()
    if key is None:
        flash(_("%(name)s 的密钥已作废，立刻生效。", name=name), "good")
        return redirect(url_for(overview))
    return page(told=(_("%(name)s 的密钥", name=name), key))
