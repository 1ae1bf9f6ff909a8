"""What a clause requires, as printed: numbers with their units, frequencies, deadlines, operative words, bodies.

A pass over finished text; every fact is a range of it. corpus.figures.ledger puts them together into what must be met.
The force of operative words follows the Legislative Affairs Commission's 《立法技术规范（试行）（一）》 (2009) on 应当,
必须, 不得 and 可以, and for policy papers ordinary usage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.provisions import PolicyDocument
from corpus.structure.sentences import Span, sentences


class FactKind(StrEnum):
    """What sort of requirement a fact states."""

    QUANTITY = "quantity"
    FREQUENCY = "frequency"
    DEADLINE = "deadline"
    OPERATIVE = "operative"
    BODY = "body"
    ENUMERATION = "enumeration"


class Force(StrEnum):
    """How strongly an operative word binds, in the words shown to people."""

    FORBIDDEN = "禁止"
    REQUIRED = "强制要求"
    PRINCIPLE = "原则上要求"
    PERMITTED = "允许"
    ENCOURAGED = "鼓励、支持"
    EXPLORED = "探索试行"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of a clause: text[start:end]; force is set for operative words only."""

    kind: FactKind
    start: int
    end: int
    force: Force | None = None

    @property
    def span(self) -> Span:
        return self.start, self.end


# Repetition is bounded throughout: a page of digits costs no more than a page of words.
_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?:\.\d{1,6})?"
_WORDS = r"[零〇一二两三四五六七八九十百千万亿]{1,12}(?:点[零〇一二三四五六七八九]{1,6})?"
_NUMBER = rf"(?:{_DIGITS}|[一二两三四五六七八九十百千]{{1,12}})"
_LIMIT = r"(?:不[得应]?(?:少于|低于|超过|高于|小于|大于)|至少|至多|最多|达到|控制在|超过|满|近)"
_BOUND = rf"{_LIMIT}?"
# Counted in these; 个 and 次 take the noun behind them along: «1名主执业点医师».
_COUNTER = r"(?:名|位|人次|人|张|所|家|间|台|项|种|支|处(?![理置罚分以于方])|户|辆|例|套|床|场(?!所)|座|个(?!月))"
_MEASURE = (
    r"(?:[%％‰℃]|分钟|小时|学时|周?岁|平方公里|平方米|公里|厘米|毫米|米|千克|公斤|克|毫升|升|元|万元|级|倍|批"
    # 60分, a mark; not 3分类
    r"|分(?![钟别之类级期批步布公]))"
)
_EXTENT = r"(?:及以上|及以下|以上|以下|以内|以外|左右)?"
_NOUN = r"(?:[\u4e00-\u9fff]*?(?=[，。；、：（）“”《》和及与或并的,;]|$))?"
_TIMES = r"[一二两三四五六七八九十\d]{1,6}次"
_EVERY = r"每(?:半年|半?个?月|季度|两?[年月周天日]|[一二两三四五六七八九十\d]{1,4}(?:年|个?月|周|天|日|个?小时)|次)"
_SPAN_OF_TIME = rf"{_NUMBER}(?:年|个月|个工作日|工作日|周(?!岁)|天|日)"

_QUANTITIES = re.compile(
    # 35—40张; 2-3次; 10%至15%
    rf"{_BOUND}(?<!\d)(?!\d{{4}})\s?{_DIGITS}[%％]?(?:[-－–—~～至]{{1,2}}){_DIGITS}\s?(?:{_COUNTER}|{_MEASURE}|次|年|个月|天|日){_EXTENT}"
    rf"|{_BOUND}\s?{_DIGITS}\s?(?:{_COUNTER}{_EXTENT}{_NOUN}|{_MEASURE}{_EXTENT})"
    # 1.5亿元; 3万人次
    rf"|{_BOUND}\s?{_DIGITS}\s?[百千万亿]{{1,2}}(?:{_COUNTER}|{_MEASURE}){_EXTENT}"
    rf"|{_BOUND}(?<![\d月])(?!\d{{4}}年){_SPAN_OF_TIME}{_EXTENT}"
    # 一次性补贴 is no number of times
    rf"|(?<![第唯统一二三四五六七八九十百]){_TIMES}(?!性)"
    # 一级、二级医院; 二级及以上医疗机构; 二级以上综合医院
    r"|[一二三]级(?:、[一二三]级)*(?:及?以上|及?以下)?"
    # 三种差异化服务模式; 多种模式 is no number
    r"|(?<![第多各])[两三四五六七八九十]{1,12}(?:种|类|个方面|大类)"
    # 百分之五十以上; 三分之二以上
    rf"|{_BOUND}(?:百分之{_WORDS}|[一二两三四五六七八九十]{{1,3}}分之[一二两三四五六七八九十]{{1,3}}){_EXTENT}"
    # 五万元以上; 零点二平方米; 六十周岁; 二十四小时; not 最后一公里
    rf"|{_BOUND}(?<![第星后]){_WORDS}(?:元|平方米|周?岁|小时|分钟|学时|公里|毫升|千克|公斤|倍){_EXTENT}"
    # 不少于半天
    rf"|{_LIMIT}半(?:天|年|个?月|小时)"
    # numbers in words before a counter only where something bounds them: 不少于三名; 五百张床位以上; 三人以上
    rf"|{_LIMIT}(?:配备|配置|设置|设有|有)?{_WORDS}{_COUNTER}"
    rf"|(?<![第统唯]){_WORDS}{_COUNTER}[\u4e00-\u9fff]{{0,4}}?(?:及?以上|及?以下)"
    # 1:4; 1∶10, where a ratio is spoken of
    rf"|(?<=[比例为于到]){_DIGITS}\s?[:：∶]\s?{_DIGITS}"
    # 超过全国平均水平
    r"|(?:超过|高于|低于|不低于|达到)[\u4e00-\u9fff]{2,8}(?:水平|比例)"
)
_FREQUENCIES = re.compile(
    rf"{_EVERY}(?:[^，。；：]{{0,16}}?{_TIMES}(?!性))?"
    # 一年两次; 半年至少一次
    rf"|(?<![第\d一二两三四五六七八九十])(?:半年|[一两]年|一个?季度|一个?月|一周)(?:至少|不少于)?{_TIMES}(?!性)"
    # 2次/年
    rf"|{_TIMES}[/／](?:半年|年|季度|月|周|天|日)"
    r"|(?<![稳固特])不?定期(?!限)|常态化|适时|及时|第一时间"
)
_DEADLINES = re.compile(
    r"(?:到|截至|于|在)?\s?\d{4}年(?!版)(?:\d{1,2}月(?:\d{1,2}日)?)?(?:底|末|年底)?(?:前|之前|以前)?"
    # 12月底前; 9月30日前
    r"|(?<!\d年)(?<!\d)\d{1,2}月(?:\d{1,2}日|底|末)?(?:之前|以前|前)"
    rf"|{_BOUND}(?:{_SPAN_OF_TIME}|{_NUMBER}个?(?:小时|分钟)|半(?:天|年|个?月|小时))(?:以内|之内|内|后|之?前)|不[得应]?超过{_SPAN_OF_TIME}"
)
# Forces in order of precedence: where two patterns overlap, the earlier one has the word.
_OPERATIVES: tuple[tuple[Force, re.Pattern[str]], ...] = (
    (Force.FORBIDDEN, re.compile(r"不得(?!不)|禁止|严禁|不准|不予|不可(?![或持])")),
    (Force.PRINCIPLE, re.compile(r"原则上(?:均要)?")),
    (
        Force.REQUIRED,
        re.compile(
            r"应当|必须|务必|均须|均要|应设尽设|应签尽签|(?<![相对供适响顺因效])应(?=[^用急对答有邀届聘])"
            r"|(?<=[构区门位级地委局])要(?=[^素点求件])|严格(?=执行|落实)|(?<=人员)须"
        ),
    ),
    (Force.ENCOURAGED, re.compile(r"鼓励|(?<![策务持庭神保化实立])支持(?=[^政性措服])|优先|引导(?=[^作])")),
    (Force.PERMITTED, re.compile(r"可以|(?<![许认无尽])可(?=[^能及靠持复视行])|允许")),
    (Force.EXPLORED, re.compile(r"试点探索|探索(?=[^性])|试点")),
)
# Three items or more with 、 between them, within one clause. A clause is taken whole, so that no part is read twice.
_CLAUSE = re.compile(r"[^，。；：\n]+")
_ENUMERATION = re.compile(r"[^、]+(?:、[^、]+){2,}")
_BODY_NAME = (
    r"(?:国家|各级|各地|各有关|各相关|辖区|省级|市级|区级|当地|上级)?"
    r"(?:卫生健康行政|卫生健康委员会|卫生健康委|卫生健康|卫健委|卫生计生|疾病预防控制|民政|医疗保障|医保|中医药管理|中医药主管"
    r"|人力资源社会保障|人社|发展改革|发改|财政|国土资源|城乡规划|旅游发展|老龄工作|疾控)"
    r"(?:部门|局|厅|委员会|委|行政部门|中心|机构)"
)
_BODIES = re.compile(
    rf"[区市县省]?{_BODY_NAME}(?:（[^（）]{{1,16}}）)?|[区市县省](?:民政局|卫健委|卫生健康委员会|卫生健康委|医保局|人社局|疾控中心|疾病预防控制中心)"
    r"|国家卫生健康委|省级卫生健康委|执业登记机关|各街镇|牵头单位|各?(?:有关|相关)部门"
    # an institution is in charge where it is told to do something
    r"|(?:(?:签约)?社区卫生服务中心|基层医疗卫生机构|乡镇卫生院|专业医疗机构|[\u4e00-\u9fff]{2,6}调解机构)"
    r"(?=[要应须可按负组积安做承指])|社区卫生服务中心"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a provision, its range, and the facts in it."""

    start: int
    end: int
    facts: tuple[Fact, ...]

    @property
    def span(self) -> Span:
        return self.start, self.end


def requirements(document: PolicyDocument) -> Mapping[str, tuple[Sentence, ...]]:
    """The sentences of every provision with what they require, by article_id."""
    return {
        provision.article_id: tuple(
            Sentence(*span, facts(document.text, *span))
            for span in sentences(document.text, provision.start, provision.end)
        )
        for provision in document.walk()
    }


def facts(text: str, start: int, end: int) -> tuple[Fact, ...]:
    """Every fact in text[start:end], in order of their places."""
    found = [*_simple(text, start, end), *_operatives(text, start, end)]
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.kind)))


def _simple(text: str, start: int, end: int) -> Iterator[Fact]:
    for kind, pattern in (
        (FactKind.QUANTITY, _QUANTITIES),
        (FactKind.FREQUENCY, _FREQUENCIES),
        (FactKind.DEADLINE, _DEADLINES),
        (FactKind.BODY, _BODIES),
    ):
        for match in pattern.finditer(text, start, end):
            yield _fact(kind, match)
    for clause in _CLAUSE.finditer(text, start, end):
        if clause[0].count("、") > 1:
            yield from (_fact(FactKind.ENUMERATION, match) for match in _ENUMERATION.finditer(text, *clause.span()))


def _fact(kind: FactKind, match: re.Match[str]) -> Fact:
    return Fact(kind, match.start() + len(match[0]) - len(match[0].lstrip()), match.end())


def _operatives(text: str, start: int, end: int) -> Iterator[Fact]:
    taken: list[Span] = []
    for force, pattern in _OPERATIVES:
        for match in pattern.finditer(text, start, end):
            if not any(first < match.end() and match.start() < last for first, last in taken):
                taken.append(match.span())
                yield Fact(FactKind.OPERATIVE, *match.span(), force)
