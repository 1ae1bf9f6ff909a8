"""What became of a source text: an account of every character, of the numbering, and of lines that opened nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.provisions import Provision
from corpus.structure.annexes import divide
from corpus.structure.cleaning import Artefact, Cleaned, conserved
from corpus.structure.contents import without_contents
from corpus.structure.markers import ARTICLE_RANK, Marker
from corpus.structure.paragraphs import Paragraph, paragraphs_of


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a list leaves out: between two of its provisions, or before its first (after is None)."""

    after: str | None
    before: str
    missing: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the canonical text, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """The account of one document. Characters are counted without white space.

    characters_in  of the file: of the source text, and of what the reader had dropped before
    in_provisions  of the own texts of all provisions
    dropped        by kind of artefact, by reader and cleaning
    gaps           numbers that lists leave out; duplicates: ids of provisions that repeat a number
    unplaced       lines that are in no provision
    unopened       lines that begin with a number and open no provision: not believed, or out of place
    lost           whether a character is neither in a provision nor among the dropped ones, or the order changed
    """

    characters_in: int
    in_provisions: int
    dropped: Mapping[str, int]
    gaps: tuple[Gap, ...]
    duplicates: tuple[str, ...]
    unplaced: tuple[Line, ...]
    unopened: tuple[Line, ...]
    lost: bool


# What people call the kinds of artefacts, those of cleaning first, then those of readers.
_KINDS: Mapping[str, str] = {
    "invisible": "不可见字符",
    "bookmark": "书签标记",
    "comment": "注释",
    "markdown heading": "标题符号",
    "markdown link": "链接符号",
    "markdown bold": "加粗符号",
    "page number": "页码",
    "running head": "页眉",
    "running foot": "页脚",
    "navigation": "导航",
    "breadcrumb": "位置导航",
    "page tool": "页面工具",
    "related links": "相关链接",
    "site footer": "网站底部",
    "source note": "来源说明",
    "empty field": "空白栏目",
    "hidden text": "隐藏文字",
    "deleted text": "已删文字",
    "watermark": "水印",
    "repeated table head": "重复的表头",
    "repeated title": "重复的标题",
    "picture": "图片",
}
# A line that begins so is an article, or names one: «第三条规定以外的…».
_NAMES_ARTICLE = re.compile(r"第[ \u3000]?[零〇○一二两三四五六七八九十百千0-9０-９]{1,9}[ \u3000]?条")
_SHOWN = 20
"""Gaps, duplicates and lines that are told one by one."""
_LINE = 40


def conservation(
    source: str, cleaned: Cleaned, provisions: Sequence[Provision], dropped_before: Sequence[Artefact] = ()
) -> Conservation:
    """The account of a source text, what cleaning made of it, and the provisions of that.

    dropped_before: what the reader had taken out of the file before it gave the source text.
    """
    text = cleaned.text
    paragraphs = _numbered(text)
    dropped: Counter[str] = Counter()
    for artefact in (*dropped_before, *cleaned.dropped):
        dropped[artefact.kind] += _count(artefact.text)
    within = sum(_count(text[provision.start : provision.end]) for provision in provisions)
    unplaced = tuple(_unplaced(text, provisions))
    return Conservation(
        characters_in=_count(source) + sum(_count(artefact.text) for artefact in dropped_before),
        in_provisions=within,
        dropped=dict(dropped),
        gaps=tuple(_gaps(paragraphs, provisions)),
        duplicates=tuple(each.article_id for each in provisions if "~" in each.article_id.rpartition(".")[2]),
        unplaced=unplaced,
        unopened=tuple(_unopened(text, paragraphs, provisions)),
        lost=not conserved(source, cleaned) or within != _count(text) or bool(unplaced),
    )


def account(report: Conservation) -> str:
    """The report in Chinese, a fact a line."""
    return "\n".join(_account(report))


def _account(report: Conservation) -> Iterator[str]:
    dropped = sum(report.dropped.values())
    yield f"原文 {report.characters_in} 字，归入条目 {report.in_provisions} 字，作为版面去除 {dropped} 字（不计空白）。"
    if report.dropped:
        kinds = (f"{_KINDS.get(kind, kind)} {count} 字" for kind, count in sorted(report.dropped.items()) if count)
        yield f"去除的版面：{'，'.join(kinds)}。"
    yield "有文字丢失或次序改变，请勿使用。" if report.lost else "没有文字丢失。"
    yield from _listed("编号空缺", [_gap(gap) for gap in report.gaps])
    yield from _listed("编号重复", list(report.duplicates))
    yield from _listed("未归入条目的行", [_line(line) for line in report.unplaced])
    yield from _listed("以编号开头而未作条目的行", [_line(line) for line in report.unopened])


def _listed(name: str, facts: Sequence[str]) -> Iterator[str]:
    if facts:
        more = f"；等共 {len(facts)} 处" if len(facts) > _SHOWN else ""
        yield f"{name} {len(facts)} 处：{'；'.join(facts[:_SHOWN])}{more}。"


def _gap(gap: Gap) -> str:
    if gap.after is None:
        return f"{gap.before} 之前缺 {gap.missing} 个编号"
    return f"{gap.after} 与 {gap.before} 之间缺 {gap.missing} 个编号"


def _line(line: Line) -> str:
    return f"第 {line.number} 行“{line.text[:_LINE]}{'…' if len(line.text) > _LINE else ''}”"


def _count(text: str) -> int:
    return len("".join(text.split()))


def _unplaced(text: str, provisions: Sequence[Provision]) -> Iterator[Line]:
    """The lines that reach outside all provisions."""
    covered = 0
    holes: list[tuple[int, int]] = []
    for provision in sorted(provisions, key=lambda each: each.start):
        if provision.start > covered:
            holes.append((covered, provision.start))
        covered = max(covered, provision.end)
    holes.append((covered, len(text)))
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        end = start + len(line)
        while holes and holes[0][1] <= start:
            holes.pop(0)
        if line.strip() and holes and holes[0][0] < end and holes[0][1] > start:
            yield Line(number, line)
        start = end + 1


def _numbered(text: str) -> Mapping[int, Paragraph]:
    """The paragraphs by their starts, those of a table of contents and of the list of annexes without their numbers."""
    parts = divide(without_contents(paragraphs_of(text)))
    return {paragraph.start: paragraph for part in parts for paragraph in part.paragraphs}


def _unopened(text: str, known: Mapping[int, Paragraph], provisions: Sequence[Provision]) -> Iterator[Line]:
    opened = {provision.start: provision for provision in provisions}
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        paragraph = known.get(start)
        provision = opened.get(start)
        if paragraph and paragraph.marker:
            if provision is None or not _numbers(paragraph.marker, provision):
                yield Line(number, line)
        elif provision is None and _NAMES_ARTICLE.match(line):
            yield Line(number, line)
        start += len(line) + 1


def _numbers(marker: Marker, provision: Provision) -> bool:
    """Whether a number is the one in the provision's id."""
    last = provision.article_id.rpartition(":")[2].rpartition(".")[2]
    return re.fullmatch(rf"{marker.shape.letter}{marker.number}(?:[-~].+)?", last) is not None


def _gaps(known: Mapping[int, Paragraph], provisions: Sequence[Provision]) -> Iterator[Gap]:
    """Where a list does not count on; one that runs on from the list before it, as （五） in section 二、, does."""
    last: dict[tuple[str, str | None, int], tuple[int, str]] = {}
    running: dict[tuple[str, int], int] = {}
    sibling: dict[str | None, int] = {}
    for provision in provisions:
        paragraph = known.get(provision.start)
        marker = paragraph.marker if paragraph else None
        if marker is None or not _numbers(marker, provision):
            continue
        rank = marker.shape.rank
        annex = provision.article_id.rpartition(":")[0]
        key = (annex, None if rank == ARTICLE_RANK else provision.parent, rank)
        before, number = last.get(key), marker.number
        if before is not None:
            expected, after = before[0] + 1, before[1]
        else:
            ran = {running.get((annex, rank), 0) + 1, sibling.get(provision.parent, 0) + 1}
            expected, after = (number if number in ran else 1), None
        if number > expected:
            yield Gap(after, provision.article_id, number - expected)
        last[key] = number, provision.article_id
        running[annex, rank] = number
        sibling[provision.parent] = number
