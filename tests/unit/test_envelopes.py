"""Envelopes: what a thief or a clumsy hand could do to them, and that each of it is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.envelopes import STEP, KeyPair, SealBroken, derived, lock, seal, unlock, unseal, unwrap, wrap

PAIR, OTHER = KeyPair.new(), KeyPair.new()
CONTEXT = "report|a|body"
WORDS = "夜里十一点，张三把采样管插进了纯净水桶。The probe was moved."
OVERHEAD = 1 + 32 + 16  # suite, encapsulated key, authenticator
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6000)


def test_a_key_pair_is_that_of_rfc_7748_section_6_1() -> None:
    secret = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    assert KeyPair.of(secret).public.hex() == public


@given(TEXTS, st.text(st.characters(codec="utf-8")))
def test_a_text_comes_back_whole_in_its_context(text: str, context: str) -> None:
    assert unseal(seal(text, PAIR.public, context), PAIR.secret, context) == text


@pytest.mark.parametrize("text", ["", "\x00", "结尾是零\x00\x00", "\x80", "a" * STEP, "许" * STEP])
def test_a_text_that_looks_like_padding_comes_back_whole(text: str) -> None:
    assert unseal(seal(text, PAIR.public, CONTEXT), PAIR.secret, CONTEXT) == text


def test_one_changed_bit_anywhere_is_noticed() -> None:
    wrapped = wrap(WORDS.encode(), PAIR.public, CONTEXT)
    for place in range(len(wrapped)):
        changed = wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :]
        with pytest.raises(SealBroken):
            unwrap(changed, PAIR.secret, CONTEXT)


@pytest.mark.parametrize("length", [0, 1, 32, 33, 48, 49, 1000, STEP + OVERHEAD - 1])
def test_a_text_cut_anywhere_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(seal(WORDS, PAIR.public, CONTEXT)[:length], PAIR.secret, CONTEXT)


@pytest.mark.parametrize("context", ["report|b|body", "report|a|identity", "report|a|body|", "", "report|a"])
def test_an_envelope_moved_to_another_report_or_part_is_refused(context: str) -> None:
    with pytest.raises(SealBroken) as refusal:
        unseal(seal(WORDS, PAIR.public, CONTEXT), PAIR.secret, context)
    assert refusal.value.data == {"context": context}


def test_another_key_opens_nothing_and_the_public_key_opens_nothing() -> None:
    for key in (OTHER.secret, PAIR.public):
        with pytest.raises(SealBroken):
            unwrap(wrap(bytes(32), PAIR.public, CONTEXT), key, CONTEXT)


def test_bytes_added_at_the_end_are_noticed() -> None:
    with pytest.raises(SealBroken):
        unseal(seal(WORDS, PAIR.public, CONTEXT) + b"\x00", PAIR.secret, CONTEXT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_no_word_of_the_text_and_of_its_context_shows(encoding: str) -> None:
    sealed = seal(WORDS, PAIR.public, CONTEXT)
    shown = [WORDS[start : start + 4] for start in range(len(WORDS) - 4)] + [CONTEXT]
    assert not [part for part in shown if part.encode(encoding) in sealed]


def test_the_same_text_is_never_sealed_alike() -> None:
    sealed = [seal(WORDS, PAIR.public, CONTEXT) for _ in range(50)]
    assert len({one[start : start + 16] for one in sealed for start in (1, 40, 1000)}) == 150


@pytest.mark.parametrize(
    ("length", "steps"), [(0, 1), (1, 1), (STEP - 1, 1), (STEP, 2), (2 * STEP - 1, 2), (2 * STEP, 3)]
)
def test_the_size_of_a_sealed_text_tells_its_length_only_in_steps(length: int, steps: int) -> None:
    assert len(seal("a" * length, PAIR.public, CONTEXT)) == OVERHEAD + steps * STEP


def test_what_is_locked_opens_under_its_key_in_its_context_only() -> None:
    locked = lock(b"secret", bytes(32), CONTEXT)
    assert unlock(locked, bytes(32), CONTEXT) == b"secret"
    for key, context in ((bytes([1]) * 32, CONTEXT), (bytes(32), "user|a|secret")):
        with pytest.raises(SealBroken):
            unlock(locked, key, context)


def test_keys_for_different_purposes_have_nothing_in_common() -> None:
    keys = {derived(bytes(32), purpose) for purpose in ("shared", "internal", "receipt/lookup")}
    assert len(keys | {derived(bytes(32), "shared", salt=b"boot")}) == 4
