"""How good the answers are: judged questions to each store. docs/search-quality.md shows the figures."""

from collections.abc import Iterator
from statistics import mean

import pytest

from core.database import Database, unit_of_work
from search import partial
from search.document import Query
from search.service import Search
from search.stores.whoosh_files import WhooshStore
from tests.search.judged import HELD_OUT, TUNED_ON, Figures, Judged, Judgements, corpus, measured, questions
from tests.search.test_stores import own_store
from tests.support.databases import Server

RECALL, NDCG = 0.95, 0.95
LEAST_HELD_OUT = 40


class Asked:
    """Every store that exists on this database, holding the records of one set of judgements."""

    def __init__(self, of: Judgements, database: Database, stores: dict[str, Search]) -> None:
        self.database, self.stores = database, stores
        records = corpus(of)
        for search in stores.values():
            with unit_of_work(database) as session:
                search.store.put(session, [document for document, _facts in records])
        self.judged = questions(of, records)

    def figures(self, store: str) -> dict[str, Figures]:
        return {one.text: measured(one, self._answer(self.stores[store], one)) for one in self.judged}

    def _answer(self, search: Search, judged: Judged) -> list[str]:
        with self.database.read() as session:
            results = partial.answer(search, session, Query(judged.text, sort=judged.sort, limit=10)).results
        return [hit.document.key for hit in results.hits]


@pytest.fixture(scope="module", params=[TUNED_ON, HELD_OUT], ids=["tuned on", "held out"])
def asked(
    request: pytest.FixtureRequest, database_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("quality")
    with database_server.fresh_database(folder) as url:
        database = Database(url)
        stores = {"own": Search(own_store(database), {}), "whoosh": Search(WhooshStore(folder / "whoosh"), {})}
        yield Asked(request.param, database, stores)
        database.close()


def test_there_are_enough_questions_and_each_has_its_answer(asked: Asked) -> None:
    texts = {one.text for one in asked.judged}
    assert len(texts) == len(asked.judged) >= LEAST_HELD_OUT
    assert not [one.text for one in asked.judged if not one.grades]


@pytest.mark.parametrize("name", ["own", "whoosh"])
@pytest.mark.parametrize("asked", [TUNED_ON], ids=["tuned on"], indirect=True)
def test_each_store_answers_the_judged_questions_well(asked: Asked, name: str) -> None:
    figures = asked.figures(name)
    poor = {text: one for text, one in figures.items() if min(one.recall, one.ndcg) < 1}
    assert mean(one.recall for one in figures.values()) >= RECALL, poor
    assert mean(one.ndcg for one in figures.values()) >= NDCG, poor


def test_the_stores_find_the_same_records(asked: Asked) -> None:
    for one in asked.judged:
        with asked.database.read() as session:
            found = [partial.answer(search, session, Query(one.text)) for search in asked.stores.values()]
        totals = {(each.results.total, each.is_partial) for each in found}
        assert len(totals) == 1, one.text
