"""Markdown: tables as rows, marks of layout taken out; headings, bold print and links are left to cleaning.

A document in Markdown is read line by line and not rendered: rendering would renumber its lists and eat the ** of
«**市**区». A web page that a program put into Markdown is rendered and read as a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt

from corpus.readers.detection import is_page_dump
from corpus.readers.furniture import drop_page_marks
from corpus.readers.grid import Cell
from corpus.readers.html import read_dump
from corpus.readers.reading import Format, Furniture, Reading
from corpus.readers.tables import table_text
from corpus.structure.cleaning import Artefact

# What a line begins with, or is.
_LINE_MARKS = (
    # --- and *** between paragraphs, ``` around code
    ("markdown rule", re.compile(r"\s{0,3}(?:(?:[-*_]\s?){3,}|(?:`{3,}|~{3,})\w*)\s*$")),
    # - item, * item, > quotation
    ("markdown bullet", re.compile(r"\s*(?:[-*+]\s+(?=\S)|>\s?)")),
)
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
# 1\. stands for 1. where no list is meant
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_DELIMITERS = re.compile(r"\s*+\|?+\s*+:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+\|?\s*")
_BAR = re.compile(r"(?<!\\)\|")
_DUMP_HEAD = re.compile(
    r"Title: ([^\n]*)\n+URL Source: ([^\n]*)\n(?:\s*Published Time: [^\n]*\n)?(?:\s*Markdown Content:)?", re.I
)


def read_markdown(text: str) -> Reading:
    """The text of a decoded file. Raises UnreadableFile."""
    text = text.replace("\r\n", "\n")
    if is_page_dump(text):
        return _read_dump(text)
    dropped: list[Artefact] = []
    lines = [_unmarked(line, dropped) for line in _with_rows(text.split("\n"))]
    kept, numbers = drop_page_marks(lines)
    return Reading("\n".join(kept), Format.MARKDOWN, (*dropped, *numbers))


def _read_dump(text: str) -> Reading:
    head = _DUMP_HEAD.match(text)
    title, rest = (head[1], text[head.end() :]) if head else ("", text)
    renderer = MarkdownIt("commonmark").enable("table")
    renderer.validateLink = lambda url: True  # type: ignore[method-assign]  # nothing here is ever opened
    note = Artefact(Furniture.SOURCE_NOTE, head[0].strip() if head else "")
    return read_dump(renderer.render(rest), title, note)


def _unmarked(line: str, dropped: list[Artefact]) -> str:
    for kind, pattern in _LINE_MARKS:
        mark = pattern.match(line)
        if mark:
            dropped.append(Artefact(kind, mark[0]))
            line = line[mark.end() :]
    for kind, pattern in ((Furniture.PICTURE, _PICTURE), ("markdown escape", _ESCAPE)):
        dropped.extend(Artefact(kind, found) for found in pattern.findall(line))
        line = pattern.sub("", line)
    return line


def _with_rows(lines: Sequence[str]) -> list[str]:
    """The lines with each table replaced by its rows: a line with bars, a line of dashes, lines with bars."""
    found: list[str] = []
    at = 0
    while at < len(lines):
        is_table = "|" in lines[at] and at + 1 < len(lines) and "|" in lines[at + 1]
        if not (is_table and _DELIMITERS.fullmatch(lines[at + 1])):
            found.append(lines[at])
            at += 1
            continue
        end = next((row for row in range(at + 2, len(lines)) if "|" not in lines[row]), len(lines))
        rows = [_cells(lines[at], is_head=True), *(_cells(line) for line in lines[at + 2 : end])]
        found.extend(table_text(rows).lines)
        at = end
    return found


def _cells(line: str, *, is_head: bool = False) -> list[Cell]:
    bare = line.strip().removeprefix("|").removesuffix("|")
    texts = (text.strip().replace("\\|", "|") for text in _BAR.split(bare))
    return [Cell((text,) if text else (), is_head=is_head) for text in texts]
