"""Where nothing has all of a question, most of it is found: the same in every store."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database
from search import partial
from search.document import Document, Query
from search.partial import MOST_WEIGHED, Answer
from search.plan import All, Any, Plan, Term
from search.service import Search
from search.stores.whoosh_files import WhooshStore
from tests.search.test_stores import ALL, HONGYUAN, LISTING, QINGCHUAN, own_store, put, urls
from tests.support.databases import Server

OTHERS = [
    Document("notice", f"n{n}", f"/notices/n{n}", "工作通知", "按计划开展例行检查。", on=date(2024, 1, 1 + n))
    for n in range(30)
]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def holding(
    database_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, list[Search]]]:
    """Every store that exists on this database, with records among many that are about something else."""
    folder = tmp_path_factory.mktemp("partial")
    with database_server.fresh_database(folder) as url:
        database = Database(url)
        stores = [Search(own_store(database), {}), Search(WhooshStore(folder / "whoosh"), {})]
        for one in stores:
            put(one, database, *ALL, *OTHERS)
        yield database, stores
        database.close()


@pytest.fixture(params=[0, 1], ids=["own", "whoosh"])
def ask(request: pytest.FixtureRequest, holding: tuple[Database, list[Search]]) -> Ask:
    database, stores = holding

    def asked(text: str, **more: object) -> Answer:
        with database.read() as session:
            return partial.answer(stores[request.param], session, Query(text, **more))  # type: ignore[arg-type]

    return asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宏源环境检验", {HONGYUAN, LISTING}),
        ("清川 建材 搬迁", {QINGCHUAN}),
        ("领导要求稀释样品", {HONGYUAN}),
        ("统一社会信用代码 91411000MA3X4TWT1J", {HONGYUAN, LISTING}),
        ("谁弄坏了监测站房", {QINGCHUAN}),
        ("类别:blacklist 宏源环境检验", {LISTING}),
        ("宏源环境检验 -稀释", {LISTING}),
        ("稀释样品以后 金额:>10万", {HONGYUAN}),
    ],
)
def test_where_nothing_has_all_most_of_it_is_found_and_that_is_said(
    ask: Ask, text: str, expected: set[Document]
) -> None:
    answer = ask(text)
    assert urls(answer.results) == {one.url for one in expected}
    assert answer.is_partial


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"领导要求稀释样品"', "what is quoted was meant exactly"),
        ("领导要求稀释样品 -宏源", "what is excluded stays out"),
        ("稀释样品以后 金额:<10万", "a range stays a range"),
        ("文号:许环罚〔2026〕99号", "a number is another number"),
        ("许环罚〔2026〕99号", "a number is another number"),
        ("量子计算机", "nothing has any of it"),
        ("例行 量子", "what nearly all have tells nothing"),
        ("清川 臭氧", "half is not most"),
        ("，。", "nothing was asked"),
    ],
)
def test_nothing_is_found_where_most_of_it_is_not_there(ask: Ask, text: str, why: str) -> None:
    answer = ask(text)
    assert (answer.results.total, answer.is_partial) == (0, False), why


def test_where_something_has_all_of_it_nothing_else_is_found(ask: Ask) -> None:
    answer = ask("宏源 稀释")
    assert (urls(answer.results), answer.is_partial) == ({HONGYUAN.url}, False)


def test_the_filters_hold_for_the_words_and_for_what_is_found(ask: Ask) -> None:
    assert urls(ask("宏源环境检验", kinds=("blacklist",)).results) == {LISTING.url}
    assert not ask("宏源环境检验", county="411081").is_partial


def test_it_is_counted_sorted_and_paged_like_any_other_answer(ask: Ask) -> None:
    first = ask("宏源环境检验", sort="date", limit=1)
    assert first.results.facets["kind"] == {"penalty": 1, "blacklist": 1}
    assert [hit.document for hit in first.results.hits] == [LISTING]
    second = ask("宏源环境检验", sort="date", limit=1, cursor=first.results.next_cursor)
    assert [hit.document for hit in second.results.hits] == [HONGYUAN]
    assert second.is_partial and second.results.next_cursor is None


words = st.lists(
    st.sampled_from(("宏源", "检测", "稀释", "站房", "搬迁", "汞", "12号", "通知")), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(text=words.map("".join) | words.map(" ".join) | st.text(alphabet="宏源环境检测稀释样品搬迁", max_size=10))
def test_both_stores_find_the_same(holding: tuple[Database, list[Search]], text: str) -> None:
    database, stores = holding
    with database.read() as session:
        first, second = (partial.answer(one, session, Query(text, limit=100)) for one in stores)
    assert (urls(first.results), first.is_partial) == (urls(second.results), second.is_partial)


def holds(wanted: Plan, there: set[str]) -> bool:
    if isinstance(wanted, Term):
        return wanted.text in there
    assert isinstance(wanted, All | Any)
    return (all if isinstance(wanted, All) else any)(holds(part, there) for part in wanted.parts)


@given(st.lists(st.integers(1, 40), max_size=MOST_WEIGHED), st.sets(st.integers(0, MOST_WEIGHED)))
def test_most_is_more_than_half_of_the_weight(weights: list[int], chosen: set[int]) -> None:
    wanted = partial.most_of([(Term(str(n)), float(weight)) for n, weight in enumerate(weights)])
    there = {n for n in chosen if n < len(weights)}
    is_most = sum(weights[n] for n in there) > sum(weights) / 2
    assert is_most == (wanted is not None and holds(wanted, {str(n) for n in there}))
