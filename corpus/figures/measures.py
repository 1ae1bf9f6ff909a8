"""What a printed figure says: its number and unit, how often, until when."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cn2an import cn2an


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit, text[start:end]. upper is the second number of a range: 35—40张."""

    number: float
    upper: float | None
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often, as printed, and as once in `number` units of time: 每半年 is 0.5 年, 每次 is 1 次."""

    words: str
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A limit or period of time as printed; last_day where it is a date with a year: 到2027年底 is 2027-12-31."""

    words: str
    last_day: date | None = None


_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?:\.\d{1,6})?\s?[百千万亿]{0,2}"
_HANZI = r"[零〇一二两三四五六七八九十百千万亿]{1,12}(?:点[零〇一二三四五六七八九]{1,6})?"
_NUMBER = rf"(?:{_DIGITS}|{_HANZI}|半)"
# Units by what they are: counted things, shares and sizes, time.
COUNTED = (
    *("人次", "名", "位", "人", "张", "所", "家", "间", "台", "项", "种", "支", "次", "个", "批"),
    *("处", "户", "辆", "例", "套", "床", "场", "座"),
)
MEASURED = (
    *("%", "‰", "℃", "平方公里", "平方米", "公里", "厘米", "毫米", "米", "千克", "公斤", "克", "毫升", "升"),
    *("元", "倍", "分", "级", "周岁", "岁", "学时"),
)
DAYS_AND_LONGER = ("个工作日", "工作日", "个月", "年", "月", "周", "天", "日")
LENGTHS = ("小时", "分钟", *DAYS_AND_LONGER)
AGES = frozenset({"岁", "周岁"})
GRADES = frozenset({"级"})
SHARE = "比例"
"""The unit of a fraction or ratio: 三分之二 is 0.6667, 1:4 is 0.25."""

_UNIT = "|".join(sorted((*MEASURED, "％", *LENGTHS, *COUNTED), key=len, reverse=True))
_MEASURES = (
    # 三分之二
    re.compile(rf"(?P<whole>{_HANZI})分之(?P<part>{_HANZI})"),
    # 1:4
    re.compile(r"(?P<part>\d{1,12}(?:\.\d{1,6})?)\s?[:：∶]\s?(?P<whole>\d{1,12}(?:\.\d{1,6})?)"),
    # 35—40张; 10%至15%
    re.compile(rf"(?P<number>{_DIGITS})[%％]?[-－–—~～至]{{1,2}}(?P<upper>{_DIGITS})\s?(?P<unit>{_UNIT})"),
    # 80%, 1名, 二十平方米, 个月 before 个
    re.compile(rf"(?P<number>{_NUMBER})\s?(?P<unit>{_UNIT})"),
)
_SCALES: Mapping[str, int] = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def real_number(printed: str) -> float:
    """The number printed in digits or in words: 80, 2.5万, 二十四, 零点二, 半. Raises ValueError where it is none."""
    plain = "".join(printed.split()).replace(",", "")
    if plain == "半":
        return 0.5
    scale = 1
    while plain[0].isascii() and plain[-1] in _SCALES:
        scale *= _SCALES[plain[-1]]
        plain = plain[:-1]
    if plain.isascii():
        return float(plain) * scale
    try:
        return float(cn2an(plain.replace("〇", "零"), "smart"))
    except LookupError as error:  # cn2an's own, at 一零十
        raise ValueError(f"不是数字：{printed[:20]}") from error


def read_measure(text: str, start: int, end: int) -> Measure | None:
    """The first number with its unit in text[start:end], or None."""
    for pattern in _MEASURES:
        if match := pattern.search(text, start, end):
            try:
                return _measure(match)
            except (ValueError, ZeroDivisionError):
                return None
    return None


def _measure(match: re.Match[str]) -> Measure:
    named = match.groupdict()
    if named.get("part"):
        if named["whole"] == "百":
            return Measure(real_number(named["part"]), None, "%", *match.span())
        return Measure(round(real_number(named["part"]) / real_number(named["whole"]), 4), None, SHARE, *match.span())
    upper = real_number(named["upper"]) if named.get("upper") else None
    unit = "%" if named["unit"] == "％" else named["unit"]
    return Measure(real_number(named["number"]), upper, unit, *match.span())


_EVERY = re.compile(rf"每(?P<number>{_NUMBER})?(?P<unit>个?工作日|年|个?季度|个?月|周|天|日|个?小时|次)")
_IN_EACH = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>年|个?季度|个?月|周)")
_PER = re.compile(r"[/／](?P<number>半)?(?P<unit>年|季度|月|周|天|日)")


def read_frequency(words: str) -> Frequency | None:
    """How often the words of a frequency say: 每半年至少开展1次, 一年两次, 2次/年. None where they name no period."""
    match = _EVERY.search(words) or _PER.search(words) or _IN_EACH.match(words)
    if match is None:
        return None
    try:
        number = real_number(match["number"]) if match["number"] else 1.0
    except ValueError:
        return None
    return Frequency(match[0], number, match["unit"].removeprefix("个"))


_DAY = re.compile(r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?")


def last_day(words: str) -> date | None:
    """The last day of the date printed: 2027年底 and 2027年 are its 31 December. None without a year, or no day."""
    match = _DAY.search(words)
    if match is None:
        return None
    year, month = int(match["year"]), int(match["month"] or 12)
    try:
        return date(year, month, int(match["day"] or monthrange(year, month)[1]))
    except ValueError:
        return None
