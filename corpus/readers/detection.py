"""What a file is, by its content; its name only decides between kinds of plain text."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

from corpus.readers.archives import open_archive
from corpus.readers.limits import Limits
from corpus.readers.reading import Format, UnreadableFile

SUFFIXES = MappingProxyType(
    {
        ".txt": Format.TEXT,
        ".md": Format.MARKDOWN,
        ".markdown": Format.MARKDOWN,
        ".html": Format.HTML,
        ".htm": Format.HTML,
        ".docx": Format.DOCX,
        ".doc": Format.DOC,
        ".pdf": Format.PDF,
        ".ofd": Format.OFD,
    }
)
NAMES = MappingProxyType(
    {
        Format.TEXT: "纯文本",
        Format.MARKDOWN: "Markdown 文本",
        Format.HTML: "网页（HTML）",
        Format.DOCX: "Word 文档（.docx）",
        Format.DOC: "旧版 Word 文档（.doc）",
        Format.PDF: "PDF",
        Format.OFD: "OFD",
    }
)
HEAD = 8192
"""Bytes at the start of a file that detection looks at."""

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_PDF_WITHIN = 1024
# How other things begin, and what is said of them.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "这是 RTF 文件，请用 Word 或 WPS 另存为 .docx 后再添加"),
    (b"\x89PNG\r\n", "这是图片，没有文字层；请先做文字识别（OCR），或添加原文件"),
    (b"\xff\xd8\xff", "这是图片，没有文字层；请先做文字识别（OCR），或添加原文件"),
    (b"GIF8", "这是图片，没有文字层；请先做文字识别（OCR），或添加原文件"),
    (b"II*\0", "这是图片，没有文字层；请先做文字识别（OCR），或添加原文件"),
    (b"MM\0*", "这是图片，没有文字层；请先做文字识别（OCR），或添加原文件"),
    (b"Rar!\x1a\x07", "这是压缩包，请解压后逐个添加"),
    (b"7z\xbc\xaf\x27\x1c", "这是压缩包，请解压后逐个添加"),
    (b"\x1f\x8b", "这是压缩包，请解压后逐个添加"),
    (b"PK\x05\x06", "这是空的压缩包"),
    (b"\x7fELF", "这是程序，不是文件"),
    (b"MZ\x90\0", "这是程序，不是文件"),
    (b"MIME-Version:", "这是单文件网页（MHTML），请在浏览器中另存为“网页，仅 HTML”后再添加"),
    (b"From: <Saved by", "这是单文件网页（MHTML），请在浏览器中另存为“网页，仅 HTML”后再添加"),
)
# The part that tells what an archive is.
_PARTS: tuple[tuple[str, Format | str], ...] = (
    ("OFD.xml", Format.OFD),
    ("word/document.xml", Format.DOCX),
    ("xl/workbook.xml", "这是 Excel 表格，请另存为 .docx 或 .pdf 后再添加"),
    ("xl/workbook.bin", "这是 Excel 表格，请另存为 .docx 或 .pdf 后再添加"),
    ("ppt/presentation.xml", "这是演示文稿，请另存为 .docx 或 .pdf 后再添加"),
    ("content.xml", "这是 OpenDocument 文件，请另存为 .docx 后再添加"),
)
_WORD_PART = b"wordprocessingml.document.main+xml"
# Streams of an OLE file, as its directory names them.
_STREAMS: tuple[tuple[str, Format | str], ...] = (
    ("EncryptedPackage", "文件已加密，请先解除密码再添加"),
    ("WordDocument", Format.DOC),
    ("Workbook", "这是 Excel 表格，请另存为 .docx 或 .pdf 后再添加"),
    ("PowerPoint Document", "这是演示文稿，请另存为 .docx 或 .pdf 后再添加"),
)
# The start of a page: perhaps an XML declaration and comments, then one of these.
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|article)\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:p|div|span|table|br|h[1-6])\b[^<>]*>", re.IGNORECASE)
_PAGE_DUMP = re.compile(r"Title: [^\n]*\n+URL Source: [^\n]*\n", re.IGNORECASE)


def is_text(head: bytes) -> bool:
    """Whether nothing in the first bytes marks a format of its own: then it is text, or nothing that can be read."""
    return not (head.startswith((_ZIP, _OLE)) or _PDF in head[:_PDF_WITHIN] or _refusal(head))


def detect_binary(path: Path, head: bytes, limits: Limits) -> Format:
    """The format of a file that is not text. Raises UnreadableFile, saying what it is instead."""
    if head.startswith(_ZIP):
        with open_archive(path, limits) as archive:
            return _archived(archive)
    if head.startswith(_OLE):
        return _compound(path.read_bytes())
    if _PDF in head[:_PDF_WITHIN]:
        return Format.PDF
    raise UnreadableFile(_refusal(head))


def detect_text(text: str, suffix: str) -> Format:
    """The format of a decoded text; the name's ending decides where the text itself does not. Raises UnreadableFile."""
    start = text[:HEAD]
    may_be_page = SUFFIXES.get(suffix) is Format.HTML or start.lstrip().startswith("<")
    if _PAGE.search(start) or (may_be_page and _TAG.search(start)):
        return Format.HTML
    if start.lstrip().startswith("<?xml"):
        raise UnreadableFile("这是 XML 数据，不是可读的文件")
    if suffix and suffix not in SUFFIXES:
        raise UnreadableFile(f"暂不支持 {suffix} 文件，目前可读 {'、'.join(SUFFIXES)}")
    is_markdown = SUFFIXES.get(suffix) is Format.MARKDOWN or is_page_dump(start)
    return Format.MARKDOWN if is_markdown else Format.TEXT


def is_page_dump(text: str) -> bool:
    """Whether a Markdown text is a web page put into Markdown by a program, navigation and all."""
    return _PAGE_DUMP.match(text) is not None


def _refusal(head: bytes) -> str:
    return next((message for start, message in _REFUSED if head.startswith(start)), "")


def _archived(archive: ZipFile) -> Format:
    names = set(archive.namelist())
    kind = next((kind for part, kind in _PARTS if part in names), None)
    if kind is None and "[Content_Types].xml" in names and _WORD_PART in archive.read("[Content_Types].xml"):
        kind = Format.DOCX  # a Word document whose main part has another name
    if isinstance(kind, Format):
        return kind
    raise UnreadableFile(kind or "这是压缩包，请解压后逐个添加")


def _compound(data: bytes) -> Format:
    kind = next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in data), None)
    if isinstance(kind, Format):
        return kind
    raise UnreadableFile(kind or "这不是 Word 文档，无法读取")
