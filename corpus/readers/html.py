"""Web pages saved from government sites: the text, the facts of its box, the names of its annexes; no navigation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree, html

from corpus.readers.decoding import decode
from corpus.readers.furniture import drop_page_marks
from corpus.readers.html_blocks import Block, blocks
from corpus.readers.html_region import densest_run, main_region
from corpus.readers.reading import Format, Furniture, Reading, UnreadableFile
from corpus.readers.site_furniture import furniture_of, heads_related, is_field_name, read_fields
from corpus.structure.cleaning import Artefact

_CHARSET = re.compile(rb"<meta\b[^<>]{0,300}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
# 关于印发…的通知 - 广州市人民政府门户网站
_SITE_NAME = re.compile(r"\s*[-_|—–]\s*[^-_|—–]*$")
_PUBLISHED = ("发布日期：", "发布时间：", "发表时间：", "时间：")
# A heading over files to download, left alone at the end where there are none.
_EMPTY_HEAD = re.compile(r"(?:相关|文件|资料)?附件(?:下载)?\s*[：:]?")
_MOSTLY_LINKS = 0.8


@dataclass(slots=True)
class _Page:
    """The reading of one page so far: facts of its box and counters around its text."""

    fields: list[str] = field(default_factory=list)
    dropped: list[Artefact] = field(default_factory=list)

    def drop(self, kind: Furniture, *texts: str) -> None:
        self.dropped.extend(Artefact(kind, text) for text in texts)


def read_html(data: bytes) -> Reading:
    """The text of a web page. Raises UnreadableFile."""
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    decoded = decode(data, declared[1].decode("ascii", "replace") if declared else "")
    notes = (f"网页没有标明可用的编码，按 {decoded.encoding} 读取",) if decoded.guessed else ()
    return read_page(decoded.text, notes)


def read_page(page: str, notes: tuple[str, ...] = ()) -> Reading:
    """The text of a decoded page. Raises UnreadableFile."""
    root = _parse(page)
    found = blocks(root)
    region = set(main_region(root, found).iter())
    at = [number for number, block in enumerate(found) if block.place in region]
    if not at:
        raise UnreadableFile("网页里没有找到正文")
    read = _Page()
    lines = _lines(read, found, range(at[0], at[-1] + 1), _title(root, found), _facts(root))
    if any(block.table and block.table.has_merged for block in found[at[0] : at[-1] + 1]):
        notes = (*notes, "表格有合并单元格，跨行的短内容已写入各行")
    return Reading("\n".join(lines), Format.HTML, tuple(read.dropped), notes)


def read_dump(page: str, title: str, source: Artefact) -> Reading:
    """The text of a page that was put into Markdown and rendered again: it has blocks in order, and no regions."""
    found = blocks(_parse(page))
    title = _SITE_NAME.sub("", title)
    run = densest_run(found, lambda block: _stands_apart(block, title))
    if not run:
        raise UnreadableFile("网页里没有找到正文")
    read = _Page(dropped=[source])
    return Reading("\n".join(_lines(read, found, run, title)), Format.MARKDOWN, tuple(read.dropped))


def _lines(read: _Page, found: Sequence[Block], text: range, title: str, facts: Sequence[str] = ()) -> list[str]:
    """The lines of a page whose text is in a range of its blocks: title, facts, text, annexes."""
    first = next((at for at in text if not _is_head(found[at])), text.stop)
    above = _outside(read, found[:first], title)
    inside = _inside(read, found[first : text.stop])
    below = _outside(read, found[text.stop :], title, annexes=True)
    lines, numbers = drop_page_marks([*above, *inside, *below])
    read.dropped.extend(numbers)
    if not any(line.startswith(_PUBLISHED) for line in read.fields):
        read.fields.extend(facts)
    lines = _with_title(title, read.fields, lines, read)
    if lines and _EMPTY_HEAD.fullmatch(lines[-1]):
        read.drop(Furniture.PAGE_TOOL, lines.pop())
    return lines


def _is_head(block: Block) -> bool:
    """Whether a block at the start of the text is not of it: the title over it, facts of the page, furniture."""
    are_fields = all(read_fields(line) for line in block.lines)
    return block.is_title or are_fields or furniture_of(block.text) is not None


def _stands_apart(block: Block, title: str) -> bool:
    """Whether a block is surely not of the text: furniture, links, facts of the page, its title."""
    is_known = furniture_of(block.text) is not None or read_fields(block.text) is not None
    return is_known or _is_linked(block) or block.text == title


def _parse(page: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableFile("网页里没有文字") from error


def _facts(root: etree._Element) -> list[str]:
    """The day on which the page was put up, from its metadata: sites print it without its name."""
    published = _meta(root, "pubdate")
    return [f"发布日期：{published}"] if published else []


def _meta(root: etree._Element, name: str) -> str:
    """A value of the metadata that government sites must give (国办发〔2017〕47号): ArticleTitle, PubDate."""
    values = (meta.get("content", "") for meta in root.iter("meta") if meta.get("name", "").lower() == name)
    return " ".join(next(values, "").split())


def _title(root: etree._Element, found: Sequence[Block]) -> str:
    """The title of the document: in the page's metadata, else its first heading, else the title of the page."""
    heading = next((block.text for block in found if block.is_title and not block.is_hidden), "")
    page_title = " ".join((root.findtext(".//title") or "").split())
    return _meta(root, "articletitle") or heading or _SITE_NAME.sub("", page_title) or page_title


def _with_title(title: str, fields: Sequence[str], lines: Sequence[str], read: _Page) -> list[str]:
    """Title, facts, text. A title that opens the text is not printed twice."""
    if lines and _squeezed(lines[0]) == _squeezed(title):
        read.drop(Furniture.REPEATED_TITLE, title)
        lines = lines[1:]
    return [line for line in (title, *dict.fromkeys(fields), *lines) if line]


def _outside(read: _Page, found: Sequence[Block], title: str, *, annexes: bool = False) -> list[str]:
    """Sort what stands around the text: facts of its box are kept, and files to download below it."""
    lines: list[str] = []
    for block in _with_values(found):
        fields = [read_fields(line) for line in block.lines]
        if any(each and (each.kept or each.empty) for each in fields):
            _take_fields(read, block)
        elif annexes and block.has_file and not block.is_hidden and furniture_of(block.text) is None:
            lines.extend(block.lines)
        elif len(block.text) > 3 and _squeezed(block.text) in _squeezed(title):
            read.drop(Furniture.REPEATED_TITLE, block.text)
        else:
            kind = Furniture.HIDDEN if block.is_hidden else furniture_of(block.text) or Furniture.NAVIGATION
            read.drop(kind, block.text)
    return lines


def _take_fields(read: _Page, block: Block) -> None:
    for line in block.lines:
        fields = read_fields(line)
        if fields is None:
            read.drop(Furniture.NAVIGATION, line)
            continue
        read.fields.extend(fields.kept)
        read.drop(Furniture.EMPTY_FIELD, *fields.empty)
        read.drop(Furniture.PAGE_TOOL, *fields.tools)


def _inside(read: _Page, found: Sequence[Block]) -> list[str]:
    """The lines of the text without the furniture that stands among them."""
    lines: list[str] = []
    related = _related(found)
    for at, block in enumerate(found):
        kind = Furniture.HIDDEN if block.is_hidden else furniture_of(block.text)
        kind = kind or (Furniture.RELATED_LINKS if at in related else None)
        fields = read_fields(block.text) if kind is None else None
        if kind:
            read.drop(kind, block.text)
        elif fields and fields.tools:
            _take_fields(read, block)
        else:
            lines.extend(block.lines)
        for head in block.table.repeated_heads if block.table else ():
            read.drop(Furniture.REPEATED_HEAD, head)
    return lines


def _related(found: Sequence[Block]) -> set[int]:
    """The places of headings over links to other pages, and of those links."""
    related: set[int] = set()
    for at, block in enumerate(found):
        goes_on = at - 1 in related and _is_linked(block)
        heads = heads_related(block.text) and (at + 1 == len(found) or _is_linked(found[at + 1]))
        if goes_on or heads:
            related.add(at)
    return related


def _is_linked(block: Block) -> bool:
    return block.links >= _MOSTLY_LINKS and not block.has_file


def _with_values(found: Sequence[Block]) -> list[Block]:
    """The blocks, a name of a field and the value in the block behind it as one."""
    joined: list[Block] = []
    for block in found:
        if joined and is_field_name(joined[-1].text) and _is_value(block, joined[-1]):
            joined[-1] = Block(joined[-1].text + block.text, joined[-1].place, is_hidden=block.is_hidden)
        else:
            joined.append(block)
    return joined


def _is_value(block: Block, name: Block) -> bool:
    """Whether a block may be the value of the field named in the block before it: they stand side by side."""
    beside = block.place is name.place or block.place.getparent() is name.place.getparent()
    return beside and block.table is None and read_fields(block.text) is None


def _squeezed(text: str) -> str:
    return "".join(text.split())
