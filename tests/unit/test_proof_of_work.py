"""Sending costs a machine something and nobody their report; all of it without anything stored."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import flood, proof_of_work
from intake.proof_of_work import FIRST_WAIT_SECONDS, LIFETIME_SECONDS, PIECES, Burden

KEY, CODE, NOW = b"k" * 32, "12345678901234567890", 1_795_000_000
TODAY = date(2026, 11, 25)


def challenge(bits: int = 8, level: int = 0, at: int = NOW) -> str:
    return proof_of_work.challenge(Burden.at(level, bits), CODE, KEY, at)


def judged(shown: str, answer: str = "", *, code: str = CODE, at: int = NOW) -> proof_of_work.Verdict:
    return proof_of_work.verdict(shown, answer, code, KEY, at)


def test_the_work_is_zero_bits_at_the_head_of_each_pieces_digest() -> None:
    shown = challenge(bits=10)
    answer = proof_of_work.solve(shown)
    digests = [
        hashlib.sha256(f"{shown}.{piece}.{number}".encode()).digest() for piece, number in enumerate(answer.split("."))
    ]
    assert len(digests) == PIECES
    assert all(one[0] >> 2 == 0 for one in digests), "10 bits are 6 for each of 16 pieces"
    assert judged(shown, answer).may_pass


def test_the_figures_of_a_browser_are_these() -> None:
    """Found by static/js/work.js for the same challenge."""
    shown = "1.16.10.1000.1517b214075804267e73e9a9c0feb42f"
    found = "9218.4614.1950.345.5200.15168.1101.8180.3526.3575.4736.110.2695.8280.6824.1378"
    assert proof_of_work.solve(shown) == found


@pytest.mark.parametrize("change", ["first number", "a piece less", "letters", "nothing", "very long"])
def test_work_that_is_not_done_does_not_pass(change: str) -> None:
    shown = challenge(bits=12)
    right = proof_of_work.solve(shown).split(".")
    wrong = {
        "first number": ["0", *right[1:]],
        "a piece less": right[1:],
        "letters": ["x"] * PIECES,
        "nothing": [""],
        "very long": ["9" * 100_000] * PIECES,
    }[change]
    assert judged(shown, ".".join(wrong)).wait == FIRST_WAIT_SECONDS


def test_work_for_one_receipt_is_none_for_another() -> None:
    shown = challenge()
    assert judged(shown, proof_of_work.solve(shown), code="0" * 20).is_stale


def test_who_runs_no_scripts_waits_and_passes() -> None:
    shown = challenge()
    assert judged(shown).wait == FIRST_WAIT_SECONDS
    assert judged(shown, at=NOW + 4).wait == FIRST_WAIT_SECONDS - 4
    assert judged(shown, at=NOW + FIRST_WAIT_SECONDS).may_pass


def test_an_old_page_and_one_from_the_future_get_a_new_challenge() -> None:
    shown = challenge()
    assert not judged(shown, at=NOW + LIFETIME_SECONDS).is_stale
    assert judged(shown, at=NOW + LIFETIME_SECONDS + 1).is_stale
    assert judged(shown, at=NOW - 1).is_stale


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_that_is_sent_is_an_error_or_passes(shown: str, answer: str) -> None:
    assert judged(shown, answer).is_stale


def test_nobody_makes_a_lighter_challenge_of_a_heavy_one() -> None:
    _version, bits, wait, at, mac = challenge(bits=20).split(".")
    assert judged(f"1.0.{wait}.{at}.{mac}").is_stale
    assert judged(f"1.{bits}.0.{at}.{mac}").is_stale


def test_where_the_house_asks_for_nothing_everything_passes_at_once() -> None:
    assert judged(challenge(bits=0, level=5)).may_pass


@pytest.mark.parametrize(
    ("everybody", "network", "level"),
    [(1, 1, 0), (200, 10, 0), (201, 1, 1), (400, 1, 1), (401, 1, 2), (1, 11, 1), (1, 41, 3), (801, 11, 3)],
)
def test_each_doubling_over_the_usual_is_a_level(everybody: int, network: int, level: int) -> None:
    assert flood.level(everybody, network) == level


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_flood_keeps_a_person_out(everybody: int, network: int) -> None:
    burden = Burden.at(flood.level(everybody, network), 16)
    assert burden.wait <= 320, "under six minutes without scripts"
    assert burden.bits <= 21


def test_a_networks_name_tells_nothing_and_changes_with_the_day() -> None:
    name = flood.network_name("203.0.113.7", KEY, TODAY)
    assert "203" not in name
    assert name == flood.network_name("203.0.113.7", KEY, TODAY)
    others = [("203.0.113.8", KEY, TODAY), ("203.0.113.7", b"o" * 32, TODAY), ("203.0.113.7", KEY, date(2026, 11, 26))]
    assert name not in {flood.network_name(*one) for one in others}


def test_one_household_is_one_network_in_ipv6_and_no_address_is_no_error() -> None:
    one, two = (flood.network_name(f"2001:db8:1:2::{n}", KEY, TODAY) for n in (7, 8))
    assert one == two != flood.network_name("2001:db8:1:3::7", KEY, TODAY)
    assert flood.network_name("", KEY, TODAY) == flood.network_name("unix:", KEY, TODAY)
