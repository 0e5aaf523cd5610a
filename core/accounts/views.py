"""Signing in and out."""

from typing import cast

from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import audit
from core.accounts.forms import SignInForm
from core.accounts.operations import user_named
from core.accounts.passwords import password_matches
from core.web import current
from core.web.access import public, signed_in
from core.web.browser_session import USER_KEY, BrowserSession
from core.web.languages import local_path
from core.web.limits import by_sign_in_name, limiter

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("10 per 10 minutes", key_func=by_sign_in_name, methods=["POST"])
@limiter.limit("120 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit() and _begin(form.sign_in_name.data or "", form.password.data or ""):
        return redirect(local_path(request.args.get("next")))
    if form.is_submitted() and not form.errors:
        form.sign_in_name.errors = [_("登录名或密码不对。")]
    return render_template("core/sign_in.html", form=form)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    audit.record(
        current.session(),
        actor=current.actor(),
        action="sign_out",
        subject=f"user:{current.actor().user_id}",
        at=current.now(),
    )
    session.clear()
    return redirect("/")  # type: ignore[return-value]


def _begin(sign_in_name: str, password: str) -> bool:
    """Check the password outside the write lock, then start a fresh session."""
    with current.house().database.read() as reading:
        user = user_named(reading, sign_in_name)
    if not password_matches(user.password_hash if user else None, password) or user is None or not user.is_active:
        return False
    cast(BrowserSession, session).renew()
    session[USER_KEY] = user.id
    audit.record(
        current.session(), actor=user.as_actor(), action="sign_in", subject=f"user:{user.id}", at=current.now()
    )
    return True
