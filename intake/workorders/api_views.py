"""/api/12345/v1: the platform of 12345 sends work orders and asks how they stand. JSON, refusals as problem+json.

Whoever calls names themselves with a key in `Authorization: Bearer …`. Numbers go in the body: addresses are written
into logs on the way.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import audit
from core.accounts.actor import ANONYMOUS
from core.errors import DomainError, InvalidInput
from core.web import current
from core.web.access import public
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import api_keys
from intake.api_keys import HOTLINE
from intake.desk_context import reporters_desk
from intake.workorders import following
from intake.workorders.filing import FILED, KNOWN, REJECTED, Outcome, file_all
from intake.workorders.reading import NUMBER, Reject, UnreadableWorkOrders, WorkOrder, work_order

MOST_AT_ONCE = 100
CALLS = "600 per minute"

blueprint = Blueprint("work_order_api", __name__, url_prefix="/api/12345/v1")
blueprint.after_request(quiet_response)


class WrongKey(DomainError):
    code = "wrong_api_key"
    status = 401
    default_message = _l("密钥缺少、不对或者已经作废。请在 Authorization 里写 Bearer 和密钥。")


@blueprint.post("/work-orders")
@public
@limiter.limit(CALLS)
def receive() -> Response:
    """Each order once, by its number: sending again is answered with the same case number."""
    caller = _caller()
    rows = [_read(line, one) for line, one in enumerate(_list_of("work_orders"), 1)]
    outcomes = file_all(current.session(), rows, secret=current.house().secret_key, desk=reporters_desk())
    counts = {name: sum(one.result == name for one in outcomes) for name in (FILED, KNOWN, REJECTED)}
    api_keys.note_use(current.session(), HOTLINE, caller, current.now())
    audit.record(
        current.session(),
        actor=ANONYMOUS,
        action="12345.received",
        subject=f"{HOTLINE}:{caller}",
        at=current.now(),
        **counts,
    )
    return jsonify({**counts, "work_orders": [_told(one) for one in outcomes]})


@blueprint.post("/work-orders/status")
@public
@limiter.limit(CALLS)
def status() -> Response:
    _caller()
    numbers = [one if isinstance(one, str) else "" for one in _list_of("numbers")]
    if not all(NUMBER.fullmatch(one) for one in numbers):
        raise InvalidInput({"numbers": _("工单编号为空或不像编号。")})
    secret = current.house().secret_key
    found = following.standings(current.session(), numbers, secret=secret, on=current.today())
    return jsonify({"work_orders": found})


def _caller() -> str:
    scheme, _separator, key = request.headers.get("Authorization", "").partition(" ")
    with current.house().database.read() as session:
        name = api_keys.holder(session, HOTLINE, key.strip(), current.now()) if scheme.lower() == "bearer" else None
    if name is None:
        raise WrongKey
    return name


def _list_of(name: str) -> list[Any]:
    body = request.get_json(silent=True)
    listed = body.get(name) if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed:
        raise InvalidInput({name: _("请求体要是 JSON，里面有一个不空的列表 %(name)s。", name=name)})
    if len(listed) > MOST_AT_ONCE:
        raise InvalidInput({name: _("一次最多 %(n)s 件。", n=MOST_AT_ONCE)})
    return listed


def _read(line: int, told: Any) -> WorkOrder | Reject:
    """One that cannot be read is refused with its reason, the others are filed."""
    if not isinstance(told, dict) or not all(isinstance(one, str | int | None) for one in told.values()):
        return Reject(line, "", _("每件工单是一个对象，值是文字。"))
    try:
        return work_order(line, told)
    except UnreadableWorkOrders as refusal:
        return Reject(line, "", refusal.message)


def _told(one: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"number": one.number, "result": one.result}
    if one.result == REJECTED:
        return {**told, "line": one.line, "reason": str(one.reason)}
    return {**told, "case_number": one.case_number, "department": one.department}
