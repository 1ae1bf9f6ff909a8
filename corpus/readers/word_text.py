"""The text of one paragraph of WordprocessingML, as it stands when all revisions are accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from corpus.readers.reading import Furniture
from corpus.structure.cleaning import Artefact

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(slots=True)
class ParagraphText:
    """Text with a line feed at each line break; text boxes anchored in it; ids of footnotes; what was dropped."""

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    dropped: list[Artefact] = field(default_factory=list)


# What an element of a run says.
_SIGNS: Mapping[str, Callable[[etree._Element], str]] = MappingProxyType(
    {
        f"{W}t": lambda element: element.text or "",
        f"{_M}t": lambda element: element.text or "",
        f"{W}tab": lambda _: "\t",
        f"{W}ptab": lambda _: "\t",
        f"{W}br": lambda element: "" if element.get(f"{W}type") in ("page", "column") else "\n",
        f"{W}cr": lambda _: "\n",
        f"{W}noBreakHyphen": lambda _: "-",
    }
)
# Properties, fallbacks that repeat what stands beside them, and readings over characters (ruby).
_SKIPPED = frozenset({f"{W}pPr", f"{W}rPr", f"{W}rt", f"{W}sectPr", _FALLBACK})
_DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s?\d", re.IGNORECASE)
# 第一章 总则<tab>3
_CONTENTS_NUMBER = re.compile(r"\t[\t ]*(\d{1,4})\s*$")


def paragraph_text(paragraph: etree._Element) -> ParagraphText:
    """What a paragraph says."""
    content = ParagraphText()
    signs: list[str] = []
    stack = [iter(paragraph)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in _SIGNS:
            signs.append(_SIGNS[str(element.tag)](element))
        elif element.tag == f"{W}txbxContent":
            content.boxes.append(element)
        elif element.tag == f"{W}footnoteReference":
            content.footnotes.append(element.get(f"{W}id", ""))
        elif element.tag in _DELETED:
            _drop(content, Furniture.DELETED, element, f"{W}delText", f"{W}t")
        elif element.tag == f"{W}r" and _is_hidden(element):
            _drop(content, Furniture.HIDDEN, element, f"{W}t")
        elif element.tag not in _SKIPPED:
            stack.append(iter(element))
    content.text = _without_page_number("".join(signs), paragraph, content)
    return content


def _drop(content: ParagraphText, kind: Furniture, element: etree._Element, *tags: str) -> None:
    text = "".join(each.text or "" for each in element.iter(*tags))
    if text.strip():
        content.dropped.append(Artefact(kind, text))


def _is_hidden(run: etree._Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")


def _without_page_number(text: str, paragraph: etree._Element, content: ParagraphText) -> str:
    """A line of a table of contents without the number of the page."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    number = _CONTENTS_NUMBER.search(text[-_LONGEST_END:]) if style is not None else None
    if number is None or style is None or not _CONTENTS_STYLE.match(style.get(f"{W}val", "")):
        return text
    content.dropped.append(Artefact(Furniture.PAGE_NUMBER, number[1]))
    return text.rstrip().removesuffix(number[1])


_LONGEST_END = 20
