"""Word documents (.docx): python-docx opens the package; the body is read with numbering, tables and revisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.package import OpcPackage
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from lxml import etree

from corpus.readers.archives import DAMAGED, open_archive, read_xml
from corpus.readers.furniture import drop_page_marks
from corpus.readers.grid import Cell
from corpus.readers.limits import Limits
from corpus.readers.numbering import Numbering, read_numbering
from corpus.readers.reading import Format, Furniture, Reading, UnreadableFile
from corpus.readers.tables import table_text
from corpus.readers.word_text import ParagraphText, W, paragraph_text
from corpus.structure.cleaning import Artefact

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Elements that only wrap paragraphs and tables. Of alternatives the first is read, the fallback says the same.
_WRAPPERS = frozenset(
    f"{W}{name}" for name in ("body", "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
) | {f"{_MC}AlternateContent", f"{_MC}Choice"}
_REVISED = (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")


@dataclass(slots=True)
class _Body:
    """The reading of one document so far."""

    numbering: Numbering
    footnotes: dict[str, str]
    dropped: list[Artefact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: int = 0

    def lines(self, parent: etree._Element) -> Iterator[str]:
        """The lines of a body, a cell or a text box."""
        for block in _blocks(parent):
            if block.tag == f"{W}tbl":
                yield from self._table(block)
            else:
                yield from self._paragraph(block)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[str]:
        content = paragraph_text(paragraph)
        self.dropped.extend(content.dropped)
        number = "" if _is_deleted(paragraph, content) else self.numbering.printed(paragraph)
        text = content.text.strip()
        if text:
            yield from (number + text).split("\n")
        elif number.strip():
            self.dropped.append(Artefact(Furniture.EMPTY_NUMBER, number.strip()))
        yield from (f"{note} {self.footnotes[note]}" for note in content.footnotes if note in self.footnotes)
        for box in content.boxes:
            yield from self.lines(box)

    def _table(self, table: etree._Element) -> Iterator[str]:
        self.tables += 1
        at = self.tables
        read = table_text(self._rows(table))
        if read.has_merged:
            self.notes.append(f"第{at}个表格有合并单元格，跨行的短内容已写入各行")
        self.dropped.extend(Artefact(Furniture.REPEATED_HEAD, head) for head in read.repeated_heads)
        yield from read.lines

    def _rows(self, table: etree._Element) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        open_above: dict[int, tuple[int, int]] = {}  # by grid column: where the cell is that is merged downwards
        for row in _children(table, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            is_head = properties is not None and properties.find(f"{W}tblHeader") is not None
            column = _span(properties, "gridBefore", 0)
            cells = [Cell(columns=column)] if column else []
            for cell in _children(row, f"{W}tc"):
                width, merge = _span(cell.find(f"{W}tcPr"), "gridSpan", 1), _merge(cell)
                above = open_above.get(column)
                if merge == "continue" and above:
                    rows[above[0]][above[1]] = _taller(rows[above[0]][above[1]])
                else:
                    open_above[column] = (len(rows), len(cells))
                    cells.append(Cell(tuple(self.lines(cell)), width, is_head=is_head))
                if not merge:
                    open_above.pop(column)
                column += width
            rows.append(cells)
        return rows


def read_docx(path: Path | IO[bytes], limits: Limits) -> Reading:
    """The text of a Word document. Raises UnreadableFile."""
    _check_xml(path, limits)
    try:
        main = _package(path).main_document_part
        document = _root(main)
    except (PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise UnreadableFile(DAMAGED) from error
    body = _Body(read_numbering(_related(main, "NUMBERING"), _related(main, "STYLES")), _footnotes(main))
    lines, dropped = drop_page_marks(body.lines(document))
    _note(body, document, main)
    return Reading("\n".join(lines), Format.DOCX, (*_margins(main), *body.dropped, *dropped), tuple(body.notes))


def _check_xml(path: Path | IO[bytes], limits: Limits) -> None:
    with open_archive(path, limits) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                read_xml(archive, name)


def _package(path: Path | IO[bytes]) -> OpcPackage:
    return OpcPackage.open(str(path) if isinstance(path, Path) else path)


def _root(part: Part) -> etree._Element:
    """The root of a part, parsed here where python-docx does not know the part (templates, documents with macros)."""
    element: etree._Element | None = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def _related(main: Part, kind: str) -> etree._Element | None:
    try:
        return _root(main.part_related_by(getattr(RELATIONSHIP_TYPE, kind)))
    except KeyError:
        return None


def _footnotes(main: Part) -> dict[str, str]:
    root = _related(main, "FOOTNOTES")
    notes = root.iterfind(f"{W}footnote") if root is not None else ()
    # Word's separator lines are footnotes with a type.
    return {
        note.get(f"{W}id", ""): " ".join(paragraph_text(each).text.strip() for each in note.iter(f"{W}p"))
        for note in notes
        if note.get(f"{W}type") is None
    }


def _margins(main: Part) -> Iterator[Artefact]:
    """What is printed in the heads and feet of its pages."""
    kinds = {RELATIONSHIP_TYPE.HEADER: Furniture.RUNNING_HEAD, RELATIONSHIP_TYPE.FOOTER: Furniture.RUNNING_FOOT}
    for relationship in main.rels.values():
        kind = kinds.get(relationship.reltype)
        if kind and not relationship.is_external:
            for paragraph in _root(relationship.target_part).iter(f"{W}p"):
                text = paragraph_text(paragraph).text.strip()
                if text:
                    yield Artefact(kind, text)


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, also those inside content controls and insertions."""
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            stack.append(iter(child))


def _children(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, tag)


def _span(properties: etree._Element | None, name: str, default: int) -> int:
    child = properties.find(f"{W}{name}") if properties is not None else None
    value = child.get(f"{W}val", "") if child is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else default


def _merge(cell: etree._Element) -> str:
    """ "restart", "continue" or "" as a cell is merged with those above and below it."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return "" if merge is None else merge.get(f"{W}val", "continue")


def _taller(cell: Cell) -> Cell:
    return Cell(cell.paragraphs, cell.columns, cell.rows + 1, cell.is_head)


def _is_deleted(paragraph: etree._Element, content: ParagraphText) -> bool:
    """Whether the paragraph is gone once all revisions are accepted."""
    return not content.text.strip() and paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None


def _note(body: _Body, document: etree._Element, main: Part) -> None:
    if next(document.iter(*_REVISED), None) is not None:
        body.notes.append("文件带有修订痕迹，按接受全部修订后的文字读取")
    if body.footnotes:
        body.notes.append(f"有{len(body.footnotes)}条脚注，列在所在段落之后")
    if next(document.iter(f"{W}altChunk"), None) is not None:
        body.notes.append("文件里嵌有其他文档，其中的文字没有读取")
    if any(relationship.reltype == RELATIONSHIP_TYPE.IMAGE for relationship in main.rels.values()):
        body.notes.append("文件里有图片，图片中的文字没有读取")
