"""What the answers of a call mean: the submission, and what is read back to the caller."""

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from core.falsification_acts import act
from core.places import county_name
from intake.public.draft import Draft
from intake.public.forms import ACCUSED_KINDS, OFFICIAL_KINDS, UNKNOWN
from intake.subjects import ENVIRONMENT, subject
from intake.submission import Submission

COMPANY = "company"
_NAMED = re.compile(r"(?P<name>.+)（(?P<code>[0-9A-HJ-NP-RT-UW-Y]{18})）")


@dataclass(frozen=True)
class Line:
    """One thing to read out; `slowly`: word by word."""

    term: str
    text: str
    slowly: bool = False


def submission(answers: dict[str, Any]) -> Submission:
    """Of answers that the form has found right."""
    channel, code = _matter(answers)
    name, uscc = company(answers)
    official = answers.get("accused_kind") in OFFICIAL_KINDS
    told = {
        **answers,
        "channel": channel,
        "subject": code,
        "accused_name": name,
        "accused_uscc": uscc,
        "accused_department": answers.get("accused_department", "") if official else "",
    }
    return Draft(told).submission(answers["received_by"])


def company(answers: dict[str, Any]) -> tuple[str, str | None]:
    """Name and code of a company that was picked; else what was typed, and no code."""
    typed = answers.get("accused_name", "")
    found = _NAMED.fullmatch(typed)
    return (found["name"], found["code"]) if found else (typed, None)


def settled(answers: dict[str, Any]) -> dict[str, Any]:
    """A company picked from those that were found stands in its field; who is picked so is a company."""
    code, _separator, name = answers.get("chosen", "").partition("|")
    kept = {term: value for term, value in answers.items() if term != "chosen"}
    if name:
        kept["accused_name"] = f"{name}（{code}）" if code else name
    if name or company(kept)[1]:
        kept["accused_kind"] = COMPANY if kept.get("accused_kind") in (None, UNKNOWN) else kept["accused_kind"]
    return kept


def read_back(answers: dict[str, Any], departments: dict[str, str]) -> list[Line]:
    """In the order of the conversation; what was not said is said to be so, that the caller can add it."""
    return [*_event(answers, departments), *_person(answers)]


def _event(answers: dict[str, Any], departments: dict[str, str]) -> list[Line]:
    channel, code = _matter(answers)
    line = _("环境（12369）") if channel == ENVIRONMENT else _("质量监督（12365）")
    county = _("县区不清楚") if answers.get("county") == UNKNOWN else county_name(answers.get("county"))
    acts = [one.plain for one in map(act, answers.get("acts", [])) if one]
    lines = [
        Line(_("什么事"), f"{subject(code).label}，{line}"),
        Line(_("在哪里"), f"{county} {answers.get('place', '')}".strip()),
        Line(_("是谁"), _accused(answers, departments)),
        Line(_("什么时候"), answers.get("when") or _("没有说")),
        Line(_("经过"), answers.get("words", "")),
    ]
    return lines + ([Line(_("做法"), "；".join(acts))] if acts and subject(code).asks_acts else [])


def _accused(answers: dict[str, Any], departments: dict[str, str]) -> str:
    kind = answers.get("accused_kind", "")
    name, code = company(answers)
    said = "" if name and kind == UNKNOWN else str(ACCUSED_KINDS.get(kind, ""))
    told = "，".join(one for one in (name, code, said) if one)
    department = departments.get(answers.get("accused_department", "")) if kind in OFFICIAL_KINDS else None
    kept_out = _("%(name)s（它和它的上下级都不会收到）", name=department) if department else ""
    return "；".join(one for one in (told, kept_out) if one)


def _person(answers: dict[str, Any]) -> list[Line]:
    if answers.get("identity_kind") != "named":
        return [Line(_("您是谁"), _("您不留姓名。我们不记您的电话号码。"))]
    return [
        Line(_("您的姓名"), answers.get("name", ""), slowly=True),
        Line(_("联系方式"), answers.get("contact", ""), slowly=True),
    ]


def _matter(answers: dict[str, Any]) -> tuple[str, str]:
    channel, _separator, code = answers["matter"].partition("-")
    return channel, code
