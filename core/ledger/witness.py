"""A witness (c2sp.org/tlog-witness): cosigns each checkpoint that continues the last one it saw of that log.

What it remembers is one small file a log, read, compared and replaced under one lock and safe on disk before an
answer leaves. It knows nothing of what a log is about, so anybody can run one for anybody's log.
"""

import fcntl
import hashlib
import json
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.ledger import merkle
from core.ledger.merkle import ProofInvalid
from core.ledger.note import Checkpoint, Cosigner, NoteInvalid, Verifier, checkpoint, taken_apart

SIZE_TYPE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"
MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    content_type: str = TEXT


class Refused(Exception):
    """A request that gets no cosignature."""

    def __init__(self, status: int, body: str, content_type: str = TEXT) -> None:
        super().__init__(body)
        self.answer = Answer(status, body, content_type)


@dataclass(frozen=True)
class Submission:
    """`old` is the size that the log believes to be cosigned last."""

    old: int
    proof: Sequence[bytes]
    note: str

    def __str__(self) -> str:
        hashes = "".join(f"{b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, body: bytes) -> "Submission":
        """Refused (400) for what is no such request."""
        try:
            head, separator, note = body.decode().partition("\n\n")
            first, *hashes = head.split("\n")
            old = _OLD.fullmatch(first)
            if not separator or old is None or len(hashes) > MOST_HASHES:
                raise ValueError("not a request")
            return cls(int(old[1]), [b64decode(one, validate=True) for one in hashes], note)
        except (ValueError, Base64Error) as error:
            raise Refused(400, "not an add-checkpoint request\n") from error


@dataclass(frozen=True)
class Witness:
    """`logs` maps an origin to the keys that may sign for it; what was seen lies in `folder`."""

    cosigner: Cosigner
    logs: Mapping[str, Sequence[Verifier]]
    folder: Path

    def add_checkpoint(self, body: bytes, at: int) -> Answer:
        """The answer to POST /add-checkpoint at second `at`."""
        try:
            asked = Submission.parse(body)
            head = self._authentic(asked.note)
            if asked.old > head.size:
                raise Refused(400, "the old size is larger than the checkpoint\n")
            with self._alone(head.origin):
                _must_continue(self._last(head.origin), head, asked)
                line = self.cosigner.line(taken_apart(asked.note)[0], at)
                self._remember(head, asked.note + line)
        except Refused as refused:
            return refused.answer
        return Answer(200, line)

    def checkpoint(self, origin_hash: str) -> Answer:
        """The answer to GET /<hex SHA-256 of the origin>/checkpoint."""
        for origin in self.logs:
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash and self._file(origin).exists():
                return Answer(200, json.loads(self._file(origin).read_text("utf-8"))["note"])
        return Answer(404, "no checkpoint of such a log\n")

    def _authentic(self, note: str) -> Checkpoint:
        try:
            head = Checkpoint.parse(taken_apart(note)[0])
        except NoteInvalid as error:
            raise Refused(400, f"{error}\n") from error
        if head.origin not in self.logs:
            raise Refused(404, "this log is not known here\n")
        try:
            return checkpoint(note, *self.logs[head.origin])
        except NoteInvalid as error:
            raise Refused(403, f"{error}\n") from error

    def _file(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.json"

    def _last(self, origin: str) -> Checkpoint:
        """The checkpoint cosigned last; the empty tree where there is none."""
        if not self._file(origin).exists():
            return Checkpoint(origin, 0, merkle.EMPTY_ROOT)
        kept = json.loads(self._file(origin).read_text("utf-8"))
        return Checkpoint(origin, kept["size"], bytes.fromhex(kept["root"]))

    def _remember(self, head: Checkpoint, note: str) -> None:
        path = self._file(head.origin)
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"size": head.size, "root": head.root.hex(), "note": note}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    @contextmanager
    def _alone(self, origin: str) -> Iterator[None]:
        with self._file(origin).with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _must_continue(last: Checkpoint, head: Checkpoint, asked: Submission) -> None:
    if asked.old != last.size:
        raise Refused(409, f"{last.size}\n", SIZE_TYPE)
    if head.size == 0 and head.root != merkle.EMPTY_ROOT:
        raise Refused(422, "the empty tree has another root\n")
    if last.size == 0:
        if asked.proof:
            raise Refused(422, "nothing is to be proved from the empty tree\n")
        return
    try:
        merkle.check_consistency(last.size, head.size, asked.proof, last.root, head.root)
    except ProofInvalid as error:
        raise Refused(422, f"{error}\n") from error
