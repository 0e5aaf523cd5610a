"""The ledger for machines (C2SP tlog-tiles) and for people (/ledger, /verify)."""

from base64 import b64encode
from contextlib import suppress

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from core.errors import Gone, NotFound
from core.ledger import merkle, reading
from core.ledger.guard import LogBehind
from core.ledger.log import Log
from core.ledger.note import COSIGNATURE, Checkpoint, NoteInvalid, Verifier, checkpoint
from core.web import current
from core.web.access import public
from core.web.machine import json_answer
from portal.disclosures.files import sent
from portal.ledger import hours, queries
from portal.ledger.checking import judge, named_files
from portal.ledger.forms import VerifyForm
from portal.ledger.verify import single_file
from portal.monitoring.station_lines import lines_now, lines_released
from portal.monitoring.wording import ITEM_LABELS
from portal.publishing.attachments import MEDIA_TYPES, public_file
from portal.publishing.ledger import LOG

MACHINE_ADDRESSES = {"keys": "ledger/keys", "program": "ledger/verify.py", "records": "records/index.json"}
IMMUTABLE = "public, max-age=31536000, immutable"

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
    session = current.session()
    newest = reading.newest_checkpoint(session, LOG)
    return render_template(
        "portal/ledger/explained.html",
        newest=newest,
        note=reading.note_of(session, newest) if newest else "",
        witnesses=queries.witnesses(session),
        vkeys=[str(one) for one in _log().verifiers(session)],
    )


@blueprint.get("/ledger.json")
@public
def explained_machine() -> Response:
    session, base = current.session(), current.settings().base_url
    newest = reading.newest_checkpoint(session, LOG)
    if newest is not None:
        _remember_signed(newest.note)
    return json_answer(
        {
            "origin": _log().keys.origin,
            "checkpoint": reading.note_of(session, newest) if newest else _empty(),
            "vkeys": [str(one) for one in _log().verifiers(session)],
            "witnesses": [{"name": one.name, "vkey": one.vkey} for one in queries.witnesses(session)],
            **{name: f"{base}/{path}" for name, path in MACHINE_ADDRESSES.items()},
        }
    )


@blueprint.get("/ledger/checkpoint")
@public
def newest_checkpoint() -> Response:
    """The signature leaves only after the high-water mark is safe. An empty log says that it is empty."""
    session = current.session()
    newest = reading.newest_checkpoint(session, LOG)
    if newest is None:
        return _bytes(_empty().encode(), "text/plain")
    _remember_signed(newest.note)
    return _bytes(reading.note_of(session, newest).encode(), "text/plain")


def _empty() -> str:
    _log().check(current.session())
    return _log().keys.signer(1).sign(Checkpoint(_log().keys.origin, 0, merkle.EMPTY_ROOT).text)


def _remember_signed(note: str) -> None:
    """Not what a restored backup or a forger says: the guard must go on knowing more."""
    session = current.session()
    with suppress(LogBehind, NoteInvalid):
        _log().check(session)
        head = checkpoint(note, *_log().verifiers(session))
        _log().guard.advance(head.size, head.root)


@blueprint.get("/ledger/checkpoint/witnessed")
@public
def witnessed_checkpoint() -> Response:
    """The newest that a witness has cosigned; NotFound before there is one."""
    found = reading.witnessed_checkpoint(current.session(), LOG)
    if found is None:
        raise NotFound
    return _bytes(reading.note_of(current.session(), found).encode(), "text/plain")


@blueprint.get("/ledger/vkey")
@public
def vkey() -> Response:
    """The newest key that signs."""
    return _bytes(f"{_log().verifiers(current.session())[-1]}\n".encode(), "text/plain")


@blueprint.get("/ledger/keys")
@public
def keys() -> Response:
    return jsonify(queries.keys(current.session(), _log()))


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
    response = _bytes(single_file().encode(), "text/x-python")
    response.headers["Content-Disposition"] = "attachment; filename=verify.py"
    return response


@blueprint.get("/records/index.json")
@public
def record_ids() -> Response:
    """The ids of all public records after `after`, in order, up to 5,000."""
    return jsonify(list(queries.public_ids(current.session(), request.args.get("after", ""))))


@blueprint.get("/records/changes.json")
@public
def changes() -> Response:
    """Every change after number `after`, in order, up to 5,000."""
    return jsonify(queries.changes(current.session(), request.args.get("after", 0, type=int)))


@blueprint.get("/records/<record_id>/history.json")
@public
def history(record_id: str) -> ResponseReturnValue:
    """The versions of a public record; of one that is no longer public why, and on what authority."""
    try:
        return jsonify(queries.history(current.session(), record_id))
    except Gone as gone:
        return jsonify(reason=str(gone.message), basis=gone.basis and str(gone.basis)), gone.status


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


@blueprint.get("/records/<record_id>/attachments/<int:number>")
@public
def attachment(record_id: str, number: int) -> Response:
    """A file of the record by the record's id alone, for whoever checks it against the sha256 that the text names."""
    queries.public_record(current.session(), record_id)
    file = public_file(current.session(), record_id, number)
    return sent(file, MEDIA_TYPES[file.kind])


@blueprint.get("/ledger/batches/<record_id>.jsonl")
@public
def batch(record_id: str) -> Response:
    """Every hour of a released batch, one line each, as its leaf commits to them."""
    return _bytes(hours.batch(current.session(), record_id), "application/x-ndjson")


@blueprint.get("/ledger/stations.jsonl")
@public
def stations_now() -> Response:
    """What every station's row says now, one line each; to be what was released of it last."""
    return _bytes(hours.joined(lines_now(current.session())), "application/x-ndjson")


@blueprint.get("/ledger/stations/<record_id>.jsonl")
@public
def stations_released(record_id: str) -> Response:
    """The stations of a batch, one line each, as its leaf commits to them."""
    lines = lines_released(current.session(), record_id)
    if not lines:
        raise NotFound
    return _bytes(hours.joined(lines), "application/x-ndjson")


@blueprint.get("/ledger/hours/<station>/<hour>.json")
@public
def hour_line(station: str, hour: str) -> Response:
    """One hour of a station, the exact bytes (JCS) of its line."""
    return _bytes(hours.hour_line(current.session(), station, hour), "application/json")


@blueprint.get("/ledger/hours/<station>/<hour>.tlog-proof")
@public
def hour_proof(station: str, hour: str) -> Response:
    return _bytes(str(hours.hour_proof(current.session(), station, hour)).encode(), "text/plain")


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def verify() -> ResponseReturnValue:
    """Check what is pasted or uploaded; a record's own link brings record and proof along."""
    form, record_id = VerifyForm(), request.args.get("record")
    station, hour = request.args.get("station", ""), request.args.get("hour", "")
    if station and not form.is_submitted():
        form.record.data = hours.hour_line(current.session(), station, hour).decode()
        form.proof.data = str(hours.hour_proof(current.session(), station, hour))
    elif record_id and not form.is_submitted():
        _fill_in(form, record_id, _version())
    elif not form.validate_on_submit():
        return render_template("portal/ledger/verify.html", form=form, verdict=None)
    else:
        record_id = _find(form)
    text, proof_text = form.text_of("record"), form.text_of("proof")
    session = current.session()
    witnesses = [Verifier.parse(one.vkey, COSIGNATURE) for one in queries.witnesses(session)]
    verdict = judge(text, proof_text, _log().verifiers(session), witnesses) if proof_text else None
    if record_id or station:
        form.record.data = form.proof.data = ""
    return render_template(
        "portal/ledger/verify.html",
        form=form,
        verdict=verdict,
        files=named_files(text) if verdict and verdict.ok else [],
        record_id=record_id,
        nothing_found=not proof_text,
        item_labels=ITEM_LABELS,
        station=station,
        hour=hour,
    )


def _fill_in(form: VerifyForm, record_id: str, version: int | None) -> None:
    session = current.session()
    form.record.data = queries.body(session, record_id, version).decode()
    form.proof.data = str(queries.proof(session, record_id, version))


def _find(form: VerifyForm) -> str | None:
    """The record by its id or its text, where somebody brought no proof; None where none is meant or found."""
    text = form.text_of("record")
    if form.text_of("proof"):
        return None
    named = queries.record_named(text)
    found = (named, None) if named else queries.identical_version(current.session(), text)
    if found is None:
        return None
    _fill_in(form, *found)
    return found[0]


def _version() -> int | None:
    return request.args.get("version", type=int)
