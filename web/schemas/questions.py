"""Questions, answers, citations, and checking them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from assistant.answers import Clarification, Filters, QuestionType, Quotation, Related, Status
from corpus.library import Library
from web import links
from web.asking import Asked, Hit
from web.schemas.base import (
    A_QUESTION,
    A_QUOTE,
    A_SHA,
    A_TITLE,
    A_URL,
    AN_ID,
    AS_OF,
    ISSUERS,
    MAX_LIMIT,
    MAX_OFFSET,
    SHA256_PATTERN,
    Day,
    DocumentId,
    FiltersIn,
    Question,
    RequestModel,
    ResponseModel,
    Words,
    about,
)
from web.store.conversations import ID_PATTERN


class QuestionRequest(RequestModel):
    """一个问题。"""

    question: Question = about("问题，1 至 500 字", A_QUESTION)
    conversation_id: str | None = about("接着哪段对话问；不填即开始新的对话", None, default=None, pattern=ID_PATTERN)
    filters: FiltersIn | None = about("限定检索范围", {"region": "上海市长宁区"}, default=None)
    limit: int = about("检索到的条文最多引用几处；比较和提纲不受此限", 3, default=3, ge=1, le=MAX_LIMIT, strict=True)

    def to_filters(self) -> Filters:
        return (self.filters or FiltersIn()).to_filters()


class AskRequest(QuestionRequest):
    """一个问题，和回答的形式。"""

    format: Literal["json", "wechat", "card"] = about(
        "json 完整的回答；wechat 微信文本消息，不超过 2048 字节；card 小程序页面的卡片", "json", default="json"
    )


class SearchRequest(RequestModel):
    """检索条件。"""

    q: Question = about("要检索的问题或词语，1 至 500 字", "医务室 医师 配置")
    region: Words | None = about("地区", "上海市长宁区", default=None, min_length=1, max_length=50)
    document_id: list[DocumentId] | None = about(
        "只在这些文件中检索，可重复", ["changning-2025-2"], default=None, min_length=1, max_length=100
    )
    as_of: Day | None = about(AS_OF, "2026-01-01", default=None)
    limit: int = about("最多返回几条", 5, default=5, ge=1, le=50)

    def to_filters(self) -> Filters:
        return Filters(self.region, None if self.document_id is None else tuple(self.document_id), self.as_of)


class FeedbackRequest(RequestModel):
    """对一个回答的评价。"""

    answer_id: str = about("提问时返回的 answer_id", AN_ID, pattern=ID_PATTERN)
    verdict: Literal["up", "down"] = about("up 有帮助，down 没有帮助", "up")
    reason: Words | None = about("原因，500 字以内", "引的不是我要的条款", default=None, max_length=500)


class FeedbackResponse(ResponseModel):
    """已收到的评价。"""

    feedback_id: str = about("评价编号", AN_ID)


class CitationOut(ResponseModel):
    """一条引文：规范文本中的一段，逐字不改。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", A_TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    issuers: list[str] = about("发文机关", ISSUERS)
    issued_on: date | None = about("成文日期；文件未注明时为 null", "2025-01-02")
    region: str | None = about("适用地区", "上海市长宁区")
    article_id: str = about("条目编号：各级序号以点相连", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    quote: str = about("引文，与规范文本 start 至 end 逐字相同", A_QUOTE)
    start: int = about("引文起点：规范文本中的字符位置，从 0 起", 1006)
    end: int = about("引文终点（不含）", 1045)
    highlights: list[tuple[int, int]] = about("回答问题的字句在同一规范文本中的范围", [[1030, 1038]])
    document_sha256: str = about("规范文本（UTF-8）的 SHA-256", A_SHA)
    url: str = about("文件页面的地址（站内），打开即见引文", A_URL)

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


class ClarificationOut(ResponseModel):
    """反问。"""

    prompt: str = about("请用户补充什么", "您想了解哪一方面？")
    options: list[str] = about("可直接提交的完整问题", ["养老机构内设医务室要配几名医生？"])

    @classmethod
    def of(cls, clarification: Clarification) -> ClarificationOut:
        return cls(prompt=clarification.prompt, options=list(clarification.options))


class RelatedOut(ResponseModel):
    """相近而未回答所问的条目。"""

    document_id: str = about("文件编号", "changning-2025-2")
    article_id: str = about("条目编号", "2.1.2")
    title: str = about("文件标题", A_TITLE)
    label: str = about("条目在文件中的写法", "二、（一）2.")
    snippet: str = about("条目中的一段原文", A_QUOTE)
    url: str = about("文件页面的地址（站内）", A_URL)

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


class AskResponse(ResponseModel):
    """一个回答。四种 status 都是正常结果，不是错误。"""

    status: Status = about(
        "answered 有明文；unspecified 有相关规定但未写明所问；clarify 需补充；not_found 文件中没有", "answered"
    )
    answer: str = about("完整的纯文本回答：结论、引文、出处", f"上海市长宁区规定：「{A_QUOTE}」。")
    citations: list[CitationOut] = about("引文，最切题的在前", [])
    clarification: ClarificationOut | None = about("反问；只在 status 为 clarify 时有", None)
    related: list[RelatedOut] = about("相近但未回答所问的条目", [])
    interpreted_question: str = about("系统所理解的问题（已补全指代）", A_QUESTION)
    question_type: QuestionType = about("问题类型", "quantity")
    confidence: float = about("把握程度，0 至 1；不是概率", 0.87)
    conversation_id: str = about("对话编号，追问时带上", AN_ID)
    answer_id: str = about("回答编号，评价时带上", AN_ID)
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


class HitOut(ResponseModel):
    """一条检索结果。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", A_TITLE)
    document_number: str | None = about("文号", "长民〔2025〕2号")
    region: str | None = about("适用地区", "上海市长宁区")
    article_id: str = about("条目编号", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    start: int = about("起点：规范文本中的字符位置", 1006)
    end: int = about("终点（不含）", 1045)
    document_sha256: str = about("规范文本的 SHA-256", A_SHA)
    snippet: str = about("条目中的一段原文", A_QUOTE)
    score: float = about("相近程度，越大越近；只可在同一次检索内比较", 0.42)
    url: str = about("文件页面的地址（站内）", A_URL)

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


class SearchResponse(ResponseModel):
    """检索结果。"""

    hits: list[HitOut] = about("检索结果，最相近的在前", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")
    elapsed_ms: float = about("服务端用时，毫秒", 7.1)


class VerifyRequest(RequestModel):
    """一条要核对的引文。"""

    document_id: DocumentId = about("文件编号", "changning-2025-2")
    article_id: str = about("条目编号", "2.1.2", min_length=1, max_length=100)
    start: int = about("引文起点：规范文本中的字符位置，从 0 起", 1006, ge=0, le=MAX_OFFSET, strict=True)
    end: int = about("引文终点（不含）", 1045, ge=0, le=MAX_OFFSET, strict=True)
    quote: str = about("引文原文", A_QUOTE, min_length=1, max_length=20_000)
    document_sha256: str = about("规范文本的 SHA-256", A_SHA, pattern=SHA256_PATTERN)


class VerifyResponse(ResponseModel):
    """核对结果。"""

    valid: bool = about("引文与文件逐字相符", True)
    reason: str | None = about("不相符的原因；相符时为 null", None)
