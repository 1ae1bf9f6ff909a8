"""The numbers, periods, dates and levels that a sentence prints, each once, without what only mentions a number."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corpus.figures.bounds import Comparator, read_bound
from corpus.figures.clauses import place_of
from corpus.figures.measures import (
    DAYS_AND_LONGER,
    GRADES,
    Frequency,
    Measure,
    last_day,
    read_frequency,
    read_measure,
)
from corpus.figures.requirements import Fact, FactKind, Sentence
from corpus.structure.sentences import Span


@dataclass(frozen=True, slots=True)
class Token:
    """Something printed, text[start:end], in clause number `place`.

    reach    where the words end that its fact takes along: 100张|床位以上
    measure  the number; None of a period, a date and a level without a number (超过全国平均水平)
    limit    whether it limits time: 3个月后, 到2027年底; day is the date's last
    """

    start: int
    end: int
    place: int
    reach: int
    measure: Measure | None = None
    period: Frequency | None = None
    day: date | None = None
    limit: bool = False

    @property
    def unit(self) -> str:
        return self.measure.unit if self.measure else ""


# 截至2023年底，全市共有…: a sentence that opens with a date before its document tells what was
_TOLD = re.compile(r"(?:截至|到|至|在)?\s?\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?[底末]?")
# 《…》; “15分钟社区美好生活圈”, but not a quoted sentence
_NAMES = re.compile(r"《[^《》\n]{1,100}》|“[^“”\n，。]{1,16}”")
_NUMBERED = frozenset({FactKind.QUANTITY, FactKind.FREQUENCY, FactKind.DEADLINE})


def tokens(text: str, sentence: Sentence, among: tuple[Span, ...], issued_on: date | None) -> list[Token]:
    """What the facts of a sentence print, in order. among are its clauses; what was before issued_on is history."""
    if issued_on and (told := _TOLD.match(text, *sentence.span)) and (last_day(told[0]) or issued_on) < issued_on:
        return []
    names = [match.span() for match in _NAMES.finditer(text, *sentence.span)]
    found: dict[int, Token] = {}
    for fact in sentence.facts:
        if fact.kind not in _NUMBERED or _touches(fact.span, names):
            continue
        for token in _read(text, fact, place_of(fact.start, among)):
            if token.limit or token.period or token.start not in found:
                found[token.start] = token
    ordered = _ranges(text, [found[start] for start in sorted(found)])
    return [token for token in _outside_periods(ordered) if not _only_mentions(text, token, issued_on)]


def _touches(span: Span, names: Sequence[Span]) -> bool:
    """Whether a span overlaps one of these, which are in order and apart."""
    last = bisect_left(names, span[1], key=lambda name: name[0]) - 1
    return last >= 0 and names[last][1] > span[0]


def _read(text: str, fact: Fact, place: int) -> Iterator[Token]:
    words = text[fact.start : fact.end]
    measure = read_measure(text, *fact.span)
    if fact.kind is FactKind.FREQUENCY:
        yield from _often(text, fact, place)
    elif fact.kind is FactKind.DEADLINE and (measure is None or _DATE.search(words)):
        yield Token(*fact.span, place, fact.end, day=last_day(words), limit=True)
    elif measure:
        limit = fact.kind is FactKind.DEADLINE
        yield Token(measure.start, measure.end, place, fact.end, measure, limit=limit)
    elif _LEVEL.search(words):
        yield Token(*fact.span, place, fact.end)


def _often(text: str, fact: Fact, place: int) -> Iterator[Token]:
    """A period, and the number of times that its fact takes along."""
    if (period := read_frequency(text[fact.start : fact.end])) is None:
        return
    start = text.index(period.words, fact.start)
    end = start + len(period.words)
    yield Token(start, end, place, end, period=period)
    if times := read_measure(text, *((fact.start, start) if start > fact.start else (end, fact.end))):
        yield Token(times.start, times.end, place, fact.end, times)


def _outside_periods(found: Iterable[Token]) -> Iterator[Token]:
    """Without the numbers inside a period: the 2年 of 每2年."""
    covered = 0
    for token in found:
        if token.period or token.end > covered:
            yield token
        if token.period:
            covered = max(covered, token.end)


_DATE = re.compile(r"\d{4}年|\d{1,2}月")
# 超过全国平均水平; 规定比例 is no level of its own
_LEVEL = re.compile(r"(?<!规定)(?<!相应)(?<!一定)(?:水平|比例)$")

# 五万元|以上|十万元以下; 十八周岁|至|五十五周岁
_FROM_TO = re.compile(r"以上[、至]?")
_TO = re.compile(r"(?:以上)?(?:至|到|[-－–—~～]{1,2})")
_PARTS: Mapping[tuple[str, str], int] = {("个月", "年"): 12}
"""How many of the first number's unit make one of the second's, where a range has two."""


def _ranges(text: str, found: Iterable[Token]) -> list[Token]:
    """Two numbers that make a range become one: 五万元以上|十万元以下, 六个月以上|一年以下."""
    kept: list[Token] = []
    for token in found:
        if kept and (both := _range(text, kept[-1], token)):
            kept[-1] = replace(kept[-1], end=both.end, reach=max(both.end, token.reach), measure=both)
        else:
            kept.append(token)
    return kept


def _range(text: str, lower: Token, upper: Token) -> Measure | None:
    if lower.measure is None or upper.measure is None or lower.limit or upper.limit or upper.measure.upper:
        return None
    parts = 1 if lower.unit == upper.unit else _PARTS.get((lower.unit, upper.unit))
    between, bounded = text[lower.end : upper.start], text.startswith("以下", upper.end)
    if parts is None or not (_TO.fullmatch(between) or (bounded and _FROM_TO.fullmatch(between))):
        return None
    return replace(lower.measure, upper=upper.measure.number * parts, end=upper.end + (2 if bounded else 0))


# 每年|农历九月初九: a day of the calendar
_CALENDAR = re.compile(r"的?(?:农历|[一二三四五六七八九十\d]{1,2}月|重阳|老年节|敬老)")
# 等|三种模式; 第|三年; 每|百户; 以下|3个条件; 不含|10万元: in front of a number that counts off, sums up or repeats
_COUNTS_OFF = re.compile(r"(?:等|第|(?<!每)每|上述|这|前款|所列|[下上]列|以下|不?含)$")
# 130次|常务会议
_MEETING = re.compile(r"(?:常务|全体|主任)?会议")
_SORTS = frozenset({"种", "项", "级", "批"})
# 有效期|五年; 保存期限为|三年; 连续|两年; 2年|有效期: beside a length of time that limits something
_LASTS = re.compile(r"(?:期|期限|时限|时间|工龄|年限|为|满|连续|持续|累计|至少|近|以|[于过足到])[：:]?$")
_TERM = re.compile(r"的?[\u4e00-\u9fff]{0,2}期")
# 三年|行动计划, 十年|来
_PLAN = re.compile(r"(?:行动|规划|计划|攻坚|来|度|级|代)")
# 到2027年底, 2027年|完成, 自2027年1月1日|起: dates that limit, against those that only tell when
_LIMITS = re.compile(r"^(?:到|截至|于|在)|[前底末]$")
_AIMS = re.compile(r"\s?(?:起|止|之前|以前|完成|实现|建成|达到|基本|全面|力争|全[省市区县国])")
_UNTIL = re.compile(r"(?:至|到|截止|自|从)\s?$")
_IN_FRONT = 6
"""Characters in front of a number that are looked at."""


def _only_mentions(text: str, token: Token, issued_on: date | None) -> bool:
    before = text[max(0, token.start - _IN_FRONT) : token.start]
    if token.period:
        return _CALENDAR.match(text, token.end) is not None
    if token.measure is None:
        return token.limit and _only_tells(text, token, before, issued_on)
    if _COUNTS_OFF.search(before) or _MEETING.match(text, token.end):
        return True
    if token.unit in GRADES and token.measure.upper is not None:
        return True
    bound = read_bound(text, token.measure, max(0, token.start - _IN_FRONT), token.reach)
    if token.limit or bound.comparator is not Comparator.EXACTLY:
        return False
    if token.unit in DAYS_AND_LONGER:
        lasts = _LASTS.search(before) or _TERM.match(text, token.end)
        return not lasts or _PLAN.match(text, token.end) is not None
    return token.unit in _SORTS


def _only_tells(text: str, token: Token, before: str, issued_on: date | None) -> bool:
    """Whether a date is history, or the date of something, and limits nothing."""
    if (token.day and issued_on and token.day < issued_on) or text.startswith("的", token.end):
        return True
    words = text[token.start : token.end]
    return not (_LIMITS.search(words) or _AIMS.match(text, token.end) or _UNTIL.search(before))
