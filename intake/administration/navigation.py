"""The menu of administration."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _


def navigation() -> dict[str, Any]:
    pages = [(_("工作日历"), url_for("administration.calendar"), request.endpoint == "administration.calendar")]
    pages.append((_("分派试算"), url_for("routing.simulator"), request.endpoint == "routing.simulator"))
    pages.append((_("对接"), url_for("connections.overview"), request.blueprint == "connections"))
    return {"staff_nav": pages}
