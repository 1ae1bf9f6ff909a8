"""Numbers as documents print them: 十八, 18, １８, ⑱, and the scanning error l8."""

from __future__ import annotations

import unicodedata

from cn2an import cn2an

CHINESE_DIGITS = "零〇一二两三四五六七八九十百千"
_LOOKS_LIKE_ONE = str.maketrans("lI|", "111")


class NumeralError(ValueError):
    """Not a whole number from 0 upwards."""


def whole_number(printed: str) -> int:
    """The number printed. Circled and full-width digits count as digits, l, I and | as scanned 1.

    Raises NumeralError where it is not a whole number.
    """
    plain = unicodedata.normalize("NFKC", printed).strip().translate(_LOOKS_LIKE_ONE)
    try:
        digits = plain.isascii() and plain.isdigit()
        number = int(plain) if digits else cn2an(plain.replace("〇", "零"), "smart")
    except ValueError as error:
        raise NumeralError(f"不是数字：{printed[:20]}") from error
    if number != int(number) or number < 0:
        raise NumeralError(f"不是整数：{printed[:20]}")
    return int(number)
