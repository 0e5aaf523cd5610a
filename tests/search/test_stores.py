"""What every store promises, asked of each: the store that belongs to the database, and the Whoosh files always."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database, unit_of_work
from core.errors import InvalidInput
from core.paging import Cursor
from search import analysis
from search.document import Document, Query, Results
from search.service import Search
from search.stores.base import RANKED, Store
from search.stores.postgres import PostgresStore
from search.stores.sql import SqlStore
from search.stores.sqlite import SqliteStore
from search.stores.whoosh_files import WhooshStore
from tests.support.databases import Server

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
    amount=200_000,
    party="91411000MA3X4TWT1J",
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
    amount=35_000,
    party="禹州清川建材有限公司",
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
    party="91411000MA3X4TWT1J",
)
WITH_FILES = Document(
    kind="notice",
    key="8",
    url="/notices/8",
    title="关于检查结果的通知",
    body="详见附件。",
    on=date(2026, 9, 1),
    files=(("检查明细.xlsx", "序号 企业\n1 夜间关闭采样泵"), ("说明.pdf", "另有 3 家待核")),
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
    "宏源'; DROP TABLE search_document; DELETE FROM search_postings; --",
    '"宏源" NEAR/2 "检测"',
    "kind:kind:kind:",
    'no:"',
    "((宏源)((检测)))" * 12,
    "a OR (b AND " * 16,
    "-" * 200,
)


def own_store(database: Database, **options: int) -> SqlStore:
    return SqliteStore(**options) if database.is_sqlite else PostgresStore(**options)


@pytest.fixture(params=["own", "whoosh"])
def search(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Search:
    store: Store = own_store(database) if request.param == "own" else WhooshStore(tmp_path / "search")
    return Search(store, {})


@pytest.fixture(scope="module")
def standing(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all the tests that only ask."""
    with database_server.fresh_database(tmp_path_factory.mktemp("stores")) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="module")
def stores(standing: Database, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Search]:
    """Every store that exists on this database, each holding ALL."""
    files = tmp_path_factory.mktemp("whoosh")
    searches = {"own": Search(own_store(standing), {}), "whoosh": Search(WhooshStore(files), {})}
    for one in searches.values():
        put(one, standing, *ALL)
    return searches


@pytest.fixture(params=["own", "whoosh"])
def ask(request: pytest.FixtureRequest, stores: dict[str, Search], standing: Database) -> Callable[..., Results]:
    """ask("text", **filters) over ALL."""
    search = stores[request.param]

    def asked(text: str = "", **more: object) -> Results:
        with standing.read() as session:
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
        ("豫1000环罚决字（2026）第12号", {HONGYUAN}),
        ("豫1000环罚决字〔2026〕012号", {HONGYUAN}),
        ("豫1000環罰決字〔2026〕012號", {HONGYUAN}),
        ("豫1000环罚决字 〔 2026 〕 12 号", {HONGYUAN}),
        ("环罚决字", {HONGYUAN, QINGCHUAN}),
        ("〔2026〕12号", {HONGYUAN}),
        ("[2025]12号", {QINGCHUAN}),
        ("12号", {HONGYUAN, QINGCHUAN}),
        ("13号", set()),
        ("91411000MA3X4TWT1J", {HONGYUAN, LISTING}),
        ("91411000ma3x4twt1j", {HONGYUAN, LISTING}),
        ("９１４１１０００ＭＡ３Ｘ４ＴＷＴ１Ｊ", {HONGYUAN, LISTING}),
        ('"稀释样品"', {HONGYUAN}),
        ('"样品稀释"', set()),
        ("“稀释样品”", {HONGYUAN}),
        ("＂稀释样品＂", {HONGYUAN}),
        ('"宏源检测"', set()),
        ("宏源公司", {HONGYUAN, LISTING}),
        ("检测 宏源", {HONGYUAN, LISTING}),
        ("宏源環境檢測", {HONGYUAN, LISTING}),
        ("ＰＭ２．５", {ENGLISH}),
        ("PM2.5", {ENGLISH}),
        ("pm2.5", {ENGLISH}),
        ("OZONE", {ENGLISH}),
        ("宏源 -稀释", {LISTING}),
        ("宏源 NOT 稀释", {LISTING}),
        ("稀释 OR 站房", {HONGYUAN, QINGCHUAN}),
        ("监测 AND 站房", {QINGCHUAN}),
        ("检测 (稀释 OR 站房)", {HONGYUAN, QINGCHUAN}),
        ("（稀释　OR　站房）", {HONGYUAN, QINGCHUAN}),
        ("宏源 -(稀释 OR 站房)", {LISTING}),
        ("臭氧 OR (检测 NOT 稀释)", {ENGLISH, QINGCHUAN, LISTING}),
        ('宏源 -"稀释样品"', {LISTING}),
        ("-宏源", {QINGCHUAN, ENGLISH}),
        ("稀释 OR NOT 检测", {HONGYUAN, ENGLISH}),
        ("hongyuan", {HONGYUAN, LISTING}),
        ("Hong Yuan", {HONGYUAN, LISTING}),
        ("hyhj", {HONGYUAN, LISTING}),
        ("hongyuan 稀释", {HONGYUAN}),
        ("yuanhong", set()),
        ("yuzhou", {QINGCHUAN}),
        ("测", {HONGYUAN, QINGCHUAN, LISTING, ENGLISH}),
        ("永泰", set()),
        ("汞", set()),
        ("宏", {HONGYUAN, LISTING}),
    ],
)
def test_what_people_type_finds_what_they_mean(ask: Callable[..., Results], text: str, expected: set[Document]) -> None:
    assert urls(ask(text)) == {one.url for one in expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind:penalty", {HONGYUAN, QINGCHUAN}),
        ("类别：penalty 稀释", {HONGYUAN}),
        ("宏源 -kind:penalty", {LISTING}),
        ("county:411081", {QINGCHUAN}),
        ("县区:411002 列入", {LISTING}),
        ("authority:许昌市生态环境局", {LISTING}),
        ("act:T06", {QINGCHUAN}),
        ("行为:T03 机关:许昌市生态环境局", {LISTING}),
        ("act:T0_", set()),
        ("no:豫1000环罚决字[2026]第012号", {HONGYUAN}),
        ("文号:91411000ma3x4twt1j", {HONGYUAN, LISTING}),
        ("当事人:宏源检测", {HONGYUAN, LISTING}),
        ("party:稀释", set()),
        ("kind:penalty OR kind:notice", {HONGYUAN, QINGCHUAN, ENGLISH}),
        ("检测 (kind:blacklist OR county:411081)", {LISTING, QINGCHUAN}),
        ("amount:200000", {HONGYUAN}),
        ("金额:>3.5万", {HONGYUAN}),
        ("金额:3.5万元..20万元", {HONGYUAN, QINGCHUAN}),
        ("金额:<3万", set()),
        ("检测 -金额:>10万", {QINGCHUAN, LISTING}),
        ("金额:20万..3万", set()),
        ("date:2025", {QINGCHUAN}),
        ("日期:2026-10..2026-11-01 检测", {HONGYUAN, LISTING}),
        ("日期:>2026-10-08", {LISTING}),
        ("日期:..2025", {QINGCHUAN}),
        ("当事人:hongyuan", {HONGYUAN, LISTING}),
    ],
)
def test_a_field_asks_its_column_alone(ask: Callable[..., Results], text: str, expected: set[Document]) -> None:
    assert urls(ask(text)) == {one.url for one in expected}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kinds": ("blacklist",)}, {LISTING}),
        ({"kinds": ("blacklist", "notice")}, {LISTING, ENGLISH}),
        ({"county": "411081"}, {QINGCHUAN}),
        ({"authority": "许昌市生态环境局"}, {LISTING}),
        ({"act": "T06"}, {QINGCHUAN}),
        ({"act": "%"}, set()),
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


def test_what_is_no_longer_public_is_neither_found_nor_counted(ask: Callable[..., Results]) -> None:
    results = ask("检测", without=("2", "gone"))
    assert urls(results) == {HONGYUAN.url, LISTING.url}
    assert (results.total, results.facets["county"]) == (2, {"411002": 2})
    assert urls(ask("", kinds=("penalty",), without=("1",))) == {QINGCHUAN.url}


def test_facets_count_all_that_was_found_not_only_the_page(ask: Callable[..., Results]) -> None:
    results = ask("检测", limit=1)
    assert results.total == 3
    assert results.facets["kind"] == {"penalty": 2, "blacklist": 1}
    assert results.facets["county"] == {"411002": 2, "411081": 1}
    assert results.facets["year"] == {"2026": 2, "2025": 1}


def test_facets_put_the_commonest_first_and_follow_the_filters(ask: Callable[..., Results]) -> None:
    assert [list(ask("检测").facets[name]) for name in ("kind", "county", "year")] == [
        ["penalty", "blacklist"],
        ["411002", "411081"],
        ["2026", "2025"],
    ]
    assert ask("", kinds=("notice",)).facets == {"kind": {"notice": 1}, "county": {}, "authority": {}, "year": {}}


@pytest.mark.parametrize("text", ["", "监测 OR 检测"])
def test_by_date_the_newest_comes_first_and_the_undated_last(ask: Callable[..., Results], text: str) -> None:
    hits = ask(text, sort="date").hits
    assert [hit.document.url for hit in hits] == [one.url for one in (LISTING, HONGYUAN, QINGCHUAN, ENGLISH)]


def test_the_newest_comes_first_by_date_and_the_name_before_the_text_by_relevance(ask: Callable[..., Results]) -> None:
    assert [hit.document.key for hit in ask("检测", sort="date").hits] == ["1", "1", "2"]
    assert ask("宏源检测").hits[-1].document != QINGCHUAN
    assert ask("检测").hits[-1].document == QINGCHUAN


def test_pages_follow_each_other_without_gap_or_repeat(search: Search, database: Database) -> None:
    many = [
        Document(
            "penalty", f"{n}", f"/penalties/{n}", f"第{n}号决定", "检测", on=date(2026, 1, 1 + n % 9), amount=n % 4
        )
        for n in range(45)
    ]
    put(search, database, *many)
    for sort in ("date", "amount", "relevance"):
        pages = list(walk(search, database, Query("检测", sort=sort, limit=10)))
        assert [len(page.hits) for page in pages] == [10, 10, 10, 10, 5]
        assert len({hit.document.key for page in pages for hit in page.hits}) == 45
        before = Query("检测", sort=sort, limit=10, cursor=pages[2].previous_cursor)
        with database.read() as session:
            assert search.ask(session, before)[0].hits == pages[1].hits
        assert pages[0].previous_cursor is None


@pytest.mark.parametrize("sort", ["date", "amount"])
@pytest.mark.parametrize("text", ["", "检测"])
def test_a_page_far_behind_costs_no_more_work_than_the_first(database: Database, sort: str, text: str) -> None:
    """In the steps that SQLite's own machine takes, which no load of the computer changes."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL counts no steps; the statement is the same")
    search = Search(own_store(database), {})
    day = date(2020, 1, 1)
    put(
        search,
        database,
        *(
            Document("notice", f"{n}", f"/notices/{n}", "通知", "检测", on=day + timedelta(n % 700), amount=n)
            for n in range(1_500)
        ),
    )
    pages = list(steps(search, database, Query(text, sort=sort, limit=20)))
    assert len(pages) == 75
    assert max(pages) <= pages[0] * 1.5, pages


def steps(search: Search, database: Database, query: Query) -> Iterator[int]:
    """Of each page of a question; what is counted once for all of them is counted before."""
    next(walk(search, database, query))
    with database.read() as session:
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        while True:
            taken: list[None] = []
            driver.set_progress_handler(lambda: taken.append(None), 10)  # noqa: B023 - called before the next turn
            results = search.ask(session, query)[0]
            driver.set_progress_handler(None, 0)
            yield len(taken)
            if results.next_cursor is None:
                return
            query = replace(query, cursor=results.next_cursor)


def walk(search: Search, database: Database, query: Query) -> Iterator[Results]:
    """All pages of a question, each asked for by the cursor of the one before."""
    while True:
        with database.read() as session:
            results = search.ask(session, query)[0]
        yield results
        if results.next_cursor is None:
            return
        query = replace(query, cursor=results.next_cursor)


def test_by_amount_the_highest_comes_first_and_those_without_last(ask: Callable[..., Results]) -> None:
    hits = ask("", sort="amount").hits
    assert [hit.document.amount for hit in hits] == [200_000, 35_000, None, None]


@pytest.mark.parametrize("sort", ["relevance", "date", "amount"])
@pytest.mark.parametrize("cursor", ["x", "WzAsMV0x", Cursor(("a", "b")).encode(), Cursor((1, 2, 3)).encode()])
def test_a_cursor_that_is_none_of_ours_is_refused(ask: Callable[..., Results], sort: str, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        ask("检测", sort=sort, cursor=cursor)


def test_the_records_of_a_party_are_counted_by_kind(search: Search, database: Database) -> None:
    put(search, database, *ALL)
    parties = [str(HONGYUAN.party), str(QINGCHUAN.party), "nobody"]
    with database.read() as session:
        counts = search.store.tally(session, parties)
    assert counts == {parties[0]: {"penalty": 1, "blacklist": 1}, parties[1]: {"penalty": 1}, "nobody": {}}


def test_of_very_many_the_newest_and_those_that_say_it_in_the_name_are_ranked(database: Database) -> None:
    search = Search(own_store(database), {})
    named = Document("penalty", "old", "/penalties/old", "稀释公司", "", names=("稀释公司",))
    put(search, database, named)
    put(search, database, *(Document("notice", f"{n}", f"/notices/{n}", "通知", "稀释") for n in range(RANKED + 5)))
    with database.read() as session:
        results = search.ask(session, Query("稀释"))[0]
    assert results.total == RANKED + 6
    assert results.hits[0].document == named


def test_of_very_many_those_that_have_all_of_it_come_before_the_newer_that_have_a_part(database: Database) -> None:
    search = Search(own_store(database), {})
    both = Document("notice", "old", "/notices/old", "通知", "稀释样品，关闭采样泵")
    put(search, database, both)
    put(search, database, *(Document("notice", f"{n}", f"/notices/{n}", "通知", "稀释样品") for n in range(RANKED + 5)))
    with database.read() as session:
        results = search.ask(session, Query("稀释 OR 采样泵"))[0]
    assert (results.total, results.hits[0].document, len(results.hits)) == (RANKED + 6, both, 20)


def test_a_phrase_is_found_however_far_behind_it_stands(search: Search, database: Database) -> None:
    """PostgreSQL counts the places in a vector up to 16,383 only."""
    far = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))) + "。稀释样品"
    put(search, database, Document("notice", "1", "/notices/1", "通知", far), HONGYUAN, QINGCHUAN)
    with database.read() as session:
        assert urls(search.ask(session, Query('"稀释样品"'))[0]) == {"/notices/1", HONGYUAN.url}
        assert urls(search.ask(session, Query('"样品稀释"'))[0]) == set()


def test_an_index_of_another_analysis_is_outdated_until_it_is_rebuilt(
    search: Search, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(search, database, HONGYUAN)
    with database.read() as session:
        assert not search.store.is_outdated(session)
        monkeypatch.setattr(analysis, "VERSION", analysis.VERSION + 1)
        assert search.store.is_outdated(session)
    search.store.rebuild(database, lambda _session: [HONGYUAN])
    with database.read() as session:
        assert not search.store.is_outdated(session)


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


def test_deleting_takes_one_kind_and_leaves_the_same_key_of_another(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN, LISTING)
    with unit_of_work(database) as session:
        search.store.delete(session, HONGYUAN.kind, HONGYUAN.key)
    with database.read() as session:
        assert urls(search.ask(session, Query("宏源"))[0]) == {LISTING.url}


def test_what_a_failed_transaction_put_or_deleted_never_happened(database: Database) -> None:
    search = Search(own_store(database), {})
    put(search, database, HONGYUAN)

    def fails() -> None:
        with unit_of_work(database) as session:
            search.store.put(session, [QINGCHUAN])
            search.store.delete(session, HONGYUAN.kind, HONGYUAN.key)
            raise RuntimeError("after both")

    with pytest.raises(RuntimeError):
        fails()
    with database.read() as session:
        assert urls(search.ask(session, Query())[0]) == {HONGYUAN.url}
        assert urls(search.ask(session, Query("清川"))[0]) == set()


def test_scrubbing_takes_the_deleted_and_keeps_the_rest(search: Search, database: Database) -> None:
    put(search, database, HONGYUAN, LISTING, ENGLISH)
    with unit_of_work(database) as session:
        search.store.delete(session, HONGYUAN.kind, HONGYUAN.key)
    with unit_of_work(database) as session:
        search.store.scrub(session)
    put(search, database, QINGCHUAN)
    with database.read() as session:
        assert urls(search.ask(session, Query())[0]) == {LISTING.url, ENGLISH.url, QINGCHUAN.url}
        assert urls(search.ask(session, Query("稀释"))[0]) == set()


def test_what_comes_with_a_document_is_found_returned_and_taken_out_with_it(search: Search, database: Database) -> None:
    with unit_of_work(database) as session:
        search.store.put(session, [WITH_FILES])
    for text in ("夜间关闭采样泵", "检查明细", '"关闭采样"'):
        with database.read() as session:
            assert [hit.document for hit in search.ask(session, Query(text))[0].hits] == [WITH_FILES], text
    with unit_of_work(database) as session:
        search.store.put(session, [replace(WITH_FILES, files=())])
    with database.read() as session:
        assert search.ask(session, Query("夜间关闭采样泵"))[0].total == 0
        assert search.ask(session, Query("检查结果的通知"))[0].total == 1


def test_what_comes_back_is_what_went_in(ask: Callable[..., Results]) -> None:
    assert {hit.document for hit in ask("").hits} == set(ALL)


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(one[:12]) for one in HOSTILE])
def test_nothing_typed_breaks_or_stalls_the_search(ask: Callable[..., Results], text: str) -> None:
    begun = time.monotonic()
    ask(text)
    assert time.monotonic() - begun < 2
    assert urls(ask("宏源")) == {HONGYUAN.url, LISTING.url}


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


def test_after_a_rebuild_that_failed_the_next_one_swaps(search: Search, database: Database) -> None:
    def breaks(_session: object) -> Iterable[Document]:
        yield QINGCHUAN
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        search.store.rebuild(database, breaks)
    put(search, database, HONGYUAN)
    assert search.store.rebuild(database, lambda _session: [HONGYUAN, LISTING]) == 2
    with database.read() as session:
        assert urls(search.ask(session, Query())[0]) == {HONGYUAN.url, LISTING.url}


def test_more_than_the_cap_is_said_and_not_counted(database: Database) -> None:
    search = Search(own_store(database, cap=30), {})
    put(search, database, *(Document("notice", f"{n}", f"/notices/{n}", "检测", "") for n in range(31)))
    with database.read() as session:
        results = search.ask(session, Query("检测"))[0]
    assert (results.total, results.capped, len(results.hits)) == (30, True, 20)


def answers(stores: dict[str, Search], database: Database, text: str) -> list[set[str]]:
    with database.read() as session:
        return [urls(one.ask(session, Query(text))[0]) for one in stores.values()]


words = st.lists(
    st.sampled_from(("宏源", "检测", "稀释", "站房", "環境", "12号", "〔2026〕", "宏", "PM2.5", "汞")), max_size=5
)


quoted = words.map(lambda some: f'"{" ".join(some)}" {"".join(some)}')


@given(text=st.text(alphabet='宏源环境检测许昌12〔〕号 -"()AND', max_size=12) | words.map(" ".join) | quoted)
@settings(max_examples=150, deadline=None)
def test_both_stores_answer_the_same(stores: dict[str, Search], standing: Database, text: str) -> None:
    first, *others = answers(stores, standing, text)
    assert all(other == first for other in others)


@given(text=st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_is_answered(stores: dict[str, Search], standing: Database, text: str) -> None:
    known = {one.url for one in ALL}
    assert all(found <= known for found in answers(stores, standing, text))
