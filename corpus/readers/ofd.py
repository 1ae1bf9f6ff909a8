"""OFD (GB/T 33190-2016), the state's format for fixed pages: text codes and drawn lines, straight from the archive."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from defusedxml import ElementTree

from corpus.readers.archives import DAMAGED, open_archive, read_xml
from corpus.readers.furniture import drop_page_marks
from corpus.readers.layout import Box, Glyph, Sheet, edges, sheet_of
from corpus.readers.limits import Limits
from corpus.readers.paragraphs import flow
from corpus.readers.reading import SCANNED, Format, Furniture, Reading, UnreadableFile
from corpus.readers.signs import mend_radicals
from corpus.structure.cleaning import Artefact

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_POINTS = 72 / 25.4
"""An OFD measures in millimetres."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_ASCENT = 0.86
_HALF = 0.5
"""The width of Latin letters and digits, and the height over the base line, in sizes of the type."""
_THIN = 1.0
_SAME_LINE = 3.0
_LEAST_LINES, _MOST_LINES = 4, 5_000
_LONGEST_RUN = 100_000


@dataclass(slots=True)
class _Page:
    """What is on one page."""

    glyphs: list[Glyph] = field(default_factory=list)
    aslant: list[str] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)
    has_picture: bool = False


def read_ofd(path: Path, limits: Limits) -> Reading:
    """The text of an OFD. Raises UnreadableFile."""
    sheets: list[Sheet] = []
    aslant: list[Artefact] = []
    has_picture = False
    try:
        with open_archive(path, limits) as archive:
            for root in _documents(archive):
                for page, area in _pages(archive, root, limits):
                    sheets.append(_sheet(page, area))
                    aslant.extend(Artefact(Furniture.WATERMARK, text) for text in page.aslant)
                    has_picture = has_picture or page.has_picture
    except UnreadableFile:
        raise
    except (KeyError, ElementTree.ParseError, ValueError) as error:
        raise UnreadableFile(DAMAGED) from error
    if has_picture and not any(sheet.columns for sheet in sheets):
        raise UnreadableFile(SCANNED)
    found = flow(sheets)
    lines, leaders = drop_page_marks(found.lines)
    notes = tuple(f"第{page}页的表格有合并单元格，跨行的短内容已写入各行" for page in found.merged_on)
    return Reading("\n".join(map(mend_radicals, lines)), Format.OFD, (*aslant, *found.dropped, *leaders), notes)


def _documents(archive: ZipFile) -> list[str]:
    """The root files of the documents in the archive."""
    entry = ElementTree.fromstring(read_xml(archive, "OFD.xml"))
    return [_located("", element.text or "") for element in _named(entry, "DocRoot")]


def _pages(archive: ZipFile, root: str, limits: Limits) -> Iterator[tuple[_Page, Sequence[float]]]:
    """Each page with what its templates print on it, and its area."""
    document = ElementTree.fromstring(read_xml(archive, root))
    templates = {
        each.get("ID", ""): _located(root, each.get("BaseLoc", "")) for each in _named(document, "TemplatePage")
    }
    pages = [each for parent in _named(document, "Pages") for each in _named(parent, "Page")]
    if len(pages) > limits.pages:
        raise UnreadableFile(f"共 {len(pages)} 页，超过上限 {limits.pages} 页，请分成几个文件")
    area = _area(document, _A4)
    for each in pages:
        content = ElementTree.fromstring(read_xml(archive, _located(root, each.get("BaseLoc", ""))))
        page = _Page()
        for template in _named(content, "Template"):
            if template.get("TemplateID", "") in templates:
                _read(ElementTree.fromstring(read_xml(archive, templates[template.get("TemplateID", "")])), page)
        _read(content, page)
        yield page, _area(content, area)


def _located(base: str, place: str) -> str:
    """A member's name from the place that a file of the archive gives: from its own folder, or from the top."""
    joined = place if place.startswith("/") else posixpath.join(posixpath.dirname(base), place)
    return posixpath.normpath(joined.strip()).lstrip("/")


def _named(parent: Element, name: str) -> Iterator[Element]:
    """Elements by local name: makers differ in the namespace."""
    return (element for element in parent.iter() if element.tag.rpartition("}")[2] == name)


def _area(parent: Element, default: Sequence[float]) -> Sequence[float]:
    box = next(_named(parent, "PhysicalBox"), None)
    numbers = _numbers(box.text if box is not None else "")
    return numbers if len(numbers) == 4 else default


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in (text or "").split()]


def _read(content: Element, page: _Page) -> None:
    for element in content.iter():
        name = element.tag.rpartition("}")[2]
        if name == "TextObject":
            _read_text(element, page)
        elif name == "PathObject":
            page.lines.extend(_read_path(element))
        elif name == "ImageObject":
            page.has_picture = True


@dataclass(frozen=True, slots=True)
class _Placing:
    """From the space of an object to points on the page: its matrix, then the corner of its boundary."""

    matrix: tuple[float, ...]
    corner: tuple[float, float]

    def point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return (a * x + c * y + e + self.corner[0]) * _POINTS, (b * x + d * y + f + self.corner[1]) * _POINTS


def _placing(element: Element) -> _Placing:
    matrix = _numbers(element.get("CTM"))
    corner = _numbers(element.get("Boundary"))
    return _Placing(
        tuple(matrix) if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (corner[0], corner[1]) if len(corner) == 4 else (0.0, 0.0),
    )


def _read_text(element: Element, page: _Page) -> None:
    placing = _placing(element)
    size = float(element.get("Size", "0"))
    is_aslant = abs(placing.matrix[1]) > abs(placing.matrix[0]) * 0.05
    x = y = 0.0
    for code in _named(element, "TextCode"):
        text = code.text or ""
        x, y = float(code.get("X", x)), float(code.get("Y", y))
        if is_aslant:
            page.aslant.append(text)
            continue
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        for at, sign in enumerate(text):
            is_spaced = at > 0 and text[at - 1].isspace()
            width = size * (_HALF if sign.isascii() else 1)
            if not sign.isspace():
                left, top = placing.point(x, y - size * _ASCENT)
                right, bottom = placing.point(x + width, y + size * (1 - _ASCENT))
                page.glyphs.append(Glyph(sign, Box(left, top, right, bottom), is_spaced))
            x += across[at] if at < len(across) else (0 if down else width)
            y += down[at] if at < len(down) else 0


def _steps(text: str | None, count: int) -> list[float]:
    """The steps from sign to sign: «5 5 g 3 2.5» is 5 5 2.5 2.5 2.5."""
    steps: list[float] = []
    tokens = iter((text or "").split())
    for token in tokens:
        if token != "g":
            steps.append(float(token))
            continue
        times, step = int(next(tokens, "0")), float(next(tokens, "0"))
        steps.extend([step] * min(times, count, _LONGEST_RUN))
    return steps


def _read_path(element: Element) -> Iterator[Box]:
    """The straight lines of a drawing that run across or down; of an unsound drawing, those before it breaks off."""
    placing = _placing(element)
    for data in _named(element, "AbbreviatedData"):
        start = last = (0.0, 0.0)
        for sign, numbers in _strokes((data.text or "").split()):
            here = start if sign == "C" else (numbers[-2], numbers[-1])
            if sign in ("M", "S"):
                start = here
            elif sign in ("L", "C"):
                yield from _straight(placing.point(*last), placing.point(*here))
            last = here


def _strokes(tokens: Sequence[str]) -> Iterator[tuple[str, list[float]]]:
    """The strokes of a drawing: a letter and its numbers."""
    at = 0
    while at < len(tokens) and tokens[at] in _ARGUMENTS:
        sign, count = tokens[at], _ARGUMENTS[tokens[at]]
        try:
            numbers = [float(number) for number in tokens[at + 1 : at + 1 + count]]
        except ValueError:
            return
        if len(numbers) < count:
            return
        yield sign, numbers
        at += 1 + count


_ARGUMENTS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def _straight(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Box]:
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    if (right - left <= _THIN) != (bottom - top <= _THIN):
        yield Box(left, top, right, bottom)


def _sheet(page: _Page, area: Sequence[float]) -> Sheet:
    tables = _ruled(page.lines) if _LEAST_LINES <= len(page.lines) <= _MOST_LINES else []
    return sheet_of(page.glyphs, tables, area[2] * _POINTS, area[3] * _POINTS)


def _ruled(lines: Sequence[Box]) -> list[list[Box]]:
    """The cells of each table that the lines rule, by pdfplumber's reckoning."""
    from pdfplumber import table  # slow to import, and only some files have tables

    merged = table.merge_edges([_edge(line) for line in lines], *[_SAME_LINE] * 4)
    crossings = table.edges_to_intersections(merged, _SAME_LINE, _SAME_LINE)
    tables = table.cells_to_tables(table.intersections_to_cells(crossings))
    found = [[Box(*cell) for cell in cells] for cells in tables]
    return [cells for cells in found if len(edges(cell.left for cell in cells)) > 1]


def _edge(line: Box) -> dict[str, float | str]:
    is_vertical = line.right - line.left <= _THIN
    return {
        "x0": line.left,
        "x1": line.left if is_vertical else line.right,
        "top": line.top,
        "bottom": line.bottom if is_vertical else line.top,
        "width": 0.0 if is_vertical else line.right - line.left,
        "height": line.bottom - line.top if is_vertical else 0.0,
        "orientation": "v" if is_vertical else "h",
        "object_type": "line",
    }
