"""How long a record may stay public: worked examples of each rule, and what holds for all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import load_table
from portal.publishing.publicity import CLASSES, TABLE, Facts, NoRule, dishonesty_class, months_after, term, term_under

DAYS = st.dates(date(2018, 1, 1), date(2040, 12, 31))
ECOLOGY, MARKET = "许昌市生态环境局魏都分局", "许昌市市场监督管理局"
DECIDED = date(2026, 10, 8)
RULES = load_table(TABLE)["publicity_rule"]


def penalty(*types: str, fine: str | None = None, authority: str = ECOLOGY, **more: object) -> Facts:
    amount = Decimal(fine) if fine else None
    return Facts("penalty", DECIDED, authority, penalty_types=types, fine_wan_yuan=amount, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 10, 8), 3, date(2027, 1, 8)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last_of_the_month(day: date, months: int, end: date) -> None:
    assert months_after(day, months) == end


@given(DAYS, st.integers(0, 60))
def test_months_keep_the_number_of_the_day_or_stop_at_the_end_of_the_month(day: date, months: int) -> None:
    end = months_after(day, months)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("facts", "grave"),
    [
        (penalty("P11"), "warning"),
        (penalty("P12"), "minor"),
        (penalty("P21", fine="4.9999"), "minor"),
        (penalty("P21", fine="5"), "general"),
        (penalty("P21", fine="0.49", is_natural_person=True), "minor"),
        (penalty("P21", fine="0.5", is_natural_person=True), "general"),
        (penalty("P21", fine="9.9", authority=MARKET), "minor"),
        (penalty("P21", fine="10", authority=MARKET), "general"),
        (penalty("P21"), "minor"),
        (penalty("P11", "P22"), "general"),
        (penalty("P21", "P33", fine="1"), "serious"),
        (penalty("P44"), "serious"),
        (penalty(), "general"),
        (penalty("P44", stated_class="minor"), "minor"),
        (penalty("P21", fine="1", stated_class="unheard-of"), "minor"),
    ],
)
def test_the_gravest_penalty_gives_the_class_unless_the_authority_said_one(facts: Facts, grave: str) -> None:
    assert dishonesty_class(facts) == grave


@pytest.mark.parametrize(
    ("facts", "rule", "until", "repair_from"),
    [
        (penalty("P21", fine="2"), "credit-minor", date(2027, 1, 8), None),
        (penalty("P21", fine="5"), "credit-general", date(2027, 10, 8), date(2027, 1, 8)),
        (penalty("P42"), "credit-serious", date(2029, 10, 8), date(2027, 10, 8)),
        (penalty("P44", restricted_until=date(2031, 5, 1)), "credit-serious", date(2031, 5, 1), date(2027, 10, 8)),
        (penalty("P44", restricted_until=date(2027, 5, 1)), "credit-serious", date(2029, 10, 8), date(2027, 10, 8)),
        (penalty("P12", authority=MARKET), "market-minor", date(2027, 2, 1), None),
        (penalty("P21", fine="20", authority=MARKET), "market-other", date(2029, 11, 1), None),
        (
            penalty("P44", authority=MARKET, restricted_until=date(2036, 1, 1)),
            "market-other",
            date(2036, 1, 1),
            None,
        ),
        (
            replace(penalty("P42"), decided_on=date(2026, 3, 31)),
            "penalty-before-2026",
            date(2029, 3, 31),
            date(2026, 6, 30),
        ),
        (replace(penalty("P42"), decided_on=date(2026, 4, 1)), "credit-serious", date(2029, 4, 1), date(2027, 4, 1)),
        (Facts("blacklist", DECIDED, MARKET, "market_serious"), "list-market-serious", date(2029, 10, 8), None),
        (Facts("blacklist", DECIDED, ECOLOGY, "serious_dishonesty"), "list-serious", date(2029, 10, 8), None),
        (Facts("blacklist", DECIDED, ECOLOGY, "monitoring_record"), "list-monitoring", date(2029, 10, 8), None),
        (Facts("notice", DECIDED, ECOLOGY, "interview"), "notice-interview", date(2027, 10, 8), None),
        (Facts("notice", DECIDED, ECOLOGY, "announcement"), "notice", None, None),
    ],
)
def test_each_rule_gives_its_term(facts: Facts, rule: str, until: date | None, repair_from: date | None) -> None:
    found = term(facts, published_on=date(2026, 11, 1))
    assert (found.rule, found.until) == (rule, until)
    assert repair_from is None or found.repair_from == repair_from


def test_a_mere_warning_of_market_regulation_is_not_published_at_all() -> None:
    assert term(penalty("P11", authority=MARKET), published_on=DECIDED).is_forbidden
    assert not term(penalty("P11"), published_on=DECIDED).is_forbidden


def test_the_last_day_is_still_public_and_the_next_is_not() -> None:
    found = term(penalty("P21", fine="5"), published_on=DECIDED)
    assert not found.is_over(date(2027, 10, 8))
    assert found.is_over(date(2027, 10, 9))
    assert not term(Facts("notice", DECIDED), published_on=DECIDED).is_over(date(2999, 1, 1))


def test_a_kind_that_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(NoRule):
        term(Facts("rumour", DECIDED), published_on=DECIDED)


def test_a_stored_term_is_told_as_it_was_even_when_the_rules_would_now_say_otherwise() -> None:
    told = term_under("credit-general", date(2030, 1, 1), decided_on=DECIDED, published_on=DECIDED)
    assert told and (told.until, told.repair_from) == (date(2030, 1, 1), date(2027, 1, 8))
    assert term_under("struck-out", date(2030, 1, 1), decided_on=DECIDED, published_on=DECIDED) is None
    assert term_under(None, None, decided_on=DECIDED, published_on=DECIDED) is None


@given(
    decided=DAYS,
    waited=st.integers(0, 400),
    types=st.sets(st.sampled_from(["P11", "P12", "P21", "P22", "P31", "P33", "P42", "P44", "P99", "P00"])),
    fine=st.none() | st.decimals(0, 500, places=2),
    authority=st.sampled_from([ECOLOGY, MARKET, "许昌市公安局", ""]),
    restricted=st.none() | DAYS,
    person=st.booleans(),
)
def test_every_penalty_has_a_term_that_ends_after_it_began_and_within_three_years_of_going_out(
    decided: date,
    waited: int,
    types: set[str],
    fine: Decimal | None,
    authority: str,
    restricted: date | None,
    person: bool,
) -> None:
    facts = Facts("penalty", decided, authority, "", tuple(types), fine, person, restricted_until=restricted)
    published = decided + timedelta(days=waited)
    found = term(facts, published_on=published)
    if found.is_forbidden:
        return
    assert found.until is not None and found.until > decided
    assert found.until <= max(months_after(published, 36), restricted or date.min)
    assert found.repair_from is None or found.repair_from <= found.until


@given(st.lists(st.sampled_from(["P11", "P12", "P22", "P33"]), min_size=1), st.sampled_from(["P11", "P22", "P33"]))
def test_one_more_penalty_never_makes_it_milder(types: list[str], more: str) -> None:
    def grave(*given_types: str) -> int:
        return CLASSES.index(dishonesty_class(penalty(*given_types)))

    assert grave(*types, more) >= grave(*types)


def test_rules_have_codes_of_their_own_and_words() -> None:
    codes = [row["code"] for row in RULES]
    assert len(codes) == len(set(codes))
    assert all(row["label"] and row["article"] and len(row["code"]) <= 40 for row in RULES)
    assert all("counted_from" in row for row in RULES if "months" in row)
