"""The title of a document, in one line or several, and that of the notice that it came with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.head.bodies import Span, bodies_in, squeezed
from corpus.head.boxes import is_field
from corpus.head.dates import DAY, PLAIN_DAY
from corpus.head.document_numbers import NUMBER, ORDER, ORDER_LINE, ORDER_MAST
from corpus.head.history import is_history
from corpus.head.printed import Line, Printed

# 文种, the word that a title ends in: those of GB/T 9704-2012, those of statutes, what web pages call themselves.
KIND = (
    r"(?:通知|意见|方案|办法|条例|规定|细则|措施|决定|决议|公告|通告|公报|通报|规划|计划|标准|规范|指南|指引|复?函|批复|规程"
    r"|规则|准则|要点|目录|清单|纲要|章程|制度|命令|令|报告|请示|纪要|倡议书|解释|说明|声明|解读|问答|解答|手册|名单|大纲|守则"
    r"|公约|答复|程序|政策|攻略|简介|详解|提示|宪法|法|举措|安排)"
)
_KIND_END = re.compile(
    rf"{KIND}(?:[（(【\[〔][^（）()【】\[\]\n]{{1,30}}[）)】\]〕])?(?:[（(][^（）()\n]{{1,30}}[）)])?$"
)
_BRACKET = re.compile(r"[（(【\[][^（）()【】\[\]。，]{1,30}[）)】\]]")
# «（转载）», «【已废止】» before a title
_NOTE_WORDS = r"[（(【\[〔](?:转载|转发|已?废止|已?失效|有效|现行有效)[）)】\]〕]"
_NOTE, _NOTE_BEHIND = re.compile(rf"{_NOTE_WORDS}\s*"), re.compile(rf"\s*{_NOTE_WORDS}$")
_ABOUT = re.compile(r"\s*(?P<about>关于|转发|印发)")
# What issues another text: «关于印发《…》的通知», and, for the text within, what it leaves out or adds.
_ISSUING = re.compile(
    r"关于(?:重新|修订|联合)?(?:印发|发布|公布|颁布|下发|转发|实施)(?:修订后的|新修订的|新的)?(?P<inner>.{2,200}?)"
    r"的?(?:通知|公告|通告|决定|命令)(?:[（(][^（）()]{1,20}[）)])?"
)
_OPENS_ISSUING = re.compile(r"关于(?:重新|修订|联合)?(?:印发|发布|公布|颁布|下发|转发)")
_CLOSES_ISSUING = re.compile(r"(?:通知|公告|通告|决定|命令|函)(?:[（(][^（）()]{1,20}[）)])?$")
# «《广州市老年人优待办法》已经…通过，现予公布», the text of an order
_PUBLISHED_HERE = re.compile(
    r"《(?P<inner>[^《》\n]{2,100})》(?:业?已?经|已于|于)?[^《》\n]{0,120}(?:现予|予以|现将其)(?:公布|发布)"
)
# Lines of a head that are no part of a title.
_FURNITURE = (
    re.compile(rf"[（(]?{NUMBER}[）)]?(?:\s*签发人.*)?$"),
    re.compile(rf"[（(]?{ORDER}[）)]?$"),
    re.compile(rf"{ORDER_LINE.pattern}$"),
    re.compile(rf"(?:{DAY}|{PLAIN_DAY})(?:\s+[0-9:：]{{4,8}})?$"),
    re.compile(r".{2,60}(?:文件|人民政府令|委员会令|部令|局令|主席令|国务院令)$"),
    re.compile(r"<!--|===|!\[|https?:|目\s*录$|[>＞»]"),
    re.compile(r"点击查看|扫一扫|(?:附\s*件|链接|相关(?:新闻|附件|解读|链接)|政策解读)\s*[0-9：:【]?"),
)
# The name of the web site behind the title of a page: «…的通知 - 广州市人民政府门户网站»
_SITE = re.compile(r"\s*[-–—_|]\s*[^-–—_|\n]{2,30}(?:网站?|平台)$")
_PROSE = re.compile(r"[。；]|[：:，、]$")
_LONGEST_LINE, _LONGEST_TITLE = 120, 300
_SHORTEST_LINE = 5
"""A line without a 文种 below this length is a button or a heading of the page."""
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Titles:
    """The document's title; and, where the text holds both, that of the notice that issued it.

    bodies  issuing bodies printed before the first title, as part of it: «国家卫生健康委关于印发…»
    start   of the first title in the text, those bodies included; end: its end
    """

    title: Printed[str]
    cover: Printed[str] | None
    bodies: tuple[Printed[str], ...]
    start: int
    end: int


def read_titles(text: str, lines: Sequence[Line]) -> Titles | None:
    """The titles that these lines, the head of a text, print; None where none of them is a title.

    A title is given without the issuing bodies before it, which are a fact of their own, and without white space.
    """
    first = next(_candidates(lines), None) or _first_line(lines)
    inner = _inner(text, first, lines)
    behind = [line for line in lines if first is None or line.start > first[-1].end]
    within = _find(inner, behind) if inner else None
    if first is None:
        return Titles(_title(within)[0], None, (), within[0].start, within[-1].end) if within else None
    title, bodies = _title(first)
    issued = _title(within)[0] if within and _bare(title.value) != _bare(inner or "") else None
    return Titles(issued or title, title if issued else None, bodies, first[0].start, first[-1].end)


def issues(title: str) -> bool:
    """Whether a title is that of a notice that issues another text: «关于印发…的通知»."""
    return _OPENS_ISSUING.search(title) is not None


def _candidates(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Runs of lines that make up a title: the last one ends in a 文种."""
    run: list[Line] = []
    for place, line in enumerate(lines):
        if _PROSE.search(line.text):
            return
        if _is_furniture(line) or len(run) == _MOST_LINES or _is_mast(line, lines[place + 1 : place + 2]):
            run = []
            continue
        run.append(line)
        joined = "".join(squeezed(_SITE.sub("", part.text)) for part in run)
        if _is_complete(joined):
            yield (*run, *_continued(joined, lines[place + 1 : place + 2]))
            run = []


def _is_mast(line: Line, following: Sequence[Line]) -> bool:
    """Whether a line is the mast of an order or announcement: its number stands below it, its title below that."""
    numbered = any(ORDER_LINE.fullmatch(below.text.strip()) for below in following)
    return numbered and ORDER_MAST.fullmatch(line.text.strip()) is not None


def _is_complete(joined: str) -> bool:
    """Whether it ends as a title does; one that issues another text does not end with the title of that."""
    if joined.endswith(("！", "？", "!", "?")):
        return True
    if not _KIND_END.search(joined) or joined.count("《") > joined.count("》"):
        return False
    return not _OPENS_ISSUING.search(joined) or _CLOSES_ISSUING.search(joined) is not None


def _continued(joined: str, following: Sequence[Line]) -> tuple[Line, ...]:
    """The next line where it belongs to the title: «（2025年版）», or «实施细则» on a line of its own."""
    for line in following:
        words = squeezed(line.text)
        is_part = len(words) <= 8 and _KIND_END.search(words) and not _is_furniture(line) and not joined.endswith(words)
        is_edition = _BRACKET.fullmatch(words) and not is_history(line.text, 0, len(line.text))
        if is_edition or is_part:
            return (line,)
    return ()


def _is_furniture(line: Line) -> bool:
    words = line.text.strip()
    if not words or len(words) > _LONGEST_LINE or is_field(words) or is_history(words, 0, len(words)):
        return True
    if any(pattern.match(words) for pattern in _FURNITURE) or bodies_in(words, 0, len(words)):
        return True
    return len(words) < _SHORTEST_LINE and not _KIND_END.search(words)


def _first_line(lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """For want of a 文种: the first line that could be a title at all."""
    for line in lines:
        if _PROSE.search(line.text):
            return None
        if line.text.strip() and not _is_furniture(line):
            return (line,)
    return None


def _inner(text: str, first: Sequence[Line] | None, lines: Sequence[Line]) -> str | None:
    """The title that the notice or order gives of what it issues."""
    cover = "".join(squeezed(line.text) for line in first) if first else ""
    issuing = _ISSUING.search(cover)
    if issuing:
        return issuing["inner"].strip("《》")
    published = _PUBLISHED_HERE.search(text, lines[0].start, lines[-1].end) if lines else None
    return published["inner"] if published and squeezed(published["inner"]) != cover else None


def _find(title: str, lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """The lines that print this title and nothing else, one after the other."""
    wanted = _bare(title)
    for place, line in enumerate(lines):
        joined, taken = "", 0
        while place + taken < len(lines) and taken < _MOST_LINES and len(joined) < len(wanted):
            joined = _bare(joined + _SITE.sub("", lines[place + taken].text))
            taken += 1
            if not wanted.startswith(joined):
                break
        if line.text.strip() and joined == wanted:
            return tuple(lines[place : place + taken])
    return None


def _bare(title: str) -> str:
    return re.sub(r"[《》〈〉<>]", "", squeezed(title)).removeprefix("关于")


def _title(lines: Sequence[Line]) -> tuple[Printed[str], tuple[Printed[str], ...]]:
    """The lines as one title, without notes before it; and the issuing bodies that stand before it."""
    words = _NOTE_BEHIND.sub("", _SITE.sub("", "\n".join(line.text for line in lines)).rstrip())
    start, cut = lines[0].start, len(words) - len(words.lstrip())
    if note := _NOTE.match(words, cut):
        cut = note.end()
    spans, cut = _behind_bodies(words, cut)
    bodies = tuple(Printed(squeezed(words[first:last]), start + first, start + last) for first, last in spans)
    return Printed(squeezed(words[cut:])[:_LONGEST_TITLE], start + cut, start + len(words)), bodies


def _behind_bodies(words: str, start: int) -> tuple[tuple[Span, ...], int]:
    """The bodies before 关于 (转发, 印发) and where that begins, if nothing but bodies stands before it."""
    about = _ABOUT.search(words, start)
    if about is None or about.start() == start:
        return (), start
    spans = bodies_in(words.replace("\n", " "), start, about.start())
    return spans, about.start("about") if spans else start
