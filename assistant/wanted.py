"""Which facts of a clause answer which question: a number with the right unit, a date, an operative word, a body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answers import QuestionType
from corpus.figures.requirements import Fact, FactKind

KINDS: Mapping[QuestionType, frozenset[FactKind]] = {
    QuestionType.QUANTITY: frozenset({FactKind.QUANTITY, FactKind.FREQUENCY}),
    QuestionType.DEADLINE: frozenset({FactKind.DEADLINE, FactKind.FREQUENCY, FactKind.QUANTITY}),
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
_HOW_OFTEN = "次数"
# Asked in days, a limit printed in months answers as well.
_DURATION = re.compile(r"年|月|[天日]|周|季")

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
        _HOW_OFTEN,
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
    Unit(re.compile(r"几年|多少年"), _DURATION, "年限"),
    Unit(re.compile(r"几个?月|多少个?月"), _DURATION, "期限"),
    Unit(re.compile(r"几天|多少天|几日"), _DURATION, "期限"),
    Unit(re.compile(r"名额|几家|多少[家个所]"), re.compile(r"[个家名所]"), "数量"),
)
_LASTING = Unit(re.compile(_NEVER), _DURATION, "期限")
_ANY = Unit(re.compile(""), re.compile(""), "数量")


def unit_of(focus: str) -> Unit:
    """The sort of number asked for; any where the question names none."""
    return next((unit for unit in UNITS if unit.asked.search(focus)), _ANY)


def thing_asked(kind: QuestionType, focus: str) -> tuple[QuestionType, str]:
    """The kind of thing that answers: the type and, of numbers, the sort."""
    return kind, unit_of(focus).name if kind is QuestionType.QUANTITY else ""


# Things that policy papers hardly ever print, by how they are asked for: what a provision must print to state them.
THINGS = (
    # 联系电话是多少; 怎么联系
    Unit(
        re.compile(
            r"电话(?:号码)?(?:是|有)?(?:多少|几|啥|什么)|(?:联系|咨询|举报|投诉|办公|客服)电话|(?:哪个|什么|啥)电话|联系方式|怎么联系"
        ),
        re.compile(r"电话|\d{7,}"),
        "联系电话",
    ),
    # 在哪条路上; 地址
    Unit(
        re.compile(
            r"在哪(?:条|一条)?[路街]|在什么路|地址|门牌|具体(?:位置|在哪)|几号楼|(?:去|到)[^，。]{1,8}怎么走|坐(?:几|什么|哪).{0,2}(?:路|车|线)"
        ),
        re.compile(r"地址|位于|[路街]\d+号"),
        "地址",
    ),
    # 去哪个网站下载; 哪个公众号
    Unit(re.compile(r"下载"), re.compile(r"下载"), "下载地址"),
    Unit(
        re.compile(r"网址|(?:哪个|什么|啥)(?:网站|网页|公众号|小程序|软件|平台|APP|app)"),
        re.compile(r"网站|网址|公众号|小程序|平台|www|APP"),
        "网址",
    ),
    # 主任叫啥名
    Unit(
        re.compile(
            r"(?:主任|局长|院长|区长|书记|领导|负责人|联系人|处长|科长)(?:叫|姓|是)(?:啥|什么|谁|哪[个位])|叫(?:啥|什么)名|姓(?:啥|什么)(?!名)"
        ),
        re.compile(_NEVER),
        "姓名",
    ),
    # 要交哪些材料; 带什么证件
    Unit(
        re.compile(
            r"(?:哪|什么|啥|几).{0,3}(?:材料|资料|证件|证明)|(?:带|交|准备|提交|要)(?:些|点)?(?:材料|资料|证件|证明)"
        ),
        re.compile(r"材料|资料|证明|证件|申[报请][表书]"),
        "所需材料",
    ),
    # 填什么表 给个模板
    Unit(
        re.compile(r"模板|样表|范文|填(?:什么|啥|哪).{0,2}表|(?:什么|哪张|哪个)表(?![现示明述])"),
        re.compile(r"表(?![现示明述达彰率面])|文本|模板|样本"),
        "表格或文本",
    ),
    # 什么叫…; 是啥意思
    Unit(
        re.compile(r"(?:什么|啥)意思|什么样的[？?]?$|什么叫|(?:定义|含义)"),
        re.compile(r"是指|指的是|指通过|所称"),
        "定义",
    ),
    # 哪家养老院好
    Unit(
        re.compile(
            r"哪(?:家|个|一家|一个|所).{0,8}(?:好|便宜|靠谱|正规)(?:一?[点些])?[？?呢啊呀]?$|推荐(?:一下|一?[家个所]|哪)|求推荐|口碑"
        ),
        re.compile(_NEVER),
        "推荐",
    ),
    # 一个月开多少工资; 退休金涨多少
    Unit(re.compile(r"工资|薪水|月薪|底薪|退休金|养老金"), re.compile(r"工资|薪|退休金|养老金|绩效"), "工资待遇"),
    # 罚多少; 罚款
    Unit(re.compile(r"罚(?:款|多少|几|钱)"), re.compile(r"罚"), "罚款"),
    # 几点上班
    Unit(re.compile(r"几点|(?:上班|营业|开放|办公|探视)时间"), re.compile(r"\d[点时:：]"), "时间安排"),
    # 几月几号截止
    Unit(re.compile(r"几月几[号日]|几[号日](?:截止|之?前|开始|起)"), re.compile(r"\d月"), "日期"),
    # 建筑面积有要求吗
    Unit(re.compile(r"面积|平方|平米"), re.compile(r"平方米|㎡|面积"), "面积"),
)


def unprinted(focus: str, text: str) -> str:
    """What is asked for by a name of THINGS and not printed in a text; empty where there is none."""
    return next((row.name for row in THINGS if row.asked.search(focus) and not row.printed.search(text)), "")


def name_of(kind: QuestionType, focus: str, text: str) -> str:
    """What is asked for and not stated in a text, in a word: «金额», «人数», «时间或期限», «联系电话»."""
    return unprinted(focus, text) or ("时间或期限" if kind is QuestionType.DEADLINE else unit_of(focus).name)


# Asked to whom something is reported: the body stands behind 向, 报告 or 通报.
_REPORTED = re.compile(r"报给|报告|告诉|上报|通知谁|跟谁说|向谁|往哪.{0,2}报|汇报|报谁")
# Asked for a date, not for how long or how often.
_BY_DATE = re.compile(r"哪一?年|为止|几月几号")
_REACH = 20
"""Characters before a body that are looked at for that."""
_TOWARDS = re.compile(r"(?:向|通报|报送至?|上报至?|报告)[^，。；]{0,12}$")


def wanted_facts(kind: QuestionType, focus: str, found: tuple[Fact, ...], text: str) -> tuple[Fact, ...]:
    """Those of the found facts that can answer a question of this kind."""
    kinds = KINDS.get(kind, frozenset())
    of_kind = tuple(fact for fact in found if fact.kind in kinds)
    if kind is QuestionType.QUANTITY:
        unit = unit_of(focus)
        return tuple(fact for fact in of_kind if _is_of(unit, fact, text))
    if kind is QuestionType.DEADLINE and _BY_DATE.search(focus):
        return tuple(fact for fact in of_kind if fact.kind is FactKind.DEADLINE)
    if kind is QuestionType.DEADLINE:
        # «多久能办好» is answered by 3个月, «什么时候查» by 每月; a number of beds answers neither
        return tuple(fact for fact in of_kind if fact.kind is not FactKind.QUANTITY or _is_of(_LASTING, fact, text))
    if kind is QuestionType.RESPONSIBILITY and _REPORTED.search(focus):
        return tuple(fact for fact in of_kind if _TOWARDS.search(text[max(0, fact.start - _REACH) : fact.start]))
    return of_kind


def _is_of(unit: Unit, fact: Fact, text: str) -> bool:
    """Whether a fact is a number of that sort; how often something is done may be said without one («定期»)."""
    if unit.name == _HOW_OFTEN and fact.kind is FactKind.FREQUENCY:
        return True
    return bool(unit.printed.search(text[fact.start : fact.end]))
