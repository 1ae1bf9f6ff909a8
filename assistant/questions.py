"""What a question asks: its kind, the places and documents it names, the field of a document's head it is about."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from opencc import OpenCC

from assistant.addressing import Address, addresses_in, document_described, documents_named
from assistant.answers import QuestionType
from assistant.places import Place, holds_in, places_in
from corpus.library import NATIONAL, Library
from corpus.provisions import PolicyDocument, Provision

MAX_QUESTION = 500
"""Characters of one question; longer ones are refused at the edge."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


class Field(StrEnum):
    """A fact of a document's head."""

    TITLE = "title"
    ISSUERS = "issuers"
    DOCUMENT_NUMBER = "document_number"
    ISSUED_ON = "issued_on"
    EFFECTIVE_ON = "effective_on"
    STATUS = "status"
    BASIS = "basis"
    ADDRESSEES = "addressees"
    ANNEXES = "annexes"
    PUBLICITY = "publicity"


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a question.

    document_ids  the documents named, by number, title or nickname; empty where none is
    wording       the question without the names of places and documents: what is searched for
    focus         the clause of it that asks; the others only set the scene
    sought        the type whose facts answer: of a comparison, what is compared; else the type itself
    fields        for questions about a document's head: what of it is asked, usually one thing
    mentions      whether it asks which provisions speak of something
    """

    type: QuestionType
    places: tuple[Place, ...]
    document_ids: tuple[str, ...]
    addresses: tuple[Address, ...]
    wording: str
    focus: str
    sought: QuestionType
    fields: tuple[Field, ...] = ()
    mentions: bool = False


_WHEN = r"(?:哪一?[天年月日]|几月几[号日]|什么时候|啥时候|何时|几时|什么时间|哪年哪月|多会儿|多咱)"
_FIELDS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    # 文号多少; 几号文件; 多少号
    (Field.DOCUMENT_NUMBER, re.compile(r"文号|发文字号|几号文|第几号|多少号|编号")),
    # 从哪天起算生效
    (Field.EFFECTIVE_ON, re.compile(rf"{_WHEN}.{{0,6}}(?:生效|施行|执行|实施|起算)|(?:生效|施行|实施)(?:日期|时间)")),
    # 是哪天发的; 什么时候印发; 几月几号出的
    (
        Field.ISSUED_ON,
        re.compile(
            rf"{_WHEN}.{{0,4}}(?:发[的布文]|发$|印[发的]|出[台来的]|公布|下[发来]|成文|落款|签)"
            r"|(?:成文|印发|发布|发文|公布|落款)(?:的)?(?:日期|时间|日子)"
        ),
    ),
    # 是谁发的; 哪几家一起发的; 哪四家弄的
    (
        Field.ISSUERS,
        re.compile(
            r"(?:谁|哪.{0,4}|什么(?:单位|部门|机关)|几个(?:部门|单位)|几家)(?:一起|联合|共同|一块儿?)?"
            r"(?:发[的布文出]|发$|印发|出台|出的|制[定订]|下发|起草|弄[的出]|搞[的出]|定[的出]|盖的?章|落款|署名)"
            r"|发文(?:机关|单位)|(?:参与|一起|联合)发文|落款(?:是|单位)|署名"
        ),
    ),
    # 发给哪些单位
    (Field.ADDRESSEES, re.compile(r"(?:发|印|下发|送|写)给(?:哪|谁|什么)|主送|抬头")),
    # 后头附了个啥
    (Field.ANNEXES, re.compile(r"附件|附(?:了|着|的|带)|附表")),
    # 是不是公开的
    (
        Field.PUBLICITY,
        re.compile(
            r"公开(?:的|发布|吗|么|不|文件)?[？?吗么]?$|(?:能不能|可不可以|是否|是不是).{0,4}公开|内部文件|保密"
        ),
    ),
    # 现在还有效吗; 还管用吗
    (Field.STATUS, re.compile(r"有效|作废|废止|失效|时效|过期|管用|(?:还|仍)(?:在)?(?:执行|适用|算数)")),
    # 是啥文件; 全称叫什么
    (
        Field.TITLE,
        re.compile(r"(?:是|叫)(?:个|份)?(?:啥|什么|哪个|哪份)(?:文件?|名[字称]?|标题)?(?:来着)?[？?]?$|全称|标题是"),
    ),
    # 是照着国办哪个文来的; 依据是什么; 跟着省里哪个规划走的
    (
        Field.BASIS,
        re.compile(
            r"(?:照着?|依据|根据|按照?|跟着|依照|参照).{0,10}(?:哪|什么|啥).{0,8}(?:文|来|定|制定|出台|走|规划|意见)"
            r"|(?:制定|发文|上位|政策)?依据(?:是|有)|哪[^，。]{0,8}(?:文件?|规划|意见)[^，。]{0,4}(?:做|作|为|当)依据"
        ),
    ),
)
_DOCUMENT_WORD = re.compile(r"文件|方案|措施|意见|通知|办法|条例|[0-9]号|号文|那个文|这个文")

TypeTable = tuple[tuple[QuestionType, re.Pattern[str]], ...]

# In order of precedence: the first that matches is the type.
_TYPES: TypeTable = (
    # 和…有啥不一样; 差在哪; 比一下
    (
        QuestionType.COMPARISON,
        re.compile(
            r"不一样|不同|区别|差别|差异|差在|一样[吗么嘛不]|相同|对比|比一[下比]|比较|相比|(?<![对])比[哪谁]|谁.{0,4}更"
            r"|跟[^，。]{1,12}比|比[^，。]{0,10}多[了出]|多出来"
        ),
    ),
    # 哪个部门; 找谁; 归谁
    (
        QuestionType.RESPONSIBILITY,
        re.compile(
            r"(?:哪|什么|啥)(?:个|些|几个|家)?(?:部门|单位|机关|局)|哪几[家个](?!月)|谁(?!都|能|可以|需要|更|的)"
            r"|谁.{0,3}(?:的责任|的事)|[归由找向报]给?谁|什么机构(?:来|去|负责|管)"
        ),
    ),
    # 收多少钱可以不公示吗: asked is whether, not how much
    (
        QuestionType.PERMISSION,
        re.compile(
            r"能不能|能否|可不可以|可否|行不行|是否|是不是|要不要|用不用|(?:可以|能)[^，。]{0,16}[吗么不][？?]?$"
        ),
    ),
    # 多久一次; 一年几次
    (
        QuestionType.QUANTITY,
        re.compile(
            r"(?:多久|多长时间|隔多久|几时|(?:什么|啥)时候|几[年月天周个]+).{0,12}(?:[一1][次回趟遍])|频[次率]|百分之几|几成|比例|占比|几分之|[多几][少]?(?:次|回|趟|场|遍)"
        ),
    ),
    # 什么时候; 到哪一年; 多久
    (
        QuestionType.DEADLINE,
        re.compile(
            r"什么时候|啥时候|何时|几时|哪[一]?年|哪天|几号|几月|多久|多长时间|期限|截止|时限|最晚|最迟|几天[之以]?内|几年[之以]?内|到什么时间"
        ),
    ),
    # 几名; 多少
    (
        QuestionType.QUANTITY,
        re.compile(
            r"多少|多大|多高|多[远重长](?!期)|(?<![十数好哪])几(?=[个名位人张家间台项条种次回岁年月天倍级块元万千百成所层场])|最少|最多|最低|最高|至少|不低于|不超过"
        ),
    ),
    # 能不能; 可以…吗; 要不要
    (
        QuestionType.PERMISSION,
        re.compile(
            r"能不能|能否|可不可以|可否|可以.*(?:[吗么嘛不？?]|$)|能.*[吗么嘛不][？?]?$|是否|是不是|必须|允许|准不准|许不许|行不行|行[吗么不]|要不要|用不用|需不需要|得不得"
            r"|(?:需要|要|用|得|算|会|会不会|还能|该).*[吗么嘛不][？?]?$|违法|违规|合法|强制|禁止"
        ),
    ),
    # 有哪些; 都有什么
    (
        QuestionType.LIST,
        re.compile(
            r"哪[些几样]|有(?:什么|啥)|(?:什么|啥)(?:人|科|服务|内容|东西|材料|条件|项目|指标|病|药)|包[括含]|都(?:得)?有|些(?:啥|什么)|分别是|列[举出]"
        ),
    ),
    # 怎么办; 流程
    (QuestionType.PROCEDURE, re.compile(r"怎么|怎样|如何|咋|流程|步骤|手续|程序|条件|往哪|上哪|去哪|哪[里儿]")),
)
# Two things asked about at once: «各要几回», «分别多久», «大兴怎么说，国家又怎么说».
_EACH = re.compile(
    r"分别|各自|各[是要有怎]|又(?:是|要|得|怎么|各|有)?(?:怎么|怎样|如何|什么|啥|哪|多|几|干)|有没有出入|对照|两[条样]都"
)
_NATION = "国家"
# «哪些条款讲到安宁疗护», «把讲安宁疗护的条款都找出来», «哪些文件写了中医»
_MENTIONS = re.compile(
    r"(?:哪些|哪几[条个份]|哪几处|哪里|所有|全部)(?:的)?(?:条款|条文|条目|条|文件|地方|规定)?(?:都)?(?:讲|写|提|说|谈|涉及|关于)(?:到|了|过|及)?(?!什么|啥|哪)"
    r"|(?:讲|写|提|说|谈|涉及|有关|关于)(?:到|了|及)?[^，。？]{2,14}的(?:条款|条文|条目|规定|内容)(?:都|全)?(?:给我|帮我)?(?:找|列|有哪些)"
)
_COMPARED = tuple(row for row in _TYPES if row[0] is not QuestionType.COMPARISON)
_OUTLINE = re.compile(
    r"(?:主要|大概|大致|都)*(?:讲|说|写|规定|包[括含])的?了?(?:些|点|是)?(?:啥|什么|哪些|哪几)个?(?:内容|方面|部分|块|章)?"
    r"|主要内容|(?:哪|几)几?个?大?(?:块|部分|方面|章)|都?有(?:些|哪些)?(?:什么|啥)?内容|大纲|提纲|目录|概要|结构|概括"
)
_FILLERS = re.compile(
    r"(?:工作|实施)?(?:[那这]?一?[块节章]|里|文件|方案|措施|意见|通知|计划|规定)|大概|主要|一共|总共|介绍|一下|[那这]个?|请|给我|有|[的个是都呢吗啊里了讲说份下分]|[0-9]+号文?"
)
_CLAUSE_END = re.compile(r"(?<=[，。；,;！!？?])\s*(?=\S)")
_SPARE = re.compile(r"[\s，。？！?!,、；;：:]+")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(question: str) -> str:
    """One line, simplified characters, half-width letters and digits, no control or format characters."""
    visible = "".join(
        " " if sign.isspace() else sign
        for sign in question
        if sign.isspace() or unicodedata.category(sign) not in _UNSEEN
    )
    return " ".join(_simplifier().convert(visible.translate(_FULL_WIDTH)).split())


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def understand(question: str, library: Library) -> Understanding:
    """What a normalised, self-contained question asks."""
    places = places_in(question, library)
    named = documents_named(question, library)
    wording = without_names(question, places, tuple(printed for _, printed in named))
    addresses = addresses_in(wording, named=bool(named or places))
    speaks_of_document = bool(named or addresses or _DOCUMENT_WORD.search(question))
    documents = _documents(question, places, named, library) if speaks_of_document else ()
    fields = head_fields(wording) if speaks_of_document else ()
    kind, focus = type_of(wording)
    sought = kind if kind is not QuestionType.COMPARISON else type_of(wording, _COMPARED)[0]
    if _sets_side_by_side(places, documents) or (_EACH.search(question) and kind is not QuestionType.COMPARISON):
        kind = QuestionType.COMPARISON
    if addresses:
        kind = QuestionType.LOOKUP
    elif fields:
        kind = QuestionType.FACT
    elif documents and asks_for_whole(wording, documents):
        kind = QuestionType.OUTLINE
    document_ids = tuple(document.document_id for document in documents)
    return Understanding(
        kind, places, document_ids, addresses, wording, focus, sought, fields, _MENTIONS.search(wording) is not None
    )


def _sets_side_by_side(places: tuple[Place, ...], documents: tuple[PolicyDocument, ...]) -> bool:
    """Whether a question names two places or documents: 全国示范 is no place, 国家怎么说 is one."""
    local = {place.full_name for place in places} - {NATIONAL}
    of_nation = any(place.printed == _NATION for place in places)
    elsewhere = {document.metadata.region or document.document_id for document in documents} - local
    return len(local) + of_nation > 1 or len(documents) > 1 or bool(local and elsewhere and not of_nation and places)


def _documents(
    question: str, places: tuple[Place, ...], named: tuple[tuple[str, str], ...], library: Library
) -> tuple[PolicyDocument, ...]:
    """The documents named outright, or else the one that the places named have, or whose title is paraphrased."""
    if named:
        return tuple(library.get(document_id) for document_id in dict.fromkeys(name[0] for name in named))
    if len(places) > 1:
        return ()
    candidates = [document for document in library if all(holds_in(document, place) for place in places)]
    described = candidates[0] if places and len(candidates) == 1 else document_described(question, candidates)
    return (described,) if described else ()


def without_names(question: str, places: tuple[Place, ...], names: tuple[str, ...]) -> str:
    """The question with the names cut out: what is left is what is asked."""
    for name in sorted(
        (*names, *(place.printed for place in places if place.printed not in {"全国"})), key=len, reverse=True
    ):
        question = question.replace(name, " ", 1)
    return " ".join(question.split())


def type_of(wording: str, types: TypeTable = _TYPES) -> tuple[QuestionType, str]:
    """The type of a question and the clause that gives it: the last one that asks, as people put the scene first."""
    for clause in reversed(_CLAUSE_END.split(wording)):
        for kind, pattern in types:
            if pattern.search(clause):
                return kind, clause
    return QuestionType.GENERAL, wording


def asking_words(question: str) -> str:
    """From the words that ask to the end of the clause, «几次» of «心理讲座一年几次？»; empty where none asks."""
    kind, clause = type_of(question)
    pattern = next((pattern for known, pattern in _TYPES if known is kind), None)
    match = pattern.search(clause) if pattern else None
    return clause[match.start() :].strip("，。？?！! ") if match else ""


def head_fields(question: str) -> tuple[Field, ...]:
    """The facts of a document's head that a question asks for, if it is said to be of a document.

    One a clause: «哪几家发的，啥时候发的» asks for two.
    """
    clauses = (clause for clause in re.split(r"[，。；,;？?、]|[和跟与及]", question) if clause.strip())
    asked = (next((field for field, pattern in _FIELDS if pattern.search(clause)), None) for clause in clauses)
    found = tuple(dict.fromkeys(field for field in asked if field is not None))
    return found or tuple(field for field, pattern in _FIELDS if pattern.search(question))[:1]


def parts_of(document: PolicyDocument) -> tuple[Provision, ...]:
    """The parts of a document that have parts of their own and a heading."""
    return tuple(part for part in document.walk() if part.heading and document.children(part.article_id))


def asks_for_whole(wording: str, documents: tuple[PolicyDocument, ...]) -> bool:
    """Whether it asks what a document, or a part of it, says at large: nothing is left once that and the titles are
    taken away."""
    if not _OUTLINE.search(wording):
        return False
    facts = [document.metadata for document in documents]
    titles = "".join(part for fact in facts for part in (fact.title, fact.region or "", *fact.names))
    titles += "".join(part.heading for document in documents for part in parts_of(document))
    left = _FILLERS.sub("", _OUTLINE.sub("", _SPARE.sub("", wording)))
    return sum(sign not in titles for sign in left) <= 1
