"""The elements that stand after a document's last article, by the names of GB/T 9704-2012, section 7."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ELEMENTS = (
    # 附件说明: 附件：长宁区养老服务医养结合重点项目分工表
    re.compile(r"附\s*件[^。；]*$"),
    # 附注: （此件公开发布）
    re.compile(r"[（(]此[件页][^（）()]*[）)]$"),
    # 成文日期: 2024年12月12日
    re.compile(
        r"[0-9０-９〇一二三四五六七八九十]{4}年\s*[0-9０-９一二三四五六七八九十]+月\s*[0-9０-９一二三四五六七八九十]+日$"
    ),
    # 印发机关和印发日期: 北京市大兴区卫生健康委员会办公室 2026年3月30日印发
    re.compile(r"[^，。；]*\d{4}年\d{1,2}月\d{1,2}日印发$"),
    # 抄送机关
    re.compile(r"抄\s*送\s*[：:]"),
    # 署名: names of bodies and nothing else; possessive, or a row of bodies takes exponential time
    re.compile(r"(?:[^，。；：、]{0,30}?(?:委员会|委|局|部|厅|署|院|办公室|办公厅|政府|会)\s*+)++$"),
)


def closing_starts(paragraphs: Sequence[str]) -> int:
    """The index of the first paragraph of the closing: the longest run at the end that is closing elements only."""
    first = len(paragraphs)
    while first and any(element.match(paragraphs[first - 1]) for element in _ELEMENTS):
        first -= 1
    return first
