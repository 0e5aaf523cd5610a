"""A correction that everybody can read: word by word on its page, in a feed, with the old version beside it."""

from collections.abc import Callable

import feedparser
import pytest
from flask.testing import FlaskClient

from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.page import checked


@pytest.fixture
def corrected(publisher: Publisher, clock: TestClock) -> str:
    found = publisher.penalty(clock.now())
    clock.moves_on(hours=2)
    publisher.correct(
        found, clock.now(), fine_wan_yuan="6.5", violation_facts="该单位多次稀释样品，上传数据与实际不符。"
    )
    return found


def test_the_page_of_a_correction_marks_each_word_for_eye_and_ear(client: FlaskClient, corrected: str) -> None:
    page = checked(client, f"/penalties/{corrected}/changes/2")
    assert "更正原因：原文有误" in page.text()
    changed = {
        section.xpath("string(./h2)"): (section.xpath("string(.//del)"), section.xpath("string(.//ins)"))
        for section in page.find("//section[@class='redaction']")
    }
    assert changed == {"违法事实": ("", "新增：多次"), "罚款金额（万元）": ("删去：5", "新增：6.5")}
    assert page.find(f"//a[@href='/penalties/{corrected}/versions/1']")
    linked = checked(client, f"/penalties/{corrected}").find("//li[@class='timeline__event']//a/@href")
    assert f"/penalties/{corrected}/changes/2" in linked
    for number in (1, 3):
        checked(client, f"/penalties/{corrected}/changes/{number}", 404)


def test_a_notice_is_compared_in_words_not_in_markup(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    found = publisher.notice(clock.now(), text="<p>检查 28 家。</p>")
    publisher.correct(found, clock.now(), text="<p>检查 <strong>29</strong> 家。</p>")
    page = checked(client, f"/notices/{found}/changes/2")
    assert (page.text("//del"), page.text("//ins")) == ("删去：28", "新增：29")
    assert "<p>" not in page.text("//main")


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_the_corrections_feed_tells_reason_field_before_and_after(
    client: FlaskClient, corrected: str, publisher: Publisher, clock: TestClock, form: str
) -> None:
    publisher.notice(clock.now())
    response = client.get(f"/feeds/corrections.{form}")
    assert response.status_code == 200
    if form == "json":
        entries = [(one["url"], one["title"], one["content_text"]) for one in response.get_json()["items"]]
    else:
        entries = [(one.link, one.title, one.summary) for one in feedparser.parse(response.data).entries]
    ((link, title, told),) = entries
    assert link.endswith(f"/penalties/{corrected}/changes/2") and title.startswith("更正（第 2 版）")
    assert "原文有误" in told and "罚款金额（万元）：5 → 6.5" in told


def test_a_correction_leaves_the_feed_with_its_record_even_with_the_worker_stopped(
    client: FlaskClient, corrected: str, publisher: Publisher, clock: TestClock
) -> None:
    tag = client.get("/feeds/corrections.atom").headers["ETag"]
    clock.moves_on(days=400)
    response = client.get("/feeds/corrections.atom", headers={"If-None-Match": tag})
    assert response.status_code == 200, "whoever follows the feed would go on showing it"
    assert corrected not in response.get_data(as_text=True)
    checked(client, f"/penalties/{corrected}/changes/2", 410)


def test_every_feed_answers_anew_when_a_term_ends(
    client: FlaskClient, corrected: str, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    tags = {name: client.get(f"/feeds/{name}.rss").headers["ETag"] for name in ("all", "penalties", "corrections")}
    for name, tag in tags.items():
        assert client.get(f"/feeds/{name}.rss", headers={"If-None-Match": tag}).status_code == 304
    clock.moves_on(days=400)
    for name, tag in tags.items():
        assert client.get(f"/feeds/{name}.rss", headers={"If-None-Match": tag}).status_code == 200
