"""Small cells stay unknown: an attacker with the table, its totals and a linear solver computes none of them."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from intake.small_cells import LEAST, hidden_cells, share, shown, with_totals
from intake.statistics import Case, figures

tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4)
)


def computable(table: list[list[int]]) -> set[tuple[int, int]]:
    """The hidden cells that follow from what is shown and from rows and columns adding up: exact elimination."""
    hidden = sorted(hidden_cells(table))
    place = {cell: number for number, cell in enumerate(hidden)}
    height, width = len(table), len(table[0])
    equations = []
    for row in range(height):
        equations.append({(row, c): 1 if c < width - 1 else -1 for c in range(width)})
    for column in range(width):
        equations.append({(r, column): 1 if r < height - 1 else -1 for r in range(height)})
    matrix = [[Fraction(0)] * len(hidden) for _one in equations]
    for line, equation in zip(matrix, equations, strict=True):
        for cell, factor in equation.items():
            if cell in place:
                line[place[cell]] += factor
    pivot_row = 0
    for column in range(len(hidden)):
        found = next((r for r in range(pivot_row, len(matrix)) if matrix[r][column]), None)
        if found is None:
            continue
        matrix[pivot_row], matrix[found] = matrix[found], matrix[pivot_row]
        factor = matrix[pivot_row][column]
        matrix[pivot_row] = [value / factor for value in matrix[pivot_row]]
        for r in range(len(matrix)):
            if r != pivot_row and matrix[r][column]:
                times = matrix[r][column]
                matrix[r] = [a - times * b for a, b in zip(matrix[r], matrix[pivot_row], strict=True)]
        pivot_row += 1
    alone = [row for row in matrix if sum(1 for value in row if value) == 1]
    return {hidden[next(n for n, value in enumerate(row) if value)] for row in alone}


@given(tables)
def test_every_small_cell_is_hidden_and_none_can_be_computed(counts: list[list[int]]) -> None:
    table = with_totals(counts)
    hidden = hidden_cells(table)
    small = {(r, c) for r, row in enumerate(table) for c, value in enumerate(row) if 0 < value < LEAST}
    assert small <= hidden
    everything = {(r, c) for r in range(len(table)) for c in range(len(table[0]))}
    assert hidden == everything or not computable(table) & small


@given(tables)
def test_what_is_shown_is_true(counts: list[list[int]]) -> None:
    table = with_totals(counts)
    assert all(
        told in (None, real)
        for line, row in zip(shown(table), table, strict=True)
        for told, real in zip(line, row, strict=True)
    )


@given(tables)
def test_two_small_cells_do_not_betray_each_other_by_a_small_sum(counts: list[list[int]]) -> None:
    """Where a row's total stands there, what is hidden in it adds up to five or more, or nothing else is left."""
    table = with_totals(counts)
    hidden = hidden_cells(table)
    for r, row in enumerate(table):
        inside = [value for c, value in enumerate(row[:-1]) if (r, c) in hidden]
        if inside and (r, len(row) - 1) not in hidden:
            assert sum(inside) >= LEAST or len(inside) == len(row) - 1


def test_a_table_without_small_cells_is_shown_whole() -> None:
    table = with_totals([[5, 0, 9], [7, 8, 20]])
    assert shown(table) == table


def test_one_small_cell_takes_three_others_with_it() -> None:
    """Its row and its column would give it away, and the corner both of them."""
    told = shown(with_totals([[2, 30, 40], [50, 60, 70], [80, 90, 100]]))
    assert told == [[None, None, 40, 72], [None, None, 70, 180], [80, 90, 100, 270], [132, 180, 210, 522]]


def test_a_share_is_told_where_neither_side_is_small() -> None:
    assert share(8, 8) == 1
    assert share(0, 20) == 0
    assert share(10, 20) == 0.5
    assert share(18, 20) is None
    assert share(3, 20) is None
    assert share(4, 4) is None


def test_a_department_s_line_tells_no_small_rest() -> None:
    """Of thirteen cases eleven are answered: to say eleven would say that two are open."""
    month = date(2026, 9, 1)
    answered = [Case("a", month, month, False, False, None)] * 11
    lines, _total = figures([*answered, *[Case("a", month, None, False, True, None)] * 2], [month])
    assert (lines[0].total, lines[0].finished, lines[0].overdue, lines[0].on_time) == (13, None, None, None)
    lines, _total = figures([*answered, *[Case("a", month, None, False, True, None)] * 5], [month])
    assert (lines[0].total, lines[0].finished, lines[0].overdue, lines[0].on_time) == (16, 11, 5, 11 / 16)


def test_where_the_total_is_hidden_nothing_of_the_line_is_told() -> None:
    month = date(2026, 9, 1)
    many = [Case("a", month, month, False, False, 5)] * 16
    lines, total = figures([*many, Case("b", month, month, False, False, 5)], [month])
    assert [one.total for one in lines] == [None, None]
    assert (lines[0].finished, lines[0].on_time, lines[0].satisfied) == (None, None, None)
    assert total[-1] == 17
