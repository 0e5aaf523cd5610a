"""/sitemap.xml and /robots.txt: what search engines may find. Reporters' pages are not for them."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Blueprint, Response
from sqlalchemy import func, select

from core.errors import NotFound
from core.web import current
from core.web.access import public
from portal.opendata.datasets import DATASETS, RECORD_KINDS, utc_text
from portal.publishing.models import PublicRecord

A_MAP = 40_000
PAGES = (
    "",
    "/air",
    "/penalties",
    "/blacklist",
    "/notices",
    "/feeds",
    "/data",
    "/embed",
    "/ledger",
    "/verify",
    "/about",
)
NOT_FOR_ROBOTS = ("/report", "/track", "/desk", "/editorial", "/admin", "/sign-in", "/search")
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/sitemap.xml")
@public
def index() -> Response:
    """One map for the standing pages, and one for each forty thousand records of a kind."""
    names = ["pages"]
    for kind in RECORD_KINDS:
        statement = select(func.count()).select_from(PublicRecord).where(PublicRecord.kind == kind.name)
        count = current.session().scalar(statement) or 0
        names += [f"{kind.path}-{number}" for number in range(-(-count // A_MAP))]
    maps = (f"<sitemap><loc>{_address(f'/sitemap-{name}.xml')}</loc></sitemap>" for name in names)
    return _xml("sitemapindex", maps)


@blueprint.get("/sitemap-pages.xml")
@public
def pages() -> Response:
    paths = (*PAGES, *(f"/data/{one.name}" for one in DATASETS))
    return _xml("urlset", (f"<url><loc>{_address(path)}</loc></url>" for path in paths))


@blueprint.get("/sitemap-<path>-<int:number>.xml")
@public
def records(path: str, number: int) -> Response:
    kind = next((one for one in RECORD_KINDS if one.path == path), None)
    if kind is None:
        raise NotFound
    statement = select(PublicRecord.id, PublicRecord.updated_at).where(PublicRecord.kind == kind.name)
    rows = current.session().execute(statement.order_by(PublicRecord.id).offset(number * A_MAP).limit(A_MAP)).all()
    if not rows:
        raise NotFound
    return _xml(
        "urlset",
        (
            f"<url><loc>{_address(f'/{path}/{record_id}')}</loc><lastmod>{utc_text(updated_at)}</lastmod></url>"
            for record_id, updated_at in rows
        ),
    )


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), f"Sitemap: {_address('/sitemap.xml')}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _address(path: str) -> str:
    return escape(current.settings().base_url + path)


def _xml(root: str, entries: Iterable[str]) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">{"".join(entries)}</{root}>\n'
    return Response(body, content_type="application/xml; charset=utf-8")
