"""The line of an hour: JCS, byte for byte, whatever order and columns a file has."""

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from portal.monitoring import hour_text
from portal.monitoring.hour_text import HourText
from portal.monitoring.models import VALUE_COLUMNS

values = st.one_of(st.none(), st.integers(0, 500), st.integers(0, 2_000_000).map(lambda one: one / 1000))


@given(st.permutations(VALUE_COLUMNS), st.integers(1, len(VALUE_COLUMNS)), st.data())
def test_a_line_is_what_jcs_makes_of_its_members(order: list[str], count: int, data: st.DataObject) -> None:
    columns = order[:count]
    write = HourText(columns)
    for row in data.draw(st.lists(st.lists(values, min_size=count, max_size=count), min_size=1, max_size=4)):
        members = {
            name: f"{one:g}" if one == int(one) else repr(one)
            for name, one in zip(columns, row, strict=True)
            if one is not None
        }
        members |= {"station": "2396A", "hour": "2018-02-19T23:00:00Z"}
        assert write("2396A", 421967, row) == rfc8785.dumps(members)


def test_a_column_of_ever_new_values_is_written_without_remembering_all_of_them() -> None:
    write = HourText(("pm25",))
    lines = {write("2396A", 1, [one / 8]) for one in range(hour_text.KNOWN + 1000)}
    assert len(lines) == hour_text.KNOWN + 1000
    assert max(len(one) for one in write._members) <= hour_text.KNOWN
