"""Other people's programs: keys for 12345 and for Open311 apps, and the systems of departments that are told."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.accounts.permissions import Permission
from core.errors import DomainError, NotFound
from core.sanitising import single_line
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import api_keys, department_hooks, queries
from intake.administration.key_answers import answer
from intake.administration.navigation import navigation
from intake.api_keys import HOTLINE, LONGEST_NAME, OPEN311, PURPOSES
from intake.department_hooks import DepartmentHook

MANAGE = Permission.MANAGE_RULES
PURPOSE_LABELS = {HOTLINE: _l("12345 平台"), OPEN311: _l("Open311 应用")}
NOTICES = {
    "test": _l("试送"),
    "new_case": _l("新的举报"),
    "new_message": _l("举报人补充"),
}

blueprint = Blueprint("connections", __name__, url_prefix="/admin/connections")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(MANAGE)
def overview() -> str:
    return _page()


@blueprint.post("/keys/<purpose>/<action>")
@permit(MANAGE)
def change_key(purpose: str, action: str) -> ResponseReturnValue:
    """A new key is shown on the page that answers, and nowhere afterwards."""
    verbs: dict[str, Callable[..., str | None]] = {
        "add": api_keys.add,
        "rotate": api_keys.rotate,
        "revoke": api_keys.revoke,
    }
    name = single_line(request.form.get("name", ""))
    if purpose not in PURPOSES or action not in verbs:
        raise NotFound
    if not 0 < len(name) <= LONGEST_NAME:
        flash(_("名字要 1 到 %(n)s 个字。", n=LONGEST_NAME), "bad")
        return _page(), 422
    try:
        key = verbs[action](current.session(), purpose, name, actor=current.actor(), at=current.now())
    except DomainError as error:
        flash(str(error.message), "bad")
        return _page(), error.status
    return answer(key, name, overview="connections.overview", page=_page)


@blueprint.post("/hooks/<action>")
@permit(MANAGE)
def change_hook(action: str) -> ResponseReturnValue:
    department, url = request.form.get("department", ""), request.form.get("address", "").strip()
    named: dict[str, Any] = {"actor": current.actor(), "at": current.now()}
    session, settings = current.session(), current.settings()
    verbs: dict[str, Callable[[], str | None]] = {
        "add": lambda: department_hooks.add(session, department, url, settings=settings, **named),
        "rotate": lambda: department_hooks.rotate(session, department, settings=settings, **named),
        "pause": lambda: department_hooks.pause(session, department, **named),
        "resume": lambda: department_hooks.resume(session, department, **named),
        "try": lambda: department_hooks.try_out(session, department, **named),
        "remove": lambda: department_hooks.remove(session, department, **named),
    }
    if action not in verbs:
        raise NotFound
    try:
        secret = verbs[action]()
    except DomainError as error:
        flash(str(error.message), "bad")
        return _page(typed=(department, url)), error.status
    session.flush()
    if secret is None:
        flash(_("试送已排队，几秒后刷新看结果。") if action == "try" else _("已记录。"), "good")
        return redirect(url_for("connections.overview"))
    name = queries.department_names(session)[department]
    return _page(told=(_("%(name)s 的签名密钥", name=name), secret))


def _page(*, told: tuple[str, str] | None = None, typed: tuple[str, str] = ("", "")) -> str:
    """`told`: a secret, this once; `typed`: what was refused."""
    session, settings = current.session(), current.settings()
    hooks = session.scalars(select(DepartmentHook).order_by(DepartmentHook.department_code)).all()
    return render_template(
        "intake/administration/connections.html",
        told=told,
        typed=typed,
        purposes=[(one, PURPOSE_LABELS[one], api_keys.all_keys(session, one)) for one in PURPOSES],
        hooks=[
            (
                one,
                department_hooks.listening(one, settings).host,
                department_hooks.last_told(session, one.department_code),
            )
            for one in hooks
        ],
        names=queries.department_names(session),
        departments=queries.departments_on(session, current.today()),
        notices=NOTICES,
        base_url=settings.base_url,
        most=LONGEST_NAME,
    )
