"""The receipt code: what a person types back, and what the database may know of it."""

import hmac
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.receipt import ReceiptKeys, master_key, new_case_number, new_code, read, receipt_keys, shown

# the Luhn digit by hand, from the right: 9 7 5 3 1 9 7 5 3 1 doubled give 46, 8 6 4 2 0 8 6 4 2 are 40; 86 + 4 = 90
CODE = "12345678901234567894"
PEPPER = bytes(range(32))
# Argon2id v1.3, one lane, two passes, 65,536 KiB: computed with OpenSSL (cryptography), not with the library in use
MASTER_OF_CODE = "d24e9db54b16acda08dc0aee9a8a199338ddacfe4bcdd578e3173665b83aacc6"
codes = st.builds(new_code)


@given(codes)
def test_a_code_is_twenty_digits_and_reads_back(code: str) -> None:
    assert re.fullmatch(r"[0-9]{20}", code)
    assert read(code) == code


@given(codes)
def test_a_code_is_shown_in_five_groups_of_four_that_read_back(code: str) -> None:
    assert re.fullmatch(r"([0-9]{4} ){4}[0-9]{4}", shown(code))
    assert read(shown(code)) == code


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "1234 5678 9012 3456 7894",
        "  1234 5678 9012 3456 7894\r\n",
        "1234-5678-9012-3456-7894",
        "1234—5678–9012·3456.7894",
        "１２３４　５６７８　９０１２　３４５６　７８９４",
        "1234\u00a05678\u20099012\t3456\n7894",
        "123456789 01234567894",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "1234 5678 9012 3456 789",
        "1234 5678 9012 3456 7894 1",
        "1234 5678 9012 3456 7898",
        "1234 5678 9o12 3456 7894",
        "一二三四五六七八九〇一二三四五六七八九四",
        "XC-2026-7K3Q9D",
        "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩",  # digits, but not ours
        "+12345678901234567894",
        CODE + "'; --",
    ],
)
def test_what_cannot_be_a_code_is_not_one(typed: str) -> None:
    assert read(typed) is None


@given(codes, st.integers(0, 19), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(code: str, place: int, more: int) -> None:
    wrong = str((int(code[place]) + more) % 10)
    assert read(code[:place] + wrong + code[place + 1 :]) is None


@given(codes, st.integers(0, 18))
def test_two_swapped_neighbours_are_noticed_unless_nine_and_nought(code: str, place: int) -> None:
    first, second = code[place], code[place + 1]
    swapped = code[:place] + second + first + code[place + 2 :]
    harmless = first == second or {first, second} == {"0", "9"}
    assert (read(swapped) is None) == (not harmless)


def test_ten_thousand_codes_are_ten_thousand_different_ones_of_every_leading_digit() -> None:
    made = [new_code() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert {code[0] for code in made} == set("0123456789")


def test_the_master_key_stays_the_same_for_ever() -> None:
    """Another derivation would shut every reporter out of their report."""
    assert master_key(CODE, PEPPER).hex() == MASTER_OF_CODE
    known = ReceiptKeys(
        hkdf(bytes.fromhex(MASTER_OF_CODE), b"lookup", 16), hkdf(bytes.fromhex(MASTER_OF_CODE), b"wrap", 32)
    )
    assert receipt_keys(CODE, PEPPER) == known


def hkdf(secret: bytes, purpose: bytes, length: int) -> bytes:
    """RFC 5869 by hand: extract with a salt of noughts, expand by one block."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, b"mingjian/receipt/" + purpose + b"\x01", "sha256")[:length]


def test_the_keys_hang_on_code_and_pepper_and_hold_neither() -> None:
    keys = receipt_keys(CODE, PEPPER)
    others = {receipt_keys(CODE, bytes(32)), receipt_keys(CODE[:-2] + "07", PEPPER), receipt_keys(shown(CODE), PEPPER)}
    assert len(others | {keys}) == 4
    assert (len(keys.lookup), len(keys.wrap)) == (16, 32)
    both = keys.lookup + keys.wrap
    assert keys.lookup not in keys.wrap
    assert int(CODE).to_bytes(9, "big") not in both
    assert CODE.encode()[:8] not in both
    assert PEPPER[:8] not in both


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 12, 31), date(2027, 6, 1)])
def test_a_case_number_tells_the_year_and_neither_order_nor_day(on: date) -> None:
    numbers = [new_case_number(on) for _ in range(500)]
    assert all(re.fullmatch(rf"XC-{on.year}-[2-9A-HJ-NP-Z]{{6}}", number) for number in numbers)
    assert numbers != sorted(numbers)
    assert {number[8] for number in numbers} == set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
