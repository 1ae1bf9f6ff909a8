"""The HTTP contract, field by field. Pydantic lives here only; everything inside is frozen dataclasses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from assistant.answers import Clarification, Filters, QuestionType, Quotation, Related, Status
from assistant.questions import MAX_QUESTION
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry, Selection
from corpus.figures.requirements import Force
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.relations.resolution import Link, Missing, Target
from corpus.relations.validity import Standing
from web import links
from web.asking import Asked, Hit
from web.shapes.card import PAGE, Card
from web.store import ID_PATTERN
from web.suggestions import Suggestion, SuggestionKind
from web.wording import WordingError, clean_question, clean_words

MAX_LIMIT = 10
MAX_OFFSET = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""
SHA256_PATTERN = r"^[0-9a-f]{64}$"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ID = "3f2b8c1e9a4d4f6fb0a1c2d3e4f50617"
_SHA = "c20bd72c42769dc5c1530ea9c10d9bf2c76ad033386bd6d1f0a1e7a5694cca75"
_ISSUERS = [
    "上海市长宁区民政局",
    "上海市长宁区卫生健康委员会",
    "上海市长宁区人力资源和社会保障局",
    "上海市长宁区医疗保障局",
]
_QUESTION = "养老机构内设医务室至少配几名医生？"
_TITLE = "关于进一步深化长宁区养老服务医养结合发展的实施方案"
_QUOTE = "应按照《养老机构医务室基本标准（试行）》至少配置1名主执业点医师和1名注册护士"
_URL = "/documents/changning-2025-2?start=1006&end=1045#2.1.2"


def about(description: str, example: Any, **constraints: Any) -> Any:
    """A field with what it means and one value it may take."""
    return Field(description=description, examples=[example], **constraints)


def _checked(check: Callable[[str], str]) -> BeforeValidator:
    def validate(value: object) -> object:
        try:
            return check(value) if isinstance(value, str) else value
        except WordingError as error:
            raise PydanticCustomError(error.code, "{words}", {"words": str(error)}) from None

    return BeforeValidator(validate)


def _day_only(value: object) -> object:
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_format", "应为 YYYY-MM-DD 格式的日期")


_length: Any = {"minLength": 1, "maxLength": MAX_QUESTION}
Question = Annotated[str, _checked(clean_question), Field(json_schema_extra=_length)]
Words = Annotated[str, _checked(clean_words)]
Day = Annotated[date, BeforeValidator(_day_only)]
DocumentId = Annotated[str, Field(min_length=1, max_length=100)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class FiltersIn(_Request):
    """限定检索范围；不填即不限。"""

    region: Words | None = about(
        "地区，如“上海市长宁区”或“全国”", "上海市长宁区", default=None, min_length=1, max_length=50
    )
    document_ids: list[DocumentId] | None = about(
        "只在这些文件中检索", ["changning-2025-2"], default=None, min_length=1, max_length=100
    )
    as_of: Day | None = about("只用该日及以前成文的文件；没有写明日期的文件不受此限", "2026-01-01", default=None)

    def to_filters(self) -> Filters:
        return Filters(self.region, None if self.document_ids is None else tuple(self.document_ids), self.as_of)


class AskRequest(_Request):
    """一个问题。"""

    question: Question = about("问题，1 至 500 字", _QUESTION)
    conversation_id: str | None = about("接着哪段对话问；不填即开始新的对话", None, default=None, pattern=ID_PATTERN)
    filters: FiltersIn | None = about("限定检索范围", {"region": "上海市长宁区"}, default=None)
    limit: int = about("检索到的条文最多引用几处；比较和提纲不受此限", 3, default=3, ge=1, le=MAX_LIMIT, strict=True)
    format: Literal["json", "wechat", "card"] = about(
        "json 完整的回答；wechat 微信文本消息，不超过 2048 字节；card 小程序页面的卡片", "json", default="json"
    )


class SearchRequest(_Request):
    """检索条件。"""

    q: Question = about("要检索的问题或词语，1 至 500 字", "医务室 医师 配置")
    region: Words | None = about("地区", "上海市长宁区", default=None, min_length=1, max_length=50)
    document_id: list[DocumentId] | None = about(
        "只在这些文件中检索，可重复", ["changning-2025-2"], default=None, min_length=1, max_length=100
    )
    as_of: Day | None = about("只用该日及以前成文的文件；没有写明日期的文件不受此限", "2026-01-01", default=None)
    limit: int = about("最多返回几条", 5, default=5, ge=1, le=50)

    def to_filters(self) -> Filters:
        return Filters(self.region, None if self.document_id is None else tuple(self.document_id), self.as_of)


class VerifyRequest(_Request):
    """一条要核对的引文。"""

    document_id: DocumentId = about("文件编号", "changning-2025-2")
    article_id: str = about("条目编号", "2.1.2", min_length=1, max_length=100)
    start: int = about("引文起点：规范文本中的字符位置，从 0 起", 1006, ge=0, le=MAX_OFFSET, strict=True)
    end: int = about("引文终点（不含）", 1045, ge=0, le=MAX_OFFSET, strict=True)
    quote: str = about("引文原文", _QUOTE, min_length=1, max_length=20_000)
    document_sha256: str = about("规范文本的 SHA-256", _SHA, pattern=SHA256_PATTERN)


class VerifyResponse(_Response):
    """核对结果。"""

    valid: bool = about("引文与文件逐字相符", True)
    reason: str | None = about("不相符的原因；相符时为 null", None)


class FeedbackRequest(_Request):
    """对一个回答的评价。"""

    answer_id: str = about("提问时返回的 answer_id", _ID, pattern=ID_PATTERN)
    verdict: Literal["up", "down"] = about("up 有帮助，down 没有帮助", "up")
    reason: Words | None = about("原因，500 字以内", "引的不是我要的条款", default=None, max_length=500)


class FeedbackResponse(_Response):
    """已收到的评价。"""

    feedback_id: str = about("评价编号", _ID)


class CitationOut(_Response):
    """一条引文：规范文本中的一段，逐字不改。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", _TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    issuers: list[str] = about("发文机关", _ISSUERS)
    issued_on: date | None = about("成文日期；文件未注明时为 null", "2025-01-02")
    region: str | None = about("适用地区", "上海市长宁区")
    article_id: str = about("条目编号：各级序号以点相连", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    quote: str = about("引文，与规范文本 start 至 end 逐字相同", _QUOTE)
    start: int = about("引文起点：规范文本中的字符位置，从 0 起", 1006)
    end: int = about("引文终点（不含）", 1045)
    highlights: list[tuple[int, int]] = about("回答问题的字句在同一规范文本中的范围", [[1030, 1038]])
    document_sha256: str = about("规范文本（UTF-8）的 SHA-256", _SHA)
    url: str = about("文件页面的地址（站内），打开即见引文", _URL)

    @classmethod
    def of(cls, quotation: Quotation, library: Library) -> CitationOut:
        citation = quotation.citation
        document = library.get(citation.document_id)
        facts, provision = document.metadata, document.find(citation.article_id)
        return cls(
            document_id=citation.document_id,
            title=facts.title,
            document_number=facts.document_number,
            issuers=list(facts.issuers),
            issued_on=facts.issued_on,
            region=facts.region,
            article_id=citation.article_id,
            label=provision.label,
            headings=list(document.headings(provision)),
            quote=quotation.quote,
            start=citation.start,
            end=citation.end,
            highlights=list(quotation.highlights),
            document_sha256=citation.document_sha256,
            url=links.citation_url(citation),
        )


class ClarificationOut(_Response):
    """反问。"""

    prompt: str = about("请用户补充什么", "您想了解哪一方面？")
    options: list[str] = about("可直接提交的完整问题", ["养老机构内设医务室要配几名医生？"])

    @classmethod
    def of(cls, clarification: Clarification) -> ClarificationOut:
        return cls(prompt=clarification.prompt, options=list(clarification.options))


class RelatedOut(_Response):
    """相近而未回答所问的条目。"""

    document_id: str = about("文件编号", "changning-2025-2")
    article_id: str = about("条目编号", "2.1.2")
    title: str = about("文件标题", _TITLE)
    label: str = about("条目在文件中的写法", "二、（一）2.")
    snippet: str = about("条目中的一段原文", _QUOTE)
    url: str = about("文件页面的地址（站内）", _URL)

    @classmethod
    def of(cls, related: Related, library: Library) -> RelatedOut:
        citation = related.citation
        document = library.get(citation.document_id)
        return cls(
            document_id=citation.document_id,
            article_id=citation.article_id,
            title=document.metadata.title,
            label=document.find(citation.article_id).label,
            snippet=related.snippet,
            url=links.citation_url(citation),
        )


class AskResponse(_Response):
    """一个回答。四种 status 都是正常结果，不是错误。"""

    status: Status = about(
        "answered 有明文；unspecified 有相关规定但未写明所问；clarify 需补充；not_found 文件中没有", "answered"
    )
    answer: str = about("完整的纯文本回答：结论、引文、出处", f"上海市长宁区规定：「{_QUOTE}」。")
    citations: list[CitationOut] = about("引文，最切题的在前", [])
    clarification: ClarificationOut | None = about("反问；只在 status 为 clarify 时有", None)
    related: list[RelatedOut] = about("相近但未回答所问的条目", [])
    interpreted_question: str = about("系统所理解的问题（已补全指代）", _QUESTION)
    question_type: QuestionType = about("问题类型", "quantity")
    confidence: float = about("把握程度，0 至 1；不是概率", 0.87)
    conversation_id: str = about("对话编号，追问时带上", _ID)
    answer_id: str = about("回答编号，评价时带上", _ID)
    index_version: str = about("所用索引的版本；版本相同，回答相同", "b1946ac92492d234")
    elapsed_ms: float = about("服务端用时，毫秒", 8.4)

    @classmethod
    def from_answer(cls, asked: Asked, library: Library) -> AskResponse:
        answer = asked.answer
        return cls(
            status=answer.status,
            answer=answer.text,
            citations=[CitationOut.of(quotation, library) for quotation in answer.citations],
            clarification=ClarificationOut.of(answer.clarification) if answer.clarification else None,
            related=[RelatedOut.of(related, library) for related in answer.related],
            interpreted_question=answer.interpreted_question,
            question_type=answer.question_type,
            confidence=answer.confidence,
            conversation_id=asked.conversation_id,
            answer_id=asked.answer_id,
            index_version=asked.index_version,
            elapsed_ms=round(asked.elapsed_ms, 2),
        )


class CardOut(_Response):
    """小程序页面的卡片。"""

    status: Status = about("结果", "answered")
    title: str = about("标题：首先引用的文件；没有引文时为结果", _TITLE)
    finding: str = about("结论", f"上海市长宁区规定：「{_QUOTE}」。")
    quote: str = about("引文，逐字；没有时为空", _QUOTE)
    marks: list[tuple[int, int]] = about("回答问题的字句在引文中的范围，以 UTF-16 码元计", [[24, 32]])
    citation: str = about("出处：标题、文号、条目；没有时为空", f"《{_TITLE}》（长民〔2025〕2号）二、（一）2.")
    page_path: str = about("显示原文的小程序页面；没有时为空", f"{PAGE}?document_id=…", serialization_alias="pagePath")
    more: int = about("另有几处引文", 0)
    options: list[str] = about("反问时可直接提交的完整问题", [])
    conversation_id: str = about("对话编号，追问时带上", _ID)
    answer_id: str = about("回答编号，评价时带上", _ID)

    @classmethod
    def of(cls, card: Card, asked: Asked) -> CardOut:
        return cls(**asdict(card), conversation_id=asked.conversation_id, answer_id=asked.answer_id)


class HitOut(_Response):
    """一条检索结果。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", _TITLE)
    document_number: str | None = about("文号", "长民〔2025〕2号")
    region: str | None = about("适用地区", "上海市长宁区")
    article_id: str = about("条目编号", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    start: int = about("起点：规范文本中的字符位置", 1006)
    end: int = about("终点（不含）", 1045)
    document_sha256: str = about("规范文本的 SHA-256", _SHA)
    snippet: str = about("条目中的一段原文", _QUOTE)
    score: float = about("相近程度，越大越近；只可在同一次检索内比较", 0.42)
    url: str = about("文件页面的地址（站内）", _URL)

    @classmethod
    def of(cls, hit: Hit, library: Library) -> HitOut:
        citation = hit.citation
        document = library.get(citation.document_id)
        provision = document.find(citation.article_id)
        return cls(
            document_id=citation.document_id,
            title=document.metadata.title,
            document_number=document.metadata.document_number,
            region=document.metadata.region,
            article_id=citation.article_id,
            label=provision.label,
            headings=list(document.headings(provision)),
            start=citation.start,
            end=citation.end,
            document_sha256=citation.document_sha256,
            snippet=hit.snippet,
            score=hit.score,
            url=links.citation_url(citation),
        )


class SearchResponse(_Response):
    """检索结果。"""

    hits: list[HitOut] = about("检索结果，最相近的在前", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")
    elapsed_ms: float = about("服务端用时，毫秒", 7.1)


class DocumentSummary(_Response):
    """一份文件。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", _TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    issuers: list[str] = about("发文机关", _ISSUERS)
    issued_on: date | None = about("成文日期；文件未注明时为 null", "2025-01-02")
    region: str | None = about("适用地区", "上海市长宁区")
    status: str | None = about("文件或其网页注明的时效；未注明时为 null", "现行有效")
    standing: Standing = about("今日的时效，依文件自身和库中其他文件所写推定，未计库外文件的影响", "现行有效")
    effective_on: date | None = about("施行日期；文件未注明时为 null", "2025-02-01")
    expires_on: date | None = about("有效期的最后一日；文件未注明时为 null", "2030-01-31")
    document_sha256: str = about("规范文本的 SHA-256", _SHA)
    characters: int = about("规范文本的字符数", 4670)
    url: str = about("文件页面的地址（站内）", "/documents/changning-2025-2")

    @classmethod
    def facts(cls, document: PolicyDocument, library: Library) -> dict[str, Any]:
        metadata = document.metadata
        return {
            "document_id": document.document_id,
            "title": metadata.title,
            "document_number": metadata.document_number,
            "issuers": list(metadata.issuers),
            "issued_on": metadata.issued_on,
            "region": metadata.region,
            "status": metadata.status,
            "standing": library.validity[document.document_id].standing(date.today()),
            "effective_on": metadata.effective_on,
            "expires_on": metadata.expires_on,
            "document_sha256": document.sha256,
            "characters": len(document.text),
            "url": links.document_url(document.document_id),
        }

    @classmethod
    def of(cls, document: PolicyDocument, library: Library) -> DocumentSummary:
        return cls(**cls.facts(document, library))


class DocumentList(_Response):
    """文件库。"""

    documents: list[DocumentSummary] = about("全部文件", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")


class ProvisionSummary(_Response):
    """文件中的一个条目。"""

    article_id: str = about("条目编号", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    heading: str = about("小标题；没有时为空", "")
    level: int = about("层级，最外层为 1", 3)
    parent: str | None = about("上一级条目的编号", "2.1")
    start: int = about("条目自身文字的起点", 984)
    end: int = about("条目自身文字的终点（不含）", 1113)
    subtree_end: int = about("连同下级条目的终点（不含）", 1113)
    url: str = about("文件页面的地址（站内）", "/documents/changning-2025-2#2.1.2")

    @classmethod
    def facts(cls, document: PolicyDocument, provision: Provision) -> dict[str, Any]:
        return {
            "article_id": provision.article_id,
            "label": provision.label,
            "heading": provision.heading,
            "level": provision.level,
            "parent": provision.parent,
            "start": provision.start,
            "end": provision.end,
            "subtree_end": provision.subtree_end,
            "url": links.provision_url(document.document_id, provision.article_id),
        }


class DocumentOut(DocumentSummary):
    """一份文件及其条目。"""

    provisions: list[ProvisionSummary] = about("全部条目，依文件中的次序；各条目自身文字相连即为全文", [])

    @classmethod
    def of(cls, document: PolicyDocument, library: Library) -> DocumentOut:
        summaries = [ProvisionSummary(**ProvisionSummary.facts(document, each)) for each in document.walk()]
        return cls(**cls.facts(document, library), provisions=summaries)


class ProvisionOut(ProvisionSummary):
    """一个条目的全文。"""

    document_id: str = about("文件编号", "changning-2025-2")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    text: str = about("条目自身的文字，逐字", _QUOTE)
    whole_text: str = about("连同下级条目的文字，逐字", _QUOTE)
    children: list[str] = about("下一级条目的编号", [])
    document_sha256: str = about("规范文本的 SHA-256", _SHA)

    @classmethod
    def of(cls, document: PolicyDocument, provision: Provision) -> ProvisionOut:
        return cls(
            **cls.facts(document, provision),
            document_id=document.document_id,
            headings=list(document.headings(provision)),
            text=document.own_text(provision),
            whole_text=document.whole_text(provision),
            children=[child.article_id for child in document.children(provision.article_id)],
            document_sha256=document.sha256,
        )


FigureKindName = Literal["quantity", "frequency", "deadline", "condition"]
ComparatorName = Literal["at_least", "more_than", "at_most", "less_than", "exactly", "about", "between", "by", "after"]
ForceName = Literal["禁止", "强制要求", "原则上要求", "允许", "鼓励、支持", "探索试行"]
MAX_LISTED = 200
_SIGNING = "到2027年底，失能、高龄、残疾等特殊困难老年人家庭医生签约覆盖率不低于80%。"


class RequirementsRequest(_Request):
    """硬性要求的筛选条件；不填即不限。"""

    region: Words | None = about("地区", "北京市大兴区", default=None, min_length=1, max_length=50)
    document_id: list[DocumentId] | None = about(
        "只列这些文件，可重复", ["daxing-2026-22"], default=None, min_length=1, max_length=100
    )
    kind: list[FigureKindName] | None = about(
        "只列这些类别，可重复：quantity 数量，frequency 频次，deadline 期限，condition 适用条件",
        ["quantity"],
        default=None,
        min_length=1,
        max_length=4,
    )
    force: list[ForceName] | None = about(
        "只列有这些约束力的，可重复；文件未用“应当”“不得”等词的要求没有约束力一项，不在其列",
        ["强制要求"],
        default=None,
        min_length=1,
        max_length=6,
    )
    subject: Words | None = about("事项中含有这些字", "签约覆盖率", default=None, min_length=1, max_length=50)
    limit: int = about("最多返回几条", 50, default=50, ge=1, le=MAX_LISTED)
    offset: int = about("跳过前面几条", 0, default=0, ge=0, le=MAX_OFFSET)

    def to_selection(self) -> Selection:
        return Selection(
            region=self.region,
            document_ids=None if self.document_id is None else frozenset(self.document_id),
            kinds=None if self.kind is None else frozenset(map(FigureKind, self.kind)),
            forces=None if self.force is None else frozenset(map(Force, self.force)),
            subject=self.subject,
        )


class FrequencyOut(_Response):
    """多久一次。"""

    words: str = about("频次用语，逐字", "每半年")
    number: float = about("周期的长度", 0.5)
    unit: str = about("周期的单位；“每次”以次计", "年")


class DeadlineOut(_Response):
    """期限。"""

    words: str = about("期限用语，逐字；有起算事项的连同起算事项", "到2027年底")
    last_day: date | None = about("写明年份的，期限的最后一日；否则为 null", "2027-12-31")


class RequirementOut(_Response):
    """一条硬性要求：文件中一个可以核查的数字。"""

    kind: FigureKindName = about(
        "类别：quantity 数量，frequency 频次，deadline 期限，condition 适用条件（说明对谁、在什么情况下适用）",
        "quantity",
    )
    subject: str = about("事项：所计的是什么，或要做到什么，逐字", "家庭医生签约覆盖率")
    comparator: ComparatorName = about(
        "比较方式：at_least 不低于，more_than 超过，at_most 不超过，less_than 低于，exactly 等于，about 约为，"
        "between 介于两数之间，by 不晚于，after 在其后",
        "at_least",
    )
    comparator_words: str = about("表示比较的用语，逐字；没有时为空", "不低于")
    number: float | None = about("数值；只写周期、日期或参照水平的为 null", 80)
    upper: float | None = about("幅度的上限；不是幅度的为 null", None)
    unit: str | None = about("单位；没有数值的为 null", "%")
    basis: str | None = about("计算基数，逐字，如“每百张床位”；没有时为 null", None)
    frequency: FrequencyOut | None = about("频次；没有时为 null", None)
    deadline: DeadlineOut | None = about("期限；没有时为 null", {"words": "到2027年底", "last_day": "2027-12-31"})
    operative: str | None = about("要求用语，逐字，如“应当”；没有时为 null", None)
    force: ForceName | None = about("要求用语的约束力；没有要求用语的为 null", None)
    bodies: list[str] = about("责任单位：句中所列，或段末括注所列", ["区卫生健康委", "区民政局"])
    figure: str = about("数字及其比较用语，逐字；在规范文本中的范围见 citation.highlights", "不低于80%")
    citation: CitationOut = about("所在的句子", {"document_id": "daxing-2026-22", "quote": _SIGNING})

    @classmethod
    def of(cls, entry: Entry, library: Library) -> RequirementOut:
        often, deadline = entry.frequency, entry.deadline
        quotation = Quotation(entry.citation, entry.quote, ((entry.start, entry.end),))
        return cls(
            kind=entry.kind.value,
            subject=entry.subject,
            comparator=entry.comparator.value,
            comparator_words=entry.comparator_words,
            number=entry.number,
            upper=entry.upper,
            unit=entry.unit,
            basis=entry.basis,
            frequency=FrequencyOut(words=often.words, number=often.number, unit=often.unit) if often else None,
            deadline=DeadlineOut(words=deadline.words, last_day=deadline.last_day) if deadline else None,
            operative=entry.operative,
            force=entry.force.value if entry.force else None,
            bodies=list(entry.bodies),
            figure=entry.figure,
            citation=CitationOut.of(quotation, library),
        )


class RequirementList(_Response):
    """硬性要求。"""

    requirements: list[RequirementOut] = about("符合条件的要求，依文件中的次序", [])
    total: int = about("符合条件的共有几条", 49)
    index_version: str = about("所用索引的版本", "b1946ac92492d234")


class DocumentRefOut(_Response):
    """文件库中的一份文件，只列名称。"""

    document_id: str = about("文件编号", "national-2025-8")
    title: str = about("文件标题", "医养结合示范项目工作方案（2025年版）")
    document_number: str | None = about("文号；文件未注明时为 null", "国卫老龄发〔2025〕8号")
    url: str = about("文件页面的地址（站内）", "/documents/national-2025-8")

    @classmethod
    def of(cls, document_id: str, library: Library) -> DocumentRefOut:
        facts = library.get(document_id).metadata
        return cls(
            document_id=document_id,
            title=facts.title,
            document_number=facts.document_number,
            url=links.document_url(document_id),
        )


REVISED = "所指文件此后重新制定或修订过，这个条号现在可能已是另一条，请对照原文核实。"


class TargetOut(_Response):
    """所指的文件和条目。"""

    document_id: str = about("文件编号", "national-2024-40")
    title: str = about("文件标题", "关于促进医养结合服务高质量发展的指导意见")
    document_number: str | None = about("文号；文件未注明时为 null", "国卫老龄发〔2024〕40号")
    article_id: str | None = about("所指条目的编号；指整份文件，或文件中没有这一条时为 null", None)
    label: str | None = about("所指条目在文件中的写法；没有条目时为 null", None)
    url: str = about("文件页面的地址（站内），有条目的打开即见该条", "/documents/national-2024-40")
    revised: bool = about("所指文件在提到它的文件成文之后重新制定或修订过，条号可能已变", False)
    warning: str | None = about("条号可能已变时的提示；否则为 null", None)

    @classmethod
    def of(cls, target: Target, library: Library) -> TargetOut:
        document = library.get(target.document_id)
        article = document.find(target.article_id) if target.article_id else None
        return cls(
            document_id=target.document_id,
            title=document.metadata.title,
            document_number=document.metadata.document_number,
            article_id=target.article_id,
            label=article.label if article else None,
            url=links.target_url(target),
            revised=target.revised,
            warning=REVISED if target.revised else None,
        )


class ReferenceOut(_Response):
    """文件中提到一份文件，或其中一条的地方。"""

    document_id: str = about("提到它的文件", "national-2025-8")
    document_title: str = about("提到它的文件的标题", "医养结合示范项目工作方案（2025年版）")
    article_id: str = about("提到它的条目", "0")
    label: str = about("该条目在文件中的写法", "文首")
    words: str = about("提到它的字句，逐字", "《关于促进医养结合服务高质量发展的指导意见》（国卫老龄发〔2024〕40号）")
    start: int = about("字句起点：规范文本中的字符位置，从 0 起", 423)
    end: int = about("字句终点（不含）", 461)
    url: str = about("文件页面的地址（站内），打开即见这些字句", "/documents/national-2025-8?start=423&end=461#0")
    title: str = about(
        "所提文件的标题，不含书名号；用简称的，为简称所代表的标题", "关于促进医养结合服务高质量发展的指导意见"
    )
    document_number: str | None = about("一并写明的文号；没有写明时为 null", "国卫老龄发〔2024〕40号")
    own: bool = about("所提的是文件自己，如“本办法第九条”", False)
    paper: bool = about("所提的是证书、表格、合同一类，不是政策文件", False)
    in_library: bool = about("文件库中有所提的文件", True)
    target: TargetOut | None = about("所指的文件和条目；文件库中没有，或不能确定是哪一份时为 null", None)
    candidates: list[DocumentRefOut] = about("不能确定是哪一份时，可能的各份", [])

    @classmethod
    def of(cls, link: Link, library: Library) -> ReferenceOut:
        reference = link.reference
        document = library.get(reference.document_id)
        return cls(
            document_id=reference.document_id,
            document_title=document.metadata.title,
            article_id=reference.article_id,
            label=document.find(reference.article_id).label,
            words=document.text[reference.start : reference.end],
            start=reference.start,
            end=reference.end,
            url=links.words_url(reference.document_id, reference.article_id, reference.start, reference.end),
            title=reference.title,
            document_number=reference.document_number,
            own=reference.own,
            paper=reference.names_a_paper,
            in_library=link.target is not None or bool(link.candidates),
            target=TargetOut.of(link.target, library) if link.target else None,
            candidates=[DocumentRefOut.of(each, library) for each in link.candidates],
        )


class ReferencesOut(_Response):
    """一份文件与其他文件的引用关系。"""

    document_id: str = about("文件编号", "national-2025-8")
    title: str = about("文件标题", "医养结合示范项目工作方案（2025年版）")
    references: list[ReferenceOut] = about("这份文件提到的文件和条目，依文件中的次序；提到自己的条目也在其列", [])
    cited_by: list[ReferenceOut] = about("文件库中其他文件提到这份文件的地方", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")

    @classmethod
    def of(cls, document: PolicyDocument, library: Library, index_version: str) -> ReferencesOut:
        return cls(
            document_id=document.document_id,
            title=document.metadata.title,
            references=[ReferenceOut.of(each, library) for each in library.links.outgoing[document.document_id]],
            cited_by=[ReferenceOut.of(each, library) for each in library.links.incoming[document.document_id]],
            index_version=index_version,
        )


class PageRequest(_Request):
    """列表的一段。"""

    limit: int = about("最多返回几条", 50, default=50, ge=1, le=MAX_LISTED)
    offset: int = about("跳过前面几条", 0, default=0, ge=0, le=MAX_OFFSET)


class MissingOut(_Response):
    """文件提到、文件库中没有的一份文件。"""

    title: str = about("标题，不含书名号", "关于深化医疗卫生机构与养老机构协议合作的通知")
    document_number: str | None = about("文号；没有写明时为 null", "国卫办老龄发〔2024〕26号")
    count: int = about("共提到几次", 2)
    cited_by: list[DocumentRefOut] = about("提到它的文件", [])

    @classmethod
    def of(cls, missing: Missing, library: Library) -> MissingOut:
        return cls(
            title=missing.title,
            document_number=missing.document_number,
            count=missing.count,
            cited_by=[DocumentRefOut.of(each, library) for each in missing.document_ids],
        )


class MissingList(_Response):
    """文件提到、文件库中没有的文件。"""

    missing: list[MissingOut] = about("提到次数多的在前；证书、表格、合同不在其列", [])
    total: int = about("共有几份", 30)
    index_version: str = about("所用索引的版本", "b1946ac92492d234")


class SuggestionsRequest(_Request):
    """已经写下的字。"""

    q: Question = about("已经写下的字，1 至 500 字；超过 80 字时没有可提示的", "消防演练")
    limit: int = about("最多提示几条", 8, default=8, ge=1, le=20)


class SuggestionOut(_Response):
    """一条可以直接提问的话。不是文件原文，不可当作政策引用。"""

    text: str = about("可直接提交的问题或标题", "大兴消防演练频次怎么规定")
    kind: SuggestionKind = about("question 预想的问题，heading 文件中的小标题", "question")
    document_id: str = about("所问的文件", "daxing-2026-22")
    article_id: str = about("所问的条目", "6.20")
    url: str = about("文件页面的地址（站内），打开即见该条", "/documents/daxing-2026-22#6.20")

    @classmethod
    def of(cls, suggestion: Suggestion) -> SuggestionOut:
        return cls(
            text=suggestion.text,
            kind=suggestion.kind,
            document_id=suggestion.document_id,
            article_id=suggestion.article_id,
            url=links.provision_url(suggestion.document_id, suggestion.article_id),
        )


class SuggestionList(_Response):
    """输入时的提示。"""

    suggestions: list[SuggestionOut] = about("最合适的在前；没有合适的为空", [])


class FieldProblem(_Response):
    """一个字段的问题。"""

    field: str = about("字段，内层以点相连；整个请求有误时为空", "question")
    message: str = about("哪里不对、该怎么改", "请写下要问的问题。")


class ProblemOut(_Response):
    """错误（RFC 9457）。"""

    type: str = about("错误类型的标识", "urn:yiyang:problem:empty_question")
    title: str = about("错误名称", "问题为空")
    status: int = about("HTTP 状态码", 422)
    detail: str = about("哪里不对、该怎么改", "请写下要问的问题。")
    code: str = about("稳定的英文代码，供程序判断", "empty_question")
    errors: list[FieldProblem] | None = about("各字段的问题；只在内容有误时有", None, default=None)


class Health(_Response):
    """服务状态。"""

    status: str = about("ok 或 ready", "ready")
    index_version: str | None = about("所用索引的版本", "b1946ac92492d234", default=None)
    documents: int | None = about("文件数", 5, default=None)
