"""The map on which a reporter points: which part of the city is shown, and what is drawn there. Pure.

Drawn here, because a map from somebody else would tell them who looks where. It has no roads and no boundaries: none
are at hand that may be used. North is up; a degree east is as long everywhere as in the middle of the city.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from xml.etree.ElementTree import Element, tostring

from core.coordinates import Point
from intake.landmarks import SEAT, Landmark

MIDDLE = Point(34.03, 113.68)
KM_ACROSS = (126.0, 31.5, 7.9, 2.0)
DEEPEST = len(KM_ACROSS) - 1
ASPECT = 1.5
WIDE, SMALL = (720, 480), (288, 192)
_KM_NORTH = 110.95
_KM_EAST = 111.32 * cos(radians(MIDDLE.lat))
FIRST_WIDE_LETTER = 0x2E80
Style = dict[str, str | float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
MOVES = {"north": (1, 0), "south": (-1, 0), "east": (0, 1), "west": (0, -1)}


@dataclass(frozen=True)
class Window:
    """The part that is shown: its middle, and how deep (0 is the whole city, DEEPEST the closest)."""

    middle: Point
    level: int

    @classmethod
    def whole(cls) -> "Window":
        return cls(MIDDLE, 0)

    @classmethod
    def around(cls, point: Point, level: int) -> "Window":
        """Never beyond the edge of the whole."""
        level = min(max(level, 0), DEEPEST)
        own, city = _span(level), _span(0)
        return cls(
            Point(
                _between(point.lat, MIDDLE.lat, (city[0] - own[0]) / 2),
                _between(point.lon, MIDDLE.lon, (city[1] - own[1]) / 2),
            ),
            level,
        )

    def at(self, across: float, down: float) -> Point:
        """The point at these shares of the picture, counted from the upper left."""
        north, east = _span(self.level)
        return Point(self.middle.lat + (0.5 - down) * north, self.middle.lon + (across - 0.5) * east)

    def share(self, point: Point) -> tuple[float, float]:
        """(across, down) of a point; outside of 0 to 1 where it is not in the picture."""
        north, east = _span(self.level)
        return 0.5 + (point.lon - self.middle.lon) / east, 0.5 - (point.lat - self.middle.lat) / north

    def shows(self, point: Point) -> bool:
        return all(0 <= one <= 1 for one in self.share(point))

    def moved(self, point: Point, to: str) -> Point:
        """A tenth of the picture's height further north, south, east or west."""
        up, right = MOVES[to]
        step = KM_ACROSS[self.level] / ASPECT / 10
        return Point(point.lat + up * step / _KM_NORTH, point.lon + right * step / _KM_EAST)


@dataclass(frozen=True)
class Words:
    """What stands in the picture beside names: a title for readers that see none, and the mark's own word."""

    title: str
    here: str
    km: str
    metres: str


def picture(
    window: Window, landmarks: Sequence[Landmark], mark: Point | None, size: tuple[int, int], words: Words
) -> str:
    """The address of the picture: it lies in the page itself, so that nobody's log says which part was looked at."""
    return "data:image/svg+xml;base64," + b64encode(drawn(window, landmarks, mark, size, words)).decode()


def drawn(
    window: Window, landmarks: Sequence[Landmark], mark: Point | None, size: tuple[int, int], words: Words
) -> bytes:
    """The SVG. Colours stand on the shapes, the rules are for the dark alone: a viewer without them sees all."""
    width, height = size
    whole: Style = {"width": width, "height": height}
    parts = [
        _shape("title", {}, words.title),
        _shape("style", {}, _DARK),
        _shape("rect", {"class": "ground", "fill": PAPER, **whole}),
        *_grid(window, size),
        *_names(window, landmarks, size),
        *_scale(window, size, words),
    ]
    if mark is not None and window.shows(mark):
        parts += _mark(window, mark, size, words.here)
    edge: Style = {"x": 0.5, "y": 0.5, "width": width - 1, "height": height - 1, "fill": "none", "stroke": "#c9c2b2"}
    parts.append(_shape("rect", {"class": "edge", **edge}))
    frame: Style = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "font-family": _FONT,
        **whole,
    }
    svg = _shape("svg", frame)
    svg.extend(parts)
    content: bytes = tostring(svg, encoding="utf-8")
    return content


PAPER, INK, SOFT, BRAND, HERE = "#fbf9f5", "#1a262c", "#55626a", "#17606a", "#9d1f18"
_FONT = "PingFang SC,Microsoft YaHei,Noto Sans CJK SC,system-ui,sans-serif"
_DARK = (
    "@media (prefers-color-scheme:dark){.ground{fill:#182327}.edge{stroke:#43555c}.grid{stroke:#26353b}"
    ".soft{fill:#a9b6ba}.name{fill:#e6ebeb}.seat{fill:#e6ebeb}.station{stroke:#7cc4cd;fill:#182327}"
    ".halo{stroke:#182327}.pin{fill:#ff9d94}.ring{stroke:#ff9d94}.bar{stroke:#a9b6ba}}"
)
_HALO: Style = {"stroke": PAPER, "stroke-width": 3, "paint-order": "stroke"}
_BOLD: Style = {"class": "name halo", "font-size": 13, "font-weight": 600, "fill": INK, **_HALO}
_QUIET: Style = {"class": "soft halo", "font-size": 11, "fill": SOFT, **_HALO}
_NUMBER: Style = {"class": "soft", "font-size": 10, "fill": "#6b7379"}
_LINE: Style = {"class": "grid", "stroke": "#e9e3d6", "fill": "none"}


def _shape(tag: str, attributes: Style, text: str = "") -> Element:
    made = Element(tag, {name: str(value) for name, value in attributes.items()})
    made.text = text or None
    return made


def _span(level: int) -> tuple[float, float]:
    """(north, east) in degrees."""
    return KM_ACROSS[level] / ASPECT / _KM_NORTH, KM_ACROSS[level] / _KM_EAST


def _between(value: float, middle: float, most: float) -> float:
    return min(max(value, middle - most), middle + most)


def _round_figure(most: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `most`."""
    power = 10.0 ** floor(log10(most))
    return next(one * power for one in (5, 2, 1) if one * power <= most)


def _grid(window: Window, size: tuple[int, int]) -> list[Element]:
    """Meridians and parallels at round degrees, each with its number at the edge."""
    width, height = size
    north, east = _span(window.level)
    step = _round_figure(east / 4)
    places = max(1, -floor(log10(step)))
    found: list[Element] = []
    for number in _steps(window.middle.lon - east / 2, window.middle.lon + east / 2, step):
        x = _pixels(window, Point(window.middle.lat, number), size)[0]
        found.append(_shape("path", {"d": f"M{x} 0V{height}", **_LINE}))
        if x < width - 60:
            found.append(_shape("text", {"x": x + 3, "y": 12, **_NUMBER}, f"{number:.{places}f}°E"))
    for number in _steps(window.middle.lat - north / 2, window.middle.lat + north / 2, step):
        y = _pixels(window, Point(number, window.middle.lon), size)[1]
        found.append(_shape("path", {"d": f"M0 {y}H{width}", **_LINE}))
        if y > 30:
            found.append(_shape("text", {"x": 4, "y": y - 3, **_NUMBER}, f"{number:.{places}f}°N"))
    return found


def _steps(start: float, end: float, step: float) -> list[float]:
    first = floor(start / step) + 1
    return [number * step for number in range(first, floor(end / step) + 1)]


def _names(window: Window, landmarks: Sequence[Landmark], size: tuple[int, int]) -> list[Element]:
    """Each landmark that is shown; its name too, beside it where it covers no other name and no other dot."""
    shown = [(one, *_pixels(window, one.point, size)) for one in landmarks if window.shows(one.point)]
    shown.sort(key=lambda one: one[0].kind != SEAT)
    dots = [(x - 5, y - 5, x + 5, y + 5) for _one, x, y in shown]
    names: list[Box] = []
    shapes = [_dot(one, x, y) for one, x, y in shown]
    for place, (one, x, y) in enumerate(shown):
        others = [dot for other, dot in enumerate(dots) if other != place]
        free = [box for box in _boxes(one.name, x, y, size[0]) if not _covers(box, [*names, *others])]
        if free:
            names.append(free[0])
            style = _BOLD if one.kind == SEAT else _QUIET
            shapes.append(_shape("text", {"x": free[0][0], "y": free[0][3] - 4, **style}, one.name))
    return shapes


def _pixels(window: Window, point: Point, size: tuple[int, int]) -> tuple[float, float]:
    across, down = window.share(point)
    return round(across * size[0], 1), round(down * size[1], 1)


def _dot(one: Landmark, x: float, y: float) -> Element:
    if one.kind == SEAT:
        square: Style = {"x": x - 3.5, "y": y - 3.5, "width": 7, "height": 7, "rx": 1}
        return _shape("rect", {"class": "seat", "fill": INK, **square})
    ring: Style = {"cx": x, "cy": y, "r": 3.5, "stroke-width": 1.6}
    return _shape("circle", {"class": "station", "fill": PAPER, "stroke": BRAND, **ring})


def _boxes(name: str, x: float, y: float, width: int) -> list[Box]:
    """Where the name may stand: right, left, above, below; never beyond the edge."""
    length = sum(13 if ord(letter) > FIRST_WIDE_LETTER else 7 for letter in name)
    starts = ((x + 8, y - 8), (x - 8 - length, y - 8), (x - length / 2, y - 22), (x - length / 2, y + 6))
    return [(left, top, left + length, top + 16) for left, top in starts if left > 0 and left + length < width]


def _covers(box: Box, others: Sequence[Box]) -> bool:
    return any(box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in others)


def _scale(window: Window, size: tuple[int, int], words: Words) -> list[Element]:
    width, height = size
    km = _round_figure(KM_ACROSS[window.level] / 4)
    length = round(km / KM_ACROSS[window.level] * width, 1)
    told = f"{km:g} {words.km}" if km >= 1 else f"{km * 1000:g} {words.metres}"
    right, y = width - 14, height - 14
    bar = f"M{right - length} {y - 5}V{y}H{right}V{y - 5}"
    label: Style = {"class": "soft", "x": right, "y": y - 9, "font-size": 11, "text-anchor": "end", "fill": SOFT}
    return [
        _shape("path", {"class": "bar", "d": bar, "fill": "none", "stroke": SOFT}),
        _shape("text", label, told),
    ]


def _mark(window: Window, mark: Point, size: tuple[int, int], here: str) -> list[Element]:
    x, y = _pixels(window, mark, size)
    ring: Style = {"cx": x, "cy": y, "r": 11, "fill": "none", "stroke": HERE, "stroke-width": 2}
    label: Style = {"x": x, "y": y - 16 if y > 34 else y + 28, "text-anchor": "middle"}
    return [
        _shape("circle", {"class": "ring", **ring}),
        _shape("circle", {"class": "pin", "cx": x, "cy": y, "r": 4, "fill": HERE}),
        _shape("text", {**_BOLD, **label, "class": "pin halo", "fill": HERE}, here),
    ]
