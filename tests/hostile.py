"""What is typed, pasted and sent by accident or on purpose: words and bodies, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote_from_bytes

from stdnum import luhn
from stdnum.cn import ric

MARK = "ooyz"
"""In every element, attribute and header that is smuggled in: none of ours is called so, and no request id has an o."""
SPY = "驴唇马嘴"
"""In questions: no log may repeat it."""
_QUESTIONS = (
    *("养老机构内设医务室至少配几名医生", "消防演练多久一次", "长宁方案第14条", "谁负责家庭病床", "补助多少钱"),
    *("大兴和长宁的签约率有何不同", "国家方案讲了什么", "能不能设护理站", "医养结合有哪些服务", "40号文是谁发的"),
)
MARKUP = (
    f"<script {MARK}>alert(1)</script>",
    f'"><img {MARK} src=x onerror=alert(1)>',
    f"'><svg {MARK} onload=alert(1)>",
    f'" {MARK}="1" autofocus onfocus="alert(1)',
    f"' {MARK}='1' onmouseover='alert(1)",
    f"</title><{MARK}></{MARK}>",
    f"</textarea><iframe {MARK} src=javascript:alert(1)></iframe>",
    f"--><{MARK}><!--",
    f"<a {MARK} href=javascript:alert(1)>点</a>",
    f"<style {MARK}>*{{display:none}}</style>",
    f"＜script {MARK}＞alert(1)＜/script＞",
    f"<mark><b {MARK}>",
    f"&lt;{MARK}&gt;&#60;{MARK}&#62;",
    f"<math><mtext><table><mglyph><style><img {MARK} src onerror=alert(1)>",
)
COMMANDS = (
    "' OR '1'='1' --",
    "'; DROP TABLE conversations; --",
    "1 UNION SELECT token FROM keys",
    "{{ 7*7 }}{{ config.items() }}",
    "{% for each in ().__class__.__base__.__subclasses__() %}{{ each }}{% endfor %}",
    "${jndi:ldap://127.0.0.1/a}",
    "#{7*7} <%= 7*7 %> ${7*7} @(7*7)",
    '=HYPERLINK("http://127.0.0.1","点")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "`id` $(id) ; id | id && id",
    f"\r\nSet-Cookie: {MARK}=1\r\nX-{MARK}: 1\r\n\r\n",
    f"\n2026-01-01 [error] {SPY} web.request",
    '{"level": "error", "message": "forged"}',
    "%s%s%s%n%x {0} {question} %(question)s",
    "../../../../etc/passwd\0.html",
    "title:* AND text:[* TO *] ~ ^ \\ / AND OR NOT",
    "(((((((((((((((((((((((((",
    "*:*",
    '"',
    "\\",
    "第" * 100 + "条",
    "〔" * 80,
    "1.1.1.1.1.1.1.1.1.1.1",
    "九" * 120,
)
_SIGNS = (
    *("\u202e", "\u2066", "\u2069", "\u0000", "\u001b[31m", "\u0008", "\ud800", "\udfff", "\ufffe", "\uffff"),
    *("\x85", "\u0001", "\x7f", "\ufdd0", "\u202a"),
)
"""Refused."""
_UNSEEN = ("\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200f", "\u061c", "\ufe0f", "\u3164", "\u115f")
_EMOJI = ("👨‍👩‍👧‍👦", "🏳️‍🌈", "👴🏽", "🇨🇳", "1️⃣", "❤️‍🔥", "\U0001f9d3\U0001f3fb" * 20, "e" + "\u0301" * 200, "ﷺ", "𠮷𡈽")


@dataclass
class Hostile:
    """A source of words. personal: every number of a person that it has written so far, bare, and every address."""

    random: Random
    personal: set[str] = field(default_factory=set)

    def words(self) -> str:
        """A question, or what somebody sends in place of one."""
        kinds: tuple[tuple[int, Callable[[], str]], ...] = (
            (22, self._refused),
            (6, self._long),
            (20, lambda: self._around(self.random.choice(MARKUP))),
            (14, lambda: self._around(self.random.choice(COMMANDS))),
            (9, lambda: self._around(f"（{self._person()}）")),
            (7, self._random),
            (
                10,
                lambda: (
                    self.random.choice(_UNSEEN).join(self.random.choice(_QUESTIONS)) + self.random.choice(_EMOJI[:6])
                ),
            ),
            (7, lambda: self._around(self.random.choice(_EMOJI) + self.random.choice(_UNSEEN))),
            (5, lambda: self.random.choice(("", " ", "\n", "?", "。", "\u200b", "\u3000", "啊", "0", "null"))),
        )
        weights, makers = zip(*kinds, strict=True)
        made: str = self.random.choices(makers, weights)[0]()
        return made

    def body(self, fields: dict[str, object], name: str) -> bytes:
        """JSON with words in the field of that name, or what somebody sends in place of it."""
        if self.random.random() < 0.7:
            return _json({**fields, name: self.words()})
        if self.random.random() < 0.5:
            return self.random.choice(_MALFORMED)
        other: str = self.random.choice([name, *_FIELDS])
        return _json({name: self.random.choice(_QUESTIONS), **fields, other: self.random.choice(_VALUES)})

    def name(self) -> str:
        """What stands in an address for a document: with what could lead out of it, percent-encoded or not."""
        return self.random.choice(
            (
                *("..%2f..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "%2e%2e", "changning-2025-2%00.html"),
                *("changning-2025-2/../../..", "%ff%fe", "%ed%a0%80", "a" * 3000, "changning-2025-2%0d%0aX-yyz:1"),
                *("CHANGNING-2025-2", "changning-2025-2.", "changning-2025-2 ".replace(" ", "%20"), "-", "%252e%252e"),
                "c:%5cwindows%5cwin.ini",
                percent(self.words()),
                percent(self.random.choice(MARKUP)),
            )
        )

    def _around(self, words: str) -> str:
        question, spy = self.random.choice(_QUESTIONS), self.random.choice(("", SPY))
        return self.random.choice((f"{words}{question}{spy}", f"{question}{spy}{words}", f"{spy}{words}", words))

    def _refused(self) -> str:
        return self._around(self.random.choice(_SIGNS))

    def _long(self) -> str:
        return self.random.choice((*_QUESTIONS, *MARKUP, "\u200b", "<", "第1条、", "🇨🇳")) * self.random.choice(
            (300, 900)
        )

    def _random(self) -> str:
        ranges = ((0x20, 0x3000), (0x3000, 0xD7FF), (0xE000, 0x10FFFF))
        signs = (self.random.randrange(*self.random.choice(ranges)) for _ in range(self.random.randint(1, 60)))
        return "".join(map(chr, signs))

    def _person(self) -> str:
        digits = self.random.choice((self._identity, self._card, self._telephone))()
        grouped = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
        wide = "".join(chr(ord(each) + 0xFEE0) for each in digits)
        address = f"li.{self.random.randrange(10**9)}@example.com"
        self.personal |= {digits, address}
        return self.random.choice((digits, grouped, wide, f"我的号码是{digits}，邮箱{address}"))

    def _identity(self) -> str:
        born = f"19{self.random.randint(30, 99)}{self.random.randint(1, 12):02}{self.random.randint(1, 28):02}"
        number = f"310105{born}{self.random.randrange(1000):03}"
        return number + ric.calc_check_digit(f"{number}0")

    def _card(self) -> str:
        number = f"622202{self.random.randrange(10**12):012}"
        return number + luhn.calc_check_digit(number)

    def _telephone(self) -> str:
        return f"13{self.random.randrange(10**9):09}"


def percent(words: str) -> str:
    """For an address; halves of surrogate pairs become bytes that are not UTF-8."""
    return quote_from_bytes(words.encode("utf-8", "surrogatepass"), safe="")


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_VALUES: tuple[object, ...] = (
    *(None, True, 0, -1, 1.5, 10**40, [], {}, [[]], "", "null", ["养老"], {"question": "养老"}, "0" * 32, "f" * 32),
    *("2026-02-30", "0000-00-00", "9999-12-31", "+1", "上海市长宁区", [SPY], {"region": "\u0000"}, {"region": "北京"}),
    *({"document_ids": ["../../etc/passwd"]}, {"document_ids": []}, {"as_of": "1900-01-01"}, {"as_of": 1}, "wechat"),
    *({"region": MARKUP[0]}, {"document_ids": ["changning-2025-2"] * 101}, {"document_ids": [MARKUP[1]]}, "card"),
)
_FIELDS = ("conversation_id", "filters", "limit", "format", "unknown", "__proto__", "stream", "temperature", "messages")
_MALFORMED = (
    *(b"", b"{", b"null", b"[]", b'"', b"\x00", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{}{}", b'{"question"'),
    *(b'{"question": NaN}', b'{"question": 1e999}', b'{"question": ' + b"9" * 5000 + b"}", b"<xml/>", b"a=b&c=d"),
    *(b'{"question": "\xc3\x28"}', b'{"question": "\\ud800"}', b'{"question": "\\u12"}', b'{"a":' * 9000, b"[" * 60000),
    *(
        '{"question": "养老"}'.encode("gb18030"),
        '{"question": "养老"}'.encode("utf-16"),
        b'{"question": "a", "question": 1}',
    ),
    b'{"messages": [{"role": "user", "content": "\\udc00"}]}',
)
