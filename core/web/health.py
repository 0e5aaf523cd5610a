"""Is this process alive, and can it serve: for load balancers."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from core.tables import ROOT
from core.web import current
from core.web.access import public

blueprint = Blueprint("health", __name__)
_HEAD = ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """503 while the database is away or not at the newest migration."""
    try:
        at = MigrationContext.configure(current.session().connection()).get_current_revision()
    except SQLAlchemyError:
        return {"status": "database unavailable"}, 503
    if at != _HEAD:
        return {"status": "migrations pending", "at": at, "head": _HEAD}, 503
    return {"status": "ready"}
