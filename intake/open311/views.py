"""Open311 GeoReport v2 under /open311/v2. Each answer is XML or JSON, as the address ends; so is each refusal."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from core.errors import DomainError, InvalidInput, NotFound
from core.web import current
from core.web.access import public
from core.web.limits import by_network, limiter
from intake import api_keys, queries, receipt
from intake.desk_context import receipt_keys, reporters_desk
from intake.open311 import following, services
from intake.open311.documents import FORMATS, written
from intake.open311.reading import submission
from intake.operations import file_report

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED_ON = "2026-11-25T00:00:00+08:00"
OPEN, CLOSED = "open", "closed"
W3C_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
READS, FILINGS = "300 per minute", "1200 per minute"
FORMAT = "<any(xml, json):form>"

blueprint = Blueprint("open311", __name__, url_prefix="/open311")


class WrongKey(DomainError):
    code = "wrong_api_key"
    status = 403
    default_message = _l("api_key 缺少、不对或者已经作废。")


@blueprint.get(f"/discovery.{FORMAT}")
@blueprint.get(f"/v2/discovery.{FORMAT}", endpoint="discovery_v2")
@public
def discovery(form: str) -> Response:
    settings = current.settings()
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.base_url}/open311/v2",
        "changeset": CHANGED_ON,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    told = {
        "changeset": CHANGED_ON,
        "contact": f"{settings.site_name}（{settings.city}） {settings.base_url}",
        "key_service": _("向本平台的管理员申请 api_key。"),
        "endpoints": [endpoint],
    }
    # Validators compare the bare type; with nothing but ASCII in it the answer needs no charset.
    return Response(written("discovery", told, form, is_ascii=True), content_type=FORMATS[form].partition(";")[0])


@blueprint.get(f"/v2/services.{FORMAT}")
@public
def service_list(form: str) -> Response:
    _check_jurisdiction()
    return _answer("services", services.listed(), form)


@blueprint.get(f"/v2/services/<code>.{FORMAT}")
@public
def service_definition(code: str, form: str) -> Response:
    _check_jurisdiction()
    departments = queries.departments_on(current.session(), current.today())
    return _answer("service_definition", services.definition(services.service(code), departments), form)


@blueprint.post(f"/v2/requests.{FORMAT}")
@public
@limiter.limit(FILINGS)
def file(form: str) -> Response:
    """Sealed and routed like any report. The key is looked up apart, so that nobody waits while the receipt is made."""
    _check_jurisdiction()
    with current.house().database.read() as session:
        app = api_keys.holder(session, api_keys.OPEN311, request.form.get("api_key", ""), current.now())
        if app is None:
            raise WrongKey
        departments = queries.departments_on(session, current.today())
    sent = submission(request.form.to_dict(flat=False), departments)
    code = receipt.new_code()
    keys = receipt_keys(code)
    filed = file_report(current.session(), sent, keys=keys, desk=reporters_desk())
    api_keys.note_use(current.session(), api_keys.OPEN311, app, current.now())
    told = {
        "service_request_id": filed.case_number,
        "service_notice": _notice(receipt.shown(code)),
        "account_id": None,
    }
    return _answer("service_requests", [told], form)


@blueprint.get(f"/v2/tokens/<token>.{FORMAT}")
@public
@limiter.limit(READS, key_func=by_network)
def token(token: str, form: str) -> Response:
    """Every service answers at once with the number, so a number is its own token and no other is given out."""
    _check_jurisdiction()
    (found,) = _known([token])
    return _answer("service_requests", [{"service_request_id": found["service_request_id"], "token": token}], form)


@blueprint.get(f"/v2/requests/<number>.{FORMAT}")
@public
@limiter.limit(READS, key_func=by_network)
def service_request(number: str, form: str) -> Response:
    _check_jurisdiction()
    return _answer("service_requests", _known([number]), form)


@blueprint.get(f"/v2/requests.{FORMAT}")
@public
@limiter.limit(READS, key_func=by_network)
def service_requests(form: str) -> Response:
    _check_jurisdiction()
    if numbers := _parted("service_request_id"):
        return _answer("service_requests", following.by_numbers(current.session(), numbers), form)
    codes, statuses = _parted("service_code"), _parted("status")
    if set(statuses) - {OPEN, CLOSED}:
        raise InvalidInput({"status": _("status 只能是 open 或 closed。")})
    start, end = following.span(_time("start_date"), _time("end_date"), current.now())
    found = following.filed_between(
        current.session(), start, end, codes=codes, statuses=statuses, today=current.today()
    )
    return _answer("service_requests", found, form)


@blueprint.route("/<path:_rest>", methods=["GET", "POST"])
@public
def nothing(_rest: str) -> Response:
    raise NotFound


@blueprint.after_request
def _for_every_app(response: Response) -> Response:
    """Open to apps in a browser; what was filed is kept by nobody on the way."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.endpoint in ("open311.file", "open311.service_request", "open311.service_requests", "open311.token"):
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(DomainError)
def _refused(error: DomainError) -> Response:
    sentences = [str(one) for one in error.errors.values()] if isinstance(error, InvalidInput) else [str(error.message)]
    return _errors(400 if isinstance(error, InvalidInput) else error.status, sentences)


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    status = error.code or 400
    return _errors(
        status, [_("请求太频繁，请稍后再试。") if status == 429 else _("这个请求不能完成，请检查网址和内容。")]
    )


def _errors(status: int, sentences: Sequence[str]) -> Response:
    form = "json" if request.path.endswith(".json") else "xml"
    return _answer("errors", [{"code": status, "description": one} for one in sentences], form, status)


def _answer(root: str, content: Any, form: str, status: int = 200) -> Response:
    return Response(written(root, content, form), status=status, content_type=FORMATS[form])


def _check_jurisdiction() -> None:
    """There is one; who names another is at the wrong place."""
    wanted = request.values.get("jurisdiction_id", "").strip()
    if wanted and wanted != urlsplit(current.settings().base_url).hostname:
        raise NotFound(_("没有这个 jurisdiction_id。"))


def _known(numbers: Sequence[str]) -> list[dict[str, Any]]:
    found = following.by_numbers(current.session(), numbers)
    if not found:
        raise NotFound(_("没有这个受理编号，或者它不公开。请凭查询码在“查询进度”里查看。"))
    return found


def _parted(name: str) -> list[str]:
    return [part.strip() for value in request.args.getlist(name) for part in value.split(",") if part.strip()]


def _time(name: str) -> datetime | None:
    text = request.args.get(name, "").strip().replace(" ", "+")  # a plus sign that was not escaped
    if not text:
        return None
    try:
        if W3C_TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput({name: _("%(field)s 要写成 2010-01-01T00:00:00Z 这样，带时区。", field=name)})


def _notice(code: str) -> str:
    """The one place that every app shows to whoever filed."""
    notice: str = _(
        "查询码：%(code)s。只显示这一次，请抄下来，不要告诉别人。凭它在 %(url)s 查看进度、读答复、补充材料。",
        code=code,
        url=f"{current.settings().base_url}/track",
    )
    return notice
