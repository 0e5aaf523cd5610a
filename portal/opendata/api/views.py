"""/api/v1 and, for each page, the same as .json: every route is made from a declared resource."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from core.web import current, problems
from core.web.access import public
from core.web.limits import by_network, limiter
from core.web.past import has_past
from core.web.twins import answers
from portal.opendata.api import measured, openapi, records
from portal.opendata.api.resource import Answer, Asking, Resource
from portal.opendata.parameters import values
from portal.submissions import description as description_of_writing
from portal.submissions.operations import kinds_taken

RESOURCES = (*records.RESOURCES, *measured.RESOURCES)
PREFIX = "/api/v1"
LIMIT = "600 per minute"

blueprint = Blueprint("api", __name__)
_limit = limiter.shared_limit(LIMIT, scope="api", key_func=by_network)


def _add_routes(resource: Resource) -> None:
    view = public(_limit(_view(resource)))
    path = resource.path.replace("{", "<").replace("}", ">")
    blueprint.add_url_rule(PREFIX + path, resource.name, view)
    if resource.page:
        page = resource.page.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(f"{page}.json", f"{resource.name}_page", view)


def _view(resource: Resource) -> Callable[..., Response]:
    def view(**keys: str) -> Response:
        asked = {**values(resource.parameters, request.args), **keys}
        asking = Asking(current.session(), asked, current.now(), current.settings().base_url)
        return _response(resource.answer(asking))

    view.__name__ = resource.name
    # Parameters are read strictly: what a resource does not know is refused there.
    names = {one.name for one in resource.parameters} - {"cursor"}
    return has_past(answers(*names)(view))


def _response(answer: Answer) -> Response:
    """ETag and Link (RFC 8288) beside the same links in the body."""
    if answer.item is not None:
        body: dict[str, object] = dict(answer.item)
        links: dict[str, str | None] = {}
    else:
        links = {"next": _address(answer.next), "previous": _address(answer.previous)}
        body = {**(answer.more or {}), "items": answer.items, **links}
    response = Response(json.dumps(body, ensure_ascii=False), content_type="application/json")
    for relation, address in links.items():
        if address:
            response.headers.add("Link", f'<{address}>; rel="{relation}"')
    response.add_etag()
    response.make_conditional(request)
    return response


def _address(changes: object) -> str | None:
    if not changes:
        return None
    asked = {**request.args.to_dict(), **dict(changes)}  # type: ignore[call-overload]
    return f"{current.settings().base_url}{request.path}?{urlencode(asked)}"


@blueprint.get(f"{PREFIX}/openapi.json")
@public
def description() -> Response:
    settings = current.settings()
    said = openapi.document(
        RESOURCES,
        title=_("%(name)s开放数据接口", name=settings.site_name),
        description=_("%(city)s环境监测数据公开平台的全部公开内容。读取不需要密钥。", city=settings.city),
        base_url=settings.base_url,
    )
    said["paths"] |= description_of_writing.paths(kinds_taken().values())
    said["components"]["securitySchemes"] = description_of_writing.security_schemes()
    said["components"]["schemas"] |= description_of_writing.schemas()
    return Response(json.dumps(said, ensure_ascii=False), content_type="application/json")


@blueprint.get("/api/docs")
@public
def documentation() -> str:
    """For people, from the same declarations; nothing is loaded from elsewhere."""
    resources = [
        {"resource": one, "address": PREFIX + one.path, "columns": openapi.described(one.columns)} for one in RESOURCES
    ]
    return render_template(
        "portal/opendata/api/docs.html", resources=resources, problems=problems.EXAMPLES, writing=kinds_taken()
    )


@blueprint.after_request
def _openly(response: Response) -> Response:
    """Any page of any site may read; how often is said in the draft standard's headers."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = (
        "ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    limit = limiter.current_limit
    if limit is not None:
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, limit.remaining))
        response.headers["RateLimit-Reset"] = str(max(0, int(limit.reset_at - current.now().timestamp())))
    return response


for _resource in RESOURCES:
    _add_routes(_resource)
