"""The 27 coded ways to falsify monitoring data (环发〔2015〕175号): tampering T, forging F, ordering it I."""

from dataclasses import dataclass

from core.tables import load_table

GROUPS = {"T": "篡改监测数据", "F": "伪造监测数据", "I": "涉嫌指使篡改、伪造"}


@dataclass(frozen=True)
class Act:
    """`name` is the rule's wording, `plain` what a neighbour would say."""

    code: str
    name: str
    plain: str
    english: str

    @property
    def group(self) -> str:
        return GROUPS[self.code[0]]


ACTS = tuple(
    Act(row["code"], row["name"], row["plain"], row["english"])
    for row in load_table("core/falsification_acts.toml")["act"]
)
_BY_CODE = {act.code: act for act in ACTS}


def act(code: str) -> Act | None:
    """None for a code that the rule does not have."""
    return _BY_CODE.get(code)
