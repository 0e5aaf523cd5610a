"""What is recognised as personal data, measured on marked sentences; every number, name and address is invented."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.redaction import REPLACEMENTS, Finding, findings, masked_names, replacement

MARK = re.compile(r"⟦(\w+)\|([^⟧]+)⟧")
LINES = [
    line
    for line in (Path(__file__).parents[1] / "vectors" / "redaction.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
RESIDENT = "411000199003070011"


def marked(line: str) -> tuple[str, set[tuple[str, str]]]:
    return MARK.sub(r"\2", line), {(one[1], one[2]) for one in MARK.finditer(line)}


def counted(lines: Iterable[str] = LINES) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """(found, missed, false) by kind over marked sentences."""
    hits, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        text, wanted = marked(line)
        got = {(one.kind, one.text) for one in findings(text)}
        for name, these in ((hits, got & wanted), (missed, wanted - got), (wrong, got - wanted)):
            name.update(kind for kind, _text in these)
    return hits, missed, wrong


@pytest.mark.parametrize("line", LINES)
def test_a_marked_sentence_gives_exactly_what_is_marked(line: str) -> None:
    text, wanted = marked(line)
    assert {(one.kind, one.text) for one in findings(text)} == wanted


def test_every_kind_is_measured_and_none_is_missed() -> None:
    hits, missed, wrong = counted()
    assert set(hits) == {*REPLACEMENTS, "name"}
    assert sum(hits.values()) > 60
    assert not missed and not wrong


def test_names_of_one_family_are_numbered_and_the_others_are_not() -> None:
    names = ["张建国", "李四", "张红", "欧阳静", "张某某", "欧海"]
    assert masked_names(names) == {
        "张建国": "张某1",
        "李四": "李某某",
        "张红": "张某2",
        "欧阳静": "欧阳某某",
        "张某某": "张某某",
        "欧海": "欧某某",
    }
    assert masked_names([]) == {}


def test_a_known_name_is_found_wherever_it_stands() -> None:
    found = findings("经查，丁一多次指使他人；丁一 认可。", names=["丁一"])
    assert [(one.kind, one.text) for one in found] == [("name", "丁一")] * 2


def test_what_its_surroundings_give_away_can_be_left_out() -> None:
    assert findings("联系人：王强，家住八一路湖滨花园12号楼3单元202室", with_context=False) == []


@given(st.text(max_size=80))
def test_findings_are_places_in_the_text_in_order_and_apart(text: str) -> None:
    found = findings(text)
    assert all(text[one.start : one.end] == one.text and one.text for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


ALPHABET = st.text(alphabet="零一二三0123456789１３８ -（）王强负责人：家住号楼室单元豫K@.QQ微信", max_size=60)


@given(ALPHABET)
def test_after_redaction_nothing_is_left_to_find(text: str) -> None:
    """Replacing every finding is final: the replacements give nothing new away."""
    found = findings(text)
    masks = masked_names([one.text for one in found if one.kind == "name"])
    for one in reversed(found):
        text = text[: one.start] + replacement(one, masks) + text[one.end :]
    assert [one for one in findings(text) if one.kind not in ("name", "address")] == []


@given(st.integers(0, 99_999_999), st.sampled_from(["", " ", "-", "  "]), st.booleans())
def test_a_mobile_number_is_found_however_it_is_written(number: int, gap: str, wide: bool) -> None:
    digits = f"138{number:08d}"
    written = gap.join((digits[:3], digits[3:7], digits[7:]))
    written = written.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}) if wide else written
    assert findings(f"请打{written}找我") == [Finding("mobile", 2, 2 + len(written), written)]


def tally(file: str) -> tuple[Counter[str], Counter[str], Counter[str]]:
    lines = (Path(__file__).parents[1] / "vectors" / file).read_text("utf-8").splitlines()
    return counted(line for line in lines if line and not line.startswith("#"))


def test_the_sentences_that_the_detectors_were_tuned_on_since_give_all_that_is_marked() -> None:
    hits, missed, wrong = tally("redaction_more.txt")
    assert sum(hits.values()) > 20
    assert not missed and not wrong


def test_names_in_sentences_that_were_never_used_for_tuning() -> None:
    """What an editor can expect (docs/redaction-quality.md): seven of ten names and hardly a false alarm."""
    hits, missed, wrong = tally("redaction_names.txt")
    assert hits["name"] + missed["name"] == 57
    assert hits["name"] >= 40
    assert sum(wrong.values()) == 0
