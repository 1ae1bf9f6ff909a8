"""Numbers as Word prints them in automatic numbering: ECMA-376, 17.18.59 (ST_NumberFormat).

The standard leaves open what a format prints beyond its plain range. Word is known to print 一〇〇 for 100 in
chineseCounting, which spells 十 only; 一百〇一 for 101 in chineseCountingThousand; decimal digits after the end of a
closed list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

_CHINESE = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
)
_LARGEST = 99_999
_LONGEST_LETTERS = 40
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def printed_number(number: int, number_format: str) -> str:
    """A number in one of Word's formats; decimal where the format is unknown or cannot say the number."""
    if number_format in _UNNUMBERED:
        return ""
    form = _FORMATS.get(number_format, str)
    return form(number) if 0 < number <= _LARGEST else str(number)


def _spelled(number: int, digits: str, units: str, *, zeros: bool = True) -> str:
    """With a unit after each digit: for tens, hundreds, thousands, ten thousands. zeros: a gap is said (一百〇一)."""
    signs: list[str] = []
    for place, digit in enumerate(reversed(str(number))):
        unit = units[place - 1] if place else ""
        if digit != "0":
            signs.append(digits[int(digit)] + unit)
        elif zeros and signs and signs[-1] != digits[0]:
            signs.append(digits[0])
    return "".join(reversed(signs))


def _by_digit(number: int) -> str:
    return "".join(_CHINESE[int(digit)] for digit in str(number))


def _chinese_counting(number: int) -> str:
    return _chinese_thousand(number) if number < 100 else _by_digit(number)


def _chinese_thousand(number: int) -> str:
    spelled = _spelled(number, _CHINESE, "十百千万")
    return spelled[1:] if 10 <= number < 20 else spelled


def _japanese_counting(number: int) -> str:
    spelled = _spelled(number, _CHINESE, "十百千万", zeros=False)
    for unit in "十百千":
        spelled = spelled.replace(f"一{unit}", unit)
    return spelled


def _legal(number: int) -> str:
    return _spelled(number, _LEGAL, "拾佰仟万")


def _legal_traditional(number: int) -> str:
    return _spelled(number, _LEGAL_TRADITIONAL, "拾佰仟萬")


def _roman(number: int) -> str:
    if number > 3999:
        return str(number)
    printed = ""
    for value, sign in _ROMAN:
        printed += sign * (number // value)
        number %= value
    return printed


def _letters(number: int) -> str:
    """A … Z, AA, BB … as Word goes on, not AB."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, _LONGEST_LETTERS)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _sexagenary(number: int) -> str:
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12]


def _listed(signs: str) -> Callable[[int], str]:
    """A closed list of signs, decimal after its end."""
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


def _from(first: str, count: int) -> Callable[[int], str]:
    """A run of code points."""
    return _listed("".join(chr(ord(first) + offset) for offset in range(count)))


_UNNUMBERED = frozenset({"none", "bullet"})
_FORMATS: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        "decimalZero": lambda number: f"{number:02}",
        "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
        "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
        "decimalEnclosedCircle": _from("①", 20),
        "decimalEnclosedCircleChinese": _from("①", 20),
        "decimalEnclosedParen": _from("⑴", 20),
        "decimalEnclosedFullstop": _from("⒈", 20),
        "ideographEnclosedCircle": _from("㈠", 10),
        "numberInDash": lambda number: f"- {number} -",
        "chineseCounting": _chinese_counting,
        "taiwaneseCounting": _chinese_counting,
        "chineseCountingThousand": _chinese_thousand,
        "taiwaneseCountingThousand": lambda number: _chinese_thousand(number).replace("万", "萬"),
        "japaneseCounting": _japanese_counting,
        "ideographDigital": _by_digit,
        "japaneseDigitalTenThousand": _by_digit,
        "taiwaneseDigital": _by_digit,
        "chineseLegalSimplified": _legal,
        "ideographLegalTraditional": _legal_traditional,
        "ideographTraditional": _listed(_STEMS),
        "ideographZodiac": _listed(_BRANCHES),
        "ideographZodiacTraditional": _sexagenary,
        "upperRoman": _roman,
        "lowerRoman": lambda number: _roman(number).lower(),
        "upperLetter": _letters,
        "lowerLetter": lambda number: _letters(number).lower(),
        "ordinal": _ordinal,
        "hex": lambda number: f"{number:X}",
    }
)
