"""No small cell that could point at a person: which cells of a table with totals must be hidden.

A count of 1 to 4 is hidden. So is what would give it away: as rows and columns add up to their totals, a hidden cell is
only safe if it lies on a cycle of hidden cells (rows and columns as the nodes, hidden cells as the edges; an edge that
is no part of a cycle can be computed). And what is hidden in a line must add up to at least five, or be all of it.
"""

from collections.abc import Iterator, Sequence

LEAST = 5
Table = list[list[int]]
Cell = tuple[int, int]


def with_totals(counts: Sequence[Sequence[int]]) -> Table:
    """The table with a last column and a last row of sums."""
    rows = [[*row, sum(row)] for row in counts]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[column] for row in rows) for column in range(width)]]


def hidden_cells(table: Table) -> frozenset[Cell]:
    """Of a table with totals, the cells that must not be shown."""
    hidden = {cell for cell in _cells(table) if 0 < table[cell[0]][cell[1]] < LEAST}
    while (more := _next(table, hidden)) is not None:
        hidden.add(more)
    return frozenset(hidden)


def shown(table: Table) -> list[list[int | None]]:
    """The table with None where a cell is hidden."""
    hidden = hidden_cells(table)
    return [[None if (r, c) in hidden else value for c, value in enumerate(row)] for r, row in enumerate(table)]


def share(part: int, whole: int) -> float | None:
    """part of whole, where neither part nor rest is a small cell and there are enough to speak of."""
    rest = whole - part
    if whole < LEAST or 0 < part < LEAST or 0 < rest < LEAST:
        return None
    return part / whole


def _next(table: Table, hidden: set[Cell]) -> Cell | None:
    """One more cell to hide; None when nothing hidden can be computed or narrowed below five."""
    open_ones = [cell for cell in sorted(hidden) if not _on_a_cycle(cell, hidden)]
    for cell in sorted(open_ones, key=lambda one: not _is_alone(one, hidden)):
        found = _candidate(table, hidden, cell)
        if found is not None:
            return found
    for line, total in _lines(table):
        inside = [cell for cell in line if cell in hidden]
        if inside and total not in hidden and sum(table[r][c] for r, c in inside) < LEAST:
            found = _cheapest(table, [cell for cell in line if cell not in hidden])
            if found is not None:
                return found
    return None


def _is_alone(cell: Cell, hidden: set[Cell]) -> bool:
    """Whether it is the only hidden one of its row or of its column: the next to hide is in that line."""
    return any(sum(one[axis] == cell[axis] for one in hidden) == 1 for axis in (0, 1))


def _candidate(table: Table, hidden: set[Cell], cell: Cell) -> Cell | None:
    """A visible cell in the line where this one hides alone; parts before totals, such as close a cycle first."""
    row, column = cell
    in_row = [(row, c) for c in range(len(table[0])) if c != column]
    in_column = [(r, column) for r in range(len(table)) if r != row]
    lines = sorted((in_row, in_column), key=lambda line: len(hidden.intersection(line)))
    for line in lines:
        visible = [one for one in line if one not in hidden]
        parts = [one for one in visible if one[0] < len(table) - 1 and one[1] < len(table[0]) - 1]
        closing = [one for one in parts if _crosses(one, line is in_row, hidden)]
        if visible:
            return _cheapest(table, closing or parts or visible)
    return None


def _crosses(cell: Cell, along_row: bool, hidden: set[Cell]) -> bool:
    """Whether the other line of `cell` has a hidden cell already."""
    axis = 1 if along_row else 0
    return any(one[axis] == cell[axis] for one in hidden)


def _cheapest(table: Table, cells: list[Cell]) -> Cell | None:
    """The least that is no zero, else a zero."""
    return min(cells, key=lambda one: (table[one[0]][one[1]] == 0, table[one[0]][one[1]], one), default=None)


def _on_a_cycle(cell: Cell, hidden: set[Cell]) -> bool:
    """Whether its row and column stay connected through other hidden cells."""
    others = hidden - {cell}
    reached, waiting = {("row", cell[0])}, [("row", cell[0])]
    while waiting:
        kind, number = waiting.pop()
        for row, column in others:
            node = ("column", column) if kind == "row" and row == number else None
            node = ("row", row) if kind == "column" and column == number else node
            if node is not None and node not in reached:
                reached.add(node)
                waiting.append(node)
    return ("column", cell[1]) in reached


def _lines(table: Table) -> Iterator[tuple[list[Cell], Cell]]:
    """Each row and column: its parts and its total."""
    height, width = len(table), len(table[0])
    for row in range(height):
        yield [(row, column) for column in range(width - 1)], (row, width - 1)
    for column in range(width):
        yield [(row, column) for row in range(height - 1)], (height - 1, column)


def _cells(table: Table) -> Iterator[Cell]:
    return ((row, column) for row in range(len(table)) for column in range(len(table[0])))
