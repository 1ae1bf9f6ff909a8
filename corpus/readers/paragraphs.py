"""From the lines of all pages to paragraphs: margins dropped, lines joined by where they end, tables over pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from corpus.readers.furniture import has_leader, is_margin_number, is_page_mark
from corpus.readers.layout import Column, Piece, Sheet, joined
from corpus.readers.openings import opens_paragraph
from corpus.readers.page_tables import PageTable
from corpus.readers.reading import Furniture
from corpus.readers.tables import table_text
from corpus.structure.cleaning import Artefact


@dataclass(slots=True)
class Flow:
    """Paragraphs of a document, one a line, what was dropped, and the tables' notes."""

    lines: list[str] = field(default_factory=list)
    dropped: list[Artefact] = field(default_factory=list)
    merged_on: list[int] = field(default_factory=list)


_MARGIN = 0.15
"""The share of a page's height at its top and at its bottom where heads and feet stand."""
_LEAST_PAGES, _LEAST_SHARE = 3, 0.4
"""Pages, and the share of all pages, on which a line must stand to be a running head: odd and even pages differ."""
_FAR = 1.35
"""The distance between lines, in those that are usual, that parts paragraphs."""
_SAME_PLACE = 12.0
_NUMBERS = re.compile(r"\d+")


def flow(sheets: Sequence[Sheet]) -> Flow:
    """The text of a document given as its pages."""
    found = Flow()
    writer = _Writer(found)
    for number, sheet in enumerate(_without_margins(sheets, found), start=1):
        for column in sheet.columns:
            for piece in column.pieces:
                writer.write(piece, column, number)
    writer.close()
    return found


@dataclass(slots=True)
class _Writer:
    """Takes pieces in reading order and writes paragraphs and tables once they are complete."""

    found: Flow
    paragraph: _Paragraph | None = None
    table: PageTable | None = None

    def write(self, piece: Piece, column: Column, page: int) -> None:
        if piece.cells:
            if not (self.table and self.table.goes_on_with(piece.cells, page)):
                self.close()
                self.table = PageTable(page, page)
            self.table.add(piece.cells, page)
        elif self.paragraph and self.paragraph.goes_on_with(piece, column):
            self.paragraph.add(piece, column)
        else:
            self.close()
            self.paragraph = _Paragraph([piece], column)

    def close(self) -> None:
        if self.paragraph:
            self.found.lines.append(self.paragraph.text)
        if self.table:
            rows, heads = self.table.rows()
            read = table_text(rows)
            self.found.lines.extend(read.lines)
            self.found.dropped.extend(
                Artefact(Furniture.REPEATED_HEAD, head) for head in (*heads, *read.repeated_heads)
            )
            if read.has_merged:
                self.found.merged_on.append(self.table.page)
        self.paragraph, self.table = None, None


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, and the column of the last one."""

    pieces: list[Piece]
    column: Column

    def goes_on_with(self, piece: Piece, column: Column) -> bool:
        """Whether a line is the next of this paragraph: the last one is full, it is not indented and opens nothing."""
        last = self.pieces[-1]
        size = last.box.size
        is_full = last.box.right >= self.column.right - 1.5 * size
        is_flush = piece.box.left <= column.left + 0.7 * size
        is_alike = abs(piece.box.size - size) <= 0.25 * size
        is_near = not 0 < piece.box.middle - last.box.middle > column.pitch * _FAR or column is not self.column
        is_running = not (last.is_parted or piece.is_parted or has_leader(last.text))
        # Where paragraphs begin indented, a flush line that looks numbered is in the middle of one.
        opens = opens_paragraph(piece.text) and not column.is_indented
        return is_full and is_flush and is_alike and is_near and is_running and not opens

    def add(self, piece: Piece, column: Column) -> None:
        self.pieces.append(piece)
        self.column = column

    @property
    def text(self) -> str:
        return reduce(joined, (piece.text for piece in self.pieces))


def _without_margins(sheets: Sequence[Sheet], found: Flow) -> list[Sheet]:
    """The pages without page numbers and running heads and feet."""
    margins = [list(_margins(sheet)) for sheet in sheets]
    offset = _numbering(margins)
    often = Counter(_place(piece, number, offset) for number, pieces in enumerate(margins) for piece, _ in pieces)
    least = max(_LEAST_PAGES, len(sheets) * _LEAST_SHARE)
    kept: list[Sheet] = []
    for number, (sheet, pieces) in enumerate(zip(sheets, margins, strict=True)):
        gone: set[int] = set()
        for piece, is_head in pieces:
            if _is_page_number(piece.text, number, offset):
                found.dropped.append(Artefact(Furniture.PAGE_NUMBER, piece.text))
            elif sum(often[place] for place in _near(_place(piece, number, offset))) >= least:
                found.dropped.append(
                    Artefact(Furniture.RUNNING_HEAD if is_head else Furniture.RUNNING_FOOT, piece.text)
                )
            else:
                continue
            gone.add(id(piece))
        kept.append(_without(sheet, gone))
    return kept


def _margins(sheet: Sheet) -> Iterator[tuple[Piece, bool]]:
    """Lines in the margins of a page, and whether each stands at the top."""
    for column in sheet.columns:
        for piece in column.pieces:
            if piece.cells:
                continue
            if piece.box.middle < sheet.height * _MARGIN:
                yield piece, True
            elif piece.box.middle > sheet.height * (1 - _MARGIN):
                yield piece, False


def _place(piece: Piece, number: int, offset: int | None) -> tuple[str, int]:
    """What a line in a margin says, the number of its page left out, and its height."""

    def without_page(match: re.Match[str]) -> str:
        return "#" if len(match[0]) < 5 and int(match[0]) - number in (1, offset) else match[0]

    return _NUMBERS.sub(without_page, "".join(piece.text.split())), round(piece.box.middle / _SAME_PLACE)


def _near(place: tuple[str, int]) -> Iterator[tuple[str, int]]:
    text, height = place
    yield from ((text, height - 1), (text, height), (text, height + 1))


def _numbering(margins: Sequence[Sequence[tuple[Piece, bool]]]) -> int | None:
    """By how much the numbers printed in the margins differ from the count of pages, where most agree."""
    offsets = Counter(
        int(piece.text.strip()) - number
        for number, pieces in enumerate(margins)
        for piece, _ in pieces
        if piece.text.strip().isascii() and piece.text.strip().isdigit() and len(piece.text.strip()) < 5
    )
    best = offsets.most_common(1)
    return best[0][0] if best and (best[0][1] > 1 or best[0][0] == 1) else None


def _is_page_number(text: str, number: int, offset: int | None) -> bool:
    bare = text.strip()
    if bare.isascii() and bare.isdigit():
        return offset is not None and int(bare[:5]) - number == offset
    return is_page_mark(bare) or is_margin_number(bare)


def _without(sheet: Sheet, gone: set[int]) -> Sheet:
    columns = (
        replace(column, pieces=tuple(piece for piece in column.pieces if id(piece) not in gone))
        for column in sheet.columns
    )
    return replace(sheet, columns=tuple(columns))
