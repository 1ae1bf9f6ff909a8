"""Which figures say for whom or when a rule holds, and which are the rule."""

from __future__ import annotations

import re

from corpus.figures.measures import AGES, COUNTED, GRADES
from corpus.structure.sentences import Span

# 100张床位以上|的养老机构, （100张及以上床位）|的; not 五万元以上的|罚款, not 30%以上的|比例
_WHOSE = re.compile(r"[\u4e00-\u9fff]{0,4}?[）)]?的(?!罚款|罚金|标准|比例|要求|规定|费用|补|奖)")
# What is in front where a number with 的 behind it is required, not a condition: 配备2名以上的护士
_REQUIRED = re.compile(r"[配设备有达不少处给供安建为按]|至少|应|须")
# …未改正|的, 床位达到100张以上|时; not 20学时
_WHERE = re.compile(r"(?:的|(?<![小学课])时)$")
# 50张以上|的养老机构应配备专职管理人员
_RULED = re.compile(r"的[^，。；：的]{0,24}?(?:应|须|要|可(?!持续)|不得)")
# 对入住时间超过3个月|的老年人
_FOR = re.compile(r"\s*(?:对|对于|凡|凡是)(?!照|比|应|于)")
# 每增加|100张
_EACH_MORE = re.compile(r"每(?:增加|超过|满|减少|提高|降低)$")
_NEAR_EDGE = 20
"""Characters around a figure, and at its clause's end, that tell whether it is a condition."""


def is_condition(text: str, unit: str, span: Span, clause: Span) -> bool:
    """Whether a figure text[slice(*span)] of this unit, in this clause, is a condition. Ages and grades always are."""
    if unit in AGES or unit in GRADES:
        return True
    words, last = text[slice(*span)], text[max(span[0], clause[1] - _NEAR_EDGE) : clause[1]].rstrip()
    before = text[max(clause[0], span[0] - _NEAR_EDGE) : span[0]]
    after = text[span[1] : min(clause[1], span[1] + 2 * _NEAR_EDGE)]
    if after.startswith("的") and _FOR.match(text, *clause) and not _REQUIRED.search(before):
        return True
    if _WHERE.search(last) or _EACH_MORE.search(before) or _RULED.match(after):
        return True
    bounded = words.endswith(("以上", "以下")) or after.startswith(("以上", "以下"))
    if bounded and unit in COUNTED and _WHOSE.match(after) and not _REQUIRED.search(before):
        return True
    return bounded and not before.strip() and not after.strip()
