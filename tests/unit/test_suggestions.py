"""What a text seems to be about: by words alone, with the words as the reason; measured on real hotline messages.

The labels are ours, one line a message number: no text is kept here. Several labels mean that each would be right.
"""

import csv
import os
from pathlib import Path

import pytest

from core.falsification_acts import ACTS
from core.tables import load_table
from intake.subjects import SUBJECTS
from intake.suggestions import suggest, suggest_acts

LABELS = Path(__file__).resolve().parents[1] / "vectors" / "hotline_labels.csv"
DATA = os.environ.get("MINGJIAN_REAL_DATA")
OTHER = "other"
OTHERS = ("T14", "F08", "I05")  # "other" of each group: never hinted at


def labels() -> dict[str, set[str]]:
    with LABELS.open(encoding="utf-8") as file:
        return {row["id"]: set(row["subjects"].split("|")) for row in csv.DictReader(file)}


def accuracy(folder: Path) -> dict[str, float]:
    """Of labelled messages about the environment: the share whose first, or one of the first three, is right."""
    wanted, first, three, silent, unrelated = labels(), 0, 0, 0, 0
    with (folder / "hotline_messages_replies_env.csv").open(encoding="utf-8-sig") as file:
        texts = {row["留言编号"]: row["留言主题"] + "\n" + row["留言详情"] for row in csv.DictReader(file)}
    for number, right in wanted.items():
        ranked = [one.subject.code for one in suggest(texts[number], channel=None)]
        if right == {OTHER}:
            unrelated += 1
            silent += not ranked
            continue
        first += bool(set(ranked[:1]) & right)
        three += bool(set(ranked[:3]) & right)
    count = len(wanted) - unrelated
    return {"top1": first / count, "top3": three / count, "count": count, "silent": silent, "unrelated": unrelated}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("每次检查前有人把在线监测的采样管插进清水里", "data_fraud"),
        ("领导暗示数据必须达标", "interference"),
        ("检测公司没来采样就出报告", "institution"),
        ("凌晨工地还在打桩", "construction_noise"),
        ("楼下广场舞音响太大", "social_noise"),
        ("河水黑臭有死鱼", "water"),
        ("变电站的辐射", "radiation"),
    ],
)
def test_plain_words_lead_to_their_subject(text: str, code: str) -> None:
    assert suggest(text, channel=None)[0].subject.code == code


def test_the_reason_is_the_words_themselves_and_an_unknown_text_gets_no_guess() -> None:
    found = suggest("夜里冲床一直响，噪音很大", channel=None)[0]
    assert (found.subject.code, found.words) == ("factory_noise", ("冲床", "噪音"))
    assert suggest("请问公积金怎么提取", channel=None) == []


def test_a_line_offers_its_own_matters_only() -> None:
    assert {one.subject.code for one in suggest("检测公司出假报告，河水黑臭", channel="12365")} == {"institution"}


def test_every_subject_that_can_be_told_from_words_has_some() -> None:
    known = {row["subject"] for row in load_table("intake/suggestions.toml")["word"]}
    assert known == {one.code for one in SUBJECTS} - {OTHER}


@pytest.mark.skipif(not DATA, reason="MINGJIAN_REAL_DATA names no folder")
def test_on_real_messages_the_first_guess_is_mostly_right_and_the_right_one_is_nearly_always_among_three() -> None:
    measured = accuracy(Path(DATA or ""))
    assert measured["top1"] >= 0.6
    assert measured["top3"] >= 0.85


def texts(folder: Path) -> list[str]:
    with (folder / "hotline_messages_replies_env.csv").open(encoding="utf-8-sig") as file:
        return [row["留言主题"] + "\n" + row["留言详情"] for row in csv.DictReader(file)]


@pytest.mark.skipif(not DATA, reason="MINGJIAN_REAL_DATA names no folder")
def test_hints_of_acts_disturb_as_seldom_as_the_document_says() -> None:
    """No message of the file reports falsified data, so every hint of an act is a wrong one."""
    messages = texts(Path(str(DATA)))
    disturbed = sum(bool(suggest_acts(one)) for one in messages)
    assert (len(messages), disturbed) == (262, 16)


@pytest.mark.parametrize(("wording", "first", "three"), [("name", 13, 13), ("plain", 21, 21)])
def test_acts_are_found_in_their_own_wordings_as_the_document_says(wording: str, first: int, three: int) -> None:
    ranked = {one.code: [hint.act.code for hint in suggest_acts(getattr(one, wording))] for one in ACTS}
    known = [code for code in ranked if code not in OTHERS]
    assert len(known) == 24
    assert sum(ranked[code][:1] == [code] for code in known) == first
    assert sum(code in ranked[code][:3] for code in known) == three
    assert not [code for found in ranked.values() for code in found if code in OTHERS]
