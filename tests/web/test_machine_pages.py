"""Every public page is also JSON: its address with .json behind it, or where the exception says."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.web import access
from core.web.twins import twin_address
from portal.completeness.kinds import MANIFEST
from tests.conftest import TestClock
from tests.support.disclosures import USCC, Publisher
from tests.support.page import checked

OWN_STEPS = "a person's own steps, told to nobody else"
WORDS = "words that explain, without data"
# Pages without .json of their own, and why.
EXCEPTIONS = {
    "/about": WORDS,
    "/embed": WORDS,
    "/api/docs": "/api/v1/openapi.json says it to machines",
    "/verify": "a form; machines take /records/<id>.tlog-proof and /ledger/verify.py",
    "/sign-in": OWN_STEPS,
    "/language/<code>": "a switch that leads back",
}
FAMILIES = {
    "/report": OWN_STEPS,
    "/track": OWN_STEPS,
    "/subscriptions/": OWN_STEPS,
    "/desk/calendar/": OWN_STEPS,
    "/open311/": "an interface for machines",
}
NO_PAGE = re.compile(
    r"\.(json|jsonl|jsonld|csv|ics|opml|py|svg|txt|xml|salt|tlog-proof|rss|atom)$|form>$|/attachments/|"
    r"^/(static|api/v1|healthz|"
    r"readyz|metrics|robots|ledger/(checkpoint|keys|vkey|tile)|data/packages|feeds/<name>)"
)


def is_public_page(app: Flask, rule: Rule) -> bool:
    if "GET" not in (rule.methods or ()) or NO_PAGE.search(rule.rule):
        return False
    may = access.rule_of(app.view_functions[rule.endpoint])
    try:
        if may is not None:
            may(ANONYMOUS)
    except DomainError:
        return False
    return may is not None


def shape(rule: str) -> str:
    """The address without the names of its parts."""
    return re.sub(r"<[^>]*>", "<>", rule)


def test_every_public_page_has_its_json_or_a_reason_why_not(app: Flask) -> None:
    shapes = {shape(re.sub(r"<any\([^>]*json[^>]*>", "json", rule.rule)) for rule in app.url_map.iter_rules()}
    pages = {rule.rule for rule in app.url_map.iter_rules() if is_public_page(app, rule)}
    assert {"/", "/calendar", "/statistics", "/entities/<uscc>", "/search", "/air", "/penalties/<record_id>"} <= pages
    lacking = [
        page
        for page in sorted(pages)
        if (f"{shape(page)}.json" if page != "/" else "/index.json") not in shapes
        and page not in EXCEPTIONS
        and not page.startswith(tuple(FAMILIES))
    ]
    assert not lacking
    assert set(EXCEPTIONS) <= pages


@pytest.fixture
def record(publisher: Publisher, clock: TestClock) -> str:
    found = publisher.penalty(clock.now(), party_uscc=USCC)
    clock.moves_on(days=1)
    publisher.correct(found, clock.now(), penalty_content="罚款六万元。")
    return found


def read(client: FlaskClient, url: str) -> dict[str, object]:
    response = client.get(url)
    assert (response.status_code, response.mimetype) == (200, "application/json"), url
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(url, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304, url
    told: dict[str, object] = json.loads(response.get_data())
    assert twin_on(client, page_of(url)) == url
    return told


def page_of(url: str) -> str:
    path, mark, question = url.partition("?")
    page = "/" if path == "/index.json" else path.removesuffix(".json")
    return f"{page}{mark}{question}"


def twin_on(client: FlaskClient, page: str) -> str | None:
    """The JSON that the page's head tells of."""
    found = checked(client, page).find("//head/link[@rel='alternate'][@type='application/json']/@href")
    assert len(found) <= 1
    return found[0] if found else None


def test_each_says_what_its_page_says(client: FlaskClient, record: str) -> None:
    home = read(client, "/index.json")
    assert [one["id"] for one in home["latest"]] == [record]  # type: ignore[attr-defined]
    company = read(client, f"/entities/{USCC}.json")
    assert [one["version"] for one in company["records"]] == [2]  # type: ignore[attr-defined]
    then = read(client, f"/entities/{USCC}.json?as_of=2026-11-23")
    assert [one["version"] for one in then["records"]] == [1]  # type: ignore[attr-defined]
    assert read(client, f"/entities/{USCC}.json?as_of=2026-11-01")["records"] == []
    old = read(client, f"/penalties/{record}/versions/1.json")
    assert old["content"]["penalty_content"] == "罚款人民币五万元。"  # type: ignore[index]
    change = read(client, f"/penalties/{record}/changes/2.json")
    assert change["reason"] == "原文有误"
    assert [(one["before"], one["after"]) for one in change["changes"]] == [  # type: ignore[attr-defined]
        ("罚款人民币五万元。", "罚款六万元。")
    ]
    ledger = read(client, "/ledger.json")
    assert str(ledger["checkpoint"]).startswith(f"{ledger['origin']}\n2\n")
    calendar = read(client, "/calendar.json?month=2026-11")
    assert {one["dataset"] for one in calendar["datasets"]} >= {"penalties", "air_hourly"}  # type: ignore[attr-defined]
    one = read(client, "/calendar/penalties.json?month=2026-11")
    assert one["month"] == "2026-11" and isinstance(one["releases"], list)
    for release in one["releases"]:
        datetime.fromisoformat(release["due_at"])
    assert len(read(client, "/statistics.json")["months"]) == 12  # type: ignore[arg-type]
    assert read(client, "/air/standards.json")["in_force"] == "HJ 633-2026"
    assert {"penalties", "stations"} <= {one["name"] for one in read(client, "/data.json")["datasets"]}  # type: ignore[attr-defined]
    assert "csv" in read(client, "/data/penalties.json")["downloads"]  # type: ignore[operator]
    assert {"all", "penalties"} <= {one["name"] for one in read(client, "/feeds.json")["feeds"]}  # type: ignore[attr-defined]
    assert read(client, "/manifests.json") == {"items": [], "next": None}


def test_a_page_tells_of_its_json_and_asks_it_the_same(client: FlaskClient, record: str) -> None:
    for page, twin in {
        "/penalties?county=411002&act=&year=2026": "/penalties.json?county=411002&year=2026",
        "/penalties?as_of=2026-11-23": "/penalties.json?as_of=2026-11-23",
        f"/penalties/{record}?as_of=2026-11-23": f"/penalties/{record}.json?as_of=2026-11-23",
        "/feeds": "/feeds.json",
        "/about": None,
        "/verify": None,
    }.items():
        assert twin_on(client, page) == twin
        if twin:
            assert client.get(twin).status_code == 200, twin


def test_every_page_with_a_json_tells_of_it(app: Flask) -> None:
    """By the rule alone, whatever stands in the address."""
    pages = [rule for rule in app.url_map.iter_rules() if is_public_page(app, rule)]
    shapes = {shape(rule.rule) for rule in app.url_map.iter_rules() if rule.rule.endswith(".json")}
    told = 0
    for rule in pages:
        if rule.rule != "/" and f"{shape(rule.rule)}.json" in shapes:
            path = re.sub(r"<int:[^>]*>", "1", rule.rule)
            with app.test_request_context(re.sub(r"<[^>]*>", "x", path)):
                assert twin_address() == f"{re.sub('<[^>]*>', 'x', path)}.json", rule.rule
            told += 1
    assert told > 15


@pytest.mark.parametrize(
    "url",
    [
        "/entities/kein-code.json",
        "/calendar/nothing.json",
        "/data/nothing.json",
        "/penalties/{record}/versions/9.json",
        "/penalties/{record}/changes/1.json",
        "/blacklist/{record}/versions/1.json",
        "/manifests/{record}.json",
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, record: str, url: str) -> None:
    assert client.get(url.format(record=record)).status_code == 404


def test_what_was_withdrawn_is_gone_from_all_of_them(
    client: FlaskClient, record: str, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    publisher.withdraw(record, clock.now())
    run_jobs()
    assert client.get(f"/penalties/{record}/versions/1.json").status_code == 410
    assert client.get(f"/penalties/{record}/changes/2.json").status_code == 410
    for url in ("/index.json", f"/entities/{USCC}.json", f"/entities/{USCC}.json?as_of=2026-11-23"):
        assert record not in client.get(url).get_data(as_text=True)


def test_manifests_are_told_like_their_pages(client: FlaskClient) -> None:
    assert client.get("/manifests.json?as_of=2026-11-01").get_json()["items"] == []
    assert MANIFEST.path == "manifests"
