"""How good the answers are: 100 judged questions to each store. docs/search-quality.md shows the figures."""

from statistics import mean

import pytest

from core.database import Database, unit_of_work
from search.document import Query
from search.service import Search
from tests.search.judged import Figures, Judged, corpus, measured, questions
from tests.search.test_stores import standing, stores  # noqa: F401 - fixtures

RECALL, NDCG = 0.95, 0.95


@pytest.fixture(scope="module")
def judged(stores: dict[str, Search], standing: Database) -> list[Judged]:  # noqa: F811
    records = corpus()
    for search in stores.values():
        with unit_of_work(standing) as session:
            search.store.put(session, [document for document, _facts in records])
    return questions(records)


def answered(search: Search, database: Database, judged: Judged) -> list[str]:
    with database.read() as session:
        results = search.ask(session, Query(judged.text, sort=judged.sort, kinds=("penalty",), limit=10))[0]
    return [hit.document.key for hit in results.hits]


def test_there_are_a_hundred_questions_and_each_has_its_answer(judged: list[Judged]) -> None:
    assert len({one.text for one in judged}) == 100
    assert not [one.text for one in judged if not one.grades]


@pytest.mark.parametrize("name", ["own", "whoosh"])
def test_each_store_answers_the_judged_questions_well(
    stores: dict[str, Search],  # noqa: F811
    standing: Database,  # noqa: F811
    judged: list[Judged],
    name: str,
) -> None:
    figures = {one.text: measured(one, answered(stores[name], standing, one)) for one in judged}
    poor = {text: one for text, one in figures.items() if min(one.recall, one.ndcg) < 1}
    assert _mean(figures.values()).recall >= RECALL, poor
    assert _mean(figures.values()).ndcg >= NDCG, poor


def _mean(figures: "object") -> Figures:
    every = list(figures)  # type: ignore[call-overload]
    return Figures(mean(one.recall for one in every), mean(one.ndcg for one in every))


def test_the_stores_find_the_same_records(
    stores: dict[str, Search],  # noqa: F811
    standing: Database,  # noqa: F811
    judged: list[Judged],
) -> None:
    for one in judged:
        with standing.read() as session:
            totals = {search.ask(session, Query(one.text, kinds=("penalty",)))[0].total for search in stores.values()}
        assert len(totals) == 1, one.text
