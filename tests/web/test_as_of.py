"""What the public saw on a day: read from the versions, through the same filters and pages as the list of today."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Gone, NotFound
from core.paging import Cursor
from portal.disclosures.as_of import record_as_of, records_as_of, withdrawn_since
from portal.enforcement.kinds import PENALTY
from portal.publishing.models import PublicRecord
from portal.publishing.queries import RecordFilters
from tests.support.disclosures import Publisher

FIRST = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
LATE_ON_THE_SECOND = datetime(2026, 11, 2, 15, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
FIFTH = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)
THE_SECOND, THE_THIRD = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def session(database: Database, publisher: Publisher) -> Iterator[Session]:
    with database.read() as session:
        yield session


def seen(session: Session, day: date, filters: RecordFilters | None = None) -> list[PublicRecord]:
    return list(records_as_of(session, PENALTY, filters or RecordFilters(), day, None, 20).items)


def test_a_record_is_seen_from_the_day_on_which_it_was_published(publisher: Publisher, session: Session) -> None:
    late = publisher.penalty(LATE_ON_THE_SECOND, decision_no="甲〔2026〕1号")
    next_day = publisher.penalty(MIDNIGHT, decision_no="甲〔2026〕2号")
    assert [one.id for one in seen(session, THE_SECOND)] == [late]
    assert {one.id for one in seen(session, THE_THIRD)} == {late, next_day}
    assert record_as_of(session, PENALTY, late, THE_SECOND).id == late
    with pytest.raises(NotFound):
        record_as_of(session, PENALTY, next_day, THE_SECOND)


def test_a_correction_made_later_is_not_seen_yet(publisher: Publisher, session: Session) -> None:
    one = publisher.penalty(FIRST, fine_wan_yuan="5", county_code="411002", decided_on="2026-10-08")
    publisher.correct(one, FIFTH, fine_wan_yuan="8", county_code="411081", decided_on="2025-03-01")
    (then,) = seen(session, THE_SECOND)
    assert (then.version, then.body["fine_wan_yuan"], then.county_code) == (1, "5", "411002")
    assert [one.id for one in seen(session, THE_SECOND, RecordFilters(county="411002", year=2026))] == [one]
    assert not seen(session, THE_SECOND, RecordFilters(county="411081"))
    assert record_as_of(session, PENALTY, one, THE_SECOND).body["fine_wan_yuan"] == "5"
    assert record_as_of(session, PENALTY, one, date(2026, 11, 5)).body["fine_wan_yuan"] == "8"
    assert [one.id for one in seen(session, date(2026, 11, 5), RecordFilters(county="411081"))] == [one]


def test_what_was_withdrawn_since_is_told_without_its_text(publisher: Publisher, session: Session) -> None:
    one = publisher.penalty(FIRST)
    publisher.withdraw(one, FIFTH, "决定已被撤销")
    assert not seen(session, THE_SECOND)
    assert [gone.withdrawn_reason for gone in withdrawn_since(session, PENALTY, THE_SECOND, 10)] == ["决定已被撤销"]
    assert not withdrawn_since(session, PENALTY, date(2026, 11, 1), 10), "it was not public yet"
    assert not withdrawn_since(session, PENALTY, date(2026, 11, 5), 10), "it was withdrawn by then"
    with pytest.raises(Gone):
        record_as_of(session, PENALTY, one, THE_SECOND)


def test_pages_of_a_past_day_show_each_record_once_forwards_and_back(publisher: Publisher, session: Session) -> None:
    ids = [
        publisher.penalty(FIRST, decision_no=f"甲〔2026〕{n}号", decided_on=f"2026-10-{1 + n % 5:02}")
        for n in range(1, 12)
    ]
    for one in ids[::3]:
        publisher.correct(one, FIFTH, fine_wan_yuan="9", decided_on="2025-01-01")
    forwards, cursor = [], None
    while True:
        page = records_as_of(session, PENALTY, RecordFilters(), THE_SECOND, cursor, 4)
        forwards.append([one.id for one in page.items])
        if page.next_cursor is None:
            break
        cursor = Cursor.decode(page.next_cursor, parts=2)
    assert sorted(one for page in forwards for one in page) == sorted(ids)
    days = [one.decided_on for one in seen(session, THE_SECOND)]
    assert days == sorted(days, reverse=True)
    back = records_as_of(session, PENALTY, RecordFilters(), THE_SECOND, Cursor.decode(page.previous_cursor, parts=2), 4)
    assert [one.id for one in back.items] == forwards[-2]
