"""Everything that the site gives to somebody who has not signed in: pages, feeds, files, answers for machines."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.web import access

MOST = 600
_ADDRESS = re.compile(r"""(?:href|src)="([^"]+)"|<link>([^<]+)</link>|"(?:url|href|home_page_url)":\s*"([^"]+)\"""")
# What these show of a company is the visitor's own answer, filled in from the link that led there.
_OWN_ANSWERS = ("/report/also",)
_SKIPPED = ("/static/", "/language/", "/sign-", *_OWN_ANSWERS)


def addresses(app: Flask, client: FlaskClient, record_ids: Iterable[str], more: Iterable[str] = ()) -> list[str]:
    """Every public address: all routes without arguments, all routes about a record, and what they link to."""
    asked, seen = list(more), dict[str, None]()
    kinds: set[str] = set()
    waiting = [*asked, *_routes(app, list(record_ids))]
    while waiting and len(seen) < MOST:
        url = waiting.pop(0)
        if url in seen or url.startswith(_SKIPPED) or (_kind(url) in kinds and url not in asked):
            continue
        kinds.add(_kind(url))
        seen[url] = None
        with client.get(url) as response:
            if response.status_code == 200:
                waiting += _links(url, response.get_data(as_text=False))
    return list(seen)


def readable(client: FlaskClient, url: str) -> str:
    """What the address gives, as somebody reads it: JSON without escapes, archives and tables opened."""
    with client.get(url) as response:
        content = response.get_data(as_text=False)
        is_json = "json" in response.mimetype
    return _opened(content, is_json=is_json)


def _opened(content: bytes, *, is_json: bool) -> str:
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_opened(archive.read(name), is_json=name.endswith("json")) for name in archive.namelist())
    if content[:2] == b"\x1f\x8b":
        return _opened(gzip.decompress(content), is_json=False)
    if content[:4] == b"PAR1":
        return str(parquet.read_table(io.BytesIO(content)).to_pylist())
    text = content.decode("utf-8", "ignore")
    if is_json:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            return text
    return text


def _kind(url: str) -> str:
    """The path and the names of what is asked: of all questions to one page, one with each set of names."""
    parts = urlsplit(url)
    return f"{parts.path}?{'&'.join(sorted(pair.split('=')[0] for pair in parts.query.split('&')))}"


def _routes(app: Flask, record_ids: list[str]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        methods = rule.methods or set()
        if "GET" not in methods or not _is_public(app, rule.endpoint):
            continue
        arguments = set(rule.arguments)
        if not arguments:
            yield rule.rule
        elif arguments <= {"record_id", "number"}:
            for record_id in record_ids:
                yield re.sub(r"<[^>]*number>", "1", rule.rule.replace("<record_id>", record_id))


def _is_public(app: Flask, endpoint: str) -> bool:
    rule = access.rule_of(app.view_functions[endpoint])
    try:
        if rule is not None:
            rule(ANONYMOUS)
    except DomainError:
        return False
    return rule is not None


def _links(base: str, content: bytes) -> Iterator[str]:
    for groups in _ADDRESS.findall(content.decode("utf-8", "ignore")):
        parts = urlsplit(urljoin(f"http://localhost{base}", next(one for one in groups if one).replace("&amp;", "&")))
        if parts.hostname in ("localhost", "127.0.0.1"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
