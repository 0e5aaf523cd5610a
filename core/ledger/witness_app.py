"""A witness as a web program of its own (WSGI), made from a folder: its key, its name and the logs that it knows."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from core.clock import Clock, SystemClock
from core.ledger.keys import SEED_BYTES
from core.ledger.note import Cosigner, NoteInvalid, Verifier
from core.ledger.witness import Answer, Witness

LONGEST_REQUEST = 256 * 1024
_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")
WsgiApp = Callable[..., object]


class WitnessNotReady(Exception):
    """The folder holds no witness; the text says what to do."""


def set_up(folder: Path, name: str) -> Verifier:
    """Make the key once; NoteInvalid for a name that no key can have."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = folder / "witness.key"
    if key.exists():
        raise WitnessNotReady(f"{folder} 已经有一个见证人。")
    seed = secrets.token_bytes(SEED_BYTES)
    verifier = Verifier.parse(str(Cosigner(name, seed).verifier), Cosigner(name, seed).verifier.kind)
    (folder / "name").write_text(f"{name}\n", "utf-8")
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return verifier


def trust(folder: Path, vkey: str) -> Verifier:
    """Cosign what this key signs from now on; a log that changes its key is trusted by both for a while."""
    verifier = Verifier.parse(vkey)
    if verifier not in _trusted(folder):
        with (folder / "logs").open("a", encoding="utf-8") as file:
            file.write(f"{verifier}\n")
    return verifier


def load(folder: Path) -> Witness:
    try:
        cosigner = Cosigner((folder / "name").read_text("utf-8").strip(), (folder / "witness.key").read_bytes())
    except OSError as error:
        raise WitnessNotReady(f"{folder} 还没有见证人，请先运行 flask --app wsgi witness init 名称。") from error
    trusted = _trusted(folder)
    logs = {one.name: [other for other in trusted if other.name == one.name] for one in trusted}
    return Witness(cosigner, logs, folder)


def _trusted(folder: Path) -> list[Verifier]:
    path = folder / "logs"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    try:
        return [Verifier.parse(line) for line in lines if line.strip()]
    except NoteInvalid as error:
        raise WitnessNotReady(f"{path} 里有一行不是日志公钥（vkey）。") from error


def create_witness(folder: str, clock: Clock | None = None) -> WsgiApp:
    """The program for gunicorn. The list of logs is read anew with each request, so that trusting needs no restart."""
    place, clock = Path(folder), clock or SystemClock()
    load(place)

    @Request.application
    def witness(request: Request) -> Response:
        answer = _answer(load(place), request, int(clock.now().timestamp()))
        return Response(answer.body, answer.status, content_type=answer.content_type)

    return witness


def _answer(witness: Witness, request: Request, at: int) -> Answer:
    asked = _CHECKPOINT.fullmatch(request.path)
    if request.path == "/add-checkpoint":
        if request.method != "POST":
            return Answer(405, "POST\n")
        request.max_content_length = LONGEST_REQUEST
        try:
            return witness.add_checkpoint(request.get_data(), at)
        except RequestEntityTooLarge:
            return Answer(413, "too long\n")
    if asked and request.method in ("GET", "HEAD"):
        return witness.checkpoint(asked[1])
    return Answer(404, "not found\n")
