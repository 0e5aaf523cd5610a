"""What every store promises, asked of each: the SQLite store where the database is SQLite, the Whoosh files always."""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import Database, unit_of_work
from search.document import Document, Query, Results
from search.service import Search
from search.stores.base import Store
from search.stores.sqlite import SqliteStore
from search.stores.whoosh_files import WhooshStore

HONGYUAN = Document(
    kind="penalty",
    key="1",
    url="/penalties/1",
    title="许昌宏源环境检测技术有限公司：豫1000环罚决字〔2026〕12号",
    body="该单位伪造监测数据，稀释样品后上传，化学需氧量与实际不符。",
    names=("许昌宏源环境检测技术有限公司",),
    codes=("91411000MA3X4TWT1J", "豫1000环罚决字〔2026〕12号"),
    county="411002",
    authority="许昌市生态环境局魏都分局",
    acts=("T03",),
    on=date(2026, 10, 8),
)
QINGCHUAN = Document(
    kind="penalty",
    key="2",
    url="/penalties/2",
    title="禹州清川建材有限公司：豫1000环罚决字〔2025〕12号",
    body="该单位弄坏监测站房，检测设备停运。",
    names=("禹州清川建材有限公司",),
    codes=("豫1000环罚决字〔2025〕12号",),
    county="411081",
    authority="许昌市生态环境局禹州分局",
    acts=("T05", "T06"),
    on=date(2025, 3, 1),
)
LISTING = Document(
    kind="blacklist",
    key="1",
    url="/blacklist/1",
    title="许昌宏源环境检测技术有限公司：严重失信主体名单",
    body="因检测数据造假列入。",
    names=("许昌宏源环境检测技术有限公司",),
    codes=("91411000MA3X4TWT1J",),
    county="411002",
    authority="许昌市生态环境局",
    acts=("T03",),
    on=date(2026, 11, 1),
)
ENGLISH = Document(
    kind="notice", key="9", url="/notices/9", title="PM2.5 监测说明 Notice", body="ozone O3 臭氧 <b>粗</b>"
)
ALL = (HONGYUAN, QINGCHUAN, LISTING, ENGLISH)
HOSTILE = (
    '"',
    '"未关',
    "' OR 1=1 --",
    "NEAR(a b)",
    "title:",
    "*",
    "-",
    "NOT",
    "AND OR NOT",
    "((((((",
    "))))",
    "()",
    "a AND (b OR",
    "\x00\x01",
    "\\",
    "%",
    "_",
    "{title} : 宏源",
    "宏源^3",
    "[2026 TO 2027]",
    "宏" * 10_000,
    "(" * 10_000,
    "a OR " * 2_000,
    "，。！？",
    "😀🏭",
)


@pytest.fixture(params=["sqlite", "whoosh"])
def search(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Search:
    if request.param == "sqlite" and not database.is_sqlite:
        pytest.skip("the SQLite store needs an SQLite database")
    store: Store = SqliteStore() if request.param == "sqlite" else WhooshStore(tmp_path / "search")
    return Search(store, {})


@pytest.fixture
def ask(search: Search, database: Database) -> Callable[..., Results]:
    """ask("text", **filters) over ALL."""
    put(search, database, *ALL)

    def asked(text: str = "", **more: object) -> Results:
        with database.read() as session:
            return search.ask(session, Query(text, **more))[0]  # type: ignore[arg-type]

    return asked


def put(search: Search, database: Database, *documents: Document) -> None:
    with unit_of_work(database) as session:
        search.store.put(session, documents)


def urls(results: Results) -> set[str]:
    return {hit.document.url for hit in results.hits}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宏源检测", {HONGYUAN, LISTING}),
        ("许昌宏源环境检测技术有限公司", {HONGYUAN, LISTING}),
        ("宏源", {HONGYUAN, LISTING}),
        ("环境检测技术", {HONGYUAN, LISTING}),
        ("豫1000环罚决字〔2026〕12号", {HONGYUAN}),
        ("豫1000环罚决字[2026]12号", {HONGYUAN}),
        ("豫1000环罚决字(2026)12号", {HONGYUAN}),
        ("豫1000环罚决字【2025】12号", {QINGCHUAN}),
        ("91411000MA3X4TWT1J", {HONGYUAN, LISTING}),
        ("91411000ma3x4twt1j", {HONGYUAN, LISTING}),
        ("９１４１１０００ＭＡ３Ｘ４ＴＷＴ１Ｊ", {HONGYUAN, LISTING}),
        ('"稀释样品"', {HONGYUAN}),
        ('"样品稀释"', set()),
        ("宏源環境檢測", {HONGYUAN, LISTING}),
        ("PM2.5", {ENGLISH}),
        ("pm2.5", {ENGLISH}),
        ("OZONE", {ENGLISH}),
        ("宏源 -稀释", {LISTING}),
        ("宏源 NOT 稀释", {LISTING}),
        ("稀释 OR 站房", {HONGYUAN, QINGCHUAN}),
        ("监测 AND 站房", {QINGCHUAN}),
        ("检测 (稀释 OR 站房)", {HONGYUAN, QINGCHUAN}),
        ("永泰", set()),
        ("汞", set()),
        ("宏", {HONGYUAN, LISTING}),
    ],
)
def test_what_people_type_finds_what_they_mean(ask: Callable[..., Results], text: str, expected: set[Document]) -> None:
    assert urls(ask(text)) == {one.url for one in expected}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kinds": ("blacklist",)}, {LISTING}),
        ({"county": "411081"}, {QINGCHUAN}),
        ({"authority": "许昌市生态环境局"}, {LISTING}),
        ({"act": "T06"}, {QINGCHUAN}),
        ({"act": "T03", "kinds": ("penalty",)}, {HONGYUAN}),
        ({"since": date(2026, 10, 8)}, {HONGYUAN, LISTING}),
        ({"until": date(2025, 3, 1)}, {QINGCHUAN}),
        ({"since": date(2025, 3, 1), "until": date(2026, 10, 8)}, {HONGYUAN, QINGCHUAN}),
        ({}, set(ALL)),
    ],
)
def test_filters_alone_list_what_they_leave(
    ask: Callable[..., Results], filters: dict[str, object], expected: set[Document]
) -> None:
    assert urls(ask("", **filters)) == {one.url for one in expected}


def test_a_filter_narrows_a_text(ask: Callable[..., Results]) -> None:
    assert urls(ask("检测", county="411081")) == {QINGCHUAN.url}


def test_facets_count_all_that_was_found_not_only_the_page(ask: Callable[..., Results]) -> None:
    results = ask("检测", limit=1)
    assert results.total == 3
    assert results.facets["kind"] == {"penalty": 2, "blacklist": 1}
    assert results.facets["county"] == {"411002": 2, "411081": 1}
    assert results.facets["year"] == {"2026": 2, "2025": 1}


def test_the_newest_comes_first_by_date_and_the_name_before_the_text_by_relevance(ask: Callable[..., Results]) -> None:
    assert [hit.document.key for hit in ask("检测", sort="date").hits] == ["1", "1", "2"]
    assert ask("宏源检测").hits[-1].document != QINGCHUAN
    assert ask("检测").hits[-1].document == QINGCHUAN


def test_pages_follow_each_other_without_gap_or_repeat(search: Search, database: Database) -> None:
    many = [
        Document("penalty", f"{n}", f"/penalties/{n}", f"第{n}号决定", "检测", on=date(2026, 1, 1 + n % 9))
        for n in range(45)
    ]
    put(search, database, *many)
    with database.read() as session:
        pages = [
            search.ask(session, Query("检测", sort=sort, offset=offset, limit=10))[0].hits
            for sort in ("date", "relevance")
            for offset in range(0, 50, 10)
        ]
    for half in (pages[:5], pages[5:]):
        assert [len(page) for page in half] == [10, 10, 10, 10, 5]
        assert len({hit.document.key for page in half for hit in page}) == 45


def test_putting_again_replaces_and_deleting_removes(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN)
    changed = Document("penalty", "1", "/penalties/1", "换了标题", "换了内容")
    put(search, database, changed)
    with database.read() as session:
        assert search.store.count(session) == 1
        assert search.ask(session, Query("宏源"))[0].hits == ()
        assert search.ask(session, Query("换了"))[0].hits[0].document == changed
    with unit_of_work(database) as session:
        search.store.delete(session, "penalty", "1")
        search.store.delete(session, "penalty", "never there")
    with database.read() as session:
        assert search.store.count(session) == 0


def test_what_comes_back_is_what_went_in(ask: Callable[..., Results]) -> None:
    assert {hit.document for hit in ask("").hits} == set(ALL)


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(one[:12]) for one in HOSTILE])
def test_nothing_typed_breaks_or_stalls_the_search(ask: Callable[..., Results], text: str) -> None:
    begun = time.monotonic()
    ask(text)
    assert time.monotonic() - begun < 2


def test_a_rebuild_swaps_while_others_go_on_asking(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN)
    counts: list[int] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            with database.read() as session:
                counts.append(search.ask(session, Query("宏源"))[0].total)

    def slowly(_session: object) -> Iterable[Document]:
        for one in ALL:
            time.sleep(0.05)
            yield one

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        assert search.store.rebuild(database, slowly) == len(ALL)
    finally:
        done.set()
        asking.join()
    assert set(counts) <= {1, 2}
    with database.read() as session:
        assert search.store.count(session) == len(ALL)


def test_what_is_put_and_deleted_during_a_rebuild_is_not_lost(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN)

    def while_others_write(_session: object) -> Iterable[Document]:
        yield HONGYUAN
        yield LISTING
        put(search, database, QINGCHUAN)
        with unit_of_work(database) as session:
            search.store.delete(session, LISTING.kind, LISTING.key)

    search.store.rebuild(database, while_others_write)
    with database.read() as session:
        results = search.ask(session, Query())[0]
    assert urls(results) == {HONGYUAN.url, QINGCHUAN.url}


def test_a_rebuild_that_fails_leaves_the_old_index(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN)

    def breaks(_session: object) -> Iterable[Document]:
        yield QINGCHUAN
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        search.store.rebuild(database, breaks)
    with database.read() as session:
        assert search.ask(session, Query("宏源"))[0].total == 1
        assert search.ask(session, Query("清川"))[0].total == 0


@given(text=st.text(alphabet='宏源环境检测许昌12〔〕号 -"()AND', max_size=12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_stores_answer_the_same(database: Database, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    if not database.is_sqlite:
        pytest.skip("one store only")
    stores = _both(database, tmp_path_factory)
    with database.read() as session:
        first, second = (urls(Search(store, {}).ask(session, Query(text))[0]) for store in stores)
    assert first == second


_PREPARED: dict[int, tuple[Store, Store]] = {}


def _both(database: Database, folders: pytest.TempPathFactory) -> tuple[Store, Store]:
    if id(database) not in _PREPARED:
        stores = (SqliteStore(), WhooshStore(folders.mktemp("both")))
        for store in stores:
            put(Search(store, {}), database, *ALL)
        _PREPARED[id(database)] = stores
    return _PREPARED[id(database)]
