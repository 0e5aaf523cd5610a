"""A promise names its test, and the test is there."""

import re

import pytest

from core.tables import ROOT

NAMED = re.compile(r"`((?:unit|web|journeys|search|architecture)/test_\w+\.py)::(test_\w+)`")
ALONE = re.compile(r"`((?:unit|web|journeys|search|architecture)/test_\w+\.py)`")
PAGES = ("promises.md", "threat-model.md")


def text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_promise_names_is_there(page: str) -> None:
    named = NAMED.findall(text(page))
    assert len(named) > 10
    missing = [f"{file}::{name}" for file, name in named if f"def {name}(" not in _source(file)]
    assert missing == []
    assert [file for file in ALONE.findall(text(page)) if not _source(file)] == []


def _source(file: str) -> str:
    path = ROOT / "tests" / file
    return path.read_text(encoding="utf-8") if path.exists() else ""
