"""How a line shows that it begins a paragraph and does not go on with the line above."""

from __future__ import annotations

import re

_NUMBER = "[0-9０-９一二三四五六七八九十百千零〇]"
_OPENING = re.compile(
    # 第三条 第一章
    rf"第\s?{_NUMBER}{{1,8}}\s?[编篇章节条]"
    # 一、 （一） 1. 1． 1、 （1） 1） ①; not 2.5 and not 2025.1
    rf"|[一二三四五六七八九十百]{{1,5}}、|[（(]\s?{_NUMBER}{{1,5}}\s?[）)]|[0-9０-９]{{1,3}}[.．、](?![0-9０-９])|[0-9]{{1,3}}[）)]|[①-⑳]"
    # 附件 附表
    r"|附\s?[件表][\s：:0-9一二三四五六七八九十]"
)


def opens_paragraph(line: str) -> bool:
    """Whether a line begins with a number or 附件, as paragraphs do."""
    return _OPENING.match(line) is not None
