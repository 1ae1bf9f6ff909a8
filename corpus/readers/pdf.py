"""PDFs: pypdfium2 gives the signs and their places, pdfplumber the ruled tables of the pages that have lines drawn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.readers.archives import DAMAGED
from corpus.readers.furniture import drop_page_marks
from corpus.readers.layout import Box, Glyph, Sheet, edges, sheet_of
from corpus.readers.limits import Limits
from corpus.readers.paragraphs import flow
from corpus.readers.reading import SCANNED, Format, Furniture, Reading, UnreadableFile
from corpus.readers.signs import mend_radicals
from corpus.structure.cleaning import Artefact

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

_GARBLED = "文字层是乱码（字体没有编码表），读不出文字；请换用 Word 文件或网页，或先做文字识别（OCR）"
_FEWEST_SIGNS = 20
"""Signs on a page below which a picture on it is what people see."""
_MOST_GARBLED = 0.3
_LEAST_LINES, _MOST_LINES = 4, 5_000
"""Drawn paths on a page between which it is searched for tables."""
_TOUCHING = 3.0
"""Points between lines that meet."""
_WHOLE = 0.8
"""The share of a page that a picture covers if it is the page."""
_LISTED_PAGES = 8


@dataclass(slots=True)
class _Document:
    """The reading of one document so far."""

    sheets: list[Sheet] = field(default_factory=list)
    dropped: list[Artefact] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    unsearched: list[int] = field(default_factory=list)
    signs: int = 0
    garbled: int = 0


def read_pdf(path: Path, limits: Limits) -> Reading:
    """The text of a PDF. Raises UnreadableFile."""
    document, ruled = _open(path), _RuledTables(path)
    try:
        if len(document) > limits.pages:
            raise UnreadableFile(f"共 {len(document)} 页，超过上限 {limits.pages} 页，请分成几个文件")
        read = _Document()
        for number in range(len(document)):
            _read_page(document, number, ruled, read)
    finally:
        ruled.close()
        document.close()
    if read.signs < _FEWEST_SIGNS and read.pictured:
        raise UnreadableFile(SCANNED)
    if read.garbled > read.signs * _MOST_GARBLED:
        raise UnreadableFile(_GARBLED)
    text = flow(read.sheets)
    lines, leaders = drop_page_marks(text.lines)
    return Reading(
        "\n".join(map(mend_radicals, lines)),
        Format.PDF,
        (*read.dropped, *text.dropped, *leaders),
        _notes(read, text.merged_on),
    )


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableFile("文件已加密，请先解除密码再添加") from error
        raise UnreadableFile(DAMAGED) from error


def _read_page(document: pypdfium2.PdfDocument, number: int, ruled: _RuledTables, read: _Document) -> None:
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"第 {number + 1} 页已损坏，无法读取") from error
    glyphs, size, is_upright = _glyphs(page, read)
    lines, pictures = _drawn(page)
    read.signs += len(glyphs)
    if len(glyphs) < _FEWEST_SIGNS and pictures:
        read.pictured.append(number + 1)
    elif pictures and any(_covers(page, picture) for picture in pictures):
        read.recognised.append(number + 1)
    tables: list[list[Box]] = []
    if is_upright and _LEAST_LINES <= lines <= _MOST_LINES:
        tables = list(ruled.on_page(number))
    elif lines > _MOST_LINES:
        read.unsearched.append(number + 1)
    read.sheets.append(sheet_of(glyphs, tables, *size))
    page.close()


def _glyphs(page: pypdfium2.PdfPage, read: _Document) -> tuple[list[Glyph], tuple[float, float], bool]:
    """The signs of a page, turned upright; its width and height; whether it was upright. Aslant are watermarks."""
    text = page.get_textpage()
    signs: list[tuple[str, tuple[float, float, float, float], int, bool]] = []
    is_spaced = False
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        sign = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        if sign.isspace() or code < 0x20:
            is_spaced = True
            continue
        read.garbled += code == 0xFFFE or sign == "\ufffd" or 0xE000 <= code <= 0xF8FF
        angle = math.degrees(pdfium.FPDFText_GetCharAngle(text, index))
        signs.append((sign, text.get_charbox(index, loose=True), round(angle) % 360, is_spaced))
        is_spaced = False
    text.close()
    turns = Counter(angle for _, _, angle, _ in signs if angle % 90 == 0)
    turn = turns.most_common(1)[0][0] if turns else 0
    aslant = "".join(sign for sign, _, angle, _ in signs if angle != turn)
    if aslant:
        read.dropped.append(Artefact(Furniture.WATERMARK, aslant))
    left, bottom, right, top = page.get_mediabox()
    page_box = (left, bottom, right, top)
    glyphs = [Glyph(sign, _turned(box, turn, page_box), spaced) for sign, box, angle, spaced in signs if angle == turn]
    size = (right - left, top - bottom) if turn % 180 == 0 else (top - bottom, right - left)
    return glyphs, size, turn == 0 and page.get_rotation() == 0


def _turned(box: tuple[float, float, float, float], turn: int, page: tuple[float, float, float, float]) -> Box:
    """A box of the page's own space (from below, sides in any order) as one from the top, its text running right."""
    (x0, y0, x1, y1), (left, bottom, right, top) = box, page
    if turn == 270:
        return Box(y0, x0 - left, y1, x1 - left)
    if turn == 180:
        return Box(right - x1, y0 - bottom, right - x0, y1 - bottom)
    if turn == 90:
        return Box(top - y1, right - x1, top - y0, right - x0)
    return Box(x0, top - y1, x1, top - y0)


def _drawn(page: pypdfium2.PdfPage) -> tuple[int, list[Any]]:
    """The number of drawn paths on a page, and its pictures."""
    lines = 0
    pictures: list[Any] = []
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        if drawn.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(drawn)
        else:
            lines += 1
    return lines, pictures


def _covers(page: pypdfium2.PdfPage, picture: Any) -> bool:
    """Whether a picture is the page, as scanned: then the text over it was recognised."""
    left, bottom, right, top = picture.get_bounds()
    width, height = page.get_size()
    return bool((right - left) * (top - bottom) > _WHOLE * width * height)


class _RuledTables:
    """Finds the cells of the ruled tables of a page; opens the file once, and only if a page has lines drawn."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _document(self) -> PDF:
        import pdfplumber  # slow to import

        return pdfplumber.open(self._path)

    def on_page(self, number: int) -> Iterator[list[Box]]:
        page = self._document.pages[number]
        for table in page.find_tables({"explicit_horizontal_lines": _open_ends(page)}):
            cells = [Box(*cell) for cell in table.cells]
            if len(edges(cell.left for cell in cells)) > 1:  # one column only frames running text
                yield cells
        page.close()

    def close(self) -> None:
        if "_document" in vars(self):
            self._document.close()


def _open_ends(page: Page) -> list[float]:
    """Heights where the vertical lines of a table begin and end: a row that a page break cuts has no line there."""
    spans = sorted((edge["top"], edge["bottom"]) for edge in page.edges if edge["orientation"] == "v")
    ends: list[float] = []
    for top, bottom in spans:
        if ends and top <= ends[-1] + _TOUCHING:
            ends[-1] = max(ends[-1], bottom)
        else:
            ends += [top, bottom]
    return ends


def _notes(read: _Document, merged_on: Sequence[int]) -> tuple[str, ...]:
    told = (
        ("{}的表格有合并单元格，跨行的短内容已写入各行", merged_on),
        ("{}是图片，没有文字层，其中的文字没有读取", read.pictured),
        ("{}的文字是扫描后识别的，可能有错字", read.recognised),
        ("{}图形太多，没有查找表格", read.unsearched),
    )
    return tuple(note.format(_pages(pages)) for note, pages in told if pages)


def _pages(pages: Sequence[int]) -> str:
    listed = "、".join(map(str, dict.fromkeys(pages[:_LISTED_PAGES])))
    return f"第{listed}页" + (f"等{len(pages)}页" if len(pages) > _LISTED_PAGES else "")
