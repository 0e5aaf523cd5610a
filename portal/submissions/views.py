"""/api/v1/submissions: a department's system sends drafts with its key and asks what became of them."""

import hashlib
import hmac
import re

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.errors import DomainError, InvalidInput, NotFound
from core.web import current
from core.web.access import public
from core.web.limits import limiter
from core.web.shell import quiet_response
from intake import api_keys
from portal.publishing.kinds import DisclosureKind
from portal.publishing.models import Disclosure
from portal.submissions import operations
from portal.submissions.models import LONGEST_IDEMPOTENCY_KEY
from portal.submissions.operations import PURPOSE
from portal.submissions.reading import content_of

CALLS = "120 per minute"
_KEY = re.compile(rf"[!-~]{{1,{LONGEST_IDEMPOTENCY_KEY}}}")

blueprint = Blueprint("submissions", __name__, url_prefix="/api/v1/submissions")
blueprint.after_request(quiet_response)


class WrongSubmissionKey(DomainError):
    code = "wrong_api_key"
    status = 401
    default_message = _l("密钥缺少、不对或者已经作废。请在 Authorization 里写 Bearer 和密钥。")


def _by_key() -> str:
    sent = request.headers.get("Authorization", "")
    return hmac.new(current.house().secret_key, b"submission" + sent.encode(), "sha256").hexdigest()


@blueprint.post("/<path>")
@public
@limiter.limit(CALLS, key_func=_by_key)
def receive(path: str) -> tuple[Response, int]:
    """One draft; the same body under the same Idempotency-Key is answered with the same draft."""
    caller, kind = _caller(), _kind(path)
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise InvalidInput(
            {
                "Idempotency-Key": _(
                    "请在请求头 Idempotency-Key 里写一个自己的编号，最多 %(n)s 个字符。", n=LONGEST_IDEMPOTENCY_KEY
                )
            }
        )
    session, at = current.session(), current.now()
    draft, is_new = operations.take(
        session,
        caller,
        kind,
        content_of(kind, request.get_json(silent=True)),
        idempotency_key=key,
        body_digest=hashlib.sha256(request.get_data()).digest(),
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
