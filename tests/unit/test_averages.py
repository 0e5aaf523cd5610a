"""How many hours make a mean (GB 3095-2026 table 4), and which day an hour belongs to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from portal.monitoring.averages import day_mean, day_of, max_8h, mean_of_points, sliding_8h, start_of

TEN = Decimal(10)


def test_midnight_closes_the_day_before() -> None:
    assert day_of(datetime(2022, 1, 1, 0, tzinfo=UTC) - timedelta(hours=8)) == date(2021, 12, 31)
    assert day_of(datetime(2022, 1, 1, 1, tzinfo=UTC) - timedelta(hours=8)) == date(2022, 1, 1)


def test_a_day_begins_at_midnight_in_china() -> None:
    assert start_of(date(2026, 3, 1)).astimezone(UTC) == datetime(2026, 2, 28, 16, tzinfo=UTC)


def test_a_day_needs_twenty_of_its_hours() -> None:
    assert day_mean([TEN] * 20 + [None] * 4) == 10
    assert day_mean([TEN] * 19 + [None] * 5) is None


def test_a_missing_hour_is_no_zero() -> None:
    assert day_mean([Decimal(20)] * 22 + [None, None]) == 20


def test_eight_hours_need_six_of_them() -> None:
    assert sliding_8h([TEN] * 6 + [None] * 2)[-1] == 10
    assert sliding_8h([TEN] * 5 + [None] * 3)[-1] is None


def test_the_daily_maximum_lies_wholly_within_the_day() -> None:
    early = [Decimal(100)] * 4 + [Decimal(0)] * 20
    assert max_8h(early) == 50
    late = [Decimal(0)] * 16 + [Decimal(80)] * 8
    assert max_8h(late) == 80


def test_a_day_without_eight_hours_together_has_no_maximum() -> None:
    assert max_8h([TEN, None, None, None] * 6) is None
    assert max_8h([None] * 24) is None


def test_a_city_is_the_mean_of_the_points_that_have_a_value() -> None:
    assert mean_of_points([Decimal(50), None, Decimal(61)]) == Decimal("55.5")
    assert mean_of_points([None, None]) is None
    assert mean_of_points([]) is None
