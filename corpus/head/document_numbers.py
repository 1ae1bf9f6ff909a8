"""Document numbers as printed: 发文字号 (国卫老龄发〔2024〕40号) and numbers of orders and announcements."""

from __future__ import annotations

import re
import unicodedata

from corpus.structure.numerals import NumeralError, whole_number

# 机关代字 (perhaps with a bracket: 京教职成（办）), year in whatever brackets, number: GB/T 9704-2012, 7.2.5
NUMBER = (
    r"(?:[\u4e00-\u9fffA-Za-z]{1,20}(?:[（(][\u4e00-\u9fff]{1,6}[）)][\u4e00-\u9fff]{0,4})?[ \t\u3000]?"
    r"[〔\[【（(［〈﹝][ \t\u3000]?(?:19|20)[0-9]{2}[ \t\u3000]?[年]?[〕\]】）)］〉﹞]"
    r"[ \t\u3000]?第?[ \t\u3000]?[0-9０-９]{1,5}[ \t\u3000]?号)"
)
"""京兴政卫发〔2026〕22号, 卫医发[1994]第30号, 穗残联规字〔2019〕2 号; no groups."""
ORDER = (
    r"(?:[\u4e00-\u9fff]{2,30}(?:令|公告)[ \t\u3000]?(?:(?:19|20)[0-9]{2}[ \t\u3000]?年[ \t\u3000]?)?"
    r"第?[ \t\u3000]?[0-9０-９〇零一二三四五六七八九十百千]{1,8}[ \t\u3000]?号)"
)
"""中华人民共和国国务院令第374号, 国家卫生健康委员会公告2023年第5号; no groups."""
ORDER_MAST = re.compile(r"[\u4e00-\u9fff 　]{2,60}(?P<word>令|公告)")
"""The line over the number of an order or announcement: «广州市人民政府令», «国家卫生健康委员会公告»."""
ORDER_LINE = re.compile(r"(?:[12][0-9]{3}\s?年\s?)?第\s?[0-9〇零一二三四五六七八九十百千]{1,8}\s?号")
"""The number below it: «第179号», «2023年第5号»."""

_PARTS = re.compile(r"(?P<body>.+?)[〔\[【(〈﹝](?P<year>[0-9]{4})年?[〕\]】)〉﹞]第?(?P<number>[0-9]+)号")
_ORDER_PARTS = re.compile(
    r"(?:中华人民共和国)?(?P<body>.+?)(?P<kind>令|公告)(?:(?P<year>[0-9]{4})年)?第?(?P<number>[0-9〇零一二三四五六七八九十百千]+)号"
)


def normal_number(printed: str) -> str:
    """The same for every way of printing one number: brackets, width, spaces and leading zeros put aside."""
    plain = "".join(unicodedata.normalize("NFKC", printed).split())
    if parts := _PARTS.fullmatch(plain):
        return f"{parts['body']}〔{parts['year']}〕{int(parts['number'])}号"
    if parts := _ORDER_PARTS.fullmatch(plain):
        return f"{parts['body']}{parts['kind']}{parts['year'] or ''}第{_plain(parts['number'])}号"
    return plain


def _plain(number: str) -> str:
    try:
        return str(whole_number(number))
    except NumeralError:
        return number
