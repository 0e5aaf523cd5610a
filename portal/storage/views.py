"""存储清理: what was erased, whether it has left the files, and what is left for people to do."""

from flask import Blueprint, render_template

from core.accounts.permissions import Permission
from core.scrubbing import ONLY, StorageScrub
from core.web import current
from core.web.access import permit
from portal.storage.wording import problem

blueprint = Blueprint("storage", __name__)


@blueprint.get("/admin/storage")
@permit(Permission.SEE_DELIVERIES)
def overview() -> str:
    state = current.session().get_one(StorageScrub, ONLY)
    return render_template(
        "portal/storage/overview.html",
        state=state,
        problems=[problem(code) for code in state.problems],
        is_sqlite=current.session().get_bind().dialect.name == "sqlite",
    )
