"""OPML 2.0: all feeds in one file, which a reader takes in at once."""

from collections.abc import Sequence

from lxml import etree

from portal.opendata.sources import Source


def outline(sources: Sequence[Source], name: str, base_url: str) -> bytes:
    """One subscription a feed (its Atom form), in a group named for the site."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = name
    group = etree.SubElement(etree.SubElement(root, "body"), "outline", text=name, title=name)
    for one in sources:
        etree.SubElement(
            group,
            "outline",
            type="rss",
            text=str(one.title),
            title=str(one.title),
            description=str(one.answers),
            xmlUrl=one.address.url(base_url, "atom"),
            htmlUrl=base_url + one.page,
        )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
