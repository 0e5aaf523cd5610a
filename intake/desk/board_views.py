"""The supervisor's board."""

from flask import Blueprint, render_template

from core.accounts.permissions import Permission
from core.web import current
from core.web.access import permit
from core.web.shell import quiet_response
from intake import queries
from intake.board import board
from intake.desk.navigation import navigation
from intake.subjects import subject

blueprint = Blueprint("board", __name__, url_prefix="/desk/board")
blueprint.after_request(quiet_response)
blueprint.context_processor(navigation)


@blueprint.get("")
@permit(Permission.SUPERVISE_REPORTS)
def page() -> str:
    session = current.session()
    return render_template(
        "intake/desk/board.html",
        board=board(session, current.actor(), today=current.today(), calendar=current.calendar()),
        names=queries.department_names(session),
        subject=subject,
    )
