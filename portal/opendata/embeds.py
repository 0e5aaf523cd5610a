"""Badges for other people's pages: the air now, and what is public about a company. SVG without a script.

A badge says the moment that it speaks of. A company without records is "no public record", never "clean".
"""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from core.clock import CHINA
from core.errors import NotFound
from core.identifiers import USCC_LENGTH, check_uscc
from core.web import current
from core.web.access import public
from core.web.filters import local_day
from portal.monitoring.queries import city_now
from portal.monitoring.wording import CATEGORY_LABELS
from portal.publishing.kinds import all_kinds
from portal.publishing.queries import counts_of_party

NO_DATA, CALM, SERIOUS = "#5b6770", "#0c5f6b", "#9c2a1b"
# The level's colour of HJ 633 A.1, darkened where white letters would not stand out (WCAG 1.4.3).
LEVEL_COLOURS = {1: "#1b7a1b", 2: "#7a6a00", 3: "#a85400", 4: "#c21818", 5: "#7d1d5e", 6: "#6b1a2e"}
WIDE, NARROW = 13, 7.6

blueprint = Blueprint("embeds", __name__)


@dataclass(frozen=True)
class Part:
    text: str
    colour: str

    @property
    def width(self) -> int:
        """Room for the text at 13 pixels: a Chinese character is square, a Latin one about half."""
        return int(sum(WIDE if ord(one) > 0x2E7F else NARROW for one in self.text)) + 20


@blueprint.get("/embed/air.svg")
@public
def air() -> Response:
    area = current.settings().city
    city = city_now(current.session(), current.now(), area=area)
    if city is None or city.is_stale or city.index.level is None:
        return _badge(Part(_("%(city)s空气", city=area), CALM), Part(_("暂无数据"), NO_DATA))
    word = str(CATEGORY_LABELS[city.index.level.number])
    hour = f"{city.hour_end.astimezone(CHINA):%H:%M}"
    said = Part(f"AQI {city.index.aqi} {word} · {hour}", LEVEL_COLOURS[city.index.level.number])
    return _badge(Part(_("%(city)s空气", city=area), CALM), said)


@blueprint.get("/embed/companies/<uscc>.svg")
@public
def company(uscc: str) -> Response:
    """What is public about the company with this code today; NotFound for what is no code."""
    code = check_uscc(uscc)
    if len(code.code) != USCC_LENGTH or not (code.code.isascii() and code.code.isalnum()):
        raise NotFound
    name, counts = counts_of_party(current.session(), code.code)
    labels = {kind.name: str(kind.label) for kind in all_kinds()}
    said = " · ".join(f"{labels[kind]} {count}" for kind, count in counts.items()) or _("没有公开记录")
    day = local_day(current.today())
    return _badge(Part(name or code.code, CALM), Part(f"{said} · {day}", SERIOUS if counts else NO_DATA))


@blueprint.get("/embed")
@public
def explained() -> str:
    return render_template("portal/opendata/embeds/explained.html")


def _badge(*parts: Part) -> Response:
    title = " ".join(one.text for one in parts)
    svg = render_template("portal/opendata/embeds/badge.svg", parts=parts, title=title)
    response = Response(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
