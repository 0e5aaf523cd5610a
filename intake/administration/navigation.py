"""The menu of administration."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _


def navigation() -> dict[str, Any]:
    pages = [(_("工作日历"), url_for("administration.calendar"), request.endpoint == "administration.calendar")]
    return {"staff_nav": pages}
