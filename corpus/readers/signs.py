"""Code points that stand for another sign: radicals in place of ideographs.

PDFs printed by browsers and by some Word converters give ⽼ (U+2F3C, a radical) for 老. They look the same and are
found by no search.
"""

from __future__ import annotations

import re
import unicodedata

# CJK Radicals Supplement, each radical beside its ideograph: Unicode's EquivalentUnifiedIdeograph.txt. Kangxi radicals
# (U+2F00 to U+2FD5) need no table: NFKC has them.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫"
    "⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺶羊⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶"
    "⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙"
    "⻱龜⻲亀⻳龟"
)
_IDEOGRAPHS = dict(zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True))
_RADICAL = re.compile("[\u2e80-\u2fd5]")


def mend_radicals(text: str) -> str:
    """The text with ideographs in place of radicals that look like them; nothing else changes."""
    return _RADICAL.sub(_ideograph, text)


def _ideograph(match: re.Match[str]) -> str:
    return _IDEOGRAPHS.get(match[0]) or unicodedata.normalize("NFKC", match[0])
