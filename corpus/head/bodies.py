"""Names of issuing bodies, as lines of a head or a signature print them: side by side, spaced out, run together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.head.regions import region_of

Span = tuple[int, int]

# The word that the name of a body ends in. 委 is not the end of 委员会, nor 政府 of 政府办公厅.
_LAST_WORD = (
    r"(?:委员会|委|局|部|厅|署|院|办公室|办公厅|办|政府|会|中心|秘书处|处|所|社|银行|分行|集团|公司|残联|总队|支队|兵团|党组"
    r"|开发区|代表大会|领导小组)"
)
_BODY = re.compile(rf"(?!关于|各|本|附件|第|转发|印发|有关)[\u4e00-\u9fff（）()·“”—]{{1,38}}{_LAST_WORD}")
_BETWEEN = re.compile(r"[ \t\u3000、，,；;]+")
_LONGEST_LINE = 300


def bodies_in(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The ranges of the bodies that text[start:end] names, if it holds names of bodies and nothing else; else ().

    Read: «国家卫生健康委 民政部», «北 京 市 大 兴 区 民 政 局», «国家卫生健康委民政部».
    """
    if not 0 < end - start <= _LONGEST_LINE:
        return ()
    if _is_spaced_out(text[start:end]):
        return ((start, end),) if _BODY.fullmatch(squeezed(text[start:end])) else ()
    found: list[Span] = []
    for first, last in _pieces(text, start, end):
        if not _BODY.fullmatch(text, first, last):
            return ()
        found += _run_together(text, first, last)
    return tuple(found)


def squeezed(printed: str) -> str:
    """Without white space: what is left of a name or title that a line break or justified setting spread out."""
    return "".join(printed.split())


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    for gap in _BETWEEN.finditer(text, start, end):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def _is_spaced_out(line: str) -> bool:
    signs = line.split()
    return len(signs) > 2 and all(len(sign) == 1 for sign in signs)


def _run_together(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut 国家卫生健康委民政部 where a body ends and another begins that is known by its region."""
    cut = start
    for ending in re.finditer(_LAST_WORD, text[start:end]):
        after = start + ending.end()
        if after < end and region_of(text[after:end]) and _BODY.fullmatch(text, after, end):
            yield cut, after
            cut = after
    yield cut, end
