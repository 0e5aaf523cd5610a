"""The stretch of time that a reader asks for on a station's page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.monitoring.periods import Resolution, asked_period

NEWEST = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_nothing_asked_means_the_last_72_hours() -> None:
    period = asked_period({}, NEWEST)
    assert period.is_latest and period.problem is None
    assert period.bounds() == (NEWEST - timedelta(hours=72), NEWEST)
    assert period.later() is None


def test_a_week_is_shown_by_hour_and_more_by_day() -> None:
    assert asked_period({"from": "2026-11-01", "to": "2026-11-07"}, NEWEST).resolution is Resolution.HOUR
    assert asked_period({"from": "2026-11-01", "to": "2026-11-08"}, NEWEST).resolution is Resolution.DAY


def test_the_reader_may_choose_the_resolution() -> None:
    asked = {"from": "2026-11-01", "to": "2026-11-20", "resolution": "hour"}
    assert asked_period(asked, NEWEST).resolution is Resolution.HOUR


def test_a_first_day_alone_runs_to_the_newest() -> None:
    assert asked_period({"from": "2026-11-20"}, NEWEST).last == date(2026, 11, 23)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-11-20", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"from": "2026-01-01", "to": "2026-03-01", "resolution": "hour"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "' OR 1=1 --", "to": "<script>"},
    ],
)
def test_a_period_without_sense_is_named_and_the_latest_shown(query: dict[str, str]) -> None:
    period = asked_period(query, NEWEST)
    assert period.problem is not None and period.is_latest


def test_pages_of_days_join_without_gap_or_overlap() -> None:
    period = asked_period({"from": "2026-11-01", "to": "2026-11-07"}, NEWEST)
    before, after = period.earlier(), period.later()
    assert (before["from"], before["to"]) == ("2026-10-25", "2026-10-31")
    assert after is not None and (after["from"], after["to"]) == ("2026-11-08", "2026-11-14")
