"""A web page as the blocks of text that it shows, in order, each with its place in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from corpus.readers.grid import Cell
from corpus.readers.number_formats import printed_number
from corpus.readers.openings import opens_paragraph
from corpus.readers.tables import TableText, table_text


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between block borders, or a table.

    place     the element that holds it
    links     the share of its characters that are links, 0 to 1
    is_hidden the page's own markup hides it
    has_file  it links to a file to download
    table     its lines, where it is a table; text is then the lines joined
    """

    text: str
    place: etree._Element
    links: float = 0.0
    is_hidden: bool = False
    has_file: bool = False
    is_title: bool = False
    table: TableText | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        return self.table.lines if self.table else (self.text,)


@dataclass(slots=True)
class _Run:
    """The text of the block that is being read."""

    signs: list[str] = field(default_factory=list)
    linked: int = 0
    has_file: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds inside an element: the block element around it, whether it is hidden or a link."""

    place: etree._Element
    is_hidden: bool = False
    is_link: bool = False


_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img"}
    | {
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rb",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
    }
    | {"sub", "sup", "time", "tt", "u", "var", "wbr", "o:p", "st1:chsdate", "st1:chmetcnv"}
)
# Elements that hold no text of the page.
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "select",
        "option",
        "button",
    }
    | {"textarea", "head", "title", "rt", "rp"}
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FILE = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|et|csv|pptx?|zip|rar|7z|txt)(?:$|[?#])", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_CHINESE = re.compile("[\u2e80-\u9fff\u3001-\u303f\uff00-\uffef]")
# How lists print their numbers, by type attribute or list-style-type.
_LIST_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "decimal": "decimal",
    "lower-alpha": "lowerLetter",
    "upper-alpha": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand",
    "none": "none",
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)
_LARGEST_CELL = 1500
"""Characters: a table with a larger cell arranges a page."""


def blocks(root: etree._Element) -> list[Block]:
    """The blocks of a page or of a part of it.

    A page whose text is hidden for the most part is shown by its script: then nothing in it counts as hidden.
    """
    found = _Walk(root).blocks()
    hidden = sum(len(block.text) for block in found if block.is_hidden)
    if hidden * 2 > sum(len(block.text) for block in found):
        return [replace(block, is_hidden=False) for block in found]
    return found


class _Walk:
    """One pass over the elements of a page."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._found: list[Block] = []
        self._frames = [_Frame(root)]
        self._run = _Run()

    def blocks(self) -> list[Block]:
        walk = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "end":
                self._leave(element, tag)
            elif self._enter(element, tag):
                walk.skip_subtree()
        return self._found

    def _enter(self, element: etree._Element, tag: str) -> bool:
        """Go into an element; True where nothing inside it is to be seen."""
        if tag == "br" or (tag not in _INLINE and tag not in _SKIPPED):
            self._flush()
        self._frames.append(_frame(element, tag, self._frames[-1]))
        if tag in _SKIPPED or not tag:
            return True
        if tag == "table" and element is not self._root and _is_data(element):
            self._found.extend(_table_block(element, self._frames[-1]))
            return True
        if tag == "a" and _FILE.search(element.get("href", "")):
            self._run.has_file = True
        if tag == "li":
            self._run.signs.append(_list_number(element))
        self._add(element.text)
        return False

    def _leave(self, element: etree._Element, tag: str) -> None:
        if tag not in _INLINE and tag not in _SKIPPED:
            self._flush()
        if element is not self._root:
            self._frames.pop()
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            self._run.signs.append(text)
            if self._frames[-1].is_link:
                self._run.linked += len(_SPACE.sub("", text))

    def _flush(self) -> None:
        run, frame = self._run, self._frames[-1]
        self._run = _Run()
        text = _bare("".join(run.signs))
        if text:
            links = min(1.0, run.linked / len(text))
            self._found.append(Block(text, frame.place, links, frame.is_hidden, run.has_file, _is_title(frame.place)))


def _bare(text: str) -> str:
    """The text with single spaces; a line feed in the page's source between two Chinese signs is none."""

    def space(match: re.Match[str]) -> str:
        start, end = match.span()
        is_break = "\n" in match[0] and _CHINESE.match(text, start - 1) and _CHINESE.match(text, end)
        return "" if is_break else " "

    text = text.strip()
    return _SPACE.sub(space, text)


def _frame(element: etree._Element, tag: str, above: _Frame) -> _Frame:
    is_hidden = above.is_hidden or _HIDDEN.search(element.get("style", "")) is not None or "hidden" in element.attrib
    return _Frame(above.place if tag in _INLINE or tag == "br" else element, is_hidden, above.is_link or tag == "a")


def _is_title(place: etree._Element) -> bool:
    return place.tag == "h1" or any(above.tag == "h1" for above in place.iterancestors("h1"))


def _list_number(item: etree._Element) -> str:
    """The number that browsers print before an item of an ordered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol" or opens_paragraph(_bare("".join(item.itertext())[:_LARGEST_CELL])):
        return ""
    style = _LIST_STYLE.search(item.get("style", "") or parent.get("style", ""))
    kind = style[1].lower() if style else parent.get("type", "1")
    before = sum(1 for _ in item.itersiblings("li", preceding=True))
    number = printed_number(before + _whole(parent.get("start"), 1), _LIST_FORMATS.get(kind, "decimal"))
    return (f"{number}、" if "一" <= number[:1] <= "龥" else f"{number}. ") if number else ""


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else default


def _is_data(table: etree._Element) -> bool:
    """Whether a table holds facts in rows and columns; other tables arrange a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in _CELLS] for row in table.iterdescendants("tr")]
    filled = [row for row in rows if row]
    if len(filled) < 2 or max(map(len, filled)) < 2:
        return False
    return all(sum(len(text) for text in cell.itertext()) <= _LARGEST_CELL for row in filled for cell in row)


def _table_block(table: etree._Element, frame: _Frame) -> Iterator[Block]:
    read = table_text([list(_cells(row)) for row in table.iterdescendants("tr")])
    parent = table.getparent()
    if read.lines and parent is not None:
        has_file = any(_FILE.search(link.get("href", "")) for link in table.iterdescendants("a"))
        yield Block("\n".join(read.lines), parent, 0.0, frame.is_hidden, has_file, table=read)


def _cells(row: etree._Element) -> Iterator[Cell]:
    in_head = next(row.iterancestors("thead"), None) is not None
    for cell in row:
        if cell.tag in _CELLS:
            paragraphs = tuple(block.text for block in _Walk(cell).blocks() if not block.is_hidden)
            columns, rows = (max(1, _whole(cell.get(name), 1)) for name in ("colspan", "rowspan"))
            yield Cell(paragraphs, columns, rows, cell.tag == "th" or in_head)
