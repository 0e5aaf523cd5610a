"""One company across everything, found from the search; and help where nothing was found."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, USCC, Publisher
from tests.support.page import Page

OpenPage = Callable[..., Page]


@pytest.fixture
def city(publisher: Publisher, run_jobs: Callable[[], int], clock: TestClock) -> dict[str, str]:
    records = {
        "penalty": publisher.penalty(clock.now(), party_uscc=USCC),
        "listing": publisher.blacklist(clock.now(), party_uscc=USCC),
    }
    run_jobs()
    return records


def test_a_company_stands_above_the_results_with_its_counts(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    page = open_page(client, "/search?q=宏源检测")
    (company,) = page.find("//section[@aria-labelledby='companies']//li")
    assert company.find("a").get("href") == f"/entities/{USCC}"
    words = "".join(company.itertext())
    assert COMPANY in words
    assert "行政处罚 1" in words
    assert "失信名单 1" in words
    assert not open_page(client, "/search?q=稀释样品").find("//section[@aria-labelledby='companies']")


def test_the_page_of_a_company_lists_its_records_newest_first(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    page = open_page(client, f"/entities/{USCC}")
    links = [str(one) for one in page.find("//ol[@class='timeline']//a/@href")]
    assert links == [f"/blacklist/{city['listing']}", f"/penalties/{city['penalty']}"]
    assert "没有记录，不等于没有违法" in page.text()
    assert open_page(client, f"/entities/{USCC.lower()}").text() == page.text()


def test_a_withdrawn_record_leaves_the_page_of_the_company(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str], publisher: Publisher, clock: TestClock
) -> None:
    for record in city.values():
        publisher.withdraw(record, clock.now())
    page = open_page(client, f"/entities/{USCC}")
    assert "没有公开的记录" in page.text()
    assert COMPANY not in page.text()


def test_what_is_no_code_has_no_page(client: FlaskClient, open_page: OpenPage) -> None:
    open_page(client, "/entities/abc", status=404)


def test_a_name_that_only_sounds_right_is_offered(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    for typed in ("红园环境检测", "宏源环保检测服务"):
        page = open_page(client, f"/search?q={typed}&county=411081")
        (meant,) = page.find(f"//div[@class='empty']//ul//a[.='{COMPANY}']")
        assert len(open_page(client, meant.get("href")).find("//*[@class='record-list']/li")) == 2, "without the filter"


def test_the_filter_that_hides_everything_is_named(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    page = open_page(client, "/search?q=宏源&county=411081&kind=penalty")
    (wider,) = page.find("//div[@class='empty']//a[contains(., '去掉')]")
    assert "县区" in wider.text
    assert len(open_page(client, str(wider.get("href"))).find("//*[@class='record-list']//li[@class]")) >= 1


def test_names_are_suggested_while_typing_and_without_a_script(
    client: FlaskClient, open_page: OpenPage, city: dict[str, str]
) -> None:
    for typed in ("宏源", "hongyuan", "hyhj", "环境检测"):
        assert client.get(f"/search/suggest.json?q={typed}").get_json() == [COMPANY], typed
    assert client.get("/search/suggest.json?q=").get_json() == []
    page = open_page(client, "/search/suggest?q=宏源")
    assert COMPANY in page.find("//main//li/a/text()")
    assert "没有名称里有这些字" in open_page(client, "/search/suggest?q=汞").text()
