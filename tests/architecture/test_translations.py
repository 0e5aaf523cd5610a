"""The interface speaks two languages, whole: every sentence is marked, and every marked sentence has its English."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from core.tables import ROOT

TRANSLATIONS = ROOT / "core" / "translations"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PLACEHOLDER = re.compile(r"%\(\w+\)s")
CHINESE = re.compile("[\u4e00-\u9fff]+")


def sentences() -> set[str]:
    with (TRANSLATIONS / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None}
    found = extract_from_dir(str(ROOT), methods, options, keywords=keywords, directory_filter=is_ours)
    return {message for _file, _line, message, *_more in found if isinstance(message, str)}


def is_ours(folder: str) -> bool:
    path = Path(folder)
    return path == ROOT or path.relative_to(ROOT).parts[0] in {"core", "search", "intake", "portal", "templates"}


def english() -> dict[str, str]:
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_sentence_has_its_english() -> None:
    translated = english()
    assert sentences(), "the extraction found nothing"
    assert {one for one in sentences() if not translated.get(one)} == set()


def test_nothing_is_translated_that_nobody_says() -> None:
    assert set(english()) - sentences() == set()


def test_both_languages_have_the_same_gaps_to_fill() -> None:
    different = {
        source
        for source, text in english().items()
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    }
    assert different == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_chinese_stands_in_a_template_outside_a_sentence_to_translate(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", template.read_text(), flags=re.DOTALL)
    assert CHINESE.findall(text) == []
