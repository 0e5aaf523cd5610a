"""What a reporter is told besides the officer's own words: the ground of a refusal, what can be done next, by when."""

from dataclasses import dataclass
from datetime import date

from core.tables import in_force, load_table
from core.working_calendar import WorkingCalendar
from intake import deadlines

_TABLE = "intake/answers.toml"


@dataclass(frozen=True)
class Ground:
    """A reason not to accept. `hint` says what the officer must add."""

    code: str
    label: str
    hint: str | None
    source: str


@dataclass(frozen=True)
class Template:
    code: str
    label: str
    text: str


TEMPLATES = tuple(Template(row["code"], row["label"], row["text"]) for row in load_table(_TABLE)["template"])


def grounds(on: date) -> tuple[Ground, ...]:
    rows = in_force(load_table(_TABLE)["ground"], on=on)
    return tuple(Ground(row["code"], row["label"], row.get("hint"), row["source"]) for row in rows)


def ground(code: str, on: date) -> Ground | None:
    return next((one for one in grounds(on) if one.code == code), None)


def remedy(regime: str, on: date, calendar: WorkingCalendar) -> str:
    """The sentence about review, with its last day where the law sets one; empty where the table has none."""
    rows = in_force(load_table(_TABLE)["remedy"], on=on)
    row = next((one for one in rows if one["regime"] == regime), None)
    if row is None:
        return ""
    until = deadlines.limit(regime, row["step"], on, calendar).due_on if "step" in row else None
    day = f"{until.year}年{until.month}月{until.day}日" if until else ""
    return str(row["text"]).format(until=day, source=row["source"])


def refusal(chosen: Ground, words: str, regime: str, on: date, calendar: WorkingCalendar) -> str:
    """不予受理: the ground with its source, the officer's words, the way to review."""
    return _joined(f"{chosen.label}（{chosen.source}）。", words, remedy(regime, on, calendar))


def answer(words: str, regime: str, on: date, calendar: WorkingCalendar) -> str:
    """答复: the officer's words and the way to review."""
    return _joined(words, remedy(regime, on, calendar))


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
