"""How words around a number bound it: 至少, 不超过, 以上, 以内.

By the Civil Code, article 1259, 以上, 以下, 以内 and 届满 include the number; 不满, 超过 and 以外 do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.figures.measures import GRADES, LENGTHS, Measure
from corpus.structure.sentences import Span


class Comparator(StrEnum):
    """How a figure bounds what it counts; of two figures printed as a range, BETWEEN."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    EXACTLY = "exactly"
    ABOUT = "about"
    BETWEEN = "between"
    BY = "by"
    AFTER = "after"


COMPARATOR_NAMES: Mapping[Comparator, str] = {
    Comparator.AT_LEAST: "不低于",
    Comparator.MORE_THAN: "超过",
    Comparator.AT_MOST: "不超过",
    Comparator.LESS_THAN: "低于",
    Comparator.EXACTLY: "等于",
    Comparator.ABOUT: "约为",
    Comparator.BETWEEN: "介于",
    Comparator.BY: "不晚于",
    Comparator.AFTER: "之后",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparator and the words that say so; EXACTLY has none."""

    comparator: Comparator
    spans: tuple[Span, ...] = ()

    def words(self, text: str) -> str:
        return "…".join(text[slice(*span)] for span in self.spans)


# Directly behind the unit, or behind the noun that a fact takes along: 100张床位以上, 100张（含）以上, 5%以内.
_BEHIND: tuple[tuple[Comparator, re.Pattern[str]], ...] = (
    (Comparator.AT_LEAST, re.compile(r"(?:（含[^（）]{0,6}）)?[及或]?以上")),
    (Comparator.AT_MOST, re.compile(r"(?:（含[^（）]{0,6}）)?(?:[及或]?以下|以内)")),
    (Comparator.MORE_THAN, re.compile(r"以外")),
    (Comparator.ABOUT, re.compile(r"左右|上下")),
)
# Behind a length of time only: 2名后备干部 and 5名内科医师 are no limits.
_BEHIND_TIME: tuple[tuple[Comparator, re.Pattern[str]], ...] = (
    (Comparator.AT_MOST, re.compile(r"之?内")),
    (Comparator.AFTER, re.compile(r"[之以]?后|起")),
    (Comparator.BY, re.compile(r"[之以]?前")),
)
# 不超过 and 不得低于 are bounds of the other kind; 应高于 is not
_NOT = r"(?<!不)(?<!不得)(?<!不应)(?<!不能)"
# In front of the number; the row that ends nearest to it decides, of those that end together the longest.
_BEFORE: tuple[tuple[Comparator, re.Pattern[str]], ...] = (
    (Comparator.AT_LEAST, re.compile(r"至少|最少|最低|不[得应能]?(?:少|低|小|短|早)于|[≥≧]|>=")),
    (Comparator.AT_LEAST, re.compile(r"达到|提高到|提高至|增加到|扩大到|提升到|提升至|(?<![不未])满|(?<![不未])达")),
    (Comparator.AT_MOST, re.compile(r"至多|最多|最高|最长|不[得应能]?(?:超[过出]|[多高大长晚迟]于)|[≤≦]|<=")),
    (Comparator.AT_MOST, re.compile(r"控制在|下降到|降低到|降至|压缩到")),
    # 零至七周岁
    (Comparator.AT_MOST, re.compile(r"[零0]周?岁?[至到]")),
    (Comparator.MORE_THAN, re.compile(rf"{_NOT}(?:超[过出]|[高大多]于)|逾(?!期)|[>＞](?!=)")),
    (Comparator.LESS_THAN, re.compile(rf"{_NOT}[少低小短]于|[<＜](?!=)")),
    (Comparator.LESS_THAN, re.compile(r"(?<!不)不足|不满|未满|不到|未达到?|达不到")),
    (Comparator.ABOUT, re.compile(r"大?约|将?近")),
)
# 满, 达, 近 and 约 bound only what they touch; the others may have a verb or a base behind them: 至少配置1名,
# 达到实际运营床位的65%. Another 的 in between shows that they bound something else: 达到标准的机构给予1万元.
_REACH = 24
_TOUCHES = 4
"""How near the words stand that bound a grade: 至少有两名具有二级以上资格 says nothing of the grade."""
_TOUCHING = frozenset("满达近约逾≥≧≤≦=<>＜＞")
_BASE = re.compile(r"[^的、（）]*的?")


def read_bound(text: str, measure: Measure, start: int, end: int) -> Bound:
    """How text[start:end] around a measure bounds it; start is where an earlier figure or the clause lets go."""
    if measure.upper is not None:
        return Bound(Comparator.BETWEEN)
    behind = _behind(text, measure, end)
    near = measure.start - _TOUCHES if measure.unit in GRADES else start
    before = _before(text, max(start, near), measure.start)
    if behind is None:
        return before or Bound(Comparator.EXACTLY)
    if before and before.comparator in (Comparator.LESS_THAN, Comparator.MORE_THAN):
        return before
    return Bound(behind.comparator, (*(before.spans if before else ()), *behind.spans))


def _behind(text: str, measure: Measure, end: int) -> Bound | None:
    """At once behind the unit; else at the very end of the fact's words."""
    for comparator, pattern in (*_BEHIND, *(_BEHIND_TIME if measure.unit in LENGTHS else ())):
        if match := pattern.match(text, measure.end):
            return Bound(comparator, (match.span(),))
        last = [match for match in pattern.finditer(text, measure.end, end) if match.end() == end]
        if last:
            return Bound(comparator, (last[0].span(),))
    return None


def _before(text: str, start: int, end: int) -> Bound | None:
    found = [
        (match.end(), -match.start(), comparator)
        for comparator, pattern in _BEFORE
        for match in pattern.finditer(text, max(start, end - _REACH), end)
        if _reaches(text[match.start() : match.end()], text[match.end() : end])
    ]
    if not found:
        return None
    last, first, comparator = max(found, key=lambda each: each[:2])
    return Bound(comparator, ((-first, last),))


def _reaches(words: str, between: str) -> bool:
    if words[-1] in _TOUCHING:
        return not between.strip()
    return _BASE.fullmatch(between) is not None


def read_level(text: str, start: int, end: int) -> Bound:
    """The bound that opens text[start:end], a level without a number: 超过全国平均水平."""
    for comparator, pattern in _BEFORE:
        if match := pattern.match(text, start, end):
            return Bound(comparator, (match.span(),))
    return Bound(Comparator.EXACTLY)
