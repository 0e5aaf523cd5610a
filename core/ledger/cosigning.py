"""Asking the witnesses for their cosignatures, outside any transaction, and keeping what they answer.

A witness that knows more of this log than its database does is the second guard against a restored backup: what it
holds is told to the rollback guard, and the log refuses to sign.
"""

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Database, unit_of_work
from core.ledger import merkle, reading, tiles
from core.ledger.log import COSIGN, Log, tile_reader
from core.ledger.models import LogCosignature, LogWitness
from core.ledger.note import COSIGNATURE, NoteInvalid, Verifier, checkpoint, cosigned_at, taken_apart
from core.ledger.witness import Submission
from core.outbox import Delivery, Job, enqueue

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 64 * 1024
OK, CONFLICT = 200, 409
BROUGHT = ""  # the address of a witness that is not asked: what it cosigned was brought
UNREACHABLE, REFUSED, WRONG_SIGNATURE, BEHIND = "unreachable", "refused", "wrong_signature", "log_behind"
log = structlog.get_logger()


@dataclass(frozen=True)
class Reply:
    status: int
    body: str


class Unreachable(Exception):
    """No answer, or none that could be read."""


@dataclass(frozen=True)
class Witnesses:
    """The witnesses of one log, asked one after the other."""

    database: Database
    log: Log
    clock: Clock

    def ask_all(self) -> None:
        with self.database.read() as session:
            mine = (LogWitness.log == self.log.name, LogWitness.url != BROUGHT)
            names = session.scalars(select(LogWitness.name).where(*mine)).all()
        for name in names:
            self.ask(name)

    def ask(self, name: str) -> None:
        """Bring one witness to the newest checkpoint."""
        try:
            problem = self._ask(name) or None
        except Unreachable:
            problem = UNREACHABLE
        with unit_of_work(self.database) as session:
            witness = session.get_one(LogWitness, (self.log.name, name))
            witness.asked_at, witness.problem = self.clock.now(), problem
        if problem:
            log.error("witness_has_not_cosigned", witness=name, problem=problem)

    def _ask(self, name: str) -> str:
        with self.database.read() as session:
            witness = session.get_one(LogWitness, (self.log.name, name))
            newest = reading.newest_checkpoint(session, self.log.name)
            if newest is None:
                return ""
            size, old = newest.size, witness.last_size
            has_cosigned = _has(session, witness, size)
        if has_cosigned:
            return self._admit_the_witness_knows_more(witness)
        reply = self._submit(witness, old)
        if reply.status == CONFLICT and reply.body.strip().isdecimal():
            known = int(reply.body)
            if known > size:
                return self._admit_the_witness_knows_more(witness)
            reply = self._submit(witness, known)
        if reply.status != OK:
            return self._admit_the_witness_knows_more(witness) or REFUSED
        return self._keep(witness, size, reply.body)

    def _submit(self, witness: LogWitness, old: int) -> Reply:
        with self.database.read() as session:
            newest = reading.newest_checkpoint(session, self.log.name)
            assert newest is not None  # noqa: S101 - a log never loses its checkpoints
            hash_at = tiles.hashes_in(tile_reader(session, self.log.name))
            proof = merkle.consistency_proof(old, newest.size, hash_at) if 0 < old < newest.size else []
            return post(f"{witness.url}/add-checkpoint", str(Submission(old, proof, newest.note)))

    def _keep(self, witness: LogWitness, size: int, answer: str) -> str:
        with self.database.read() as session:
            note = reading.checkpoint_of(session, self.log.name, size).note
        line = cosignature_in(answer, taken_apart(note)[0], Verifier.parse(witness.vkey, COSIGNATURE))
        if line is None:
            return WRONG_SIGNATURE
        with unit_of_work(self.database) as session:
            if session.get(LogCosignature, (self.log.name, size, witness.name)) is None:
                session.add(
                    LogCosignature(log=self.log.name, size=size, witness=witness.name, line=line, at=self.clock.now())
                )
            session.get_one(LogWitness, (self.log.name, witness.name)).last_size = size
        return ""

    def _admit_the_witness_knows_more(self, witness: LogWitness) -> str:
        """BEHIND where the witness holds a checkpoint of ours that this database does not lead to; "" else."""
        origin = hashlib.sha256(self.log.keys.origin.encode()).hexdigest()
        reply = get(f"{witness.url}/{origin}/checkpoint")
        with self.database.read() as session:
            try:
                head = checkpoint(reply.body, *self.log.verifiers(session))
            except NoteInvalid:
                return ""
            size, hash_at = (
                reading.size_of(session, self.log.name),
                tiles.hashes_in(tile_reader(session, self.log.name)),
            )
            if head.size <= size and merkle.root(head.size, hash_at) == head.root:
                return ""
        self.log.guard.distrust(head.size, head.root)
        return BEHIND


class AskWitnesses(Delivery[Witnesses, None]):
    """After each checkpoint: nobody who publishes waits for a machine elsewhere."""

    def prepare(self, job: Job) -> Witnesses:
        witnesses: Witnesses = job.services["witnesses"]
        return witnesses

    def send(self, parcel: Witnesses) -> None:
        parcel.ask_all()


def ask_again(job: Job) -> None:
    """Sweep: whoever was away is asked once more, and each what it has seen, in case this database is an old backup."""
    if job.session.scalar(select(LogWitness.name).limit(1)):
        enqueue(job.session, COSIGN, at=job.now, log=job.services["log"].name)


def cosignature_in(answer: str, text: str, verifier: Verifier) -> str | None:
    """The witness's line among those of its answer, if it is truly its cosignature on `text`."""
    for line in answer.splitlines():
        try:
            cosigned_at(text, line, verifier)
        except NoteInvalid:
            continue
        return f"{line}\n"
    return None


def _has(session: Session, witness: LogWitness, size: int) -> bool:
    return session.get(LogCosignature, (witness.log, size, witness.name)) is not None


def post(url: str, body: str) -> Reply:
    return _reply(urllib.request.Request(url, body.encode(), {"Content-Type": "text/plain; charset=utf-8"}))  # noqa: S310


def get(url: str) -> Reply:
    return _reply(urllib.request.Request(url))  # noqa: S310 - the administrator's witness


def _reply(request: urllib.request.Request) -> Reply:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return Reply(answer.status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
    except urllib.error.HTTPError as refusal:
        return Reply(refusal.code, refusal.read(LONGEST_ANSWER).decode("utf-8", "replace"))
    except OSError as error:
        raise Unreachable from error
