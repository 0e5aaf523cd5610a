"""The ledger: records published a second, one at a time and in batches, proofs from a large log, audits."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from bench import load, table, volume
from bench.table import Line
from core.accounts.operations import user_named
from core.config import Settings
from core.database import Database, unit_of_work
from core.ledger import merkle, reading, tiles
from core.ledger.log import Log, tile_reader
from core.web.current import House
from portal import setup
from portal.enforcement.kinds import PENALTY
from portal.ledger.verify.audit import Audit, audit
from portal.ledger.verify.records import RecordAudit
from portal.publishing import operations
from portal.publishing.ledger import LOG, disclosure_log
from portal.publishing.ledger_leaf import leaf

BATCH, ONE_BY_ONE, PROOFS = 1_000, 200, 200
PUBLISHED, TOGETHER = 300, 100
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROOF_MS = 50


def run(folder: Path, leaves: int) -> Iterator[Line]:
    """Leaves alone, without the records that they speak of."""
    settings = Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder / "ledger")})
    settings.prepare()
    setup.upgrade(settings.database_url)
    database, log = Database(settings.database_url), disclosure_log(settings)
    hashing = _hashes_a_second()
    rate = leaves / _timed(lambda: _in_batches(database, log, leaves))
    yield table.at_least(f"ledger: leaves, {BATCH:,} a commit (peer: SHA-256 alone)", rate, unit="/s", peer=hashing)
    alone = ONE_BY_ONE / _timed(lambda: _in_batches(database, log, ONE_BY_ONE, 1))
    yield table.at_least(f"ledger of {leaves:,}: leaves, one a commit", alone, unit="/s")
    for what, ask in (("proof of a leaf", _inclusion), ("proof of growth", _consistency)):
        times = sorted(_ms(database, leaves, ask) for _ in range(PROOFS))
        yield table.at_most(f"  {what}, p50", load.quantile(times, 0.5), unit="ms")
        yield table.at_most(f"  {what}, p95", load.quantile(times, 0.95), PROOF_MS, unit="ms")
    seconds = _timed(lambda: _audit(database, log))
    yield table.at_least("  entries and tiles audited by verify.py", leaves / seconds, unit="/s")
    database.close()


def publishing(app: Flask, house: House) -> Iterator[Line]:
    """Whole records through the gate: drafted, submitted, approved, with change, search job and audit lines."""
    log = app.extensions["log"]
    for together in (1, TOGETHER):
        content = next(volume.contents(1))
        drafts = [content | {"decision_no": f"许环量测〔{together}〕{number}号"} for number in range(PUBLISHED)]
        rate = PUBLISHED / _timed(lambda: _publish(house, log, drafts, together))  # noqa: B023 - called before the next
        words = "one a commit" if together == 1 else f"{together} a commit"
        yield table.at_least(f"records published, {words}", rate, unit="/s")
    client = app.test_client()

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    state: dict[str, int] = {}
    seconds = _timed(lambda: _must_be_sound(audit(fetch, state, now=house.clock.now())))
    yield table.at_least("  whole audit, records and texts included", state["size"] / seconds, unit="leaves/s")


def _must_be_sound(findings: object) -> None:
    found = list(findings)  # type: ignore[call-overload]
    assert not found, found[:3]


def _publish(house: House, log: Log, drafts: Sequence[Mapping[str, Any]], together: int) -> None:
    for first in range(0, len(drafts), together):
        with unit_of_work(house.database) as session:
            author, approver = (user_named(session, name) for name in ("editor", "approver"))
            assert author and approver
            for content in drafts[first : first + together]:
                one = operations.draft(session, PENALTY, content, actor=author.as_actor(), at=house.clock.now())
                operations.submit(session, one, actor=author.as_actor(), at=house.clock.now())
                operations.approve_and_publish(session, one, log=log, actor=approver.as_actor(), at=house.clock.now())


def _timed(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begun


def _in_batches(database: Database, log: Log, count: int, batch: int = BATCH) -> None:
    for first in range(0, count, batch):
        with unit_of_work(database) as session:
            for number in range(first, first + batch):
                subject = f"{number:026d}"
                log.add(session, subject, leaf("publish", "penalty", subject, 1, NOW, commitment="c" * 43), at=NOW)


def _inclusion(session: Session, leaves: int) -> None:
    reading.proof(session, LOG, random.randrange(leaves))


def _consistency(session: Session, leaves: int) -> None:
    merkle.consistency_proof(random.randrange(1, leaves), leaves, tiles.hashes_in(tile_reader(session, LOG)))


def _ms(database: Database, leaves: int, ask: object) -> float:
    with database.read() as session:
        begun = time.perf_counter()
        ask(session, leaves)  # type: ignore[operator]
        return (time.perf_counter() - begun) * 1000


def _audit(database: Database, log: Log) -> None:
    """verify.py on the log's own rows, without HTTP and without records, which this log has none of."""
    with database.read() as session:

        def fetch(path: str) -> tuple[int, bytes]:
            if path == "/ledger/checkpoint":
                newest = reading.newest_checkpoint(session, LOG)
                return 200, newest.note.encode() if newest else b""
            kind, _slash, address = path.removeprefix("/ledger/tile/").partition("/")
            if kind == "entries":
                return 200, reading.entry_bundle(session, LOG, address)
            return (200, reading.tile(session, LOG, int(kind), address)) if kind.isdecimal() else (404, b"")

        records = RecordAudit.findings
        RecordAudit.findings = lambda _self: iter(())  # type: ignore[method-assign]
        try:
            _must_be_sound(Audit(fetch, {}, NOW, [str(one) for one in log.verifiers(session)]).findings())
        finally:
            RecordAudit.findings = records  # type: ignore[method-assign]


def _hashes_a_second() -> float:
    entry = b"x" * 190
    return 100_000 / _timed(lambda: [merkle.leaf_hash(entry) for _ in range(100_000)])
