"""The ledger: leaves signed a second one at a time and in batches, proofs from a large log, the whole log checked."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bench import load, table
from bench.table import Line
from core.config import Settings
from core.database import Database, unit_of_work
from core.ledger import merkle, reading
from core.ledger.log import Log
from core.ledger.models import LogLeaf
from portal import setup
from portal.ledger.verify.proofs import sha256, tree_root
from portal.publishing.ledger import LOG, disclosure_log
from portal.publishing.ledger_leaf import leaf

BATCH, ONE_BY_ONE, PROOFS = 1_000, 200, 200
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROOF_MS = 50


def run(folder: Path, leaves: int) -> Iterator[Line]:
    settings = Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder / "ledger")})
    settings.prepare()
    setup.upgrade(settings.database_url)
    database, log = Database(settings.database_url), disclosure_log(settings)
    hashing = _hashes_a_second()
    rate = leaves / _timed(lambda: _in_batches(database, log, leaves))
    yield table.at_least(f"ledger: leaves, {BATCH:,} a commit (peer: SHA-256 alone)", rate, unit="/s", peer=hashing)
    alone = ONE_BY_ONE / _timed(lambda: _in_batches(database, log, ONE_BY_ONE, 1))
    yield table.at_least(f"ledger of {leaves:,}: leaves, one a commit", alone, unit="/s")
    times = sorted(_proof_ms(database, leaves) for _ in range(PROOFS))
    yield table.at_most("  a proof, p95", load.quantile(times, 0.95), PROOF_MS, unit="ms")
    yield table.at_least("  entries checked by verify.py's tree", leaves / _timed(lambda: _check(database)), unit="/s")
    database.close()


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


def _proof_ms(database: Database, leaves: int) -> float:
    place = random.randrange(leaves)
    with database.read() as session:
        begun = time.perf_counter()
        reading.proof(session, LOG, place)
        return (time.perf_counter() - begun) * 1000


def _check(database: Database) -> None:
    with database.read() as session:
        entries = session.scalars(select(LogLeaf.entry).where(LogLeaf.log == LOG).order_by(LogLeaf.place))
        tree_root([sha256(b"\x00", entry) for entry in entries])


def _hashes_a_second() -> float:
    entry = b"x" * 190
    return 100_000 / _timed(lambda: [merkle.leaf_hash(entry) for _ in range(100_000)])
