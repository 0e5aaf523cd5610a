"""The standard's two languages: XML, and JSON made from it by the Spark convention (the outer name falls away)."""

import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
CHILDREN = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}


def written(root: str, content: Any, form: str, *, is_ascii: bool = False) -> bytes:
    """`content` is a dict, or a list whose members get the name that the standard gives them under `root`.

    `is_ascii`: other characters are escaped, so that no charset has to be guessed.
    """
    if form == "json":
        return json.dumps(content, ensure_ascii=is_ascii).encode()
    top = Element(root)
    _fill(top, content)
    body: bytes = tostring(top, encoding="us-ascii" if is_ascii else "utf-8", xml_declaration=True)
    return body


def _fill(element: Element, content: Any) -> None:
    if isinstance(content, dict):
        for name, value in content.items():
            _fill(SubElement(element, name), value)
    elif isinstance(content, list):
        for one in content:
            _fill(SubElement(element, CHILDREN[element.tag]), one)
    elif content is not None:
        element.text = str(content).lower() if isinstance(content, bool) else str(content)
