"""Codes and numbers as people type them: folded, checked, never dropped.

GB 32100-2015 for the unified social credit code; a code that fails its check is kept with a warning, because
published sources do contain wrong ones.
"""

import re
import unicodedata
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from core.errors import Text

_BRACKETS = str.maketrans("()[]【】（）［］", "〔〕〔〕〔〕〔〕〔〕")
_DECISION = re.compile(r"^(?P<organ>.+?)〔(?P<year>(?:19|20)\d{2})〕第?0*(?P<serial>\d+)号$")
USCC_LENGTH = 18


def fold(text: str) -> str:
    """Width and compatibility forms folded (NFKC), outer white space gone."""
    return unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True)
class UsccCheck:
    """`code`: what to keep, folded and upper-case. `problem`: why it is not a valid code, or None."""

    code: str
    problem: Text | None


def check_uscc(text: str) -> UsccCheck:
    """Check a unified social credit code (统一社会信用代码) without refusing it."""
    code = re.sub(r"[\s-]", "", fold(text)).upper()
    if len(code) != USCC_LENGTH:
        return UsccCheck(code, _l("统一社会信用代码应为 18 位，现在是 %(n)s 位。", n=len(code)))
    try:
        uscc.validate(code)
    except ValidationError:
        return UsccCheck(code, _l("统一社会信用代码的校验位不对，请核对；可以照样保存。"))
    return UsccCheck(code, None)


def decision_number(text: str) -> str:
    """A decision number (文号) with its brackets written 〔〕 and white space gone: 豫环罚决字〔2024〕12号."""
    return re.sub(r"\s", "", fold(text)).translate(_BRACKETS)


def decision_number_key(text: str) -> str:
    """One key for the ways to write the same number: 第 and leading zeros do not count."""
    number = decision_number(text)
    match = _DECISION.match(number)
    return f"{match['organ']}〔{match['year']}〕{match['serial']}号" if match else number
