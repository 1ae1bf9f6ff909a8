"""Numbers as documents print them: 十八, 18, １８, ⑱, 一千零一, 廿二, 一百○一, and the scanning error l8."""

from __future__ import annotations

import unicodedata

from cn2an import an2cn, cn2an

CHINESE_DIGITS = "零〇○一二两三四五六七八九十百千廿卅"
_LOOKS_LIKE_ONE = str.maketrans("lI|", "111")
# cn2an knows 〇 and ○ only among bare digits, and 廿 but not 卅.
_SPELT_OUT = str.maketrans({"〇": "零", "○": "零", "卅": "三十"})


class NumeralError(ValueError):
    """Not a whole number from 0 upwards."""


def whole_number(printed: str) -> int:
    """The number printed. Circled and full-width digits count as digits, l, I and | as scanned 1; spaces do not count.

    Raises NumeralError where it is not a whole number.
    """
    plain = "".join(unicodedata.normalize("NFKC", printed).split()).translate(_LOOKS_LIKE_ONE)
    try:
        digits = plain.isascii() and plain.isdigit()
        number = int(plain) if digits else cn2an(plain.translate(_SPELT_OUT), "smart")
    except (ValueError, KeyError) as error:  # cn2an knows no better of 一一十一
        raise NumeralError(f"不是数字：{printed[:20]}") from error
    if number != int(number) or number < 0:
        raise NumeralError(f"不是整数：{printed[:20]}")
    return int(number)


def in_chinese(number: int) -> str:
    """The number as statutes count: 12 -> 十二, 101 -> 一百零一. Raises ValueError below 0."""
    if number < 0:
        raise ValueError(f"below nought: {number}")
    spelt: str = an2cn(number)
    return spelt.removeprefix("一") if 10 <= number < 20 else spelt
