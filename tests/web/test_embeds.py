"""Badges and citations for other people's pages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random

from flask.testing import FlaskClient
from lxml import etree

from core.database import Database, unit_of_work
from portal.demo.air import seed_air
from portal.opendata.embeds import LEVEL_COLOURS
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, USCC, Publisher
from tests.support.page import Page

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    tree = etree.fromstring(answer.get_data())
    assert not tree.findall(".//{*}script")
    return "".join(tree.itertext())


def test_the_air_badge_says_index_level_and_hour(client: FlaskClient, database: Database, clock: TestClock) -> None:
    assert "暂无数据" in words(client, "/embed/air.svg")
    with unit_of_work(database) as session:
        seed_air(session, clock.now(), Random(1))
    said = words(client, "/embed/air.svg")
    assert "AQI" in said
    assert "10:00" in said
    clock.moves_on(hours=5)
    assert "暂无数据" in words(client, "/embed/air.svg"), "an old value is not the air now"


def test_a_company_badge_counts_what_is_public_today(client: FlaskClient, publisher: Publisher) -> None:
    assert "没有公开记录" in words(client, f"/embed/companies/{USCC}.svg")
    first = publisher.penalty(AT, party_uscc=USCC)
    publisher.blacklist(AT, party_uscc=USCC)
    said = words(client, f"/embed/companies/{USCC}.svg")
    assert COMPANY in said
    assert "行政处罚 1" in said
    assert "失信名单 1" in said
    publisher.withdraw(first, AT)
    assert "行政处罚" not in words(client, f"/embed/companies/{USCC}.svg")
    assert client.get("/embed/companies/abc.svg").status_code == 404


def test_a_name_with_markup_stays_text(client: FlaskClient, publisher: Publisher) -> None:
    publisher.penalty(AT, party_uscc=USCC, party_name="甲<script>alert(1)</script>公司")
    assert "<script>" in words(client, f"/embed/companies/{USCC}.svg")


def test_white_letters_stand_out_on_every_level() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert all(1.05 / (light(colour) + 0.05) >= 4.5 for colour in LEVEL_COLOURS.values())


def test_a_record_can_be_cited_with_version_and_proof(
    client: FlaskClient, publisher: Publisher, open_page: Callable[..., Page]
) -> None:
    one = publisher.penalty(AT)
    page = open_page(client, f"/penalties/{one}")
    cited = page.text("//section[@class='cite']")
    assert one in cited
    assert "第 1 版" in cited
    (proof,) = page.find("//section[@class='cite']//a/@href")
    assert client.get(str(proof)).status_code == 200
    open_page(client, "/embed")


def test_a_list_and_a_record_of_a_past_day_say_so(
    client: FlaskClient, publisher: Publisher, open_page: Callable[..., Page]
) -> None:
    day = date(2026, 11, 20)
    one = publisher.penalty(AT, fine_wan_yuan="5")
    gone = publisher.penalty(AT, decision_no="乙〔2026〕2号")
    later = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    publisher.correct(one, later, fine_wan_yuan="8")
    publisher.withdraw(gone, later, "决定已被撤销")
    page = open_page(client, f"/penalties?as_of={day}")
    assert "您看到的是2026年11月20日结束时公开的样子" in page.text()
    assert "罚款 5 万元" in page.text()
    assert "决定已被撤销" in page.text()
    assert "罚款 8 万元" in open_page(client, "/penalties").text()
    record = open_page(client, f"/penalties/{one}?as_of={day}")
    assert "5 万元" in record.text("//dl[@class='stats']")
    open_page(client, f"/penalties/{one}?as_of=2026-11-01", 404)
    open_page(client, "/penalties?as_of=nonsense", 422)
