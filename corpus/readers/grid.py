"""The cells of a table and the grid of places that they cover."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_COLUMNS = 200
_BROKEN = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_SET_APART = re.compile(r"(?:[\u4e00-\u9fff] {1,3}){1,9}[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its paragraphs, the columns and rows it spans, and whether it is marked as a heading."""

    paragraphs: tuple[str, ...] = ()
    columns: int = 1
    rows: int = 1
    is_head: bool = False

    @property
    def text(self) -> str:
        """Its paragraphs on one line; letters set apart to fill the cell (减 分 指 标) are one word."""
        text = " ".join(self.paragraphs)
        return text.replace(" ", "") if _SET_APART.fullmatch(text) else text

    @property
    def label(self) -> str:
        """Its paragraphs as one name: what is broken over lines in a narrow column is one word."""
        words = " ".join("".join(self.paragraphs).split())
        return _BROKEN.sub("", words).rstrip("：:")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the grid: the cell that covers it, and whether the cell starts in this column and in this row."""

    cell: Cell
    opens_column: bool
    opens_row: bool


EMPTY = Slot(Cell(), True, True)
Row = list[Slot]


def grid_of(rows: Sequence[Sequence[Cell]]) -> list[Row]:
    """Every place of the table with the cell that covers it. Spans are bounded by the table and by sane sizes."""
    grid: list[Row] = []
    hanging: dict[int, tuple[Slot, int]] = {}  # by column: a slot continued below, and for how many rows
    for row in rows:
        slots: Row = []
        cells = iter(row)
        while len(slots) < MOST_COLUMNS:
            if len(slots) in hanging:
                _hang(slots, hanging)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            for offset in range(min(cell.columns, MOST_COLUMNS - len(slots))):
                if cell.rows > 1:
                    hanging[len(slots)] = (Slot(cell, offset == 0, False), cell.rows - 1)
                slots.append(Slot(cell, offset == 0, True))
        while hanging and len(slots) <= max(hanging):
            _hang(slots, hanging)
        grid.append(slots)
    width = max(map(len, grid), default=0)
    return [row + [EMPTY] * (width - len(row)) for row in grid]


def _hang(slots: Row, hanging: dict[int, tuple[Slot, int]]) -> None:
    """Fill the next place of a row from the cell that hangs down into it, if one does."""
    slot, left = hanging.pop(len(slots), (EMPTY, 0))
    if left > 1:
        hanging[len(slots)] = (slot, left - 1)
    slots.append(slot)


def trimmed(grid: list[Row]) -> list[Row]:
    """The grid without empty rows and columns."""
    rows = [row for row in grid if any(slot.opens_row and slot.cell.text for slot in row)]
    kept = [at for at in range(len(rows[0]) if rows else 0) if any(row[at].cell.text for row in rows)]
    return [[row[at] for at in kept] for row in rows]
