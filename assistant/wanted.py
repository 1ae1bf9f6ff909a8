"""Which facts of a clause answer which question: a number with the right unit, a date, an operative word, a body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answers import QuestionType
from corpus.requirements import Fact, FactKind

KINDS: Mapping[QuestionType, frozenset[FactKind]] = {
    QuestionType.QUANTITY: frozenset({FactKind.QUANTITY, FactKind.FREQUENCY}),
    QuestionType.DEADLINE: frozenset({FactKind.DEADLINE}),
    QuestionType.PERMISSION: frozenset({FactKind.OPERATIVE}),
    QuestionType.RESPONSIBILITY: frozenset({FactKind.BODY}),
    QuestionType.LIST: frozenset({FactKind.ENUMERATION}),
}
INDISPENSABLE = frozenset({QuestionType.QUANTITY, QuestionType.DEADLINE})
"""Types that nothing answers but a fact of their kind: where it is not printed, what is asked is not stated."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sort of number: how it is asked for, what the printed number must hold, and its name."""

    asked: re.Pattern[str]
    printed: re.Pattern[str]
    name: str


_NEVER = r"(?!)"

# The first row that matches decides.
UNITS = (
    # 电话多少; 哪个网址
    Unit(re.compile(r"电话|号码|网址|地址"), re.compile(_NEVER), "联系方式"),
    # 多少钱; 补多少; 罚多少
    Unit(
        re.compile(r"多少[钱元块费]|几[块百千万]|多少?(?:钱|费)|[补罚收报贴助交付].{0,6}多少|多少.{0,4}[补罚]"),
        re.compile(r"元"),
        "金额",
    ),
    Unit(re.compile(r"平方|平米|面积|多大地"), re.compile(r"平方米|㎡"), "面积"),
    Unit(re.compile(r"百分之|比例|占比|几成|率|占多少|占到|满意"), re.compile(r"[%％]|水平|比例"), "比例"),
    # 多久一次; 一年几次; 隔多久去一趟
    Unit(
        re.compile(r"几[次场回遍趟]|多少[次场回遍趟]|多[久长].{0,10}[次场回遍趟]|隔多久|频[次率]|几年.{0,4}一次"),
        re.compile(r"次|每"),
        "次数",
    ),
    Unit(re.compile(r"几分钟|多少分钟"), re.compile(r"分钟"), "时间"),
    Unit(re.compile(r"几岁|多少岁|多大(?:年纪|岁数|年龄)|年龄"), re.compile(r"岁"), "年龄"),
    Unit(re.compile(r"几张|多少张|多少床"), re.compile(r"张"), "床位数"),
    Unit(
        re.compile(r"几[名位个]|多少[名位个]?(?:人|医|护|大夫|医师)|配.{0,3}[几多]"),
        re.compile(r"[名人位个家]"),
        "人数",
    ),
    Unit(re.compile(r"几级"), re.compile(r"级"), "等级"),
    Unit(re.compile(r"几[种类样]"), re.compile(r"[种类]"), "种类"),
    Unit(re.compile(r"几[倍折]|多少倍"), re.compile(r"倍"), "倍数"),
    Unit(re.compile(r"几个?(?:小时|钟头)|多少小时"), re.compile(r"小时"), "时间"),
    Unit(re.compile(r"几年|多少年"), re.compile(r"年"), "年限"),
    Unit(re.compile(r"几个?月|多少个?月"), re.compile(r"月"), "期限"),
    Unit(re.compile(r"几天|多少天|几日"), re.compile(r"[天日]"), "期限"),
    Unit(re.compile(r"名额|几家|多少[家个所]"), re.compile(r"[个家名所]"), "数量"),
)
_ANY = Unit(re.compile(""), re.compile(""), "数量")


def unit_of(focus: str) -> Unit:
    """The sort of number asked for; any where the question names none."""
    return next((unit for unit in UNITS if unit.asked.search(focus)), _ANY)


def name_of(kind: QuestionType, focus: str) -> str:
    """What is asked for, in a word: «金额», «人数», «时间或期限»."""
    return "时间或期限" if kind is QuestionType.DEADLINE else unit_of(focus).name


# Asked to whom something is reported: the body stands behind 向, 报告 or 通报.
_REPORTED = re.compile(r"报给|报告|告诉|上报|通知谁|跟谁说|向谁|往哪.{0,2}报|汇报|报谁")
_REACH = 20
"""Characters before a body that are looked at for that."""
_TOWARDS = re.compile(r"(?:向|通报|报送至?|上报至?|报告)[^，。；]{0,12}$")


def wanted_facts(kind: QuestionType, focus: str, found: tuple[Fact, ...], text: str) -> tuple[Fact, ...]:
    """Those of the found facts that can answer a question of this kind."""
    kinds = KINDS.get(kind, frozenset())
    of_kind = tuple(fact for fact in found if fact.kind in kinds)
    if kind is QuestionType.QUANTITY:
        unit = unit_of(focus).printed
        return tuple(fact for fact in of_kind if unit.search(text[fact.start : fact.end]))
    if kind is QuestionType.RESPONSIBILITY and _REPORTED.search(focus):
        return tuple(fact for fact in of_kind if _TOWARDS.search(text[max(0, fact.start - _REACH) : fact.start]))
    return of_kind
