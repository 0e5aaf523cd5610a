"""The ledger for machines (C2SP tlog-tiles) and for people (/ledger, /verify)."""

from base64 import b64encode
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from core.ledger import reading
from core.ledger.log import Log
from core.ledger.note import checkpoint
from core.web import current
from core.web.access import public
from portal.ledger import queries
from portal.ledger.checking import judge
from portal.ledger.forms import VerifyForm
from portal.publishing.ledger import LOG

IMMUTABLE = "public, max-age=31536000, immutable"
TOOL = Path(__file__).with_name("verify.py")

blueprint = Blueprint("ledger", __name__)


def _log() -> Log:
    log: Log = current.service("log")
    return log


def _bytes(content: bytes, mimetype: str, cache: str = "no-cache") -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = cache
    return response


@blueprint.get("/ledger")
@public
def explained() -> str:
    """The ledger in two minutes, for somebody who has to write about it."""
    newest = reading.newest_checkpoint(current.session(), LOG)
    return render_template("portal/ledger/explained.html", newest=newest, vkey=str(_log().signer.verifier))


@blueprint.get("/ledger/checkpoint")
@public
def newest_checkpoint() -> Response:
    """The signature leaves only after the high-water mark is safe."""
    newest = reading.newest_checkpoint(current.session(), LOG)
    if newest is None:
        return _bytes(b"", "text/plain")
    head = checkpoint(newest.note, _log().signer.verifier)
    _log().guard.advance(head.size, head.root)
    return _bytes(newest.note.encode(), "text/plain")


@blueprint.get("/ledger/vkey")
@public
def vkey() -> Response:
    return _bytes(f"{_log().signer.verifier}\n".encode(), "text/plain")


@blueprint.get("/ledger/tile/entries/<path:path>")
@public
def entry_bundle(path: str) -> Response:
    return _bytes(reading.entry_bundle(current.session(), LOG, path), "application/octet-stream", IMMUTABLE)


@blueprint.get("/ledger/tile/<int:level>/<path:path>")
@public
def tile(level: int, path: str) -> Response:
    return _bytes(reading.tile(current.session(), LOG, level, path), "application/octet-stream", IMMUTABLE)


@blueprint.get("/ledger/verify.py")
@public
def tool() -> Response:
    response = _bytes(TOOL.read_bytes(), "text/x-python")
    response.headers["Content-Disposition"] = "attachment; filename=verify.py"
    return response


@blueprint.get("/records/index.json")
@public
def record_ids() -> Response:
    """The ids of all public records after `after`, in order, up to 5,000."""
    return jsonify(list(queries.public_ids(current.session(), request.args.get("after", ""))))


@blueprint.get("/records/<record_id>/history.json")
@public
def history(record_id: str) -> Response:
    return jsonify(queries.history(current.session(), record_id))


@blueprint.get("/records/<record_id>.json")
@public
def record_bytes(record_id: str) -> Response:
    """The exact bytes (JCS) that the log commits to; ?version= for an older one."""
    return _bytes(queries.body(current.session(), record_id, _version()), "application/json")


@blueprint.get("/records/<record_id>.salt")
@public
def salt(record_id: str) -> Response:
    return _bytes(b64encode(queries.salt(current.session(), record_id, _version())), "text/plain")


@blueprint.get("/records/<record_id>.tlog-proof")
@public
def proof(record_id: str) -> Response:
    return _bytes(str(queries.proof(current.session(), record_id, _version())).encode(), "text/plain")


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def verify() -> ResponseReturnValue:
    """Check a pasted or uploaded record and proof; a record's own button brings both along."""
    form, record_id = VerifyForm(), request.args.get("record")
    if record_id and not form.is_submitted():
        session, version = current.session(), _version()
        form.record.data = queries.body(session, record_id, version).decode()
        form.proof.data = str(queries.proof(session, record_id, version))
    elif not form.validate_on_submit():
        return render_template("portal/ledger/verify.html", form=form, verdict=None)
    verdict = judge(form.text_of("record"), form.text_of("proof"), _log().signer.verifier)
    return render_template("portal/ledger/verify.html", form=form, verdict=verdict, record_id=record_id)


def _version() -> int | None:
    return request.args.get("version", type=int)
