"""Building the index of each store, and questions to it, beside LIKE, a bare FTS5 table and tantivy."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Questions:
    """Texts of one kind, and the p95 in ms that the design asks of an embedded index of 100,000."""

    name: str
    texts: Sequence[str]
    aim_ms: float | None


def run(app: Flask, house: House, folder: Path, whoosh_documents: int) -> Iterator[Line]:
    service: Search = app.extensions["search"]
    documents: list[Document] = []
    started, used = time.perf_counter(), time.process_time()
    service.rebuild(house.database, lambda read: _kept(read, documents))
    per_second = len(documents) / (time.perf_counter() - started)
    yield table.at_most("SQLite: index built, processor time", time.process_time() - used, BUILT_SECONDS, unit="s")
    peers = _peers(folder / "peers", documents)
    yield from _store("SQLite", service, house.database, documents, per_second, peers)
    yield from _postgres(folder, documents, peers)
    yield from _whoosh(folder, house.database, documents[:whoosh_documents])
    yield from _visible(app, house)


def _peers(folder: Path, documents: Sequence[Document]) -> list[Peer]:
    folder.mkdir()
    return [peer(folder, documents) for peer in PEERS]


def _postgres(folder: Path, documents: Sequence[Document], peers: Sequence[Peer]) -> Iterator[Line]:
    """A server of its own, with the settings that it comes with."""
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    upgrade(url)
    database = Database(url)
    try:
        yield from _filled("PostgreSQL", PostgresStore(), database, documents, peers)
    finally:
        database.close()
        server.cleanup()


def _whoosh(folder: Path, database: Database, documents: Sequence[Document]) -> Iterator[Line]:
    peers = _peers(folder / "few", documents)
    yield from _filled("Whoosh", WhooshStore(folder / "whoosh"), database, documents, peers)


def _filled(
    name: str, store: Store, database: Database, documents: Sequence[Document], peers: Sequence[Peer]
) -> Iterator[Line]:
    started = time.perf_counter()
    store.rebuild(database, lambda _session: documents)
    per_second = len(documents) / (time.perf_counter() - started)
    yield from _store(name, Search(store, {}), database, documents, per_second, peers)


def _store(
    name: str,
    service: Search,
    database: Database,
    documents: Sequence[Document],
    per_second: float,
    peers: Sequence[Peer],
) -> Iterator[Line]:
    aim = INDEXED_PER_SECOND if name != "Whoosh" else None
    for peer in peers:
        what = f"{name}: documents indexed, {len(documents):,} (peer: {peer.name})"
        yield table.at_least(what, per_second, aim, unit="/s", peer=peer.per_second)
    with database.read() as session:
        for questions in _questions(documents):
            yield from _asked(name, service, session, peers, questions)


def _kept(read: Iterable[Document], documents: list[Document]) -> Iterator[Document]:
    for one in read:
        documents.append(one)
        yield one


def _questions(documents: Sequence[Document]) -> list[Questions]:
    some = documents[:: max(1, len(documents) // 64)]
    names = [one.names[0] for one in some if one.names]
    return [
        Questions("rare (a credit code)", [one.codes[0] for one in some if one.codes], 10),
        Questions("two terms", [f"{name[4:6]} {name[:2]}" for name in names], 10),
        Questions("name fragment", [name[:6] for name in names], 10),
        Questions("common, with facets", ["检测", "数据", "生态环境局", "监测", "罚款", "许昌市"], 50),
    ]


def _asked(name: str, service: Search, session: Session, peers: Sequence[Peer], questions: Questions) -> Iterator[Line]:
    """By the clock; by processor time too where the engine runs in this process: the machine may be shared."""
    ask: Callable[[str], object] = lambda text: service.ask(session, Query(text))  # noqa: E731
    ours = _times(ask, questions.texts)
    theirs = {peer.name: _times(peer.ask, questions.texts) for peer in peers}
    aim = questions.aim_ms if name == "SQLite" else None
    for measure in (CLOCK,) if name == "PostgreSQL" else (CLOCK, PROCESSOR):
        for peer, times in theirs.items():
            label = f"{name}: {questions.name}, p95 by {measure} (peer: {peer})"
            yield table.at_most(label, _p95(ours, measure), aim, unit="ms", peer=_p95(times, measure))


def _p95(times: Mapping[str, list[float]], measure: str) -> float:
    return load.quantile(times[measure], 0.95)


def _times(ask: Callable[[str], object], texts: Iterable[str]) -> dict[str, list[float]]:
    """Milliseconds of each question, asked once, in ascending order.

    The first is not counted: it warms what a running server has warm.
    """
    times: dict[str, list[float]] = {CLOCK: [], PROCESSOR: []}
    first, *others = dict.fromkeys(texts)
    ask(first)
    for text in others:
        started, used = time.perf_counter(), time.process_time()
        ask(text)
        times[CLOCK].append((time.perf_counter() - started) * 1000)
        times[PROCESSOR].append((time.process_time() - used) * 1000)
    return {name: sorted(every) for name, every in times.items()}


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
