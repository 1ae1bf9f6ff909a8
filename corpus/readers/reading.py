"""What reading a file gives, or why it gives nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.structure.cleaning import Artefact


class Format(StrEnum):
    """The formats that can be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"
    DOC = "doc"
    PDF = "pdf"
    OFD = "ofd"


class Furniture(StrEnum):
    """Kinds of artefacts that readers drop: print on a page or a site that is not the document's text."""

    PAGE_NUMBER = "page number"
    RUNNING_HEAD = "running head"
    RUNNING_FOOT = "running foot"
    NAVIGATION = "navigation"
    BREADCRUMB = "breadcrumb"
    PAGE_TOOL = "page tool"
    RELATED_LINKS = "related links"
    SITE_FOOTER = "site footer"
    SOURCE_NOTE = "source note"
    EMPTY_FIELD = "empty field"
    HIDDEN = "hidden text"
    DELETED = "deleted text"
    WATERMARK = "watermark"
    REPEATED_HEAD = "repeated table head"
    REPEATED_TITLE = "repeated title"
    EMPTY_NUMBER = "number of an empty paragraph"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Reading:
    """The source text of a file and an account of it.

    text     one paragraph a line as far as the format tells paragraphs; not yet canonical
    format   the format of its content, whatever its name ends in
    dropped  furniture taken out, in order of appearance. A table's column names, and values that span several of its
             rows, are said in each row's line; apart from them text and dropped hold the characters of the file
    notes    what a person should know before relying on the text, in Chinese
    """

    text: str
    format: Format
    dropped: tuple[Artefact, ...] = ()
    notes: tuple[str, ...] = ()


class UnreadableFile(ValueError):
    """A file whose text cannot be had; the message says why, in Chinese."""


SCANNED = "这是扫描件，没有文字层，读不出文字；请先做文字识别（OCR），或添加原来的 Word 文件、网页"
"""Said of fixed pages that hold pictures only."""
