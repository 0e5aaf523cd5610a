"""Companies by name or code, among those that public records name."""

from flask_babel import gettext as _

from core.web import current

MATCHES = 6


def companies_named(text: str) -> list[tuple[str, str]]:
    """(code|name, words), each once."""
    found: dict[str, str] = {}
    hits = current.service("search").find(current.session(), text, kinds=("penalty", "blacklist"), limit=30)
    for hit in hits:
        name = next(iter(hit.document.names), "")
        code = next((one for one in hit.document.codes if len(one) == 18 and one.isascii()), "")
        if name:
            found.setdefault(f"{code}|{name}", _("%(name)s（%(kind)s）", name=name, kind=code) if code else name)
    return list(found.items())[:MATCHES]
