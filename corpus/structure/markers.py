"""The numbering marks that open a provision, one row a shape.

Ranks follow statutes (Legislation Law of the PRC, article 65: 编、章、节、条、款、项、目; a 款 bears no number) and,
below them, the hierarchy of GB/T 9704-2012, 7.3.3: 一、 then （一） then 1. then （1）; 1） and ① come after these in
use.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from corpus.structure.numerals import CHINESE_DIGITS, NumeralError, whole_number


@dataclass(frozen=True, slots=True)
class Shape:
    """A way of printing a number at the start of a paragraph.

    pattern  its group `number` holds the number, `sign` a sign that is bracket and number in one
    refused  what must not follow: words that make it a reference or a row of numbers
    letter   what stands before the number in the id of a heading (c2); articles and items have none
    """

    name: str
    rank: int
    pattern: re.Pattern[str]
    refused: re.Pattern[str] | None = None
    letter: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it holds articles and is none: 编, 部分, 章, 节."""
        return bool(self.letter)


@dataclass(frozen=True, slots=True)
class Marker:
    """A number found at the start of a paragraph: its shape, value, printed form, and length in the paragraph.

    insertion  the n of 第三条之n, 0 for others
    """

    shape: Shape
    number: int
    printed: str
    length: int
    insertion: int = 0


CHAPTER_RANK = 40
ARTICLE_RANK = 60
PARAGRAPH_RANK = 70
"""The rank of a 款, which bears no number and so has no shape."""
LONGEST_TITLE = 50
"""Characters of the title behind 第一章."""

_CN = f"[{CHINESE_DIGITS}]"
_SP = r"[ \t\u3000\xa0]"
_DIGIT = f"[{CHINESE_DIGITS}0-9０-９]"
# The dash is a scanned 一: 第十—条.
_ORDINAL = rf"{_SP}{{0,2}}(?P<number>{_DIGIT}(?:{_SP}?(?:{_DIGIT}|—)){{0,8}}){_SP}{{0,2}}"

# What follows 第三条 where it is named and not begun.
_NAMED = re.compile(
    # 第五条、第六条所列; 第五条和本法第六条; 第五条至第九条; 第五条及其附件
    rf"{_SP}*[、，,—～~-]{_SP}*(?:第|附件)"
    rf"|{_SP}*(?:和|与|及|以及|或者?|至|到){_SP}*(?:本[\u4e00-\u9fff]{{1,3}})?(?:第|附件|《)|及其"
    # 第二条第一款, 第二条第（一）项
    rf"|{_SP}*第{_SP}?[（(]?{_DIGIT}{{1,6}}[）)]?{_SP}?[款项](?!目)"
    # 第三条规定以外的
    rf"|{_SP}*(?:之?规定|的规定|[中内]规定|所(?:列|称|述|指|涉|说|规定)|以外|之外|修改为)"
    # 第三条的, 第三条中有关 (but 第三条中止执业的), 第三条款 (but 第三条款项)
    r"|的|中(?:的|所|有关|关于|[，“《])|等(?:[条的，]|规定|有关)|要求的|款(?!项)"
    # the end of a clause that began a line above
    rf"|{_SP}*[，,。；;）)》〉”’」』]"
)
# 一、二级医院; 一、二、三类: a row of numbers
_ROW = re.compile(rf"(?:{_CN}、){{0,5}}{_CN}{{1,2}}(?:[级类档等期批]|季度)")


def _bracketed_row(digits: str) -> re.Pattern[str]:
    """（一）、（二）项; （一）至（三）; （一）（二）规定; （一）项, but （一）项目."""
    return re.compile(
        rf"{_SP}*(?:[、和与及或至到]|以及)?{_SP}*[（(〔]{_SP}?[{digits}]{{1,4}}{_SP}?[）)〕]|项(?!目)|款(?!项)|[，。；]"
    )


def _ordinal(unit: str) -> re.Pattern[str]:
    return re.compile(f"第{_ORDINAL}{unit}")


SHAPES = (
    # 第一编 总则; 第一篇
    Shape("book", 10, _ordinal("[编篇]"), _NAMED, "b"),
    # 第一分编 通则
    Shape("subbook", 20, _ordinal("分编"), _NAMED, "f"),
    # 第一部分：一类门诊特定病种
    Shape("part", 30, _ordinal("部分"), _NAMED, "p"),
    # 第一章　总　　则
    Shape("chapter", CHAPTER_RANK, _ordinal("章"), _NAMED, "c"),
    # 第一节 一般规定; 第一节课 is none
    Shape("division", 50, _ordinal("节(?!课)"), _NAMED, "s"),
    # 第三十二条; 第 32 条; 第三条之一
    Shape("article", ARTICLE_RANK, _ordinal(rf"条(?:{_SP}?之{_SP}?(?P<insertion>[{CHINESE_DIGITS}]{{1,3}}))?"), _NAMED),
    # 一、总体目标; 一．总体目标
    Shape("section", 110, re.compile(rf"(?P<number>{_CN}{{1,8}}){_SP}?[、．.](?!{_CN}[、．.])"), _ROW),
    # （一）健全服务网络, with brackets of any sort, also unlike ones; ㈠
    Shape(
        "subsection",
        120,
        re.compile(rf"[（(〔﹙]{_SP}?(?P<number>{_CN}{{1,8}}){_SP}?[）)〕﹚]|(?P<sign>[㈠-㈩])"),
        _bracketed_row(CHINESE_DIGITS),
    ),
    # 一）健全服务网络: a bracket lost in scanning
    Shape("subsection", 120, re.compile(rf"(?P<number>{_CN}{{1,8}})[）)]"), _bracketed_row(CHINESE_DIGITS)),
    # 1.支持… 1．支持… 1、支持… ⒈支持…; not 2.5 and not 2025.1.2, but 1.2025年度… and 1.3人户…; l1. is a scanned 11.
    Shape(
        "item",
        130,
        re.compile(
            r"(?P<number>(?=[lI|]{0,5}[0-9０-９])[0-9０-９lI|]{1,6}) ?[.．、]"
            r"(?:(?=(?:19|20)[0-9]{2}年|[0-9]{1,3}(?:人|户|名|周岁))|(?![0-9０-９]))"
            r"|(?P<sign>[⒈-⒛])"
        ),
    ),
    # （1）…; (1)…; ⑴…
    Shape(
        "subitem",
        140,
        re.compile(rf"[（(]{_SP}?(?P<number>[0-9０-９]{{1,4}}){_SP}?[）)]|(?P<sign>[⑴-⒇])"),
        _bracketed_row("0-9０-９"),
    ),
    # 1）…
    Shape("bracket", 150, re.compile(r"(?P<number>[0-9０-９]{1,3})[）)]")),
    # ①…
    Shape("point", 160, re.compile(r"(?P<number>[①-⑳㉑-㉟㊱-㊿])")),
)

_BRACKETS = str.maketrans("()〔〕﹙﹚", "（）（）（）")
_SCANNED = re.compile(rf"[lI|]|^{_CN}+[）)]|^第.*—")
_LARGEST = 999
_LARGEST_ARTICLE = 9999


def read_marker(paragraph: str) -> Marker | None:
    """The numbering mark at the start of a paragraph, or None.

    A number that is only named there (第三条规定以外的…; 一、二级医院…) is none, nor is 第一章 with a whole sentence.
    """
    marker = marker_at(paragraph, 0)
    if marker is None or not marker.shape.is_heading:
        return marker
    title = paragraph[marker.length :]
    return marker if len(title) <= LONGEST_TITLE and not any(sign in title for sign in "。；") else None


def marker_at(text: str, place: int) -> Marker | None:
    """The mark that stands at a place of a text, whatever the length of the paragraph behind it."""
    for shape in SHAPES:
        match = shape.pattern.match(text, place)
        if match is None or (shape.refused and shape.refused.match(text, match.end())):
            continue
        found = _marker(shape, match)
        if found is not None:
            return found
    return None


def _marker(shape: Shape, match: re.Match[str]) -> Marker | None:
    groups = match.groupdict()
    # ⒈ and ㈠ are 1. and (一) in one sign
    printed = groups["number"] or unicodedata.normalize("NFKC", groups["sign"]).strip("().")
    try:
        number = whole_number(printed.replace("—", "一"))
        insertion = whole_number(groups["insertion"]) if groups.get("insertion") else 0
    except NumeralError:
        return None
    if not 1 <= number <= (_LARGEST_ARTICLE if shape.rank == ARTICLE_RANK else _LARGEST):
        return None
    return Marker(shape, number, match[0].translate(_BRACKETS), len(match[0]), insertion)


def is_misread(marker: Marker) -> bool:
    """Whether only scanning prints it so (l1., 一）, 第十—条): believed only where it continues a list."""
    return _SCANNED.search(marker.printed) is not None
