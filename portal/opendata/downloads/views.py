"""/data: the catalogue for people and machines, each dataset whole in four formats, the daily packages."""

import json
from base64 import b64encode
from collections.abc import Iterator

from flask import Blueprint, Response, render_template, send_file
from flask_babel import gettext as _

from core.database import Database
from core.web import current
from core.web.access import public
from core.web.limits import by_network, limiter
from portal.opendata.api.openapi import described
from portal.opendata.datasets import DATASETS, Dataset, dataset_named
from portal.opendata.downloads import packages
from portal.opendata.downloads.catalogue import PackageFile, Publisher, dcat, schema_org
from portal.opendata.downloads.formats import MIME, dictionary, written

blueprint = Blueprint("data", __name__, url_prefix="/data")
_limit = limiter.shared_limit("60 per minute", scope="downloads", key_func=by_network)


@blueprint.get("")
@public
def index() -> str:
    return render_template(
        "portal/opendata/data.html", datasets=DATASETS, packages=packages.ready(current.session()), forms=tuple(MIME)
    )


@blueprint.get("/catalogue.jsonld")
@public
def catalogue() -> Response:
    files = [
        PackageFile(one.name, one.day.isoformat(), one.sha256, one.size) for one in packages.ready(current.session())
    ]
    said = json.dumps(dcat(DATASETS, files, _publisher()), ensure_ascii=False)
    return Response(said, content_type="application/ld+json; charset=utf-8")


@blueprint.get("/<name>")
@public
def dataset(name: str) -> str:
    one = dataset_named(name)
    return render_template(
        "portal/opendata/dataset.html",
        dataset=one,
        columns=described(one.columns),
        forms=tuple(MIME),
        structured=schema_org(one, _publisher()),
    )


@blueprint.get("/<name>.<any(csv, jsonl, xlsx, parquet):form>")
@public
@_limit
def download(name: str, form: str) -> Response:
    """The whole dataset as it is at this moment, streamed."""
    one = dataset_named(name)
    pieces = _pieces(one, form, current.house().database, current.settings().base_url)
    response = Response(pieces, content_type=MIME[form])
    day = current.today().isoformat()
    response.headers["Content-Disposition"] = f"attachment; filename={name}-{day}.{form}"
    return response


def _pieces(one: Dataset, form: str, database: Database, base_url: str) -> Iterator[bytes]:
    """With a session of its own: the request's is closed before the first piece leaves."""
    with database.read() as session:
        yield from written(one, one.rows(session, base_url), form)


@blueprint.get("/<name>/dictionary.csv")
@public
def columns(name: str) -> Response:
    return Response(dictionary(described(dataset_named(name).columns)), content_type=MIME["csv"])


@blueprint.get("/packages/<name>")
@public
@_limit
def package(name: str) -> Response:
    """503 where a record has been taken out since the package was made; the worker makes it anew."""
    found = packages.package(current.session(), name)
    path = packages.folder(current.settings()) / found.name
    response = send_file(path, mimetype="application/zip", as_attachment=True, etag=found.sha256)
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(found.sha256)).decode()}:"
    return response


def _publisher() -> Publisher:
    settings = current.settings()
    name = _("%(city)s环境监测数据公开平台", city=settings.city)
    return Publisher(name, settings.base_url, settings.data_licence_url)


@blueprint.after_request
def _openly(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
