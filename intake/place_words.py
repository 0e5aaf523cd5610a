"""A point in words, for the reporter who set it and the officer who goes there; and the small map beside the words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.coordinates import Point, gcj02
from intake.landmarks import SEAT, Bearing, Landmark, nearest
from intake.place_map import SMALL, WIDE, Window, Words, picture

_DIRECTIONS = {
    "north": _l("正北"),
    "northeast": _l("东北"),
    "east": _l("正东"),
    "southeast": _l("东南"),
    "south": _l("正南"),
    "southwest": _l("西南"),
    "west": _l("正西"),
    "northwest": _l("西北"),
}
NEAR_KM = 0.15


@dataclass(frozen=True)
class Place:
    """`on_maps` is where maps sold in China show it; `landmark` and `seat` are sentences, empty where none is known."""

    point: Point
    degrees: str
    on_maps: str
    landmark: str
    seat: str


def place_of(point: Point, landmarks: Sequence[Landmark]) -> Place:
    near, seat = nearest(point, landmarks), nearest(point, landmarks, SEAT)
    shown = gcj02(point)
    return Place(
        point,
        degrees(point),
        f"{shown.lat:.5f}, {shown.lon:.5f}",
        _bearing(near) if near else "",
        _bearing(seat) if seat else "",
    )


def degrees(point: Point) -> str:
    return str(_("北纬 %(lat)s°，东经 %(lon)s°", lat=_plain(point.lat), lon=_plain(point.lon)))


def _plain(number: float) -> str:
    return f"{number:.5f}".rstrip("0").rstrip(".")


def _bearing(one: Bearing) -> str:
    if one.km < NEAR_KM:
        return str(_("就在%(name)s", name=one.landmark.name))
    far = f"{one.km:.1f}" if one.km < 10 else f"{one.km:.0f}"
    return str(
        _("%(name)s%(direction)s约 %(km)s 公里", name=one.landmark.name, direction=_DIRECTIONS[one.direction], km=far)
    )


def words() -> Words:
    return Words(title=_("许昌市示意图"), here=_("这里"), km=_("公里"), metres=_("米"))


def pictures(window: Window, landmarks: Sequence[Landmark], mark: Point | None) -> dict[str, str]:
    """The same part for wide and for small screens: where it is pressed is told in the picture's own pixels."""
    return {name: picture(window, landmarks, mark, size, words()) for name, size in (("wide", WIDE), ("small", SMALL))}
