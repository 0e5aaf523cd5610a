"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`code` never changes; `text` is for people."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.text}"
