"""Which period goes with which number: every year so many times, each time so many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from corpus.figures.conditions import is_condition
from corpus.figures.tokens import Token
from corpus.structure.sentences import Span


def periods_of(text: str, found: Sequence[Token], among: tuple[Span, ...]) -> Mapping[int, int]:
    """Which period each number has, by their places among the tokens."""
    periods: dict[int, int] = {}
    for place, token in enumerate(found):
        if token.period:
            for number in _repeats(text, found, place, among):
                periods.setdefault(number, place)
    return periods


def _repeats(text: str, found: Sequence[Token], period: int, among: tuple[Span, ...]) -> list[int]:
    """The numbers that a period goes with: the times behind it, else whatever numbers are, else the times before it."""
    own = found[period]
    behind = []
    for place in range(period + 1, len(found)):
        if found[place].place != own.place or found[place].period:
            break
        behind.append(place)
    times = [place for place in behind if _is_times(found[place])]
    if times:
        return times[:1]
    numbers = [place for place in behind if _repeatable(text, own, found[place], among)]
    if numbers:
        return numbers
    if period and _is_times(found[period - 1]) and own.start - found[period - 1].end <= 1:
        return [period - 1]
    after = period + 1 + len(behind)
    return [after] if after < len(found) and _goes_on(text, own, found[after], among) else []


def _is_times(token: Token) -> bool:
    return token.unit == "次"


def _repeatable(text: str, period: Token, token: Token, among: tuple[Span, ...]) -> bool:
    """每次|100个, 每月|10日前; not 每年为|65岁以上, 每年对|100张床位以上的机构."""
    if token.limit:
        return token.start - period.end <= _NEAR and _DAY_OF.match(text, token.start) is not None
    return token.measure is not None and not is_condition(
        text, token.unit, (token.start, token.reach), among[token.place]
    )


_DAY_OF = re.compile(r"\d{1,2}日之?前")
_NEAR = 3
"""Characters between a period and the day of it: 每季度|末月|25日前."""


def _goes_on(text: str, period: Token, token: Token, among: tuple[Span, ...]) -> bool:
    """每年组织演练，|不少于2次: the times at the head of the next clause."""
    head = text[among[token.place][0] : token.start].strip()
    return _is_times(token) and token.place == period.place + 1 and _LED_TO.fullmatch(head) is not None


_LED_TO = re.compile(
    r"(?:(?:累计|总计)?均?(?:至少|最少|不[得应]?少于|不[得应]?低于|不[得应]?超过)(?:开展|组织|进行)?)?"
)
