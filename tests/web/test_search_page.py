"""The search page: what is public is found at once, what is withdrawn is gone, and every question has an address."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Settings
from core.database import Database, unit_of_work
from core.web.current import EXTENSION
from portal.app import create_app
from portal.enforcement.kinds import PENALTY
from portal.publishing import operations
from search.document import Document
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, PENALTY_FIELDS, USCC, Publisher
from tests.support.page import Page

OpenPage = Callable[..., Page]
Runs = Callable[[], int]
SCRIPT = '"><script>alert(1)</script>'


def found(page: Page) -> list[str]:
    return [str(one) for one in page.find("//*[@class='record-list']//a/@href")]


def facets(page: Page, heading: str) -> dict[str, int]:
    """What the page offers to narrow the question, and how many each would leave."""
    rows = page.find(f"//aside/h2[.='{heading}']/following-sibling::ul[1]/li")
    return {"".join(row.find("a").itertext()): int(row.find("span").text) for row in rows}


@pytest.fixture
def city(publisher: Publisher, run_jobs: Runs, clock: TestClock) -> dict[str, str]:
    """Three penalties, a listing and a notice, by the word that tells them apart: their ids."""
    at = clock.now()
    records = {
        "宏源": publisher.penalty(at, party_uscc=USCC),
        "清川": publisher.penalty(
            at,
            party_name="禹州清川建材有限公司",
            county_code="411081",
            decision_no="豫1000环罚决字〔2025〕12号",
            acts=["T05"],
            violation_facts="该单位弄坏监测站房，检测设备停运。",
            decided_on="2025-03-01",
            authority_name="许昌市生态环境局禹州分局",
        ),
        "永泰": publisher.penalty(
            at, party_name="许昌永泰检测服务有限公司", decision_no="许环罚〔2026〕30号", decided_on="2026-11-02"
        ),
        "名单": publisher.blacklist(at),
        "公告": publisher.notice(at),
    }
    run_jobs()
    return records


def test_published_is_found_corrected_is_changed_withdrawn_is_gone(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    run_jobs()
    assert found(open_page(client, "/search?q=宏源检测")) == [f"/penalties/{record}"]
    publisher.correct(record, clock.now(), violation_facts="该单位堵塞采样口。")
    run_jobs()
    assert found(open_page(client, "/search?q=堵塞采样口")) == [f"/penalties/{record}"]
    assert found(open_page(client, '/search?q="稀释样品"')) == []
    publisher.withdraw(record, clock.now())
    run_jobs()
    page = open_page(client, "/search?q=宏源检测")
    assert found(page) == []
    assert "没有记录不等于没有问题" in page.text()


def test_what_matched_is_marked_and_markup_is_text(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    publisher.penalty(clock.now(), violation_facts="稀释<script>alert(1)</script>样品")
    run_jobs()
    page = open_page(client, "/search?q=宏源")
    assert "宏源" in [one.text for one in page.find("//mark")]
    page = open_page(client, "/search?q=alert")
    assert not page.find("//main//script")


def test_facets_lead_to_the_narrower_question_and_back(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    publisher.blacklist(clock.now())
    run_jobs()
    page = open_page(client, "/search?q=宏源检测")
    narrower = page.find("//aside//a[contains(., '失信名单')]/@href")[0]
    page = open_page(client, str(narrower))
    assert [one.split("/")[1] for one in found(page)] == ["blacklist"]
    wider = page.find("//aside//a[contains(., '取消')]/@href")[0]
    assert len(found(open_page(client, str(wider)))) == 2


def test_pages_follow_each_other(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    for number in range(25):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号")
    run_jobs()
    first = open_page(client, "/search?q=宏源&sort=date")
    second = open_page(client, str(first.find("//a[@rel='next']/@href")[0]))
    assert len(set(found(first)) | set(found(second))) == 25
    assert second.find("//a[@rel='prev']")


@pytest.mark.parametrize(
    "question",
    [
        "q=<script>alert(1)</script>",
        "q=" + "(" * 500,
        "q=%0B%E2%80%AE",
        "q=a&from=2026-99-99",
        "q=a&sort=x",
        "q=a&kind=x&act=x&county=x",
    ],
)
def test_nothing_in_the_address_breaks_the_page(client: FlaskClient, open_page: OpenPage, question: str) -> None:
    page = open_page(client, f"/search?{question}")
    assert not page.find("//main//script")


def counted(app: Flask, records: int) -> str:
    """What reindex says of so many records and the site's own pages."""
    with app.extensions[EXTENSION].database.read() as session:
        pages = len(list(app.extensions["search"].sources["page"].documents(session)))
    return f"共 {pages + records} 条"


def test_reindex_builds_anew_what_is_public(
    app: Flask, client: FlaskClient, open_page: OpenPage, publisher: Publisher, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    gone = publisher.penalty(clock.now(), decision_no="许环罚〔2026〕9号")
    publisher.withdraw(gone, clock.now())
    result = app.test_cli_runner().invoke(args=["reindex"])
    assert result.exit_code == 0, result.output
    assert counted(app, 1) in result.output
    assert found(open_page(client, f"/search?q={COMPANY}")) == [f"/penalties/{record}"]


def test_before_a_question_the_page_explains_how_to_ask(client: FlaskClient, open_page: OpenPage) -> None:
    page = open_page(client, "/search")
    assert "可以这样搜" in page.text()
    assert "没有找到" not in page.text()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("q=宏源检测", {"宏源", "名单"}),
        ("q=豫1000环罚决字(2026)12号", {"宏源"}),
        (f"q={USCC.lower()}", {"宏源"}),
        ("q=検測&kind=penalty", set()),
        ("q=檢測&kind=penalty", {"宏源", "清川", "永泰"}),
        ("kind=notice", {"公告"}),
        ("county=411081", {"清川"}),
        ("act=T03&kind=blacklist", {"名单"}),
        ("act=T05", {"清川"}),
        ("authority=许昌市生态环境局禹州分局", {"清川"}),
        ("from=2026-10-20&to=2026-10-30", {"名单", "公告"}),
        ("q=检测&to=2025-12-31", {"清川"}),
        ("q=检测&from=2026-99-99&kind=blacklist", {"名单"}),
    ],
)
def test_a_question_and_its_filters_are_an_address(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str], question: str, expected: set[str]
) -> None:
    names = {record: name for name, record in city.items()}
    page = open_page(client, f"/search?{question}")
    assert {names[url.rsplit("/", 1)[-1]] for url in found(page)} == expected


def test_the_form_keeps_what_was_asked(client: FlaskClient, open_page: OpenPage, city: dict[str, str]) -> None:
    asked = "kind=penalty&county=411081&act=T05&from=2025-01-01&to=2025-12-31&authority=许昌市生态环境局禹州分局"
    page = open_page(client, f"/search?q=清川&{asked}")
    assert found(page) == [f"/penalties/{city['清川']}"]
    chosen = {one.get("name"): one.get("value") for one in page.find("//form[contains(@class,'filter')]//input")}
    chosen |= {one.getparent().get("name"): one.get("value") for one in page.find("//main//option[@selected]")}
    assert chosen == {"q": "清川", **{name: values[0] for name, values in parse_qs(asked).items()}}


def test_facets_count_what_was_found(client: FlaskClient, open_page: OpenPage, city: dict[str, str]) -> None:
    page = open_page(client, "/search?q=检测")
    assert "找到 4 条" in page.text()
    assert facets(page, "类别") == {"行政处罚": 3, "失信名单": 1}
    assert facets(page, "县区") == {"魏都区": 3, "禹州市": 1}
    assert facets(page, "年份") == {"2026": 3, "2025": 1}


def test_the_facet_of_a_year_leads_there_and_keeps_the_rest(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    page = open_page(client, "/search?q=检测&kind=penalty&sort=date")
    narrower = str(page.find("//aside//a[.='2025']/@href")[0])
    assert parse_qs(urlsplit(narrower).query) == {
        "q": ["检测"],
        "kind": ["penalty"],
        "sort": ["date"],
        "from": ["2025-01-01"],
        "to": ["2025-12-31"],
    }
    page = open_page(client, narrower)
    assert found(page) == [f"/penalties/{city['清川']}"]
    wider = str(page.find("//aside//li[strong='2025']/a/@href")[0])
    assert len(found(open_page(client, wider))) == 3


def test_the_reader_may_sort_by_date_and_back(client: FlaskClient, open_page: OpenPage, city: dict[str, str]) -> None:
    page = open_page(client, "/search?q=检测")
    page = open_page(client, str(page.find("//a[.='按日期排序']/@href")[0]))
    assert [url.rsplit("/", 1)[-1] for url in found(page)] == [city[name] for name in ("永泰", "名单", "宏源", "清川")]
    assert urlsplit(str(page.find("//a[.='按相关排序']/@href")[0])).query == f"q={quote('检测')}"


def test_the_last_page_holds_the_rest_of_the_same_question(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    for number in range(23):
        publisher.penalty(clock.now(), decision_no=f"许环罚〔2026〕{number}号")
    publisher.blacklist(clock.now())
    run_jobs()
    page = open_page(client, "/search?q=宏源&kind=penalty")
    assert (len(found(page)), page.find("//a[@rel='prev']")) == (20, [])
    page = open_page(client, str(page.find("//a[@rel='next']/@href")[0]))
    assert {url.split("/")[1] for url in found(page)} == {"penalties"}
    assert (len(found(page)), page.find("//a[@rel='next']")) == (3, [])
    assert "找到 23 条" in page.text()
    assert not any("cursor" in str(url) for url in page.find("//aside//a/@href")), "narrower begins at its first page"
    page = open_page(client, str(page.find("//a[@rel='prev']/@href")[0]))
    assert len(found(page)) == 20


def test_where_nothing_has_all_the_page_shows_what_has_most_and_says_so(
    client: FlaskClient,
    open_page: OpenPage,
    city: dict[str, str],
    publisher: Publisher,
    run_jobs: Runs,
    clock: TestClock,
) -> None:
    for number in range(20):
        publisher.notice(clock.now(), title=f"第{number}号工作通知")
    run_jobs()
    page = open_page(client, "/search?q=清川建才")
    assert "没有全部匹配的结果，以下含有其中大部分词" in page.text()
    assert found(page) == [f"/penalties/{city['清川']}"]
    assert "清川建" in [one.text for one in page.find("//p[@class='record-list__title']//mark")]
    assert [str(one) for one in page.find("//*[contains(@class,'banner')]//li/a/text()")] == ["禹州清川建材有限公司"]
    assert client.get("/search.json?q=清川建才").get_json()["items"] == [], "who follows a search follows all of it"
    assert "没有全部匹配" not in open_page(client, "/search?q=清川建材").text()


def test_markup_in_a_question_is_shown_as_text_wherever_it_comes_back(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    typed = """宏源 OR "'><script>alert</script>"""
    page = open_page(client, f"/search?q={quote(typed)}&county=411002")
    assert len(found(page)) == 2
    assert not page.find("//main//script | //title/*")
    assert page.find("//input[@id='q']/@value") == [typed]
    facet = str(page.find("//aside//a/@href")[0])
    assert parse_qs(urlsplit(facet).query)["q"] == [typed]


@pytest.mark.parametrize("name", ["kind", "county", "authority", "act", "from", "sort"])
def test_markup_in_a_filter_is_never_markup(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str], name: str
) -> None:
    page = open_page(client, f"/search?q=宏源&{name}={quote(SCRIPT)}")
    assert not page.find("//main//script")
    assert "<script>alert" not in page.html


def test_markup_in_a_title_is_text_and_marked_inside(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    title = "关于<script>alert(1)</script>宏源&amp;检测的公告"
    publisher.notice(clock.now(), title=title)
    run_jobs()
    page = open_page(client, "/search?q=宏源 alert")
    assert page.text("//*[@class='record-list__title']") == title
    assert [one.text for one in page.find("//*[@class='record-list__title']//mark")] == ["alert", "宏源"]
    assert not page.find("//main//script")


def test_a_very_long_question_is_cut_and_says_so(client: FlaskClient, open_page: OpenPage) -> None:
    assert "只按前 200 个字搜索" in open_page(client, "/search?q=" + "a" * 201).text()
    assert "只按前 200 个字搜索" not in open_page(client, "/search?q=" + "a" * 200).text()


def test_what_is_not_public_yet_is_not_found(
    app: Flask, client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    with unit_of_work(publisher.database) as session:
        for number in range(2):
            fields = {**PENALTY_FIELDS, "decision_no": f"许环罚〔2026〕{number}号"}
            one = operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now())
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
    run_jobs()
    assert found(open_page(client, "/search?q=宏源")) == []
    assert counted(app, 0) in app.test_cli_runner().invoke(args=["reindex"]).output


def test_a_published_record_is_found_after_the_job_has_run_and_not_before(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    assert found(open_page(client, "/search?q=宏源")) == []
    run_jobs()
    assert found(open_page(client, "/search?q=宏源")) == [f"/penalties/{record}"]


def test_a_natural_person_is_not_found_by_the_full_name(
    client: FlaskClient, open_page: OpenPage, publisher: Publisher, run_jobs: Runs, clock: TestClock
) -> None:
    record = publisher.penalty(
        clock.now(), party_type="natural_person", party_name="欧阳晓明", violation_facts="欧阳晓明稀释样品。"
    )
    run_jobs()
    assert found(open_page(client, "/search?q=稀释样品")) == [f"/penalties/{record}"]
    for question in ("欧阳晓明", "晓明"):
        assert found(open_page(client, f"/search?q={question}")) == []


@pytest.fixture(params=["auto", "whoosh"])
def either_app(
    request: pytest.FixtureRequest, settings: Settings, database: Database, clock: TestClock
) -> Iterator[Flask]:
    """The site once with the store of its database and once with the files."""
    app = create_app(replace(settings, search_backend=request.param), clock)
    app.testing = True
    yield app
    app.extensions[EXTENSION].database.close()


def test_reindex_throws_out_what_does_not_belong_and_puts_in_what_is_missing(
    either_app: Flask, open_page: OpenPage, publisher: Publisher, clock: TestClock
) -> None:
    records = {f"/penalties/{publisher.penalty(clock.now())}", f"/blacklist/{publisher.blacklist(clock.now())}"}
    with unit_of_work(publisher.database) as session:
        stale = Document("penalty", "gone", "/penalties/gone", "宏源检测", "早已撤下")
        either_app.extensions["search"].store.put(session, [stale])
    client = either_app.test_client()
    assert found(open_page(client, "/search?q=宏源")) == ["/penalties/gone"]
    for _ in range(2):
        result = either_app.test_cli_runner().invoke(args=["reindex"])
        assert (result.exit_code, counted(either_app, 2) in result.output) == (0, True), result.output
        assert set(found(open_page(client, "/search?q=宏源"))) == records
