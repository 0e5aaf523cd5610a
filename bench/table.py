"""One line a figure: what, how much, beside which peer, and whether the design's aim is reached."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("what", "measured", "peer", "ratio", "aim", "")


@dataclass(frozen=True)
class Line:
    """`is_met` is None where the design sets no aim."""

    what: str
    measured: str
    peer: str = ""
    ratio: str = ""
    aim: str = ""
    is_met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        return (self.what, self.measured, self.peer, self.ratio, self.aim, verdict)


def at_least(what: str, value: float, aim: float | None = None, *, unit: str, peer: float | None = None) -> Line:
    """A rate: the more the better."""
    return _line(what, value, unit, peer, aim, "≥", aim is not None and value >= aim)


def at_most(what: str, value: float, aim: float | None = None, *, unit: str, peer: float | None = None) -> Line:
    """A time: the less the better."""
    return _line(what, value, unit, peer, aim, "≤", aim is not None and value <= aim)


def _line(what: str, value: float, unit: str, peer: float | None, aim: float | None, sign: str, is_met: bool) -> Line:
    return Line(
        what,
        f"{_number(value)} {unit}",
        f"{_number(peer)} {unit}" if peer is not None else "",
        f"{value / peer:.3g}" if peer else "",
        f"{sign} {aim:,g}" if aim is not None else "",
        is_met if aim is not None else None,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def text(lines: Sequence[Line]) -> str:
    rows = [HEAD, *(one.cells() for one in lines)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(_row(cells, widths) for cells in rows)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return "  ".join((first, *rest)).rstrip()
