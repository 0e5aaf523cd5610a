"""A term that is over is over at once, everywhere, whether or not the worker is there to sweep."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from urllib.parse import unquote

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core.database import Database, unit_of_work
from core.ledger.models import LogLeaf
from portal.ledger.verify.audit import audit as run_audit
from portal.publishing import operations
from portal.publishing.endings import expire_due
from portal.publishing.models import Disclosure, DisclosureVersion, PublicRecord, VersionContent
from portal.publishing.terms import TermRefuses
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.outputs import addresses, readable
from tests.support.page import Page, checked

NAME, NUMBER, FACT = "许昌鹊桥检测服务有限公司", "豫1000环罚决字〔2026〕7788号", "在鸬鹚河边的采样口蒙上纱布"
MARKS = (NAME, NUMBER, FACT, "91411000MA3X4TWT1J")
QUESTIONS = (f"/search?q={NUMBER}", "/search?q=鸬鹚河边", f"/search?q={NAME[:6]}", "/search?kind=penalty")


def audit(client: FlaskClient) -> list[str]:
    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    return list(run_audit(fetch, {}))


@pytest.fixture
def record(publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]) -> str:
    """A penalty whose term ends on 8 January 2027, corrected once, indexed, with a blacklist entry that stays."""
    found = publisher.penalty(
        clock.now(), party_name=NAME, party_uscc=MARKS[3], decision_no=NUMBER, fine_wan_yuan="2", violation_facts=FACT
    )
    publisher.correct(found, clock.now(), violation_facts=f"{FACT}两次")
    publisher.blacklist(clock.now(), party_name="许昌留下检测有限公司")
    run_jobs()
    return found


def told(client: FlaskClient, urls: Iterable[str]) -> list[str]:
    """The addresses of `urls` that tell any of MARKS, other than by repeating the question."""
    return [url for url in urls if _tells(readable(client, url), url)]


def _tells(text: str, url: str) -> bool:
    return any(mark in text for mark in MARKS if mark not in unquote(url))


def test_the_term_is_told_with_its_rule_and_source(record: str, client: FlaskClient, database: Database) -> None:
    page = checked(client, f"/penalties/{record}")
    assert "公开到 2027年1月8日" in page.text("//aside") or "2027-01-08" in page.html
    for words in ("轻微失信信息", "信用修复管理办法（发改委令第36号", "还没有对照原文核实"):
        assert words in page.text("//aside")
    with database.read() as session:
        stored = session.scalars(select(DisclosureVersion).where(DisclosureVersion.disclosure_id == record)).all()
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).where(LogLeaf.subject == record))]
    assert {(one.publicity_until, one.publicity_rule) for one in stored} == {(date(2027, 1, 8), "credit-minor")}
    assert [(one["k"], one["u"]) for one in leaves] == [("publish", "2027-01-08"), ("correct", "2027-01-08")]
    history = client.get(f"/records/{record}/history.json").get_json()
    assert [one["until"] for one in history] == ["2027-01-08"] * 2


def test_with_the_worker_stopped_an_expired_record_is_nowhere(
    app: Flask, record: str, client: FlaskClient, clock: TestClock, database: Database
) -> None:
    before = addresses(app, client, [record], QUESTIONS)
    places = told(client, before)
    for must in (f"/penalties/{record}", "/penalties", "/", "/feeds/all.rss", "/feeds/penalties.atom", "/search"):
        assert any(url.split("?")[0] == must for url in places), (
            f"{must} never told of it: the test would prove nothing"
        )
    assert {f"/records/{record}.json", f"/penalties/{record}/versions/1"} <= set(places)

    clock.at = clock.at.replace(year=2027, month=1, day=8, hour=15, minute=59)  # 23:59 in China, the last day
    assert told(client, [f"/penalties/{record}"])
    clock.moves_on(minutes=1)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM public_record")) == 2, "something swept after all"
    after = addresses(app, client, [record], before)
    assert told(client, after) == []


def test_each_address_of_an_expired_record_says_why_and_on_what_ground_but_not_whom(
    record: str, client: FlaskClient, clock: TestClock
) -> None:
    clock.moves_on(days=60)
    for url in (f"/penalties/{record}", f"/penalties/{record}/versions/1"):
        page = checked(client, url, 410)
        assert "公示期已满" in page.text() and "信用修复管理办法" in page.text() and "expired" in page.text()
        assert not any(mark in page.html for mark in MARKS)
    for path in (".json", ".salt", ".tlog-proof", "/history.json"):
        assert client.get(f"/records/{record}{path}").status_code == 410, path
    checked(client, f"/notices/{record}", 404)


def test_lists_filters_counts_and_search_pass_over_it(record: str, client: FlaskClient, clock: TestClock) -> None:
    clock.moves_on(days=60)
    page = checked(client, "/penalties")
    assert not page.find("//p[@class='record-list__title']") and not page.find(
        "//select[@name='year']/option[@value>0]"
    )
    assert "魏都分局" not in page.html
    assert record not in client.get("/records/index.json").get_data(as_text=True)
    for url in (*QUESTIONS, f"/search?q={NUMBER}&sort=date"):
        results = checked(client, url)
        assert not results.find(f"//main//a[contains(@href, '{record}')]"), url
    assert "没有" in checked(client, "/search?q=鸬鹚河边").text()
    ids = [one.id for one in feedparser.parse(client.get("/feeds/all.atom").data).entries]
    assert not any(record in one for one in ids) and len(ids) == 1


def test_the_sweep_ends_it_with_a_leaf_and_takes_text_salt_and_draft(
    record: str, client: FlaskClient, clock: TestClock, run_jobs: Callable[[], int], database: Database
) -> None:
    clock.moves_on(days=60)
    run_jobs()
    run_jobs()
    with database.read() as session:
        one = session.get_one(Disclosure, record)
        assert (one.state, one.draft) == ("expired", {})
        assert session.get(PublicRecord, record, execution_options={"includes_past_term": True}) is None
        assert session.scalars(select(VersionContent).where(VersionContent.disclosure_id == record)).all() == []
        stored = session.scalars(select(DisclosureVersion).where(DisclosureVersion.disclosure_id == record)).all()
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).where(LogLeaf.subject == record))]
    assert [one.commitment for one in stored] == [one["c"] for one in leaves[:2]]
    last = leaves[-1]
    assert (last["k"], last["u"], last["g"], last["c"]) == ("expire", "2027-01-08", "term:credit-minor", None)
    assert "公示期已满" in checked(client, f"/penalties/{record}", 410).text()
    assert "信用修复管理办法" in checked(client, f"/penalties/{record}", 410).text()
    assert audit(client) == []


def test_an_unswept_record_is_swept_whatever_correction_is_under_way(
    record: str, publisher: Publisher, clock: TestClock, database: Database
) -> None:
    with unit_of_work(database) as session:
        one = session.get_one(Disclosure, record)
        operations.correct(session, one, "还要改", actor=publisher.editor, at=clock.now())
    clock.moves_on(days=60)
    with unit_of_work(database) as session:
        assert expire_due(session, log=publisher.log, at=clock.now()) == 1
    with unit_of_work(database) as session:
        assert expire_due(session, log=publisher.log, at=clock.now()) == 0


def test_what_is_over_before_it_begins_is_refused_with_the_rule(
    publisher: Publisher, clock: TestClock, database: Database
) -> None:
    for changes, words in (
        ({"decided_on": "2023-11-22"}, "公示期到2026-11-22已满"),
        ({"decided_on": "2026-07-01", "fine_wan_yuan": "1"}, "公示期到2026-10-01已满"),
        ({"penalty_types": ["P11"], "fine_wan_yuan": None, "authority_name": "许昌市市场监督管理局"}, "按规定不公示"),
    ):
        with pytest.raises(TermRefuses) as refusal:
            publisher.penalty(clock.now(), **changes)
        assert words in str(refusal.value.message)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM disclosure_version")) == 0


def test_the_editor_sees_the_term_before_submitting_and_why_not(
    publisher: Publisher,
    clock: TestClock,
    client: FlaskClient,
    database: Database,
    sign_in: Callable[[FlaskClient, str], None],
) -> None:
    from portal.enforcement.kinds import PENALTY
    from tests.support.disclosures import PENALTY_FIELDS

    def drafted(**changes: object) -> Page:
        with unit_of_work(database) as session:
            fields = {**PENALTY_FIELDS, **changes}
            one = operations.draft(session, PENALTY, fields, actor=publisher.editor, at=clock.now())
            return_id = one.id
        return checked(client, f"/editorial/{return_id}")

    sign_in(client, "editor")
    assert "一般失信信息最短公示三个月，最长一年" in drafted().text()
    minor = drafted(decision_no="许环罚〔2026〕2号", fine_wan_yuan="1")
    assert "原则上不公示" in minor.text("//div[contains(@class, 'banner--warn')]")
    over = drafted(decision_no="许环罚〔2020〕3号", decided_on="2020-01-01")
    assert "公示期到2023-01-01已满" in over.text("//div[contains(@class, 'banner--bad')]")


def test_counting_queries_and_subqueries_obey_the_term_too(record: str, clock: TestClock, database: Database) -> None:
    """Whoever writes a query later cannot forget: the rule holds for whatever shape the statement has."""
    from sqlalchemy import func

    clock.moves_on(days=60)
    kind = PublicRecord.kind == "penalty"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PublicRecord).where(kind)) == 0
        assert session.scalar(select(func.min(PublicRecord.authority)).where(kind)) is None
        assert session.scalars(select(PublicRecord.title).where(kind)).all() == []
        inner = select(PublicRecord.id).where(kind)
        assert session.scalars(select(Disclosure.id).where(Disclosure.id.in_(inner))).all() == []
        assert session.scalars(select(inner.subquery().c.id)).all() == []
        assert (
            session.execute(
                select(Disclosure.id).join(PublicRecord, PublicRecord.id == Disclosure.id).where(kind)
            ).all()
            == []
        )
        assert session.get(PublicRecord, record) is None
