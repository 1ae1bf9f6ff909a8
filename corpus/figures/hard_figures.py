"""The hard figures of a sentence: its facts put together, without those that only mention a number.

A hard figure is one that can be checked: a number with a unit, a frequency, a limit of time. Only mentions are: dates
of issue and dates before it; numbers of documents and articles; whatever stands in 《》 or is a name in “”
(“15分钟社区美好生活圈”); counts that sum up a list (等三种模式, 以下3个条件); grades without a bound (一级、二级医院);
lengths of time that limit nothing (三年行动计划); and words without a number (定期, 及时, 全覆盖).

A figure that says for whom or when a rule holds (65岁以上老年人, 100张床位以上的养老机构, 不足五年的) is a condition. A
date or period that limits a figure behind it is the deadline of that figure, and no row of its own
(到2027年底，…覆盖率不低于80%; 近2年入住率); neither is a period that says how often another figure holds
(每次命名100个左右).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from corpus.figures.bounds import Bound, Comparator, read_bound, read_level
from corpus.figures.conditions import is_condition
from corpus.figures.measures import (
    AGES,
    COUNTED,
    GRADES,
    LENGTHS,
    Deadline,
    Frequency,
    Measure,
)
from corpus.figures.repetition import periods_of
from corpus.figures.requirements import Sentence
from corpus.figures.tokens import Token, tokens
from corpus.structure.sentences import Span


class FigureKind(StrEnum):
    """What sort of requirement a hard figure states; CONDITION: for whom or when another holds."""

    QUANTITY = "quantity"
    FREQUENCY = "frequency"
    DEADLINE = "deadline"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Figure:
    """A hard figure, text[start:end] with the words that bound it, in clause number `place` of its sentence.

    room       what it may take its subject from: from the figure before it in the clause to the one behind it
    measure    None where no number is printed (每周安排), or only a date
    frequency  how often, where the clause says so
    deadline   the limit of time that it is, or that is set for it
    basis      what it is counted by: 每百户, 每人
    """

    kind: FigureKind
    start: int
    end: int
    place: int
    room: Span
    measure: Measure | None
    bound: Bound
    frequency: Frequency | None = None
    deadline: Deadline | None = None
    basis: str | None = None


def hard_figures(
    text: str, sentence: Sentence, among: tuple[Span, ...], issued_on: date | None = None
) -> tuple[Figure, ...]:
    """The hard figures of a sentence, in order. among are its clauses; what was before issued_on is history."""
    found = tokens(text, sentence, among, issued_on)
    figures = [_conditioned(text, figure, among) for figure in _figures(text, found, among)]
    return tuple(_dated(figures))


def _figures(text: str, found: Sequence[Token], among: tuple[Span, ...]) -> Iterator[Figure]:
    """A figure for every token but the periods that only say how often another holds."""
    periods, rooms = periods_of(text, found, among), _rooms(found, among)
    paired = set(periods.values())
    before: Figure | None = None
    for place, token in enumerate(found):
        if token.period and (place in paired or token.period.unit == "次"):
            continue
        figure = _rated(text, _figure(text, token, rooms[place]))
        if (period := periods.get(place)) is not None:
            figure = _repeated(text, figure, found[period])
        before = _like(text, figure, before)
        yield before


_LONGEST_ROOM = 160
"""Characters on either side of a figure within which its subject is looked for."""


def _rooms(found: Sequence[Token], among: tuple[Span, ...]) -> list[Span]:
    """For each token, from the number before it in its clause, or where that begins, to the next number or the end.

    Ages and grades let go of nothing: they are part of a name, 二级及以上综合性医院开设老年医学科的比例.
    """
    starts = _edges(found, [among[token.place][0] for token in found])
    ends = _edges(found[::-1], [-among[token.place][1] for token in found[::-1]])[::-1]
    return [
        (max(start, token.start - _LONGEST_ROOM), min(max(-end, token.end), token.end + _LONGEST_ROOM))
        for token, start, end in zip(found, starts, ends, strict=True)
    ]


def _edges(found: Sequence[Token], outer: Sequence[int]) -> list[int]:
    """Where the last number before each token in its clause lets go, else the clause's edge; backwards if negative."""
    edges: list[int] = []
    last: Token | None = None
    for token, edge in zip(found, outer, strict=True):
        near = last if last and last.place == token.place else None
        edges.append(edge if near is None else near.end if edge >= 0 else -near.start)
        if not token.period and token.unit not in AGES and token.unit not in GRADES:
            last = token
    return edges


# 自|2027年1月1日, 2027年1月1日|起
_FROM = re.compile(r"[自从]\s?$")
_ON = re.compile(r"\s?起")


def _figure(text: str, token: Token, room: Span) -> Figure:
    """What a token says by itself."""
    bound = _bound(text, token, room)
    spans = [(token.start, token.end), *bound.spans]
    start, end = min(first for first, _ in spans), max(last for _, last in spans)
    kind = FigureKind.FREQUENCY if token.period else FigureKind.QUANTITY
    deadline: Deadline | None = None
    if token.limit or _is_recent(text, token):
        kind, deadline = FigureKind.DEADLINE, Deadline(_since(text, room[0], start, end, token), token.day)
    basis = _basis(text, room[0], start)
    return Figure(kind, start, end, token.place, room, token.measure, bound, token.period, deadline, basis)


def _is_recent(text: str, token: Token) -> bool:
    """近2年: within the last two years."""
    return token.unit in LENGTHS and text.startswith("近", max(0, token.start - 1))


def _bound(text: str, token: Token, room: Span) -> Bound:
    if token.period:
        return Bound(Comparator.EXACTLY)
    if token.measure is None:
        return _from_or_until(text, token) if token.limit else read_level(text, token.start, token.end)
    if _is_recent(text, token):
        return Bound(Comparator.AT_MOST, ((token.start - 1, token.start),))
    return read_bound(text, token.measure, room[0], token.reach)


def _from_or_until(text: str, token: Token) -> Bound:
    """自2027年1月1日起 begins then; any other date is the last."""
    around = _FROM.search(text, max(0, token.start - 2), token.start), _ON.match(text, token.end)
    begins = tuple(match.span() for match in around if match)
    return Bound(Comparator.AFTER, begins) if begins else Bound(Comparator.BY)


# 自受理之日起|二十日内
_FROM_DAY = re.compile(r"[自从][^，。；：自从]{1,40}起$")
# 正式运营|3个月后, 暂停或者终止服务|六十日前
_EVENT = re.compile(
    r"(?:正式|首次)?(?:运营|营业|开业|成立|备案|受理|申请|收到|接到|发现|发生|知道|届满|期满|到期|印发|发布|公布|公示|施行|实施"
    r"|终止|暂停|变更|作出|送达|签订|验收|竣工|取得|入住|出院|结束)[^，。；：的应在]{0,12}$"
)


_LONGEST_EVENT = 60
"""Characters of an event that a limit of time is counted from."""


def _since(text: str, room: int, start: int, end: int, token: Token) -> str:
    """The words of a limit of time, with the event it is counted from where that stands in front of it."""
    room = max(room, start - _LONGEST_EVENT)
    before = text[room:start]
    event = _FROM_DAY.search(before) or (_EVENT.search(before) if token.measure else None)
    return text[room + event.start() if event else start : end]


# 每百户, 每千名老年人, 每张床位, 每人; what is printed behind it is counted by it
_BASIS = re.compile(
    r"每[零一二两三四五六七八九十百千万\d]{0,6}(?:名|位|个|张|人|户|床|平方米)"
    r"(?:老年人|老人|常住人口|户籍人口|人口|床位|居民|护理员|街道|乡镇|社区|机构|单位|科室|楼层)?"
)


def _basis(text: str, start: int, end: int) -> str | None:
    found = list(_BASIS.finditer(text, start, end))
    return found[-1][0] if found else None


_IN_FRONT = 4
"""Characters in front of a period that may bound its number of times."""


def _repeated(text: str, figure: Figure, period: Token) -> Figure:
    """A figure with the period that says how often it holds; times take the period into their range."""
    if figure.kind is FigureKind.DEADLINE:
        day = Deadline(text[period.start : figure.end])
        return replace(figure, start=period.start, measure=None, frequency=period.period, deadline=day)
    if figure.measure is None or figure.measure.unit != "次":
        return replace(figure, frequency=period.period)
    start, end = min(figure.start, period.start), max(figure.end, period.end)
    bound = figure.bound
    if not bound.spans:  # 至少每半年一次
        bound = read_bound(text, replace(figure.measure, start=period.start), max(0, period.start - _IN_FRONT), end)
        start = min([start, *(first for first, _ in bound.spans)])
    return replace(figure, kind=FigureKind.FREQUENCY, start=start, end=end, bound=bound, frequency=period.period)


# 480元|/月; 240元|/人/日
_RATE = re.compile(r"(?:[/／·]?每?(?:人|床|户|张))?[/／·](?P<unit>年|季度|月|周|天|日|次)")


def _rated(text: str, figure: Figure) -> Figure:
    """A number with its period behind it as a unit has it."""
    if figure.measure is None or figure.frequency or not (rate := _RATE.match(text, figure.measure.end)):
        return figure
    return replace(figure, end=max(figure.end, rate.end()), frequency=Frequency(rate[0], 1.0, rate["unit"]))


# 1名主执业点医师|和|1名注册护士
_AND = re.compile(r"[^，。；：]{0,16}(?:和|及|与|、|以及)$")


def _like(text: str, figure: Figure, before: Figure | None) -> Figure:
    """A count without a bound of its own has that of the count it is joined to: 至少配置1名医师和1名护士."""
    if before is None or before.place != figure.place or figure.bound.spans or not (before.measure and figure.measure):
        return figure
    counts = before.measure.unit in COUNTED and figure.measure.unit in COUNTED
    led = before.bound.spans and before.bound.spans[0][0] < before.measure.start
    joined = counts and led and _AND.fullmatch(text[before.measure.end : figure.measure.start])
    return replace(figure, bound=before.bound) if joined else figure


def _conditioned(text: str, figure: Figure, among: tuple[Span, ...]) -> Figure:
    unit = figure.measure.unit if figure.measure else ""
    if is_condition(text, unit, (figure.start, figure.end), among[figure.place]):
        return replace(figure, kind=FigureKind.CONDITION)
    return figure


def _dated(figures: Sequence[Figure]) -> Iterator[Figure]:
    """Give each limit of time to the figures it limits.

    A date goes to the counts of its sentence that follow, a length of time to those of its clause. A limit with one
    right behind it is no row of its own: 近2年入住率…; 到2027年底，…覆盖率不低于80%, where nothing else is due by then.
    """
    standing: Figure | None = None
    for place, figure in enumerate(figures):
        if figure.kind is FigureKind.DEADLINE:
            standing = figure if figure.bound.comparator is not Comparator.AFTER else None
            if standing is None or not _spent(standing, figures[place + 1 : place + 1 + _FEW]):
                yield figure
        elif standing and figure.kind in _COUNTS and (standing.measure is None or standing.place == figure.place):
            yield replace(figure, deadline=figure.deadline or standing.deadline)
        else:
            yield figure


_COUNTS = frozenset({FigureKind.QUANTITY, FigureKind.FREQUENCY})
_FEW = 8
"""Figures behind a limit among which the one that it limits is looked for."""


def _spent(limit: Figure, following: Sequence[Figure]) -> bool:
    """Whether all that is due by a limit is a count behind it: in its clause, or the next where it ends its own."""
    ends_clause = limit.measure is None and limit.room[1] - limit.end <= 1
    reach = limit.place + (1 if ends_clause else 0)
    return any(figure.kind in _COUNTS and figure.place <= reach for figure in following)
