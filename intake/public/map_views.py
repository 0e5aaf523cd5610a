"""The place as a point: pressed on a drawn map, typed, taken from a landmark or from the device; a page of the wizard.

No address ever holds a point: it lies in the draft, and the picture lies in the page. Where the page is pressed by
keyboard there is no place in the press, so everything can also be done by lists, fields and buttons.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import coordinates
from core.coordinates import Point
from core.web import current
from core.web.access import public
from core.web.errors import keep_quiet
from core.web.headers import HEADERS
from core.web.shell import quiet_response
from intake import landmarks, place_words
from intake.landmarks import Landmark
from intake.place_map import DEEPEST, MOVES, SMALL, WIDE, Window
from intake.public.draft import Draft
from intake.public.forms import MapForm
from intake.public.wizard_views import to_first_missing

PRESSED, TYPED, OF_THE_DEVICE = 4, 5, 3  # decimals kept: ten metres, one metre, a hundred metres
CLOSE = 2
MAY_ASK_THE_DEVICE = HEADERS["Permissions-Policy"].replace("geolocation=()", "geolocation=(self)")

blueprint = Blueprint("report_map", __name__, url_prefix="/report/map")
blueprint.after_request(quiet_response)
keep_quiet(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@public
def place_on_map() -> ResponseReturnValue:
    draft, form = Draft.current(), MapForm()
    if not draft.may_open("where"):
        return to_first_missing(draft)
    known = landmarks.known(current.session())
    form.offer(known)
    if request.method == "POST":
        button = next((one for one in BUTTONS if one in request.form or f"{one}.x" in request.form), "")
        if "done" in request.form:
            return redirect(url_for("report.where", **_from()))
        if not button or BUTTONS[button](draft, form, known):
            return redirect(url_for("report_map.place_on_map", **_from(), _anchor="map"))
    return _page(draft, form, known)


def _page(draft: Draft, form: MapForm, known: list[Landmark]) -> Response:
    window, point = _window(draft), draft.point
    content = render_template(
        "intake/public/map.html",
        form=form,
        draft=draft,
        pictures=place_words.pictures(window, known, point),
        sizes={"wide": WIDE, "small": SMALL},
        place=place_words.place_of(point, known) if point else None,
        level=window.level,
        deepest=DEEPEST,
        back=url_for("report.where", **_from()),
    )
    response = make_response(content)
    response.headers["Permissions-Policy"] = MAY_ASK_THE_DEVICE
    return response


def _pressed(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    """Closer with each press, the place pressed in the middle."""
    name, size = ("wide", WIDE) if "wide.x" in request.form else ("small", SMALL)
    x, y = request.form.get(f"{name}.x", 0, type=int), request.form.get(f"{name}.y", 0, type=int)
    if x <= 0 and y <= 0:
        flash(_("用键盘按地图时没有位置。请用地图下面的按钮，或者选地标、填经纬度。"))
        return True
    window = _window(draft)
    point = window.at(min(x / size[0], 1), min(y / size[1], 1))
    return _set(draft, point.rounded(PRESSED), max(window.level, min(window.level + 1, CLOSE)))


def _closer(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    return _look(draft, _window(draft).level + 1)


def _wider(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    return _look(draft, _window(draft).level - 1)


def _moved(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    """Without a point the middle of the picture becomes one first."""
    window, to = _window(draft), request.form["move"]
    moved = window.moved(draft.point or window.middle, to) if to in MOVES else None
    if moved is None or not Window.whole().shows(moved):
        return True
    return _set(draft, moved.rounded(PRESSED), window.level, stay=window.shows(moved))


def _landmark(draft: Draft, form: MapForm, known: list[Landmark]) -> bool:
    chosen = next((one for one in known if one.name == form.landmark.data), None)
    if chosen is None:
        form.landmark.errors = [_("请先选一个地标。")]
        return False
    return _set(draft, chosen.point, CLOSE)


def _typed(draft: Draft, form: MapForm, _known: list[Landmark]) -> bool:
    read = coordinates.read(form.coordinates.data or "")
    if read is None:
        form.coordinates.errors = [_("没有认出经纬度。请照着例子写两个数，如 34.0260, 113.8260。")]
        return False
    point = coordinates.to_wgs84(read, form.system.data or coordinates.WGS84).rounded(TYPED)
    if not Window.whole().shows(point):
        form.coordinates.errors = [_("这个点不在许昌市一带。请核对两个数；确实在外地的，请用文字写明。")]
        return False
    return _set(draft, point, CLOSE)


def _of_the_device(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    read = coordinates.read(f"{request.form.get('here_lat', '')} {request.form.get('here_lon', '')}")
    if read is None or not Window.whole().shows(read):
        flash(_("浏览器给的位置不在许昌市一带，没有采用。请在图上按一下。"))
        return True
    return _set(draft, read.rounded(OF_THE_DEVICE), CLOSE)


def _cleared(draft: Draft, _form: MapForm, _known: list[Landmark]) -> bool:
    draft.save(point=None, map=None)
    return True


BUTTONS: dict[str, Callable[[Draft, MapForm, list[Landmark]], bool]] = {
    "wide": _pressed,
    "small": _pressed,
    "closer": _closer,
    "wider": _wider,
    "move": _moved,
    "choose": _landmark,
    "use": _typed,
    "here": _of_the_device,
    "clear": _cleared,
}


def _set(draft: Draft, point: Point, level: int, *, stay: bool = False) -> bool:
    window = _window(draft) if stay else Window.around(point, level)
    draft.save(point=[point.lat, point.lon], map=[window.middle.lat, window.middle.lon, window.level])
    return True


def _look(draft: Draft, level: int) -> bool:
    window = Window.around(draft.point or _window(draft).middle, level)
    draft.save(map=[window.middle.lat, window.middle.lon, window.level])
    return True


def _window(draft: Draft) -> Window:
    kept = draft.get("map")
    return Window.around(Point(kept[0], kept[1]), int(kept[2])) if kept else Window.whole()


def _from() -> dict[str, Any]:
    return {"from": "check"} if request.args.get("from") == "check" else {}
