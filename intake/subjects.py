"""What people can report, in plain words, by channel."""

from dataclasses import dataclass

from core.errors import NotFound
from core.tables import load_table

ENVIRONMENT, QUALITY = "12369", "12365"
CHANNELS = (ENVIRONMENT, QUALITY)


@dataclass(frozen=True)
class Subject:
    """`topic` is what routing looks at; `asks_acts`: the coded acts are asked next."""

    code: str
    channels: tuple[str, ...]
    label: str
    topic: str
    asks_acts: bool
    hint: str | None
    elsewhere: str | None = None


SUBJECTS = tuple(
    Subject(
        row["code"],
        tuple(row["channels"]),
        row["label"],
        row["topic"],
        row["asks_acts"],
        row.get("hint"),
        row.get("elsewhere"),
    )
    for row in load_table("intake/subjects.toml")["subject"]
)
_BY_CODE = {subject.code: subject for subject in SUBJECTS}


def subject(code: str) -> Subject:
    try:
        return _BY_CODE[code]
    except KeyError:
        raise NotFound(subject=code) from None


def subjects_of(channel: str) -> tuple[Subject, ...]:
    return tuple(one for one in SUBJECTS if channel in one.channels)


def elsewhere(code: str, channel: str) -> str:
    """What a matter is called on the other line: itself where both know it, else its counterpart or "other"."""
    own = subject(code)
    return code if channel in own.channels else own.elsewhere or "other"
