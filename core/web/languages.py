"""Chinese first, English by a switch that a cookie remembers. The message ids are the Chinese sentences."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request
from flask_babel import Babel, LazyString, get_translations

from core.errors import NotFound
from core.tables import ROOT
from core.web.access import public

COOKIE = "language"
LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
ONE_YEAR = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def chosen() -> str:
    """ "zh" unless the reader switched."""
    if "language" not in g:
        wanted = request.cookies.get(COOKIE, "") if request else ""
        g.language = wanted if wanted in LANGUAGES else "zh"
    return str(g.language)


def either(chinese: str, english: str) -> LazyString:
    """What a table holds in both languages: the reader's, when it is shown."""
    return LazyString(lambda: chinese if chosen() == "zh" else english)


@blueprint.get("/language/<code>")
@public
def switch(code: str) -> Response:
    """Remember the choice and go back to where the reader was."""
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(local_path(request.args.get("next")))
    response.set_cookie(COOKIE, code, max_age=ONE_YEAR, samesite="Lax", httponly=True)
    return response  # type: ignore[return-value]


def local_path(target: str | None) -> str:
    """`target` if it is a path on this site, else the home page."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


def _sentence(text: str) -> str:
    """What templates say. The message ids are Chinese: only another language needs its catalogue looked up."""
    return text if chosen() == "zh" else str(get_translations().ugettext(text))


def _sentences(one: str, many: str, count: int) -> str:
    return one if chosen() == "zh" else str(get_translations().ungettext(one, many, count))


def install(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "core" / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=chosen)
    app.jinja_env.install_gettext_callables(_sentence, _sentences, newstyle=True)  # type: ignore[attr-defined]
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"language": chosen(), "html_lang": HTML_LANG[chosen()], "languages": LANGUAGES})
