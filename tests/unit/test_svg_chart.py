"""The chart for paper: its axis, its gaps, its labels."""

import re

import pytest
from lxml import etree

from core.web.svg_chart import Point, line_chart


def texts(chart: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart)


@pytest.mark.parametrize(
    ("highest", "axis"),
    [
        (0.0, ["0", "1", "2", "3", "4"]),
        (0.9, ["0", "0.3", "0.6", "0.9", "1.2"]),
        (4.0, ["0", "1", "2", "3", "4"]),
        (136.0, ["0", "40", "80", "120", "160"]),
        (500.0, ["0", "200", "400", "600", "800"]),
    ],
)
def test_the_axis_counts_in_round_figures(highest: float, axis: list[str]) -> None:
    chart = line_chart([Point("", 0.0), Point("", highest)], title="AQI")
    assert [one for one in texts(chart) if one] == axis


def test_a_missing_value_breaks_the_line() -> None:
    points = [Point("a", 1.0), Point("b", 2.0), Point("c", None), Point("d", 3.0)]
    assert line_chart(points, title="AQI").count("<polyline") == 2


def test_a_label_is_written_once() -> None:
    points = [Point("11-21" if n < 12 else "11-22", 5.0) for n in range(24)]
    assert [one for one in texts(line_chart(points, title="AQI")) if "-" in one] == ["11-21", "11-22"]


def test_labels_run_from_left_to_right() -> None:
    points = [Point(str(100 + n), 1.0) for n in range(10)]
    shown = [one for one in texts(line_chart(points, title="AQI")) if len(one) == 3]
    assert shown == sorted(shown)


def test_without_any_value_there_is_no_chart() -> None:
    assert line_chart([Point("a", None)], title="AQI") == ""
    assert line_chart([], title="AQI") == ""


def test_names_from_outside_stay_text_and_nothing_is_inline() -> None:
    chart = line_chart([Point("<b>&", 1.0)], title='"><script>alert(1)</script>')
    root = etree.fromstring(chart)
    assert root.get("aria-label") == '"><script>alert(1)</script>'
    assert not root.xpath("//*[@style]") and not root.xpath("//*[local-name()='script']")
