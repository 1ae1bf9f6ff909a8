"""The elements that stand after a document's last article, by the names of GB/T 9704-2012, section 7."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.structure.paragraphs import Paragraph

_DIGIT = "[0-9０-９〇○零一二三四五六七八九十]"
DATE = re.compile(rf"{_DIGIT}{{4}}\s*年\s*{_DIGIT}{{1,3}}\s*月\s*{_DIGIT}{{1,3}}\s*日$")
"""成文日期: 2024年12月12日; 二〇二五年一月二日."""

# Elements that hardly stand elsewhere.
_DECISIVE = (
    # 附注: （此件公开发布）, （联系人：…）
    re.compile(r"[（(](?:此[件页]|联系)[^（）()]*[）)]$"),
    DATE,
    # 印发机关和印发日期: 北京市大兴区卫生健康委员会办公室 2026年3月30日印发
    re.compile(r"[^，。；]{0,60}\d{4}年\s*\d{1,2}月\s*\d{1,2}日\s*印发$"),
    # 抄送机关
    re.compile(r"(?:抄\s*送|主\s*送|分\s*送)(?:机关)?\s*[：:]"),
    # 公开属性, as web pages print it
    re.compile(r"(?:信息)?公开(?:方式|属性|类别)\s*[：:]"),
)
_ELEMENTS = (
    *_DECISIVE,
    # 附件说明: 附件：长宁区养老服务医养结合重点项目分工表
    re.compile(r"附\s*件[^。；]*$"),
    # 署名: names of bodies and nothing else; possessive, or a row of bodies takes exponential time
    re.compile(
        r"(?:[^，。；：、]{0,30}?(?:委员会|委|局|部|厅|署|院|办公室|办公厅|政府|会|办|中心|公司|大学|医院)\s*+)++$"
    ),
)
# What a web page leaves below a document: short, and no sentence.
_SHORT = re.compile(r"[^。；！？]{1,80}$")


def is_closing_element(paragraph: Paragraph) -> bool:
    """Whether it can only be an element that stands after the last article."""
    return paragraph.names_annex or _matches(paragraph, _ELEMENTS)


def closing_starts(paragraphs: Sequence[Paragraph]) -> int:
    """The index of the first paragraph of the closing: the longest run at the end that is closing elements only.

    Behind a decisive one, short lines without a sentence may stand too.
    """
    loose = len(paragraphs)
    decisive = loose
    while loose and (is_closing_element(paragraphs[loose - 1]) or _SHORT.match(paragraphs[loose - 1].text)):
        loose -= 1
        decisive = loose if _matches(paragraphs[loose], _DECISIVE) else decisive
    first = decisive
    while first and is_closing_element(paragraphs[first - 1]):
        first -= 1
    return first


def _matches(paragraph: Paragraph, patterns: Sequence[re.Pattern[str]]) -> bool:
    return any(pattern.match(paragraph.text) for pattern in patterns)
