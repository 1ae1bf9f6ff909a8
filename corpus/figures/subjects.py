"""What a figure counts, or what must happen: one run of words of its sentence, as printed.

Where the words stand depends on the figure. A share or a size follows its name (签约覆盖率不低于80%), a count stands
before it (1名注册护士), what happens so often or by some day comes after it, in the same clause or the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.figures.hard_figures import Figure, FigureKind
from corpus.figures.measures import AGES, COUNTED, GRADES
from corpus.structure.sentences import Span

# How often and by what something is counted: 每人每月, 每千名老年人
_EACH = (
    r"每[零一二两三四五六七八九十百千万半\d]{0,6}(?:个?工作日|年|个?季度|个?月|周|天|日|次|名|位|个|张|人|户|床|平方米)"
    r"(?:老年人|老人|常住人口|户籍人口|人口|床位|居民)?"
)
# Words at the front that lead up to what happens and are no part of it, dropped one after another.
_LEAD_WORDS = (
    _EACH,
    # 第十四条, （二）, 1.
    r"第[零〇一二三四五六七八九十百千]{1,8}条(?:之[一二三])?|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]",
    # what is left of the figure in front: 二十平方米|的标准, 5万元|以上
    r"的?标准(?=[配建设给支发执])|[及或]?以[上下内]|左右|[\s的（、]",
    # words of one sign only where they are no part of a longer one: 应急, 无障碍, 可持续
    r"应(?![急用对收付届聘邀答征激变力诊])|[且须]|又(?!一)|再(?![生次])|并(?![发网])|均(?![衡等])|都(?![市是])|即(?!时)",
    r"无(?![障菌害偿烟])|可(?![持穿靠])|要(?![素点求件])",
    r"同时|其中|应当|必须|可以|不得|没有|未发生|原则上|按照|起(?=施行)",
    r"(?:按照?|依据?)(?:职责|规定|要求|法依规|法)",
    # verbs before what they bring about, but not 完成率
    r"(?:确保|保证|力争|争取|实现|完成|达到)(?![率度])",
    r"(?:进行|开展|组织|举办|召开|给予|处以|拥有|设置|设有|配备)(?=[\u4e00-\u9fff]{2})",
)
_LEADS = re.compile(rf"(?:{'|'.join(_LEAD_WORDS)})+")
# Words at the end that lead up to a number.
_TAIL_WORDS = (
    _EACH,
    r"[\s的是至按以须均都（、约满≥≧≤≦><＞＜]",
    # the last signs of 反应, 需要, 住处, 存在, 表达, 行为, 所有 are no such words
    r"(?<![反响效供适感相对])应|(?<![需主重必摘])要|(?<![住用长各])处|(?<![存内现])在|(?<![表传送到])达|(?<![行作认])为|(?<![所国公私拥])有",
    r"(?<![报])到|占",
    r"应当|必须|可以|不得|至少|最少|至多|最多|最高|最低|最长|最短|原则上|力争|争取|逐步|总计|累计",
    r"控制|保持|稳定|提高|提升|增加|扩大|下降|降低|按照|给予|发放|支付|拨付|配备|配置|设置|设立|组织|开展|进行",
)
_TAILS = re.compile(rf"(?:{'|'.join(_TAIL_WORDS)})+$")
# A clause that only says for whom, when or whereby: 在“双随机、一公开”检查中, 随着…建成.
_SCENE = re.compile(
    r"\s*(?:随着.*|(?:在|对|对于|由|经|通过|按照?|根据|结合|依托|自|从|向|与).*(?:中|时|后|下|上|内|起|要求|规定|原则|标准|方式|部门))"
)
_AGED = re.compile(r"的?[^，。；：（）]{0,24}?(?:老年人|老人|人员|公民|居民|患者|儿童|职工|人口|未成年人|子女)")
_GRADED = re.compile(r"的?[^，。；：（）]{0,12}?(?:医院|机构|中心|残疾人?|护理员|医师|单位|资质)")
# 满35周岁|至未满45周岁|参保人员
_OTHER_AGE = re.compile(r"至?(?:不满|未满|不足)?[零一二两三四五六七八九十百\d]{1,5}周?岁(?:[及或]?以[上下])?")
# Of whom a share is taken is left out where what is left is still a name: 特殊困难老年人|家庭医生签约覆盖率.
_OF_WHOM = re.compile(r".*(?:老年人|老人|家属|居民|人员|人群|对象|患者)(?=[^及和、与的或）].{3})")
_PERSONS = re.compile(r"(?:老年人|老人|家属|居民|人员|人群|对象|患者)$")
# A noun runs to these: 1名主执业点医师|和1名注册护士.
_NOUN = re.compile(r"[^，,。；;：！？\n（）()“”《》]*")
_JOINED = re.compile(r"(?:和|以?及|或者?|、|并|以及)(?:配备|组织|开展)?(?:至少|不少于)?$")
# What is paid or imposed stands behind: 百分之五十的|罚款
_IMPOSED = re.compile(r"的?(?:罚|拘留|有期徒刑|滞纳金|补贴|补助|奖励|资助)")
_LONGEST_TAIL = 40
"""Characters in front of a number that may only lead up to it."""
_PAID = frozenset({"元", "倍"})


def subject_of(text: str, figure: Figure, among: tuple[Span, ...], earlier: Span | None = None) -> Span:
    """The range of the words that a figure is about, inside its sentence; never empty.

    earlier is the subject of the figure before it, which goes on where a clause names none: 每次不少于8学时.
    """
    for start, end in _candidates(text, figure, among):
        if leads := _LEADS.match(text, start, end):
            start = leads.end()
        end = start + len(text[start:end].rstrip())
        if end - start > 1:
            return start, end
    return earlier or among[figure.place]


def _candidates(text: str, figure: Figure, among: tuple[Span, ...]) -> Iterator[Span]:
    """Where the subject may stand, likeliest first."""
    before, behind = _before(text, figure), _behind(text, figure)
    onward = [clause for clause in _next(figure, among) if not _SCENE.fullmatch(text, *clause)][:1]
    if figure.kind is FigureKind.CONDITION:
        yield from _group(text, figure, among)
    elif figure.kind is FigureKind.DEADLINE:
        yield from [before, behind, *onward] if _led(text, figure) else [behind, *onward, before]
    elif figure.kind is FigureKind.FREQUENCY:
        scene = bool(_SCENE.fullmatch(text, *behind))
        yield from [*onward, behind] if scene else [behind, _inner(text, figure), before, *onward]
    elif figure.measure and (figure.measure.unit in COUNTED or figure.measure.unit in _PAID):
        yield from (_counted(text, figure), behind, before)
    elif _IMPOSED.match(text, figure.end):
        yield from (behind, before)
    elif figure.bound.spans or (figure.measure and figure.measure.unit == "%"):
        yield from (before, behind)
    else:
        yield from (behind, before)


def _next(figure: Figure, among: tuple[Span, ...]) -> tuple[Span, ...]:
    return among[figure.place + 1 : figure.place + 1 + _CLAUSES_ON]


_CLAUSES_ON = 3
"""Clauses behind a figure's own in which its subject may stand."""


def _led(text: str, figure: Figure) -> bool:
    """Whether a limit of time has its bound in front and what it limits before that: 评估完成时限|不超过3个月."""
    if figure.measure is None or not figure.bound.spans:
        return False
    first = figure.bound.spans[0][0]
    return first < figure.measure.start and text[first] != "近"


def _before(text: str, figure: Figure) -> Span:
    """The name that a number has in front of it, without the words that lead up to the number."""
    start, end = figure.room[0], figure.start
    if text.startswith("对", start):
        start += 1
    near = max(start, end - _LONGEST_TAIL)
    if tail := _TAILS.search(text[near:end]):
        if "按" in tail[0] and (figure.measure is None or figure.measure.unit != "%"):
            return start, start
        end = near + tail.start()
    whom = _OF_WHOM.match(text, start, end)
    if whom and not _PERSONS.search(text, whom.end(), end):
        start = whom.end()
    return start, end


def _behind(text: str, figure: Figure) -> Span:
    """The words behind a figure, to the next one or the end of the clause."""
    start, end = figure.end, max(figure.end, figure.room[1])
    if text.startswith(("、", "和", "或", "与"), start):
        return start, start
    noun = _NOUN.match(text, start, end)
    if noun and (figure.kind in (FigureKind.QUANTITY, FigureKind.CONDITION) or noun.end() == start):
        end = noun.end()
    if joined := _JOINED.search(text[start:end]):
        end = start + joined.start()
    return start, end


def _counted(text: str, figure: Figure) -> Span:
    """The noun between a unit and the bound behind it: 100张|床位|以上."""
    unit_end = figure.measure.end if figure.measure else figure.end
    behind = [start for start, _ in figure.bound.spans if start >= unit_end]
    return (unit_end, behind[0]) if behind else (unit_end, unit_end)


def _inner(text: str, figure: Figure) -> Span:
    """What happens between the period and the number of times: 每2年|评估|一次."""
    if figure.frequency is None or figure.measure is None:
        return figure.end, figure.end
    start = text.find(figure.frequency.words, figure.start, figure.end) + len(figure.frequency.words)
    led = [span for span in figure.bound.spans if start <= span[0] < figure.measure.start]
    if not led:
        return start, max(start, figure.measure.start)
    in_front, at_last = (start, led[0][0]), (led[0][1], figure.measure.start)
    return max(in_front, at_last, key=lambda span: span[1] - span[0])


def _group(text: str, figure: Figure, among: tuple[Span, ...]) -> Iterator[Span]:
    """For whom a condition holds: 65岁及以上|老年人, 二级及以上|综合性医院, 100张|床位|以上."""
    unit = figure.measure.unit if figure.measure else ""
    pattern = _AGED if unit in AGES else _GRADED if unit in GRADES else None
    start = figure.end
    if other := _OTHER_AGE.match(text, start):
        start = other.end()
    if pattern and (found := pattern.match(text, start, figure.room[1])):
        yield found.span()
    if unit in AGES:
        yield from (found.span() for clause in _next(figure, among) if (found := _AGED.match(text, *clause)))
    yield _counted(text, figure)
    if unit in COUNTED and not text[figure.end : figure.room[1]].startswith(("的", "）")):
        yield _behind(text, figure)
    yield _before(text, figure)
