"""Search as the rest of the product uses it: find, refresh one record, rebuild all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import SYSTEM
from core.config import ConfigError, Settings
from core.database import Database, unit_of_work
from core.outbox import Job
from search import language
from search.document import Document, Hit, Query, Results, SearchSource
from search.language import Question
from search.plan import All, Column, Plan, plan
from search.stores.base import Store
from search.stores.postgres import PostgresStore
from search.stores.sqlite import SqliteStore
from search.stores.whoosh_files import WhooshStore

REFRESH = "search.refresh"
MOST_FOLLOWED = 1000


Hidden = Callable[[Session], tuple[str, ...]]


@dataclass(frozen=True)
class Search:
    """`hidden` names the keys that are still indexed and no longer public, asked at every question."""

    store: Store
    sources: dict[str, SearchSource]
    hidden: Hidden = lambda _session: ()

    def ask(self, session: Session, query: Query) -> tuple[Results, Question]:
        """The results and how the text was read. A text with nothing searchable in it finds nothing."""
        question = language.read(query.text)
        if question.root is None and query.text.strip():
            return Results(), question
        root = plan(question.root) if question.root else None
        return self.answer(session, query, root), question

    def answer(self, session: Session, query: Query, root: Plan | None) -> Results:
        """The results of a question that is planned already."""
        allowed = replace(query, without=(*query.without, *self.hidden(session)))
        return self.store.search(session, allowed, root)

    def concerns(self, session: Session, query: Query, key: str) -> bool:
        """Whether the document `key`, as the index has it now, is among what a query finds."""
        question = language.read(query.text)
        if question.root is None and query.text.strip():
            return False
        this = Column("key", key)
        whole: Plan = All((plan(question.root), this)) if question.root else this
        return self.store.search(session, replace(query, cursor=None, limit=1), whole).total > 0

    def find(self, session: Session, text: str, *, kinds: Sequence[str] = (), limit: int = 10) -> Sequence[Hit]:
        """The best hits for a text among `kinds`, for pages that look something up in passing."""
        results, _question = self.ask(session, replace(Query(text, limit=limit), kinds=tuple(kinds)))
        return results.hits if text.strip() else ()

    def refresh(self, job: Job) -> None:
        """Outbox handler: put or delete one record as it is public now, so that running twice does no harm."""
        kind, key = job.payload["kind"], job.payload["key"]
        document = self.sources[kind].document(job.session, key)
        if document is None:
            self.store.delete(job.session, kind, key)
        else:
            self.store.put(job.session, [document])

    def rebuild(self, database: Database, watch: Callable[[Iterable[Document]], Iterable[Document]] = iter) -> int:
        """Build a new index from all sources and swap it in; `watch` may show progress on the way.

        The audit says when, and its commit tells every process that what it kept of the old index is over.
        """
        count = self.store.rebuild(database, lambda session: watch(self._all(session)))
        with unit_of_work(database) as session:
            at = database.clock.now()
            audit.record(session, actor=SYSTEM, action="reindex", subject="search:all", at=at, documents=count)
        return count

    def follow(self, database: Database, kind: str) -> int:
        """Put what of a kind changed since it was indexed, delete what is gone; how many. For kinds of few documents.

        What is written nowhere as a change, because it comes with the program, is followed like this at each start.
        """
        with database.read() as session:
            wanted = {one.key: one for one in self.sources[kind].documents(session)}
            results = self.store.search(session, Query(kinds=(kind,), sort="date", limit=MOST_FOLLOWED), None)
        standing = {hit.document.key: hit.document for hit in results.hits}
        changed = [one for key, one in wanted.items() if standing.get(key) != one]
        gone = standing.keys() - wanted.keys()
        if changed or gone:
            with unit_of_work(database) as session:
                self.store.put(session, changed)
                for key in gone:
                    self.store.delete(session, kind, key)
        return len(changed) + len(gone)

    def rebuild_if_outdated(self, database: Database) -> int | None:
        """After a change of the analysis or of the index's form; None where the index is as it should be."""
        with database.read() as session:
            outdated = self.store.is_outdated(session)
        return self.rebuild(database) if outdated else None

    def _all(self, session: Session) -> Iterator[Document]:
        for source in self.sources.values():
            yield from source.documents(session)


def build(settings: Settings, database: Database, sources: Sequence[SearchSource], hidden: Hidden) -> Search:
    return Search(_store(settings, database), {source.kind: source for source in sources}, hidden)


def _store(settings: Settings, database: Database) -> Store:
    wanted = settings.search_backend
    own = "sqlite" if database.is_sqlite else "postgresql"
    if wanted not in ("auto", "whoosh", own):
        raise ConfigError(f"MINGJIAN_SEARCH_BACKEND={wanted} 不能配合现在的数据库使用；请改为 auto、{own} 或 whoosh。")
    if wanted == "whoosh":
        return WhooshStore(settings.data_dir / "search")
    return SqliteStore() if database.is_sqlite else PostgresStore()
