"""Reports filed a second: routed, sealed, audited and on the disk, beside a bare insert of as many bytes."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import load, table
from bench.table import Line
from core.accounts.actor import ANONYMOUS
from core.database import SQLITE_PRAGMAS, unit_of_work
from core.envelopes import STEP
from core.web.current import House
from core.working_calendar import WorkingCalendar
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Identity, Submission
from intake.timeline import Desk

PER_SECOND, P95_MS = 100, 150
SUBMISSION = Submission(
    category_channel="12369",
    received_by="web",
    subject="data_fraud",
    acts=("T08",),
    county="411081",
    place="污水处理厂南门",
    accused=Accused("company", "禹州恒信污水处理有限公司"),
    when="最近一个月",
    words="每次检查前半小时，有人把在线监测的进样管插进一桶清水里，检查完再换回来。" * 10,
    identity=Identity("某人", "某处"),
)


def run(house: House, folder: Path, count: int) -> Iterator[Line]:
    bare = _times(_bare_insert(folder / "bare.db"), count)
    filed = _times(lambda: _file(house), count)
    rate, peer = count / sum(filed) * 1000, count / sum(bare) * 1000
    yield table.at_least("reports filed (peer: sqlite3, one insert)", rate, PER_SECOND, unit="/s", peer=peer)
    p95 = load.quantile(sorted(filed), 0.95)
    yield table.at_most("  p95", p95, P95_MS, unit="ms", peer=load.quantile(sorted(bare), 0.95))


def _file(house: House) -> None:
    with unit_of_work(house.database) as session:
        desk = Desk(WorkingCalendar.load(session), ANONYMOUS, house.clock.now())
        file_report(session, SUBMISSION, keys=ReceiptKeys.of_nobody(), desk=desk)


def _bare_insert(file: Path) -> Callable[[], None]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE report (id INTEGER PRIMARY KEY, words BLOB)")
    return lambda: _commit_one(connection)


def _commit_one(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO report(words) VALUES (?)", (bytes(2 * STEP),))
    connection.execute("COMMIT")


def _times(work: Callable[[], None], count: int) -> list[float]:
    work()
    return [_time(work) for _ in range(count)]


def _time(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
