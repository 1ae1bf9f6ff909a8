"""Which reader a file goes to, and what is said where its name promises another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus.readers.decoding import decode, has_many_controls
from corpus.readers.detection import HEAD, NAMES, SUFFIXES, detect_binary, detect_text, is_page_dump, is_text
from corpus.readers.limits import Limits
from corpus.readers.plain import read_plain
from corpus.readers.reading import Format, Reading, UnreadableFile

_TEXTS = (Format.TEXT, Format.MARKDOWN)


def read_small_text(path: Path) -> Reading | None:
    """The reading of a plain text in UTF-8, which takes no library and no care; None for others. Raises OSError."""
    data = path.read_bytes()
    if b"\0" in data or not is_text(data[:HEAD]):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if has_many_controls(text):
        return None
    text_format = detect_text(text, path.suffix.lower())
    if text_format is Format.TEXT:
        return _told(read_plain(text), path)
    if text_format is Format.MARKDOWN and not is_page_dump(text):
        from corpus.readers.markdown import read_markdown

        return read_markdown(text)
    return None


def read_by_content(path: Path, limits: Limits) -> Reading:
    """The reading of any file, in the process that may be lost over it. Raises UnreadableFile; libraries raise more."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if is_text(head):
        return _told(_read_text(path), path)
    return _told(_read_binary(path, detect_binary(path, head, limits), limits), path)


def _read_text(path: Path) -> Reading:
    data = path.read_bytes()
    decoded = decode(data)
    text_format = detect_text(decoded.text, path.suffix.lower())
    if text_format is Format.HTML:
        from corpus.readers.html import read_html

        return read_html(data)
    if text_format is Format.MARKDOWN:
        from corpus.readers.markdown import read_markdown

        reading = read_markdown(decoded.text)
    else:
        reading = read_plain(decoded.text)
    if decoded.guessed:
        return replace(reading, notes=(*reading.notes, f"编码不能确定，按 {decoded.encoding} 读取，请核对有无乱码"))
    return reading


def _read_binary(path: Path, file_format: Format, limits: Limits) -> Reading:
    """Libraries are imported only for their own formats: a process reads one file."""
    if file_format is Format.DOCX:
        from corpus.readers.docx import read_docx

        return read_docx(path, limits)
    if file_format is Format.PDF:
        from corpus.readers.pdf import read_pdf

        return read_pdf(path, limits)
    if file_format is Format.OFD:
        from corpus.readers.ofd import read_ofd

        return read_ofd(path, limits)
    if file_format is Format.DOC:
        from corpus.readers.doc import read_doc

        return read_doc(path, limits)
    raise UnreadableFile(f"暂不支持{NAMES[file_format]}")


def _told(reading: Reading, path: Path) -> Reading:
    """The reading, with a note where the name of the file promises another format. Text and Markdown are one kind."""
    promised = SUFFIXES.get(path.suffix.lower())
    if promised is reading.format or {promised, reading.format} <= {*_TEXTS}:
        return reading
    if promised is None and not path.suffix:
        return reading
    note = f"文件扩展名是 {path.suffix}，内容是{NAMES[reading.format]}，已按内容读取"
    return replace(reading, notes=(note, *reading.notes))
