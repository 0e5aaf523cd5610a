"""Judged questions over invented records, and the two figures by which an engine is measured.

A record is relevant by its facts as the generator knows them (name, act, place, year, fine, number), never by what an
engine found. Grade 2 where the question names the party or the number itself, else 1.
"""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import volume
from core.falsification_acts import act
from portal.enforcement.kinds import PENALTY
from search.document import Document

RECORDS = 600
AT = 10


@dataclass(frozen=True)
class Judged:
    text: str
    sort: str
    grades: dict[str, int]


@dataclass(frozen=True)
class Figures:
    recall: float
    ndcg: float


@dataclass(frozen=True)
class Judgements:
    """Questions and the invented records they were judged over."""

    file: str
    seed: int
    first_serial: int


TUNED_ON = Judgements("judged.toml", volume.SEED, volume.FIRST_SERIAL)
HELD_OUT = Judgements("held_out.toml", 411_977, 300_000)


def corpus(of: Judgements) -> list[tuple[Document, dict[str, Any]]]:
    """Documents as the site would index them, each with the facts it was made from."""
    contents = volume.contents(RECORDS, of.seed, of.first_serial)
    return [_document(n, content) for n, content in enumerate(contents)]


def _document(number: int, content: dict[str, Any]) -> tuple[Document, dict[str, Any]]:
    body, summary = PENALTY.public_part(content), PENALTY.summarise(PENALTY.public_part(content))
    texts = [
        str(body[row["name"]]) for row in PENALTY.rows if row["type"] in ("text", "long") and body.get(row["name"])
    ]
    document = Document(
        kind="penalty",
        key=str(number),
        url=f"/penalties/{number}",
        title=summary.title,
        body="\n".join(texts),
        names=(content["party_name"],),
        codes=(content["party_uscc"], content["decision_no"]),
        county=content["county_code"],
        authority=content["authority_name"],
        acts=tuple(content["acts"]),
        on=summary.decided_on,
        amount=int(float(content["fine_wan_yuan"]) * 10_000),
        party=content["party_uscc"],
    )
    return document, content


def questions(of: Judgements, records: Sequence[tuple[Document, dict[str, Any]]]) -> list[Judged]:
    rows = tomllib.loads((Path(__file__).parent / of.file).read_text("utf-8"))["question"]
    return [Judged(row["q"], row.get("sort", "relevance"), _grades(row, records)) for row in rows]


def _grades(row: dict[str, Any], records: Sequence[tuple[Document, dict[str, Any]]]) -> dict[str, int]:
    grade = 2 if {"name", "number", "code"} & row.keys() else 1
    return {document.key: grade for document, facts in records if _is_relevant(row, facts)}


def _is_relevant(row: dict[str, Any], facts: dict[str, Any]) -> bool:
    known = {
        "name": facts["party_name"],
        "number": facts["decision_no"],
        "code": facts["party_uscc"],
        "text": f"{facts['violation_facts']} {act(facts['acts'][0]).plain} {facts['violation_type']}",
        "act": facts["acts"][0],
        "county": facts["county_code"],
        "year": facts["decided_on"][:4],
    }
    fine = float(facts["fine_wan_yuan"])
    patterns = all(re.search(row[name], value) for name, value in known.items() if name in row)
    return patterns and row.get("least", 0) <= fine <= row.get("most", math.inf)


def measured(judged: Judged, found: Sequence[str]) -> Figures:
    """recall@10 against what ten places can hold, and nDCG@10."""
    top = list(found)[:AT]
    wanted = judged.grades
    recall = sum(one in wanted for one in top) / min(AT, len(wanted)) if wanted else float(not top)
    ideal = _gain(sorted(wanted.values(), reverse=True)[:AT])
    return Figures(recall, _gain([wanted.get(one, 0) for one in top]) / ideal if ideal else float(not top))


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
