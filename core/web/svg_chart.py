"""A small line chart drawn on the server: for paper, and for whoever runs no scripts.

Classes only, no style attributes; the numbers themselves stand in the table that the chart belongs to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 260, 44, 28, 12
STEPS = 4
ROUND_FIGURES = (1, 2, 3, 4, 5, 6, 8, 10, 20)


@dataclass(frozen=True)
class Point:
    """`value` None breaks the line."""

    label: str
    value: float | None


def line_chart(points: Sequence[Point], *, title: str) -> Markup:
    """An <svg> of one series, first point at the left; Markup("") where there is no value at all."""
    values = [one.value for one in points if one.value is not None]
    if not values:
        return Markup("")
    top = _round_up(max(values))
    body = Markup("").join([*_axis(top), *_lines(points, top), *_labels(points)])
    return Markup(
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}" focusable="false">{body}</svg>'
    ).format(width=WIDTH, height=HEIGHT, title=title, body=body)


def _round_up(value: float) -> float:
    """The least height of STEPS steps of one figure and noughts (1, 2, 3, 4, 5, 6, 8 times a power of ten)."""
    if value <= 0:
        return STEPS
    power = 10 ** floor(log10(value / STEPS))
    step = next(one * power for one in ROUND_FIGURES if one * power * STEPS >= value)
    return float(step * STEPS)


def _x(index: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - 8) * (index / max(1, count - 1)), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _axis(top: float) -> list[Markup]:
    marks = [top * step / STEPS for step in range(STEPS + 1)]
    line = Markup('<line class="chart__axis" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')
    label = Markup('<text class="chart__label" x="{x}" y="{y}" text-anchor="end">{text}</text>')
    lines = [line.format(left=LEFT, right=WIDTH - 8, y=_y(mark, top)) for mark in marks]
    texts = [label.format(x=LEFT - 6, y=_y(mark, top) + 4, text=f"{mark:g}") for mark in marks]
    return lines + texts


def _lines(points: Sequence[Point], top: float) -> list[Markup]:
    runs: list[list[str]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(index, len(points))},{_y(point.value, top)}")
    return [Markup('<polyline class="chart__line" points="{}"/>').format(" ".join(run)) for run in runs if run]


def _labels(points: Sequence[Point]) -> list[Markup]:
    every = max(1, len(points) // 5)
    label = Markup('<text class="chart__label" x="{x}" y="{y}" text-anchor="middle">{text}</text>')
    chosen = {points[n].label: n for n in reversed(range(every // 2, len(points), every))}
    return [label.format(x=_x(n, len(points)), y=HEIGHT - 8, text=text) for text, n in reversed(chosen.items())]
