"""From glyphs on a page to lines in reading order, for formats that know places and no paragraphs (PDF, OFD)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its left and top edges."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def holds(self, other: Box) -> bool:
        """Whether the middle of the other is inside."""
        center = (other.left + other.right) / 2
        return self.left <= center <= self.right and self.top <= other.middle <= self.bottom


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed sign and its place; whether a blank was typed before it."""

    text: str
    box: Box
    is_spaced: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell between ruled lines, and its text."""

    box: Box
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text, or a table as its cells; whether wide gaps part the line: then it is no running text."""

    box: Box
    text: str = ""
    cells: tuple[PlacedCell, ...] = ()
    is_parted: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Pieces from top to bottom, and the edges between which lines run.

    pitch        the usual distance from line to line
    is_indented  whether paragraphs begin indented
    """

    pieces: tuple[Piece, ...]
    left: float
    right: float
    pitch: float = 0.0
    is_indented: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its height, and its columns in reading order."""

    height: float
    columns: tuple[Column, ...]


_SAME_ROW = 0.4
"""How far, in glyph sizes, middles lie apart on one row."""
_FAR = 1.5
"""The gap, in glyph sizes, that parts a row into pieces."""
_WORD_GAP, _TYPED_GAP, _WIDE_GAP = 0.15, 0.35, 0.7
"""Gaps that are a space: between Latin letters; next to Chinese signs, which justified lines set apart, where a blank
was typed; and where none was."""
_OVERPRINT = 0.2
_SAME_LINE = 3.0
"""Points by which the places of one ruled line may differ."""
_WIDEST_MARGIN = 1.6
"""The margin on the right, in margins on the left."""
_LEAST_INDENT, _MOST_INDENT = 1.2, 3.5
_LEAST_ROWS, _LEAST_SHARE = 8, 0.5
"""Rows, and the share of all rows, that two columns must have side by side."""
_FILLED = 0.6


def sheet_of(glyphs: Sequence[Glyph], tables: Iterable[Sequence[Box]], width: float, height: float) -> Sheet:
    """The page, its tables (given as the boxes of their cells) taken out of the running text."""
    free = list(glyphs)
    pieces: list[Piece] = []
    for cells in tables:
        whole = _around(cells)
        inside = [glyph for glyph in free if whole.holds(glyph.box)]
        free = [glyph for glyph in free if not whole.holds(glyph.box)]
        pieces.append(Piece(whole, cells=tuple(PlacedCell(cell, _cell_text(inside, cell)) for cell in cells)))
    pieces += [piece for row in _rows(free) for piece in _pieces(row)]
    parts = [part for part in _parts(pieces) if part]
    return Sheet(height, tuple(_column(part, width if len(parts) == 1 else 0.0) for part in parts))


def edges(places: Iterable[float]) -> list[float]:
    """Places of ruled lines in order, those that are one line taken together."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _SAME_LINE:
            found.append(place)
    return found


def _cell_text(glyphs: Sequence[Glyph], cell: Box) -> tuple[str, ...]:
    """The text of a cell as one paragraph: cells are narrow and break words."""
    text = ""
    for row in _rows([glyph for glyph in glyphs if cell.holds(glyph.box)]):
        text = joined(text, " ".join(piece.text for piece in _pieces(row)))
    return (text,) if text else ()


def joined(text: str, line: str) -> str:
    """A text and its next line: a space between Latin words, none in Chinese, in numbers and in ABBREVIATIONS."""
    before, after = text[-1:], line[:1]
    is_word = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    return text + " " * (is_word and not (before.isupper() and after.isupper())) + line


def _rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that stand on one row, from top to bottom, each row from left to right."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.box.middle):
        if row and glyph.box.middle - row[0].box.middle > max(glyph.box.size, row[0].box.size) * _SAME_ROW:
            yield sorted(row, key=lambda glyph: glyph.box.left)
            row = []
        row.append(glyph)
    if row:
        yield sorted(row, key=lambda glyph: glyph.box.left)


def _pieces(row: Sequence[Glyph]) -> Iterator[Piece]:
    """The runs of a row that no wide gap parts."""
    run: list[Glyph] = []
    for glyph in row:
        if run and glyph.box.left - run[-1].box.right > max(glyph.box.size, run[-1].box.size) * _FAR:
            yield _piece(run)
            run = []
        run.append(glyph)
    if run:
        yield _piece(run)


def _piece(run: Sequence[Glyph]) -> Piece:
    text = run[0].text
    for before, glyph in pairwise(run):
        gap = glyph.box.left - before.box.right
        size = max(glyph.box.size, before.box.size)
        if glyph.text == before.text and glyph.box.left - before.box.left < size * _OVERPRINT:
            continue  # printed twice to look bold
        if before.text.isascii() and glyph.text.isascii():
            is_space = glyph.is_spaced or gap > size * _WORD_GAP
        else:
            is_space = gap > size * (_TYPED_GAP if glyph.is_spaced else _WIDE_GAP)
        text += " " * is_space + glyph.text
    return Piece(_around(glyph.box for glyph in run), text)


def _parts(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces in reading order: what runs over the whole width, then left and right column, and so on down."""
    gutter = _gutter(pieces)
    if gutter is None:
        yield list(pieces)
        return
    wide: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.box.top):
        is_wide = piece.box.left < gutter < piece.box.right
        if is_wide and (left or right):
            yield from (wide, left, right)
            wide, left, right = [], [], []
        (wide if is_wide else left if piece.box.right <= gutter else right).append(piece)
    yield from (wide, left, right)


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a page parts into two columns of running text: most rows stop at it on the left and begin right of it."""
    texts = [piece for piece in pieces if not piece.cells]
    if len(texts) < 2 * _LEAST_ROWS:
        return None
    start, end = min(piece.box.left for piece in texts), max(piece.box.right for piece in texts)
    begins = sorted(
        piece.box.left for piece in texts if start + (end - start) * 0.4 < piece.box.left < end - (end - start) * 0.25
    )
    if len(begins) < _LEAST_ROWS:
        return None
    gutter = begins[len(begins) // 10] - 1
    size = texts[0].box.size
    left = [piece for piece in texts if piece.box.right <= gutter]
    crossing = sum(piece.box.left < gutter < piece.box.right for piece in texts)
    full = sum(gutter - piece.box.right < 3 * size for piece in left)
    is_page = len(left) >= _LEAST_ROWS and crossing <= (len(texts) - crossing) * (1 - _LEAST_SHARE)
    return gutter if is_page and full >= len(left) * _FILLED else None


def _column(pieces: Sequence[Piece], width: float) -> Column:
    """Pieces of one row as one line; the edges are those that most lines keep to.

    width  of the page, where the column is all of it: short lines alone do not show where full ones would end
    """
    lines: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.box.middle, piece.box.left)):
        last = lines[-1] if lines else None
        is_beside = (
            last
            and not piece.cells
            and not last.cells
            and abs(last.box.middle - piece.box.middle) < last.box.size * _SAME_ROW
        )
        if last and is_beside:
            first, second = sorted((last, piece), key=lambda piece: piece.box.left)
            lines[-1] = Piece(_around((first.box, second.box)), f"{first.text} {second.text}", is_parted=True)
        else:
            lines.append(piece)
    lefts = sorted(line.box.left for line in lines)
    rights = sorted(line.box.right for line in lines)
    left = lefts[len(lefts) // 20]
    indents = ((line.box.left - left) / line.box.size for line in lines if line.text and line.box.size)
    is_indented = sum(_LEAST_INDENT < indent < _MOST_INDENT for indent in indents) > 1
    steps = sorted(below.box.middle - line.box.middle for line, below in pairwise(lines))
    pitch = steps[len(steps) // 2] if steps else 0.0
    right = max(rights[-1 - len(rights) // 20], width - _WIDEST_MARGIN * left)
    return Column(tuple(lines), left, right, pitch, is_indented)


def _around(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
