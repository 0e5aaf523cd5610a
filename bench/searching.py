"""Building the index of each store, and questions to it, beside LIKE, a bare FTS5 table and tantivy."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pgserver
from flask import Flask
from sqlalchemy.orm import Session

from bench import load, table, volume
from bench.search_peers import PEERS, Peer
from bench.table import Line
from core.accounts.operations import user_named
from core.database import Database, unit_of_work
from core.web.current import House
from portal.enforcement.kinds import PENALTY
from portal.publishing import operations
from portal.publishing.ledger import disclosure_log
from portal.setup import upgrade
from search.document import Document, Query
from search.service import Search
from search.stores.base import Store
from search.stores.postgres import PostgresStore
from search.stores.whoosh_files import WhooshStore

VISIBLE_MS = 1000
BUILT_SECONDS = 60
INDEXED_PER_SECOND = 100_000 / BUILT_SECONDS
TURNS = 6
PATIENCE_SECONDS = 10
CLOCK, PROCESSOR = "the clock", "processor time"
NEXT_SERIAL = 900_000
MOST_QUESTIONS = 64


@dataclass(frozen=True)
class Questions:
    """Texts of one kind, and the p95 in ms that the design asks of an embedded index of 100,000."""

    name: str
    texts: Sequence[str]
    aim_ms: float | None


@dataclass(frozen=True)
class Engine:
    """A store with its index built. `aims`: whether the design's aims are for it."""

    name: str
    service: Search
    database: Database
    per_second: float
    aims: bool = False


def run(app: Flask, house: House, folder: Path, whoosh_documents: int) -> Iterator[Line]:
    """SQLite and PostgreSQL in turns, question by question of a kind, and each peer once beside both."""
    service: Search = app.extensions["search"]
    documents: list[Document] = []
    started, used = time.perf_counter(), time.process_time()
    service.rebuild(house.database, lambda read: _kept(read, documents))
    per_second = len(documents) / (time.perf_counter() - started)
    yield table.at_most("SQLite: index built, processor time", time.process_time() - used, BUILT_SECONDS, unit="s")
    own = Engine("SQLite", service, house.database, per_second, aims=True)
    with _postgres(folder) as database:
        engines = [own, _filled("PostgreSQL", PostgresStore(), database, documents)]
        yield from _compared(engines, documents, _peers(folder / "peers", documents))
    few = documents[:whoosh_documents]
    engine = _filled("Whoosh", WhooshStore(folder / "whoosh"), house.database, few)
    yield from _compared([engine], few, _peers(folder / "few", few))
    yield from _visible(app, house)


def _kept(read: Iterable[Document], documents: list[Document]) -> Iterator[Document]:
    for one in read:
        documents.append(one)
        yield one


def _peers(folder: Path, documents: Sequence[Document]) -> list[Peer]:
    folder.mkdir()
    return [peer(folder, documents) for peer in PEERS]


@contextmanager
def _postgres(folder: Path) -> Iterator[Database]:
    """A server of its own, with the settings that it comes with."""
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        server.cleanup()


def _filled(name: str, store: Store, database: Database, documents: Sequence[Document]) -> Engine:
    started = time.perf_counter()
    store.rebuild(database, lambda _session: documents)
    return Engine(name, Search(store, {}), database, len(documents) / (time.perf_counter() - started))


def _compared(engines: Sequence[Engine], documents: Sequence[Document], peers: Sequence[Peer]) -> Iterator[Line]:
    for one in engines:
        aim = INDEXED_PER_SECOND if one.name != "Whoosh" else None
        yield table.at_least(f"{one.name}: documents indexed, {len(documents):,}", one.per_second, aim, unit="/s")
        for peer in peers:
            yield table.at_least(f"  beside {peer.name}", one.per_second, unit="/s", peer=peer.per_second)
    for questions in _questions(documents):
        theirs = {peer.name: _times(peer.ask, questions.texts[: peer.most_questions]) for peer in peers}
        for one in engines:
            with one.database.read() as session:
                yield from _asked(one, session, theirs, questions)


def _questions(documents: Sequence[Document]) -> list[Questions]:
    some = documents[:: max(1, len(documents) // MOST_QUESTIONS)]
    names = [one.names[0] for one in some if one.names]
    phrases = ["稀释样品", "监测数据", "与实际不符", "弄虚作假", "生态环境局", "责令改正违法行为", "在线监控数据"]
    return [
        Questions("rare (a credit code)", [one.codes[0] for one in some if one.codes], 10),
        Questions("two terms", [f"{name[4:6]} {name[:2]}" for name in names], 10),
        Questions("name fragment", [name[:6] for name in names], 10),
        Questions("common, with facets", ["检测", "数据", "生态环境局", "监测", "罚款", "许昌市"], 50),
        Questions("quoted, common", [f'"{one}"' for one in phrases], None),
    ]


def _asked(engine: Engine, session: Session, theirs: Mapping[str, "Times"], questions: Questions) -> Iterator[Line]:
    """By the clock, once against the aim; by processor time too where the engine runs here: the machine may be shared.

    Beside a peer that was asked fewer questions stand our times of the same ones.
    """
    ours = _times(lambda text: engine.service.ask(session, Query(text)), questions.texts)
    label, aim = f"{engine.name}: {questions.name}, p95", questions.aim_ms if engine.aims else None
    yield table.at_most(label, _p95(ours, CLOCK), aim, unit="ms")
    for peer, times in theirs.items():
        same = {text: ours[text] for text in times}
        yield table.at_most(f"  beside {peer}", _p95(same, CLOCK), unit="ms", peer=_p95(times, CLOCK))
    if engine.name != "PostgreSQL":
        yield table.at_most(f"{label} by {PROCESSOR}", _p95(ours, PROCESSOR), unit="ms")


Times = dict[str, dict[str, float]]


def _p95(times: Times, measure: str) -> float:
    return load.quantile(sorted(one[measure] for one in times.values()), 0.95)


def _times(ask: Callable[[str], object], texts: Iterable[str]) -> Times:
    """Milliseconds of each question, asked once.

    The first is not counted: it warms what a running server has warm.
    """
    times: Times = {}
    first, *others = dict.fromkeys(texts)
    ask(first)
    for text in others:
        started, used = time.perf_counter(), time.process_time()
        ask(text)
        times[text] = {
            CLOCK: (time.perf_counter() - started) * 1000,
            PROCESSOR: (time.process_time() - used) * 1000,
        }
    return times


def _visible(app: Flask, house: House) -> Iterator[Line]:
    """From the approver's commit until a question finds the record, with the worker running and nothing waiting."""
    stop, work = threading.Event(), app.extensions["create_worker"]()
    work.run_due()
    worker = threading.Thread(target=work.run, args=(stop,))
    worker.start()
    try:
        times = sorted(_until_found(app, house, NEXT_SERIAL + turn) for turn in range(TURNS))
    finally:
        stop.set()
        worker.join()
    yield table.at_most("SQLite: published until found, p50", load.quantile(times, 0.5), unit="ms")
    yield table.at_most(f"  slowest of {TURNS}", times[-1], VISIBLE_MS, unit="ms")


def _until_found(app: Flask, house: House, serial: int) -> float:
    service: Search = app.extensions["search"]
    number = f"豫1000环罚决字〔2026〕{serial}号"
    with app.app_context():
        _publish(house, number)
    started = time.perf_counter()
    while time.perf_counter() < started + PATIENCE_SECONDS:
        with house.database.read() as session:
            if service.find(session, number):
                return (time.perf_counter() - started) * 1000
        time.sleep(0.005)
    raise TimeoutError(number)


def _publish(house: House, number: str) -> None:
    at = house.clock.now()
    with unit_of_work(house.database) as session:
        author, approver = (user_named(session, name) for name in ("editor", "approver"))
        assert author and approver
        content = next(iter(volume.contents(1))) | {"decision_no": number}
        disclosure = operations.draft(session, PENALTY, content, actor=author.as_actor(), at=at)
        operations.submit(session, disclosure, actor=author.as_actor(), at=at)
        operations.approve_and_publish(
            session, disclosure, log=disclosure_log(house.settings), actor=approver.as_actor(), at=at
        )
