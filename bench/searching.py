"""Building an index, and questions to it, beside LIKE over a plain SQLite table of the same documents."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from bench import load, table, volume
from bench.table import Line
from core.accounts.operations import user_named
from core.database import SQLITE_PRAGMAS, Database, unit_of_work
from core.web.current import House
from portal.enforcement.kinds import PENALTY
from portal.publishing import operations
from portal.publishing.ledger import disclosure_log
from search.document import Document, Query
from search.service import Search
from search.stores.sqlite import SqliteStore
from search.stores.whoosh_files import WhooshStore

VISIBLE_MS = 1000
TURNS = 6
PATIENCE_SECONDS = 10
NEXT_SERIAL = 900_000


@dataclass(frozen=True)
class Questions:
    """Texts of one kind, and the p95 in ms that the design asks of an embedded index of 100,000."""

    name: str
    texts: Sequence[str]
    aim_ms: float | None


@dataclass(frozen=True)
class SourcePart:
    """The first `count` documents of a source."""

    kind: str
    whole: Search
    count: int

    def document(self, session: Session, key: str) -> Document | None:
        return self.whole.sources[self.kind].document(session, key)

    def documents(self, session: Session) -> Iterator[Document]:
        return islice(self.whole.sources[self.kind].documents(session), self.count)


def run(app: Flask, house: House, folder: Path, whoosh_documents: int) -> Iterator[Line]:
    service: Search = app.extensions["search"]
    yield from _store("SQLite", service, house.database, folder)
    part = SourcePart(PENALTY.name, service, whoosh_documents)
    yield from _store("Whoosh", Search(WhooshStore(folder / "whoosh"), {part.kind: part}), house.database, folder)
    yield from _visible(app, house)


def _store(name: str, service: Search, database: Database, folder: Path) -> Iterator[Line]:
    is_aimed = isinstance(service.store, SqliteStore)
    documents: list[Document] = []
    started = time.perf_counter()
    count = service.rebuild(database, lambda read: _kept(read, documents))
    taken = time.perf_counter() - started
    with database.read() as session:
        peer = LikePeer(folder / f"like-{name}.db", documents)
        what = f"{name}: documents indexed, {count:,} (peer: insert)"
        yield table.at_least(what, count / taken, unit="/s", peer=peer.per_second)
        for questions in _questions(documents):
            yield from _asked(name, service, session, peer, questions, is_aimed)


def _kept(read: Iterable[Document], documents: list[Document]) -> Iterator[Document]:
    for one in read:
        documents.append(one)
        yield one


def _questions(documents: Sequence[Document]) -> list[Questions]:
    some = documents[:: max(1, len(documents) // 16)]
    names = [one.names[0] for one in some if one.names]
    return [
        Questions("rare (a credit code)", [one.codes[0] for one in some if one.codes], 10),
        Questions("two terms", [f"{name[4:6]} {name[:2]}" for name in names], 10),
        Questions("name fragment", [name[:6] for name in names], 10),
        Questions("common, with facets", ["检测", "数据", "生态环境局", "监测", "罚款", "许昌市"], 50),
    ]


def _asked(
    name: str, service: Search, session: Session, peer: "LikePeer", questions: Questions, is_aimed: bool
) -> Iterator[Line]:
    ask: Callable[[str], object] = lambda text: service.ask(session, Query(text))  # noqa: E731
    ours, theirs = _times(ask, questions.texts), _times(peer.ask, questions.texts)
    label, aim = f"{name}: {questions.name}", questions.aim_ms if is_aimed else None
    yield table.at_most(f"{label}, p50", load.quantile(ours, 0.5), unit="ms", peer=load.quantile(theirs, 0.5))
    yield table.at_most("  p95", load.quantile(ours, 0.95), aim, unit="ms", peer=load.quantile(theirs, 0.95))


def _times(ask: Callable[[str], object], texts: Iterable[str]) -> list[float]:
    times = []
    for text in dict.fromkeys(texts):
        started = time.perf_counter()
        ask(text)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


class LikePeer:
    """What a site without a search engine does: every word with LIKE, a count, twenty rows and counts by county."""

    def __init__(self, file: Path, documents: Sequence[Document]) -> None:
        self.connection = sqlite3.connect(file)
        for pragma in SQLITE_PRAGMAS:
            self.connection.execute(pragma)
        started = time.perf_counter()
        self.connection.execute("CREATE TABLE document (text TEXT, county TEXT, on_day TEXT)")
        rows = ((_text(one), one.county, str(one.on)) for one in documents)
        self.connection.executemany("INSERT INTO document VALUES (?, ?, ?)", rows)
        self.connection.commit()
        self.per_second = len(documents) / (time.perf_counter() - started)

    def ask(self, text: str) -> None:
        words = text.split()
        where = " AND ".join(["text LIKE ?"] * len(words))
        values = [f"%{word}%" for word in words]
        for statement in (
            f"SELECT county, count(*) FROM document WHERE {where} GROUP BY county",  # noqa: S608
            f"SELECT text FROM document WHERE {where} ORDER BY on_day DESC LIMIT 20",  # noqa: S608
        ):
            self.connection.execute(statement, values).fetchall()


def _text(document: Document) -> str:
    return "\n".join((document.title, *document.codes, document.body))


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
