"""The numbers of manifests: one unbroken row, whatever happens to what they number."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.completeness.numbering import Fact, in_order, line, month_bounds, numbered, state, totals

TODAY = date(2026, 11, 23)
OCTOBER = date(2026, 10, 8)


@given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=8), max_size=8))
def test_months_on_end_the_numbers_have_no_gap_and_no_double(months: list[list[str]]) -> None:
    last, given_out, seen = 0, list[int](), set[str]()
    for month in months:
        new = [key for key in month if key not in seen]
        numbers = numbered(last, new)
        seen |= set(new)
        given_out += numbers.values()
        last += len(numbers)
    assert given_out == list(range(1, len(seen) + 1))


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (Fact("a", "penalty", OCTOBER, OCTOBER + timedelta(days=9), first_on=OCTOBER), "published"),
        (Fact("a", "penalty", OCTOBER, TODAY, first_on=OCTOBER, ended="expired"), "ended"),
        (Fact("a", "penalty", OCTOBER, TODAY - timedelta(days=1)), "overdue"),
        (Fact("a", "penalty", OCTOBER, TODAY), "pending"),
        (Fact("a", "penalty", OCTOBER, None), "pending"),
        (Fact("a", "penalty", OCTOBER, OCTOBER, reason="涉及商业秘密"), "withheld"),
    ],
)
def test_each_thing_owed_stands_somewhere(fact: Fact, told: str) -> None:
    assert state(fact, TODAY) == told


def test_a_line_names_the_record_only_where_it_was_public() -> None:
    withheld = line(3, Fact("secret", "penalty", OCTOBER, None, reason="涉及商业秘密"), TODAY)
    assert "record" not in withheld and "secret" not in str(withheld)
    published = line(4, Fact("open", "penalty", OCTOBER, OCTOBER, first_on=OCTOBER + timedelta(days=1)), TODAY)
    assert (published["record"], published["late"]) == ("open", True)


@given(
    st.lists(
        st.builds(
            Fact,
            key=st.text(min_size=1),
            kind=st.sampled_from(["penalty", "notice"]),
            on_day=st.dates(date(2026, 1, 1), TODAY),
            due_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
            first_on=st.none() | st.dates(date(2026, 1, 1), TODAY),
            ended=st.none() | st.just("expired"),
            reason=st.sampled_from(["", "理由"]),
        )
    )
)
def test_the_totals_add_up(facts: list[Fact]) -> None:
    counts = totals([line(number, one, TODAY) for number, one in enumerate(in_order(facts), 1)])
    assert int(counts.pop("due")) == sum(int(one) for one in counts.values()) == len(facts)


def test_a_month_is_written_one_way() -> None:
    assert month_bounds("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_bounds("2026-02")[1] == date(2026, 3, 1)
    for wrong in ("2026-13", "26-1", "", "2026-1", "2026/10"):
        with pytest.raises(ValueError, match=r"isoformat|month"):
            month_bounds(wrong)
