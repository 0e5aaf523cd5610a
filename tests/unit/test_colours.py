"""Every text colour of static/css/tokens.css can be read on the grounds it stands on: WCAG 2.2, 1.4.3 and 1.4.11."""

import re
from itertools import product

import pytest

from core.tables import ROOT

GROUNDS = ("ground", "paper", "sunken")
TINTS = ("brand-tint", "good-tint", "warn-tint", "bad-tint", "info-tint")
TEXTS = ("ink", "ink-soft", "heading", "link", "good", "warn", "bad", "info", "govuk-link-visited-colour")
PAIRS = [
    *product(TEXTS, GROUNDS),
    *product(("ink", "ink-soft", "link"), TINTS),
    *((name, f"{name}-tint") for name in ("good", "warn", "bad", "info")),
    *(("ink", "mark"), ("on-brand", "brand"), ("on-brand", "brand-hover"), ("on-focus", "focus")),
]
AQI_RULE = re.compile(r"\.aqi--\d \.aqi__value \{ background: (#\w{6}); color: (#\w{6}); \}")


def palettes() -> dict[str, dict[str, str]]:
    css = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in css.split("@media"))
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(mode: str, text: str, ground: str) -> None:
    colours = palettes()[mode]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_lines_of_a_chart_stand_out(mode: str) -> None:
    colours = palettes()[mode]
    assert all(contrast(colours[f"chart-{n}"], colours["ground"]) >= 3 for n in range(1, 7))


def test_the_number_can_be_read_on_each_colour_of_the_air_index() -> None:
    css = (ROOT / "static/css/components.css").read_text(encoding="utf-8")
    rules = AQI_RULE.findall(css)
    assert len(rules) == 6
    assert all(contrast(ground, text) >= 4.5 for ground, text in rules)
