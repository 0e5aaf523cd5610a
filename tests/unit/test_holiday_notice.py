"""Reading what an administrator types from the State Council's notice."""

from datetime import date

import pytest

from core.holiday_notice import Unreadable, read_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2月5日（星期五）至11日（星期四）", [date(2027, 2, day) for day in range(5, 12)]),
        ("2027-02-05..2027-02-07", [date(2027, 2, 5), date(2027, 2, 6), date(2027, 2, 7)]),
        ("1月1日、1月2日\n1月3日", [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]),
        ("9月30日至10月2日", [date(2027, 9, 30), date(2027, 10, 1), date(2027, 10, 2)]),
        ("1月31日（周日），2月13日（周六）", [date(2027, 1, 31), date(2027, 2, 13)]),
        ("2027年5月1日到3日；5月2日", [date(2027, 5, 1), date(2027, 5, 2), date(2027, 5, 3)]),
        ("", []),
    ],
)
def test_the_ways_of_the_notice_are_understood(text: str, days: list[date]) -> None:
    assert read_days(text, 2027) == days


@pytest.mark.parametrize(
    "text", ["春节", "2月30日", "2026年2月5日", "2月11日至5日", "1月1日至3月1日", "13月1日", "2月5日至6日至7日", "5日"]
)
def test_what_is_no_day_of_the_year_is_refused_with_its_words(text: str) -> None:
    with pytest.raises(Unreadable):
        read_days(text, 2027)
