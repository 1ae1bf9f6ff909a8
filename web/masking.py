"""Personal data in what people write is hidden before it is kept or logged: numbers of persons, never of documents.

A number is taken for what its form and its check digit say it is; only digits bound it, so letters and words glued to
it do not protect it. Every pattern is linear: repeats are possessive or bounded.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from stdnum import luhn, numdb
from stdnum.cn import ric

from web import beijing

IDENTITY = "［身份证号已隐去］"
CARD = "［银行卡号已隐去］"
TELEPHONE = "［电话号码已隐去］"
EMAIL = "［电子邮箱已隐去］"
DOCUMENT = "［证件号码已隐去］"
DIGITS = "［长串数字已隐去］"
_LABELS = re.compile("|".join((IDENTITY, CARD, TELEPHONE, EMAIL, DOCUMENT, DIGITS)))
_NAMED = re.compile(
    r"(?:[(（]\s*)?(?:(?:我|你|他|她|本人|老人|家属|家人)的?)?"
    r"(?:(?:联系|家庭|家里)?(?:电话|手机|座机|传真)|联系方式|电子?邮箱|邮件|身份证|银行卡|社保卡|卡|账户)?"
    r"(?:号码?|地址)?(?:[是为:：]|\s){0,3}"
    rf"(?:{_LABELS.pattern})(?:\s*[)）])?"
)
"""What stands in a number's place, with what it is called: «我的电话是［…］». Left there, the telephone would be what
the question asks about."""
LONGEST = 30
"""Digits in one run; longer ones are no number that a question on policy needs, and are hidden whole."""

# What may stand between the digits of one number: hyphens, dashes, dots, and signs that are not seen.
_SIGNS = "\\u2010-\\u2015\\u2212\\u30fb._\\u00b7\\u200b-\\u200f\\u2060\\ufeff\\u00ad-"
_GAP = rf"[\s{_SIGNS}]{{0,3}}+"
_BREAK = rf"(?:[^\S\n]|[{_SIGNS}]){{1,3}}+"
# Before and behind a number. A sum of money has its sign before it or its unit behind it; 元旦 is a day.
_FROM = r"(?<![\d¥$])"
_ON = r"(?!\d)(?!\s?[万亿]?(?:元(?!旦)|美元|港元))"
_NUMERALS = {**{sign: str(value) for value, sign in enumerate("零一二三四五六七八九")}, "〇": "0", "○": "0", "幺": "1"}
_CHINESE = f"[{''.join(_NUMERALS)}]"
_HIDDEN = "\0"


def masked(text: str) -> str:
    """The text with personal numbers and e-mail addresses replaced by words that say what stood there.

    Hidden are identity numbers of 18 signs (check digit right) and of 15, bank cards (Luhn, known issuer), mobile and
    fixed telephones, e-mail addresses, numbers of other papers where they are called so, and runs of more than LONGEST
    digits. Takes time in proportion to the length. Nothing of what is hidden can be had back.
    """
    rest, hidden = _folded(text), []
    absent = set[re.Pattern[str]]()
    for rule in _RULES:
        if rule.needs in absent or not rule.needs.search(rest):
            absent.add(rule.needs)
        elif spans := [*rule.spans(rest)]:
            hidden += [(start, end, rule.label) for start, end in spans]
            rest = _replaced(rest, ((start, end, _HIDDEN * (end - start)) for start, end in spans))
    return _replaced(text, sorted(hidden)) if hidden else text


def is_masked(text: str) -> bool:
    """Whether something was replaced in it."""
    return _LABELS.search(text) is not None


def impersonal(question: str) -> str:
    """The question as it is answered: without what `masked` hides, the words that name it, and words in its place.

    Numbers of persons say nothing of policy, and would sway what is found; and a conversation that is opened again can
    be answered alike only where the first answer leant on nothing that was not kept. Where nothing else is left, the
    words stay.
    """
    words = masked(question)
    bare = _NAMED.sub("", words).lstrip("，,、；;。") if is_masked(words) else words
    return bare if bare.strip() else words


def _folding() -> NDArray[np.uint32]:
    """Code points by code point: full-width signs, digits of any script, crosses written for the X of an identity."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table[0xFF01:0xFF5F] -= 0xFEE0
    for digit in re.findall(r"\d", "".join(map(chr, range(0x20000)))):
        table[ord(digit)] = ord("0") + unicodedata.decimal(digit)
    table[ord("￥")] = ord("¥")
    table[[ord(cross) for cross in "×ХΧ"]] = ord("X")
    return table


_FOLDED = _folding()


def _folded(text: str) -> str:
    """The text in signs that the patterns know, one for one. By numpy: str.translate takes a second for 2 MB."""
    if text.isascii():
        return text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _FOLDED[codes].tobytes().decode("utf-32-le", "surrogatepass")


def _replaced(text: str, spans: Sequence[tuple[int, int, str]] | Iterator[tuple[int, int, str]]) -> str:
    """The text with each span, in order, replaced by its words."""
    parts: list[str] = []
    done = 0
    for start, end, words in spans:
        parts += (text[done:start], words)
        done = end
    return "".join((*parts, text[done:]))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A form of personal data. Group 1 of the pattern, where there is one, is what is hidden.

    needs  what a text has to hold for there to be one; quick to look for, so that most texts are done in two passes
    holds  whether what has the form is one, given without the signs between
    """

    label: str
    pattern: re.Pattern[str]
    needs: re.Pattern[str]
    holds: Callable[[str], bool] = lambda number: True

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """start:end of each, in order and apart. What only looks like one may overlap one that begins behind it."""
        place = 0
        while found := self.pattern.search(text, place):
            start, end = found.span(self.pattern.groups)
            if self.holds(_SEPARATORS.sub("", text[start:end])):
                yield start, end
                place = end
            else:
                place = found.start() + 1


_SEPARATORS = re.compile(rf"[\s{_SIGNS}]")


def _is_identity(number: str) -> bool:
    """GB 11643: province, date of birth, check digit.

    The county is not looked up: it may be one that was founded after the person was born.
    """
    number = number.upper()
    return _is_born(number[6:14]) and number[:2] in _PROVINCES and ric.calc_check_digit(number) == number[-1]


def _is_old_identity(number: str) -> bool:
    """Fifteen digits, as given out until 1999: without a check digit, so the county has to be one that there was."""
    return _is_born(f"19{number[6:12]}") and _is_county(number[:6])


@lru_cache(4096)
def _is_county(code: str) -> bool:
    return any("county" in found for _, found in numdb.get("cn/loc").info(code))


def _is_born(day: str) -> bool:
    try:
        return date(1850, 1, 1) <= date(int(day[:4]), int(day[4:6]), int(day[6:])) <= beijing.today()
    except ValueError:
        return False


def _is_card(number: str) -> bool:
    return _ISSUED.fullmatch(number) is not None and luhn.is_valid(number)


def _is_no_date(number: str) -> bool:
    return not (len(number) == 8 and _is_born(number))


def _spelt(label: str) -> _Rule:
    """A rule for eleven Chinese numerals and more in a row that are such a number when written in digits."""

    def holds(numerals: str) -> bool:
        return _read_out(numerals) == label

    pattern = rf"{_CHINESE}(?<!{_CHINESE}{_CHINESE})(?:{_GAP}{_CHINESE}){{10,}}+[Xx]?"
    return _Rule(label, re.compile(pattern), re.compile(_CHINESE), holds)


@lru_cache(4096)
def _read_out(numerals: str) -> str:
    """What is left of Chinese numerals that are written in digits; asked for each label."""
    return masked("".join(_NUMERALS.get(sign, sign) for sign in numerals))


# The provinces of GB/T 2260; 83 stands for Taiwan in residence permits, 91 to 98 begin those of foreigners.
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84), (91, 99))
    for code in range(*codes)
)
# Issuers and their lengths: UnionPay, Visa, Mastercard, American Express, JCB, Diners, Discover and Maestro, and the
# prefixes that Chinese banks had before UnionPay.
_ISSUED = re.compile(
    r"(?:62|81)\d{14,17}|4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|35\d{14,17}|3[068]\d{12,17}"
    r"|6[03-9]\d{14,17}|9[45]\d{14,17}"
)
_EIGHTEEN = (
    rf"[1-9](?:{_GAP}\d){{5}}{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}\d){{2}}{_GAP}[01]{_GAP}\d{_GAP}[0-3]"
    rf"(?:{_GAP}\d){{4}}{_GAP}[\dXx]"
)
_PAPERS = (
    "社会?保障?|医保|医疗保险|护照|通行证|台胞证|回乡证|居住证|残疾人?证|老年人?证|军官证|就诊|病历|住院|门诊|身份证"
)
_PAPER_NUMBER = r"[A-Za-z]{2,3}\d{7}|[A-Za-z]{0,3}\d{8,20}[A-Za-z]?"
"""Passports since 2017, and permits to Hong Kong and Macau since 2019, have two letters and seven digits."""
_LINKS = r"(?:[卡证号码编是为:]|\s){0,8}+"
_CHINA = rf"(?:\((?:\+|00)?86\)|(?:\+|00)?86){_GAP}"
_EXTENSION = r"(?:\s?(?:转|分机)\s?\d{1,6}|-\d{1,6}(?!\d))?"
# Groups that people write, «#» a digit, « » a break between groups; the longest of those that begin alike first.
_CARDS = (
    "#### #### #### #### ###",
    "#### #### #### #### ##",
    "#### #### #### #### #",
    "#### #### #### ####",
    "#### ###### #####",
    "###### #############",
    "###### ############",
    "###### ##########",
)
_MOBILES = (
    "1[3-9]#########",
    "1[3-9]# #### ####",
    "1[3-9]# ########",
    "1[3-9]##### ####",
    "1[3-9]## #### ###",
    "1[3-9]# ### #####",
    "1 [3-9] # # # # # # # # #",
)


def _form(written: str) -> str:
    return written.replace("#", r"\d").replace(" ", _BREAK)


def _rule(label: str, pattern: str, holds: Callable[[str], bool] = lambda number: True) -> _Rule:
    """A rule for a number that stands by itself and is no sum of money."""
    return _Rule(label, re.compile(f"{_FROM}(?:{pattern}){_ON}"), _NUMBER, holds)


def _fixed(area: str, local: str) -> str:
    code = _form(area)
    return rf"(?:\(0{code}\)|0{code}|{_CHINA}\(?0?{code}\)?){_GAP}{_form(local)}(?!\d){_EXTENSION}"


_NUMBER = re.compile(r"[0-9](?:\D{0,9}+\d){6}")
_RULES = (
    _Rule(
        EMAIL,
        re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++"),
        re.compile("@"),
    ),
    _Rule(DIGITS, re.compile(rf"[0-9](?<!\d\d)\d{{{LONGEST},}}+"), _NUMBER),
    _Rule(IDENTITY, re.compile(_EIGHTEEN), _NUMBER, _is_identity),
    *(_rule(CARD, _form(written), _is_card) for written in (*_CARDS, "#{13,19}")),
    _rule(IDENTITY, _form("#{15}|###### ###### ###"), _is_old_identity),
    _rule(TELEPHONE, f"(?:{_CHINA}|0)?(?:{_form('|'.join(_MOBILES))})"),
    *(
        _rule(TELEPHONE, _fixed(area, local))
        for area, local in (
            ("(?:10|2#)", "[1-9]###(?: )?####"),
            ("[3-9]##", "[1-9]###(?: )?####"),
            ("[3-9]##", "[1-9]##(?: )?####"),
        )
    ),
    # numbers that are called what they are: of a telephone without its area code, of other papers
    _Rule(
        TELEPHONE,
        re.compile(rf"(?:电话|座机|手机|致电|拨打|传真|联系方式){_LINKS}({_form('[1-9]##(?:#)?(?: )?####')}){_ON}"),
        _NUMBER,
        _is_no_date,
    ),
    _Rule(
        DOCUMENT,
        re.compile(rf"(?:{_PAPERS}){_LINKS}({_PAPER_NUMBER}){_ON}"),
        _NUMBER,
        _is_no_date,
    ),
    # long ones first: what is left is short enough to be tried from each of its signs
    *(_spelt(label) for label in (DIGITS, IDENTITY, CARD, TELEPHONE)),
)
