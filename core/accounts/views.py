"""Signing in and out, and another password. Whoever signs in opens their key; it stays in the server-side session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core import audit
from core.accounts import operations
from core.accounts.forms import PasswordForm, SignInForm
from core.accounts.models import User
from core.accounts.operations import user_named
from core.accounts.passwords import PasswordKeys, Stretched, new_salt, old_hash_matches, password_keys, stretched
from core.accounts.permissions import Permission
from core.keys import department_keys, user_keys
from core.keys.keyring import Keyring
from core.keys.models import UserKey
from core.web import current
from core.web.access import public, signed_in
from core.web.browser_session import USER_KEY, BrowserSession
from core.web.languages import local_path
from core.web.limits import by_sign_in_name, limiter

WELCOMES, HOMES, DEMO_ACCOUNTS = "welcomes", "homes", "demo_accounts"
Welcome = Callable[[Session, User, Keyring, datetime], None]
# An unknown name takes as long as a wrong password.
_NOBODYS_SALT = new_salt()

blueprint = Blueprint("accounts", __name__)


@dataclass(frozen=True)
class _Found:
    """Who has this name, and what their password gives."""

    user: User
    key: UserKey | None
    salt: bytes
    derived: PasswordKeys


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("10 per 10 minutes", key_func=by_sign_in_name, methods=["POST"])
@limiter.limit("120 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit() and _begin(form.sign_in_name.data or "", form.password.data or ""):
        return redirect(local_path(request.args.get("next") or _home()))
    if form.is_submitted() and not form.errors:
        form.sign_in_name.errors = [_("登录名或密码不对。")]
    offered = current_app.extensions.get(DEMO_ACCOUNTS) if current.settings().demo else None
    return render_template("core/sign_in.html", form=form, demo_accounts=offered and offered())


def _home() -> str:
    """Where this person's work is."""
    actor = current.session().get_one(User, session[USER_KEY]).as_actor()
    homes: Sequence[tuple[Permission, str]] = current_app.extensions.get(HOMES, ())
    return next((path for permission, path in homes if actor.may(permission)), "/")


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
    cast(BrowserSession, session).drop_key(current.USER_SECRET)
    session.clear()
    return redirect("/")  # type: ignore[return-value]


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
@limiter.limit("20 per minute", methods=["POST"])
def password() -> ResponseReturnValue:
    """The key stays, its envelope is new; so nothing that was open shuts."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("core/password.html", form=form)
    known = current.session().get_one(UserKey, current.actor().user_id)
    if user_keys.unlocked(known, password_keys(form.password.data or "", known.salt, known.cost)) is None:
        form.password.errors = [_("现在的密码不对。")]
        return render_template("core/password.html", form=form)
    new = stretched(form.new_password.data or "")
    operations.change_password(current.session(), current.keyring(), new, at=current.now())
    flash(_("密码已更改。"), "good")
    return redirect("/")


def _begin(sign_in_name: str, password: str) -> bool:
    """Derive outside the write lock, then start a fresh session with the person's key in it."""
    found = _found(sign_in_name, password)
    if found is None or not found.user.is_active:
        return False
    ring = user_keys.unlocked(found.key, found.derived) if found.key else _first_ring(found, password)
    if ring is None or ring.secret is None:
        return False
    browser = cast(BrowserSession, session)
    browser.renew()
    browser[USER_KEY] = found.user.id
    browser.keep_key(current.USER_SECRET, ring.secret)
    _welcome(found.user, ring)
    return True


def _found(sign_in_name: str, password: str) -> _Found | None:
    with current.house().database.read() as reading:
        user = user_named(reading, sign_in_name)
        key = reading.get(UserKey, user.id) if user else None
    if key is not None and user is not None:
        return _Found(user, key, key.salt, password_keys(password, key.salt, key.cost))
    salt = new_salt() if user else _NOBODYS_SALT
    derived = password_keys(password, salt)
    return _Found(user, None, salt, derived) if user else None


def _first_ring(found: _Found, password: str) -> Keyring | None:
    """An account from before there were keys: they are made when its old hash has said yes."""
    if not found.user.password_hash or not old_hash_matches(found.user.password_hash, password):
        return None
    database_session = current.session()
    user = database_session.get_one(User, found.user.id)
    ring = user_keys.create(database_session, user, Stretched(found.derived, found.salt))
    user.password_hash = ""
    department_keys.admit(database_session, user, actor=user.as_actor(), at=current.now())
    return ring


def _welcome(user: User, ring: Keyring) -> None:
    """On record; then what waited for somebody with this key: the escrow, new colleagues, waiting reports."""
    database_session, at = current.session(), current.now()
    audit.record(database_session, actor=user.as_actor(), action="sign_in", subject=f"user:{user.id}", at=at)
    user_keys.leave_with_escrow(database_session, database_session.get_one(UserKey, user.id), ring)
    department_keys.hand_on(database_session, user, ring)
    welcomes: Sequence[Welcome] = current_app.extensions.get(WELCOMES, ())
    for welcome in welcomes:
        welcome(database_session, user, ring, at)
