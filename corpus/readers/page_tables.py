"""Ruled tables of pages: cells with their places become rows, and go on over page breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.readers.grid import Cell, Slot, grid_of
from corpus.readers.layout import PlacedCell, edges

_SAME_EDGE = 6.0
"""Points by which the outer edges of one table may differ from page to page."""
_NEAR = 3.0


@dataclass(slots=True)
class PageTable:
    """A table that may go on at the top of the next page.

    page, last_page  numbers of the pages where it begins and, so far, ends
    """

    page: int
    last_page: int
    parts: list[Sequence[PlacedCell]] = field(default_factory=list)

    def goes_on_with(self, cells: Sequence[PlacedCell], page: int) -> bool:
        """Whether a table is the rest of this one: at the top of the next page, between the same vertical lines."""
        if page != self.last_page + 1:
            return False
        ours, theirs = _verticals(self.parts[-1]), _verticals(cells)
        are_outer_alike = abs(ours[0] - theirs[0]) < _SAME_EDGE and abs(ours[-1] - theirs[-1]) < _SAME_EDGE
        few, many = sorted((ours, theirs), key=len)
        return are_outer_alike and all(any(abs(one - other) < _SAME_EDGE for other in many) for one in few)

    def add(self, cells: Sequence[PlacedCell], page: int) -> None:
        self.parts.append(cells)
        self.last_page = page

    def rows(self) -> tuple[list[tuple[Cell, ...]], tuple[str, ...]]:
        """The rows of the whole table, and the head rows that were printed again on later pages."""
        lefts = edges(place for part in self.parts for place in _verticals(part))[:-1]
        rows: list[tuple[Cell, ...]] = []
        repeated: list[str] = []
        for part in self.parts:
            below = _rows(part, lefts)
            while rows and len(below) > 1 and _same(below[0], rows[_again(repeated, rows)]):
                repeated.append("".join(cell.text for cell in below.pop(0)))
            rows = _joined(rows, below)
        return rows, tuple(repeated)


def _again(repeated: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """Which head row would be printed next: after the first of two, the second."""
    return 1 if repeated and len(rows) > 1 and repeated[-1] == "".join(cell.text for cell in rows[0]) else 0


def _verticals(cells: Sequence[PlacedCell]) -> list[float]:
    return edges(place for cell in cells for place in (cell.box.left, cell.box.right))


def _rows(cells: Sequence[PlacedCell], lefts: Sequence[float]) -> list[tuple[Cell, ...]]:
    """Cells in rows; where the lines leave no cell, an empty one."""
    tops = edges(cell.box.top for cell in cells)
    taken: set[tuple[int, int]] = set()
    rows: list[list[tuple[int, Cell]]] = [[] for _ in tops]
    for cell in sorted(cells, key=lambda cell: (cell.box.top, cell.box.left)):
        across = [at for at, left in enumerate(lefts) if cell.box.left - _NEAR <= left < cell.box.right - _NEAR]
        down = [at for at, top in enumerate(tops) if cell.box.top - _NEAR <= top < cell.box.bottom - _NEAR]
        places = {(row, column) for row in down for column in across}
        if places and not places & taken:
            taken |= places
            rows[down[0]].append((across[0], Cell(cell.paragraphs, len(across), len(down))))
    for row, cells_of in enumerate(rows):
        cells_of += [(column, Cell()) for column in range(len(lefts)) if (row, column) not in taken]
    return [tuple(cell for _, cell in sorted(row, key=lambda placed: placed[0])) for row in rows]


def _same(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    return any(cell.text for cell in one) and [cell.text for cell in one] == [cell.text for cell in other]


def _joined(above: list[tuple[Cell, ...]], below: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Rows over a page break: a row that the break cut in two is one, a cell that spans the break rules both sides."""
    if not above or not below:
        return above or below
    last = grid_of(above)[-1]
    own = next((at for at, slot in enumerate(last) if slot.opens_row), 0)
    firsts = _columns(below[0])
    for at, slot in enumerate(last[:own]):  # these cells rule the rows above the break too
        if at in firsts and not firsts[at].text:
            firsts[at] = replace(firsts[at], paragraphs=slot.cell.paragraphs)
    is_cut = last[own].cell.text and own in firsts and not firsts[own].text
    if not is_cut:
        return [*above, tuple(firsts.values()), *below[1:]]
    rest = {at: cell for at, cell in firsts.items() if at >= own}
    hanging = {at: replace(cell, rows=cell.rows - 1) for at, cell in firsts.items() if cell.rows > 1}
    return [*_with_rest(above, last, rest), *_hung(hanging, below[1:])]


def _hung(hanging: dict[int, Cell], rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """The rows, the first of them with the cells that hung into it from a row now gone."""
    if not rows:
        return []
    first: list[Cell] = []
    cells = list(rows[0])
    column = 0
    while cells or column in hanging:
        cell = hanging[column] if column in hanging else cells.pop(0)
        first.append(cell)
        column += cell.columns
    return [tuple(first), *rows[1:]]


def _columns(row: Sequence[Cell]) -> dict[int, Cell]:
    """The cells of a row on which nothing hangs down, by the column where each starts."""
    starts = [0]
    for cell in row:
        starts.append(starts[-1] + cell.columns)
    return {start: cell for (start, _), cell in zip(pairwise(starts), row, strict=True)}


def _with_rest(above: list[tuple[Cell, ...]], last: Sequence[Slot], rest: dict[int, Cell]) -> list[tuple[Cell, ...]]:
    """The rows above with the text that stands below the break put to the cells that it belongs to."""
    cut = {at: last[at].cell for at, cell in rest.items() if cell.text and at < len(last)}
    grown = {id(cell): _grown(cell, rest[at]) for at, cell in cut.items()}
    return [tuple(grown.get(id(cell), cell) for cell in row) for row in above]


def _grown(cell: Cell, rest: Cell) -> Cell:
    return replace(cell, paragraphs=("".join((*cell.paragraphs, *rest.paragraphs)),))
