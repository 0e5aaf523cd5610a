"""/api/v1/submissions: a department's system sends drafts and hours with its key and asks what became of them."""

import hashlib
import hmac
import re
from io import BytesIO

from flask import Blueprint, Response, jsonify, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.errors import DomainError, InvalidInput, NotFound
from core.sanitising import single_line
from core.web import current
from core.web.access import public
from core.web.limits import limiter
from core.web.shell import quiet_response
from core.web.uploads import allow_uploads
from intake import api_keys
from portal.monitoring.given_rows import open_given
from portal.monitoring.importers import Source, open_source
from portal.publishing.kinds import DisclosureKind
from portal.publishing.models import Disclosure
from portal.submissions import observing, operations
from portal.submissions.models import LONGEST_IDEMPOTENCY_KEY, ObservationSubmission
from portal.submissions.operations import OBSERVATIONS, PURPOSE
from portal.submissions.reading import content_of

CALLS = "120 per minute"
HOURS_LIMIT = 16 * 1024 * 1024
LONGEST_AREA = 30
_KEY = re.compile(rf"[!-~]{{1,{LONGEST_IDEMPOTENCY_KEY}}}")

blueprint = Blueprint("submissions", __name__, url_prefix="/api/v1/submissions")
blueprint.after_request(quiet_response)


class WrongSubmissionKey(DomainError):
    code = "wrong_api_key"
    status = 401
    default_message = _l("密钥缺少、不对或者已经作废。请在 Authorization 里写 Bearer 和密钥。")


class OtherMediaType(DomainError):
    code = "unsupported_media_type"
    status = 415
    default_message = _l("请求体要是 application/json 或 text/csv。")


def _by_key() -> str:
    sent = request.headers.get("Authorization", "")
    return hmac.new(current.house().secret_key, b"submission" + sent.encode(), "sha256").hexdigest()


@blueprint.post("/<path>")
@public
@limiter.limit(CALLS, key_func=_by_key)
def receive(path: str) -> tuple[Response, int]:
    """One draft; the same body under the same Idempotency-Key is answered with the same draft."""
    caller, kind = _caller(), _kind(path)
    key = _idempotency_key()
    session, at = current.session(), current.now()
    draft, is_new = operations.take(
        session,
        caller,
        kind,
        content_of(kind, request.get_json(silent=True)),
        idempotency_key=key,
        body_digest=_digest(),
        at=at,
    )
    api_keys.note_use(session, PURPOSE, caller, at)
    return _told(draft, kind), 201 if is_new else 200


@blueprint.get("/<path>/<disclosure_id>")
@public
@limiter.limit(CALLS, key_func=_by_key)
def standing(path: str, disclosure_id: str) -> Response:
    caller, kind = _caller(), _kind(path)
    draft = operations.sent_by(current.session(), caller, disclosure_id)
    if draft is None or draft.kind != kind.name:
        raise NotFound
    return _told(draft, kind)


@blueprint.record_once
def _allow_many_rows(state: BlueprintSetupState) -> None:
    allow_uploads(state.app, "submissions.receive_hours", HOURS_LIMIT)  # type: ignore[arg-type]


@blueprint.post(f"/{OBSERVATIONS}")
@public
@limiter.limit(CALLS, key_func=_by_key)
def receive_hours() -> tuple[Response, int]:
    """Hours of measuring stations, as JSON or as the CSV that `flask import air` reads; public at once."""
    caller, key = _caller(), _idempotency_key()
    session, at, source = current.session(), current.now(), _hours_in_body()
    taken, is_new = observing.take_hours(
        session,
        caller,
        source,
        idempotency_key=key,
        body_digest=_digest(),
        log=current.service("log"),
        at=at,
    )
    api_keys.note_use(session, PURPOSE, caller, at)
    return _told_hours(taken), 201 if is_new else 200


@blueprint.get(f"/{OBSERVATIONS}/<int:batch_id>")
@public
@limiter.limit(CALLS, key_func=_by_key)
def hours_taken(batch_id: int) -> Response:
    """What became of hours that this system sent."""
    taken = observing.sent_hours(current.session(), _caller(), batch_id)
    if taken is None:
        raise NotFound
    return _told_hours(taken)


def _hours_in_body() -> Source:
    if request.mimetype == "application/json":
        return open_given(request.get_data())
    if request.mimetype == "text/csv":
        area = single_line(request.args.get("area", ""))
        if len(area) > LONGEST_AREA:
            raise InvalidInput({"area": _("最多 %(n)s 个字。", n=LONGEST_AREA)})
        return open_source(BytesIO(request.get_data()), area=area)
    raise OtherMediaType


def _told_hours(taken: ObservationSubmission) -> Response:
    address = f"{current.settings().base_url}/api/v1/submissions/{OBSERVATIONS}/{taken.batch_id}"
    return jsonify({"id": str(taken.batch_id), **taken.answer, "url": address})


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        said = _("请在请求头 Idempotency-Key 里写一个自己的编号，最多 %(n)s 个字符。", n=LONGEST_IDEMPOTENCY_KEY)
        raise InvalidInput({"Idempotency-Key": said})
    return key


def _digest() -> bytes:
    return hashlib.sha256(request.get_data()).digest()


def _caller() -> str:
    scheme, _separator, key = request.headers.get("Authorization", "").partition(" ")
    with current.house().database.read() as session:
        name = api_keys.holder(session, PURPOSE, key.strip(), current.now()) if scheme.lower() == "bearer" else None
    if name is None:
        raise WrongSubmissionKey
    return name


def _kind(path: str) -> DisclosureKind:
    found = operations.kinds_taken().get(path)
    if found is None:
        raise NotFound
    return found


def _told(draft: Disclosure, kind: DisclosureKind) -> Response:
    address = f"{current.settings().base_url}/api/v1/submissions/{kind.path}/{draft.id}"
    return jsonify({"id": draft.id, "kind": kind.name, "state": draft.state, "url": address})
