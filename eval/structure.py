"""Articles whole and alone: the parser beside plain splitters, on a folder of statutes and other documents.

What is counted is told by an oracle of its own that shares no code with `corpus`: it reads the source line by line,
takes a line that begins with 第X条 for the beginning of an article where X goes on with the chain 1, 2, 3 … (之一, 之二
go in between; a number printed nowhere at the beginning of a line is passed over), and lets an article run to the next
one, chapter headings apart. A table of contents has no such chain, and a line that begins with an article named out of
turn («第三条规定以外的…») does not go on with it. Files with fewer than five articles in a chain are not counted.

A chapter heading behind a full stop, an article right behind it, counts as a line of its own.

A line at an article's end without any of ，。；： is a heading that bears no number, and what stands from «公开方式：»,
a date, a line that ends with 印发 or 附件 on belongs to no article.

An article is whole and alone in a splitting if one of its pieces begins with the article's number, holds its every
character and nothing behind but headings of the chapter that follows; «not even headings» is counted beside it. White
space and Markdown's marks (#, *) do not count on either side.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from langchain_text_splitters import RecursiveCharacterTextSplitter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from corpus.readers import UnreadableFile, read
from corpus.readers.reading import Reading
from corpus.structure.cleaning import clean
from corpus.structure.conservation import Conservation, conservation
from corpus.structure.parser import parse

TARGET = 0.995
"""The share of articles that must be whole and alone."""
LEAST_ARTICLES = 5
OURS = "医养问策"

_NUMBER = "[零〇○一二三四五六七八九十百千两]{1,9}|[0-9]{1,4}"
_BEGINNING = re.compile(rf"第({_NUMBER})条(?:之({_NUMBER}))?")
_HEADING = re.compile(rf"第(?:{_NUMBER})(?:编|分编|章|节)[^。；]{{0,40}}|[^，。；：！？]{{1,30}}")
_BEHIND = re.compile(r"公开(?:方式|属性)：|附件|\d{4}年\d{1,2}月\d{1,2}日$|.{0,40}印发$")
_RUN_TOGETHER = re.compile(rf"(?<=。)\s*(第(?:{_NUMBER})[编章节][^。；：，\n]{{1,20}}?)\s*(?=第(?:{_NUMBER})条)")
_NOT_COUNTED = re.compile(r"[\s#*\u200b\ufeff]+")
_UNITS = {"十": 10, "百": 100, "千": 1000}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "○": 0}
_AT_ARTICLES = re.compile(rf"(?=第(?:{_NUMBER})条)")


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the oracle tells it: its number as printed, its text, and the headings between it and the next."""

    number: str
    text: str
    headings: str


@dataclass(frozen=True, slots=True)
class Score:
    """One way of splitting: articles in all, whole and alone, and so without a heading behind; those that are not."""

    name: str
    articles: int = 0
    whole: int = 0
    bare: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def rate(self) -> float:
        return self.whole / self.articles if self.articles else 0.0


@dataclass(frozen=True, slots=True)
class Structure:
    """What was measured. scores: ours first; lost: names of documents that lost something; unread: why each was not."""

    documents: int
    statutes: int
    seconds: float
    characters: int
    scores: tuple[Score, ...]
    reports: Mapping[str, Conservation] = field(repr=False)
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> tuple[str, ...]:
        return tuple(name for name, report in self.reports.items() if report.lost)

    @property
    def passed(self) -> bool:
        """Whether anything was read, nothing of it lost, and enough articles, if any, are whole and alone."""
        ours = self.scores[0]
        return bool(self.documents) and not self.lost and (not ours.articles or ours.rate >= TARGET)


def articles_of(source: str) -> tuple[Article, ...]:
    """The articles of a source text by the oracle; none where it has no chain of them."""
    apart = _RUN_TOGETHER.sub(r"\n\1\n", source)
    lines = [_NOT_COUNTED.sub("", line) for line in apart.splitlines()]
    starts = _chain(lines)
    if len(starts) < LEAST_ARTICLES:
        return ()
    return tuple(_article(lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True))


def _chain(lines: Sequence[str]) -> list[int]:
    """The places of the lines that begin articles: the longest chain from a 第一条."""
    beginnings = [
        (place, (_value(match[1]), _value(match[2] or "零")))
        for place, line in enumerate(lines)
        if (match := _BEGINNING.match(line))
    ]
    chains = [[*_followed(beginnings[at:])] for at, (_, number) in enumerate(beginnings) if number == (1, 0)]
    return max(chains, key=len, default=[])


def _followed(beginnings: Sequence[tuple[int, tuple[int, int]]]) -> Iterator[int]:
    printed = {number for _, number in beginnings}
    last = (0, 0)
    for place, number in beginnings:
        following = last[0] + 1
        while (following, 0) not in printed and following < number[0]:
            following += 1
        if number in ((following, 0), (last[0], last[1] + 1)):
            yield place
            last = number


def _article(lines: Sequence[str]) -> Article:
    end = next((place for place, line in enumerate(lines) if place and _BEHIND.match(line)), len(lines))
    lines = lines[:end]
    while end > 1 and (not lines[end - 1] or _HEADING.fullmatch(lines[end - 1])):
        end -= 1
    match = _BEGINNING.match(lines[0])
    return Article(match[0] if match else "", "".join(lines[:end]), "".join(lines[end:]))


def _value(printed: str) -> int:
    """一千零一 -> 1001, 32 -> 32."""
    if printed.isdigit() and printed.isascii():
        return int(printed)
    total = digit = 0
    for sign in printed:
        if sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def score(name: str, articles: Sequence[Article], pieces: Iterable[str]) -> Score:
    """How many of the articles of one document some piece holds whole and alone."""
    by_number: dict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        plain = _NOT_COUNTED.sub("", piece)
        if match := _BEGINNING.match(plain):
            by_number[match[0]].append(plain)
    whole = bare = 0
    failures: list[tuple[str, str]] = []
    for article in articles:
        behind = [
            piece.removeprefix(article.text) for piece in by_number[article.number] if piece.startswith(article.text)
        ]
        if any(article.headings.startswith(rest) for rest in behind):
            whole += 1
            bare += "" in behind
        else:
            failures.append((article.number, f"{article.text[:30]}…{article.text[-30:]}"))
    return Score(name, len(articles), whole, bare, tuple(failures))


def measure(folder: Path, console: Console) -> Structure:
    """Split every readable file of a folder, its subfolders taken in, every way. Some seconds for a hundred files."""
    readings, unread = _readings(folder)
    seconds = 0.0
    reports: dict[str, Conservation] = {}
    totals = {way: Score(way) for way in (OURS, *_SPLITTERS)}
    statutes = 0
    with console.status("正在切分……"):
        for name, reading in readings.items():
            source = reading.text
            began = perf_counter()
            cleaned = clean(source)
            provisions = parse(cleaned.text)
            seconds += perf_counter() - began
            reports[name] = conservation(source, cleaned, provisions, reading.dropped)
            articles = articles_of(source)
            statutes += bool(articles)
            ways = {OURS: [cleaned.text[each.start : each.subtree_end] for each in provisions], **_plain_ways(source)}
            for way, pieces in ways.items():
                totals[way] = _sum(totals[way], score(way, articles, pieces), name)
    characters = sum(len(reading.text) for reading in readings.values())
    return Structure(len(readings), statutes, seconds, characters, tuple(totals.values()), reports, unread)


def _readings(folder: Path) -> tuple[dict[str, Reading], dict[str, str]]:
    """What the readable files hold, by path, and why the others cannot be read."""
    readings: dict[str, Reading] = {}
    unread: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        try:
            readings[name] = read(path)
        except UnreadableFile as error:
            unread[name] = str(error)
    return readings, unread


_SPLITTERS: Mapping[str, Callable[[str], list[str]]] = {
    "RecursiveCharacterTextSplitter 250/50": RecursiveCharacterTextSplitter(
        chunk_size=250, chunk_overlap=50
    ).split_text,
    "RecursiveCharacterTextSplitter 512/80": RecursiveCharacterTextSplitter(
        chunk_size=512, chunk_overlap=80
    ).split_text,
    "正则表达式：逢“第X条”即切": _AT_ARTICLES.split,
}


def _plain_ways(source: str) -> dict[str, list[str]]:
    return {name: split(source) for name, split in _SPLITTERS.items()}


def _sum(total: Score, one: Score, document: str) -> Score:
    failures = tuple((f"{document} {number}", text) for number, text in one.failures)
    return Score(
        total.name,
        total.articles + one.articles,
        total.whole + one.whole,
        total.bare + one.bare,
        (*total.failures, *failures),
    )


def print_structure(structure: Structure, console: Console, *, verbose: bool) -> None:
    """The table; with verbose, every article of ours that is not whole and alone and every file that was not read."""
    table = Table(title="结构解析", title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("切分方式", "条文", "完整且独立", "比例", "连章节标题也不带"):
        table.add_column(name, justify="left" if name == "切分方式" else "right")
    for one in structure.scores:
        bare = one.bare / one.articles if one.articles else 0.0
        table.add_row(one.name, str(one.articles), str(one.whole), f"{one.rate:.2%}", f"{bare:.2%}")
    console.print(table)
    kept = structure.documents - len(structure.lost)
    console.print(
        f"读入 {structure.documents} 份文件，其中 {structure.statutes} 份逐条编号；清洗并解析每秒 "
        f"{structure.documents / structure.seconds if structure.seconds else 0:.0f} 份"
        f"（{structure.characters / structure.seconds / 1e6 if structure.seconds else 0:.2f} 百万字）；"
        f"字数守恒 {kept} 份（{kept / structure.documents if structure.documents else 0:.0%}）；"
        f"未能读取 {len(structure.unread)} 份。",
        highlight=False,
    )
    for name in structure.lost:
        console.print(f"字数不守恒：{name}", style="red", markup=False, highlight=False)
    if verbose:
        _print_details(structure, console)


def _print_details(structure: Structure, console: Console) -> None:
    for place, text in structure.scores[0].failures:
        console.print(f"未能完整独立：{place}　{text}", markup=False, highlight=False)
    for name, reason in structure.unread.items():
        console.print(f"未能读取：{name}（{reason}）", markup=False, highlight=False)
