"""The release calendar: promised, in time, late by how much and why, from what was really published and imported."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.exc import DatabaseError

from core.accounts.models import User
from core.clock import CHINA
from core.database import Database, unit_of_work
from core.tables import load_table
from portal.monitoring.models import ImportBatch, Observation, Station, StationLevel
from portal.publishing import operations
from portal.publishing.kinds import kind_named
from portal.release.models import ReleaseReason
from portal.release.wording import NAMES
from tests.conftest import TestClock
from tests.support.disclosures import PENALTY_FIELDS, Publisher
from tests.support.page import Page, checked
from tests.web.test_publishing import Member, Staff
from tests.web.test_publishing import staff as staff  # noqa: PLC0414 - a fixture

NOT_AIR = {"title": "十月月报", "text": "<p>监测结果。</p>", "release": "air_monthly", "period": "2026-10"}


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


def row_of(page: Page, name: str) -> list[str]:
    """The figures of a data set: due, in time, late, not published."""
    cells = page.find(f"//tr[th/a[normalize-space()='{name}']]/td[position() > 1]//text()")
    return [one.strip() for one in cells if one.strip()]


def month(client: FlaskClient, code: str = "", asked: str = "2026-11") -> Page:
    return checked(client, f"/calendar{'/' if code else ''}{code}?month={asked}")


# Observations


def arrived(database: Database, hours: Iterable[datetime], after: timedelta) -> None:
    """Those hours of one station of the city, each imported so long after it ended."""
    with unit_of_work(database) as session:
        station = session.query(Station).filter(Station.code == "1001A").first()
        if station is None:
            station = Station(
                code="1001A",
                name="站",
                area="许昌市",
                level=StationLevel.NATIONAL,
                source="cnemc",
                valid_from=date(2020, 1, 1),
            )
            session.add(station)
        for hour in hours:
            batch = ImportBatch(
                kind="air",
                format="test",
                source="cnemc",
                file_name="f",
                sha256="0" * 64,
                at=hour + after,
                row_count=1,
                inserted=1,
            )
            session.add(batch)
            session.flush()
            session.add(Observation(station_id=station.id, hour_end=hour, pm25=30.0, batch_id=batch.id))


def day_hours(day: int, first: int = 1, last: int = 24) -> list[datetime]:
    midnight = china(2026, 11, day)
    return [midnight + timedelta(hours=hour) for hour in range(first, last + 1)]


def test_hours_are_in_time_late_or_missing_by_when_they_were_imported(
    client: FlaskClient, database: Database, clock: TestClock
) -> None:
    minutes = timedelta(minutes=1)
    arrived(database, day_hours(20), 10 * minutes)
    arrived(database, day_hours(21, last=20), 60 * minutes)  # the last instant is in time
    arrived(database, day_hours(21, 21, 22), 61 * minutes)
    arrived(database, day_hours(21, 23, 24), 300 * minutes)
    clock.at = china(2026, 11, 22, 12)
    page = month(client, "air_hourly")
    # 22 November: the hours of 1 to 10 o'clock are due and missing; that of 11 is due at noon itself, so not over.
    assert "应发布 58，按时 44，迟 4，未发布 10" in page.text()
    assert "最长迟了 10 小时 0 分" in page.text()
    assert page.find("//tr[contains(., '2026年11月22日')]/td/text()") == ["12", "0", "2", "10"]
    assert row_of(month(client), "城市空气质量实时报") == ["58", "44", "4", "10"]


def test_a_day_is_there_with_its_twentieth_hour(client: FlaskClient, database: Database, clock: TestClock) -> None:
    arrived(database, day_hours(18, 23, 23), timedelta(minutes=10))
    arrived(database, day_hours(19), timedelta(minutes=10))
    arrived(database, day_hours(20, last=19), timedelta(minutes=10))
    arrived(database, day_hours(20, 20, 20), timedelta(hours=17))  # 13:00 on the 21st, an hour late
    arrived(database, day_hours(21, last=19), timedelta(minutes=10))
    clock.at = china(2026, 11, 22, 13)
    page = month(client, "air_daily")
    assert "应发布 3，按时 1，迟 1，未发布 1" in page.text()
    late = page.text("//ul[@class='record-list']/li[contains(., '2026年11月20日')]")
    assert "迟 1 小时 0 分" in late


def test_what_lies_before_the_platform_was_at_work_does_not_count(
    client: FlaskClient, database: Database, clock: TestClock
) -> None:
    clock.at = china(2026, 11, 21, 0, 30)
    assert "平台启用以前" in month(client, "air_hourly").text()
    arrived(database, day_hours(20, first=21), timedelta(minutes=10))
    assert "应发布 4，按时 4" in month(client, "air_hourly").text()
    assert "平台启用以前" in month(client, "air_hourly", "2026-09").text()


# Records


def test_a_record_is_late_by_the_days_between_its_last_day_and_its_publication(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    """Decided on 2 November, due on the 11th: seven working days, the last of them to its end."""
    publisher.penalty(china(2026, 11, 1, 9), decision_no="豫〔2026〕1号", decided_on="2026-10-30")
    on_time = publisher.penalty(china(2026, 11, 11, 23, 59, 59), decision_no="豫〔2026〕2号", decided_on="2026-11-02")
    late = publisher.penalty(china(2026, 11, 14, 0, 0, 0), decision_no="豫〔2026〕3号", decided_on="2026-11-02")
    page = month(client, "penalties")
    assert "应发布 2，按时 2" not in page.text(), "the first was decided before the platform was at work"
    assert "应发布 2，按时 1，迟 1，未发布 0" in page.text()
    found = {href: "".join(row.itertext()) for row in page.find("//tbody/tr") for href in row.xpath(".//a/@href")}
    assert "按时" in found[f"/penalties/{on_time}"] and "迟 2 天" in found[f"/penalties/{late}"]
    assert row_of(month(client), "行政处罚决定") == ["2", "1", "1", "0"]


def test_what_is_past_its_day_and_still_in_the_house_is_counted_without_being_named(
    client: FlaskClient, publisher: Publisher, database: Database, clock: TestClock
) -> None:
    publisher.penalty(china(2026, 11, 1, 9), decided_on="2026-11-01")
    with unit_of_work(database) as session:
        fields = {
            **PENALTY_FIELDS,
            "decision_no": "豫〔2026〕9号",
            "decided_on": "2026-11-03",
            "party_name": "无名公司",
        }
        operations.draft(session, kind_named("penalty"), fields, actor=publisher.editor, at=clock.now())
    page = month(client, "penalties")
    assert "另有 1 件已过期限" in page.text() and "无名公司" not in page.html
    assert row_of(month(client), "行政处罚决定") == ["2", "1", "0", "1"]


def publish_release(publisher: Publisher, at: datetime, **changes: str) -> str:
    return publisher.notice(at, **{**NOT_AIR, **changes})


def test_a_regular_release_is_kept_by_the_notice_that_says_so(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    publisher.notice(china(2026, 9, 1, 9))
    assert row_of(month(client), "城市空气质量月报和排名") == ["1", "0", "0", "1"]
    record_id = publish_release(publisher, china(2026, 11, 13, 10))
    publish_release(publisher, china(2026, 11, 20, 10), title="再发一次")
    page = month(client)
    assert row_of(page, "城市空气质量月报和排名") == ["1", "0", "1", "0"]
    item = page.text("//ul[@class='record-list']/li[contains(., '2026年10月')]")
    assert "迟 2 天" in item and "责任部门还没有说明原因" in item
    assert page.find(f"//main//a[@href='/notices/{record_id}']")
    coming = page.text("//h2[normalize-space()='接下来要发布']/following-sibling::ul[1]")
    assert "2026年11月" in coming and "2026年12月10日" in coming and "2026年10月" not in coming


def test_a_notice_that_names_a_release_names_its_period(staff: Staff) -> None:
    editor = staff("editor")
    record_id = editor.draft("notice", **{**NOT_AIR, "period": "十月"})
    refusal = editor.send(f"/editorial/{record_id}/submit")
    assert refusal.status_code == 422
    assert "请写明是哪一期" in editor.open(f"/editorial/{record_id}").text()


# Why


def explain(member: Member, reason: str, release: str = "air_monthly/2026-10") -> int:
    return member.send(f"/editorial/releases/{release}", reason=reason).status_code


@pytest.fixture
def late(publisher: Publisher) -> str:
    publisher.notice(china(2026, 9, 1, 9))
    return publish_release(publisher, china(2026, 11, 13, 10))


def test_a_reason_is_read_by_the_public_once_a_second_person_confirms_it(
    staff: Staff, client: FlaskClient, late: str
) -> None:
    editor, approver = staff("editor"), staff("approver")
    assert editor.open("/editorial/releases").find("//a[@href='/editorial/releases/air_monthly/2026-10']")
    editor.open("/editorial/releases/air_monthly/2026-10")
    assert explain(editor, "设备检修") == 302
    assert "设备检修" not in month(client).text()
    waiting = approver.open("/editorial/releases")
    assert "设备检修" in waiting.text()
    [confirm] = waiting.find("//form[contains(@action, '/confirm')]/@action")
    assert editor.send(confirm).status_code == 403
    assert approver.send(confirm).status_code == 302
    assert approver.send(confirm).status_code == 409
    assert "设备检修" in month(client).text() and "设备检修" in month(client, "air_monthly").text()
    assert explain(editor, "设备检修，已换备机") == 302
    assert "已换备机" not in month(client).text()


def test_nobody_confirms_their_own_reason_not_even_in_the_database(
    staff: Staff, client: FlaskClient, database: Database, late: str, people: dict[str, User], clock: TestClock
) -> None:
    administrator = staff("administrator")
    assert explain(administrator, "设备检修") == 302
    with database.read() as session:
        reason = session.query(ReleaseReason).one().id
    assert not administrator.open("/editorial/releases").find("//form[contains(@action, '/confirm')]")
    assert administrator.send(f"/editorial/releases/reasons/{reason}/confirm").status_code == 403
    with pytest.raises(DatabaseError, match="confirmed_by_another"), unit_of_work(database) as session:
        one = session.get_one(ReleaseReason, reason)
        one.confirmed_by, one.confirmed_at = people["administrator"].id, clock.now()


@pytest.mark.parametrize("wrong", ["", "  ", "联系 13812345678", "长" * 501])
def test_a_reason_that_cannot_be_published_is_refused_and_kept(staff: Staff, late: str, wrong: str) -> None:
    page = staff("editor").send("/editorial/releases/air_monthly/2026-10", reason=wrong)
    assert page.status_code == 422
    shown = Page("/", 422, page.get_data(as_text=True))
    assert shown.text("//*[@id='reason-error']") and wrong.strip() in shown.text("//textarea")


def test_only_what_is_late_can_be_explained_and_only_by_editors(staff: Staff, late: str) -> None:
    editor = staff("editor")
    for release in ("air_monthly/2026-08", "water_monthly/2026-12", "nothing/2026-10", "air_monthly/x"):
        editor.open(f"/editorial/releases/{release}", 404)
        assert explain(editor, "原因", release) == 404
    assert explain(staff("approver"), "原因") == 403
    for name in ("officer", "consultee", "supervisor"):
        staff(name).open("/editorial/releases", 403)


# The pages


def test_every_data_set_has_a_page_and_the_footer_leads_to_them(client: FlaskClient, people: dict[str, User]) -> None:
    assert "/calendar" in checked(client, "/").find("//footer//a/@href")
    links = [href.split("?")[0] for href in checked(client, "/calendar").find("//table//a/@href")]
    assert len(links) == 11
    for link in links:
        text = checked(client, link).text()
        assert "市生态环境局" in text and "依据" in text and "发布渠道" in text


@pytest.mark.parametrize("asked", ["", "x", "2026-13", "0000-01", "9999-12", "2026", "-", "%00", "2026-11-1"])
def test_a_month_that_is_none_shows_this_month(client: FlaskClient, asked: str) -> None:
    if asked == "%00":
        assert client.get("/calendar?month=%00").status_code == 404
    else:
        page = checked(client, f"/calendar?month={asked}")
        assert "2026年" in page.text("//h2[@id='month']")


def test_an_unknown_data_set_is_not_found(client: FlaskClient) -> None:
    checked(client, "/calendar/nothing", 404)


def test_the_coming_releases_can_be_subscribed(client: FlaskClient, publisher: Publisher) -> None:
    publish_release(publisher, china(2026, 11, 20, 10), period="2026-11")
    response = client.get("/calendar.ics")
    assert response.mimetype == "text/calendar"
    events = Calendar.from_ical(response.data).walk("VEVENT")
    uids = [str(one["uid"]) for one in events]
    assert len(set(uids)) == len(uids) > 20
    assert not any(uid.startswith("air_monthly-2026-11@") for uid in uids), "kept already"
    [december] = [one for one in events if str(one["uid"]).startswith("air_monthly-2026-12@")]
    assert december["dtstart"].dt == date(2027, 1, 10)


def test_the_calendar_speaks_english(client: FlaskClient, late: str) -> None:
    client.get("/language/en")
    assert "Release calendar" in checked(client, "/calendar?month=2026-11").text("//h1")
    checked(client, "/calendar/air_monthly?month=2026-11")


def test_a_withdrawn_release_no_longer_keeps_the_promise(
    client: FlaskClient, publisher: Publisher, clock: TestClock, late: str
) -> None:
    publisher.withdraw(late, clock.now())
    assert row_of(month(client), "城市空气质量月报和排名") == ["1", "0", "0", "1"]


def test_the_notice_form_offers_the_releases_and_keeps_the_media_ticked(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    record_id = editor.draft("notice", quality_media=["noise"], release="noise_quarterly", period="2026-Q3")
    page = editor.open(f"/editorial/{record_id}/edit")
    assert page.find("//select[@name='release']/option[@selected]/@value") == ["noise_quarterly"]
    assert page.find("//input[@name='quality_media' and @checked]/@value") == ["noise"]
    assert "声" in editor.open(f"/editorial/{record_id}").text()


def test_every_data_set_has_its_name_in_english(client: FlaskClient) -> None:
    assert {str(one) for one in NAMES} == {row["name"] for row in load_table("portal/release/releases.toml")["dataset"]}
    client.get("/language/en")
    assert "Hourly city air quality" in checked(client, "/calendar").text("//main//table")
