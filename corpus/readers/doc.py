"""Word documents of before 2007 (.doc), through a program of the system: LibreOffice, else antiword.

LibreOffice makes a .docx of it, which is then read with numbering and all. antiword is small and quick, and loses
Chinese numbering: what it reads bears a note.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException, ElementTree

from corpus.readers.archives import DAMAGED
from corpus.readers.docx import read_docx
from corpus.readers.furniture import drop_page_marks
from corpus.readers.grid import Cell
from corpus.readers.limits import Limits
from corpus.readers.reading import Format, Reading, UnreadableFile
from corpus.readers.tables import table_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ABSENT = "读取 .doc 需要 LibreOffice 或 antiword，这台机器上都没有；请安装其一，或用 Word、WPS 另存为 .docx 再添加"
_FILTER = "MS Word 97"
_NUMBERS_MAY_LACK = "旧版 Word 文档由 antiword 读取，自动编号可能缺失，请与原文核对；另存为 .docx 再添加可避免"


def read_doc(path: Path, limits: Limits) -> Reading:
    """The text of a Word document. Raises UnreadableFile."""
    soffice, antiword = shutil.which("soffice"), shutil.which("antiword")
    if not soffice and not antiword:
        raise UnreadableFile(_ABSENT)
    reading = _by_soffice(soffice, path, limits) if soffice else None
    if reading is None and antiword:
        reading = _by_antiword(antiword, path, limits)
    if reading is None:
        raise UnreadableFile(DAMAGED)
    return reading


def _by_soffice(program: str, path: Path, limits: Limits) -> Reading | None:
    """None where LibreOffice cannot convert it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.doc")
        source.symlink_to(path.absolute())
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        # the filter is named: else LibreOffice takes any bytes for a text
        options = ["--headless", "--norestore", f"--infilter={_FILTER}", "--convert-to", "docx", "--outdir", folder]
        converted = Path(folder, "source.docx")
        if _run([program, profile, *options, str(source)], limits) is None or not converted.exists():
            return None
        return replace(read_docx(converted, limits), format=Format.DOC)


def _by_antiword(program: str, path: Path, limits: Limits) -> Reading | None:
    """None where antiword cannot read it. Of what it prints, DocBook alone keeps the cells of tables."""
    output = _run([program, "-x", "db", str(path)], limits)
    try:
        book = ElementTree.fromstring(output or b"")
    except (ElementTree.ParseError, DefusedXmlException):
        return None
    lines, dropped = drop_page_marks(line for chapter in book.iter("chapter") for line in _lines(chapter))
    return Reading("\n".join(lines), Format.DOC, tuple(dropped), (_NUMBERS_MAY_LACK,))


def _run(command: Sequence[str], limits: Limits) -> bytes | None:
    """What a program prints, None where it fails. It runs within the limits of this process."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=limits.wall_seconds)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _lines(parent: Element) -> Iterator[str]:
    """Paragraphs and rows of tables of a DocBook element."""
    for element in parent:
        if element.tag == "informaltable":
            rows = [[_cell(entry) for entry in row.iter("entry")] for row in element.iter("row")]
            yield from table_text(rows).lines
        elif element.tag in ("para", "title"):
            text = _bare("".join(_own_text(element)))
            if text:
                yield text
            yield from _lines(element)
        elif element.tag not in ("bookinfo", "emphasis", "superscript", "subscript"):
            yield from _lines(element)


def _own_text(paragraph: Element) -> Iterator[str]:
    """The text of a paragraph but for the tables in it."""
    yield paragraph.text or ""
    for child in paragraph:
        if child.tag != "informaltable":
            yield "".join(child.itertext())
        yield child.tail or ""


def _cell(entry: Element) -> Cell:
    paragraphs = (_bare(line) for line in "".join(entry.itertext()).split("\n"))
    return Cell(tuple(paragraph for paragraph in paragraphs if paragraph))


def _bare(text: str) -> str:
    return " ".join(text.split())
