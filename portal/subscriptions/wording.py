"""The words of a mail in the subscriber's language: there is no page, so no reader's choice to go by."""

from functools import cache

from babel.support import NullTranslations, Translations

from core.tables import ROOT


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


def said(sentence: str, language: str, **values: object) -> str:
    """The message ids are Chinese; another language asks its catalogue."""
    text = sentence if language == "zh" else str(_catalogue(language).gettext(sentence))
    return text % values if values else text


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(ROOT / "core" / "translations"), [language])
