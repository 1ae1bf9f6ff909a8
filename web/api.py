"""The HTTP interface, version 1. Errors are web.problems; models are web.schemas."""

from __future__ import annotations

from datetime import date
from functools import cache
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from corpus.citations import Citation, CitationError, check
from corpus.figures.ledger import Entry, ledger
from corpus.provisions import PolicyDocument
from web import schemas
from web.asking import Desk
from web.metrics import Metrics
from web.problems import Problem
from web.shapes.card import card
from web.shapes.text import page_of, wechat_text
from web.suggestions import suggestions_of

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut, "description": words, "content": {"application/problem+json": {}}}
    for status, words in ((404, "编号不存在"), (413, "请求过大"), (415, "内容类型不对"), (422, "请求内容有误"))
}


def require_json(request: Request) -> None:
    """Raises Problem (unsupported_media_type) where the body does not call itself JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Problem("unsupported_media_type")


def api_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """The routes under /api/v1."""
    router = APIRouter(prefix="/api/v1")
    _add_questions(router, desk, metrics)
    _add_suggestions(router, desk)
    _add_documents(router, desk)
    _add_references(router, desk)
    _add_requirements(router, desk)
    _add_checks(router, desk)
    return router


def _add_questions(router: APIRouter, desk: Desk, metrics: Metrics) -> None:
    json_only = [Depends(require_json)]
    library = desk.assistant.library

    @router.post(
        "/ask",
        summary="提问",
        tags=["问答"],
        dependencies=json_only,
        responses=_ERRORS | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        response_model=schemas.AskResponse | schemas.CardOut,
    )
    def ask(request: schemas.AskRequest, http: Request) -> schemas.AskResponse | schemas.CardOut | Response:
        """用一句话提问，得到逐字引用文件原文的回答。"""
        filters = (request.filters or schemas.FiltersIn()).to_filters()
        asked = desk.ask(request.question, request.conversation_id, filters, request.limit)
        metrics.answer(asked)
        if request.format == "card":
            return schemas.CardOut.of(card(asked, library), asked)
        if request.format == "wechat":
            text = wechat_text(asked, library, f"{str(http.base_url).rstrip('/')}{page_of(asked.answer)}")
            ids = {"x-conversation-id": asked.conversation_id, "x-answer-id": asked.answer_id}
            return PlainTextResponse(text, headers=ids)
        return schemas.AskResponse.from_answer(asked, library)

    @router.get("/search", summary="检索", tags=["问答"], responses={422: _ERRORS[422], 404: _ERRORS[404]})
    def search(query: Annotated[schemas.SearchRequest, Query()]) -> schemas.SearchResponse:
        """列出与一句话相近的条目，不作回答。"""
        began = perf_counter()
        for document_id in query.document_id or ():
            library.get(document_id)
        found = desk.assistant.search(query.q, filters=query.to_filters(), limit=query.limit)
        return schemas.SearchResponse(
            hits=[schemas.HitOut.of(hit, library) for hit in found],
            index_version=desk.assistant.index_version,
            elapsed_ms=round((perf_counter() - began) * 1000, 2),
        )

    @router.post(
        "/feedback", summary="评价回答", tags=["问答"], status_code=201, dependencies=json_only, responses=_ERRORS
    )
    def feedback(request: schemas.FeedbackRequest) -> schemas.FeedbackResponse:
        """说明一个回答有没有帮助。"""
        feedback_id = desk.store.add_feedback(request.answer_id, request.verdict, request.reason)
        return schemas.FeedbackResponse(feedback_id=feedback_id)


def _add_suggestions(router: APIRouter, desk: Desk) -> None:
    suggestions = suggestions_of(desk.assistant.library)

    @router.get("/suggestions", summary="输入提示", tags=["问答"], responses={422: _ERRORS[422]})
    def suggest(query: Annotated[schemas.SuggestionsRequest, Query()]) -> schemas.SuggestionList:
        """依已经写下的字，提示可以直接提交的问题。提示只供提问参考，不是文件原文。"""
        found = suggestions.matching(query.q, query.limit, date.today())
        return schemas.SuggestionList(suggestions=[schemas.SuggestionOut.of(each) for each in found])


def _add_documents(router: APIRouter, desk: Desk) -> None:
    library = desk.assistant.library
    missing: dict[int | str, dict[str, Any]] = {404: _ERRORS[404]}

    @router.get("/documents", summary="文件目录", tags=["文件"])
    def documents() -> schemas.DocumentList:
        """列出文件库中的全部文件。"""
        listed = [schemas.DocumentSummary.of(document, library) for document in library]
        return schemas.DocumentList(documents=listed, index_version=desk.assistant.index_version)

    @router.get("/documents/{document_id}", summary="文件", tags=["文件"], responses=missing)
    def document(document_id: str) -> schemas.DocumentOut:
        """一份文件的基本信息和全部条目。"""
        return schemas.DocumentOut.of(library.get(document_id), library)

    @router.get(
        "/documents/{document_id}/text",
        summary="文件全文",
        tags=["文件"],
        response_class=PlainTextResponse,
        responses=missing,
    )
    def text(document_id: str) -> Response:
        """规范文本，UTF-8 纯文本；引文的 start、end 即其中的字符位置，其 SHA-256 即 document_sha256。"""
        found = library.get(document_id)
        return PlainTextResponse(found.text, headers={"etag": f'"{found.sha256}"', "cache-control": "no-cache"})

    @router.get("/documents/{document_id}/provisions/{article_id}", summary="条目", tags=["文件"], responses=missing)
    def provision(document_id: str, article_id: str) -> schemas.ProvisionOut:
        """一个条目的全文。"""
        found = library.get(document_id)
        return schemas.ProvisionOut.of(found, found.find(article_id))


def _add_references(router: APIRouter, desk: Desk) -> None:
    library = desk.assistant.library

    @router.get("/documents/{document_id}/references", summary="引用关系", tags=["文件"], responses={404: _ERRORS[404]})
    def references(document_id: str) -> schemas.ReferencesOut:
        """这份文件提到哪些文件和条目，文件库中哪些文件提到它。"""
        return schemas.ReferencesOut.of(library.get(document_id), library, desk.assistant.index_version)

    @router.get("/references/missing", summary="缺少的文件", tags=["文件"], responses={422: _ERRORS[422]})
    def missing(query: Annotated[schemas.PageRequest, Query()]) -> schemas.MissingList:
        """文件提到、文件库中没有的文件，提到次数多的在前。"""
        found = library.links.missing()
        return schemas.MissingList(
            missing=[schemas.MissingOut.of(each, library) for each in found[query.offset : query.offset + query.limit]],
            total=len(found),
            index_version=desk.assistant.index_version,
        )


def _add_requirements(router: APIRouter, desk: Desk) -> None:
    library = desk.assistant.library

    @cache
    def entries() -> tuple[Entry, ...]:
        return ledger(library)

    @router.get("/requirements", summary="硬性要求", tags=["文件"], responses={422: _ERRORS[422], 404: _ERRORS[404]})
    def requirements(query: Annotated[schemas.RequirementsRequest, Query()]) -> schemas.RequirementList:
        """列出文件中可以核查的数字：数量、频次、期限及其适用条件，各附所在的句子。"""
        for document_id in query.document_id or ():
            library.get(document_id)
        selection = query.to_selection()
        found = [entry for entry in entries() if selection.takes(entry)]
        return schemas.RequirementList(
            requirements=[
                schemas.RequirementOut.of(entry, library) for entry in found[query.offset : query.offset + query.limit]
            ],
            total=len(found),
            index_version=desk.assistant.index_version,
        )


def _add_checks(router: APIRouter, desk: Desk) -> None:
    library = desk.assistant.library

    @router.post("/verify", summary="核对引文", tags=["核对"], dependencies=[Depends(require_json)], responses=_ERRORS)
    def verify(request: schemas.VerifyRequest) -> schemas.VerifyResponse:
        """核对一条引文是否与文件逐字相符。任何人都可以核对。"""
        if request.document_id not in library:
            return schemas.VerifyResponse(valid=False, reason="文件库中没有这份文件")
        reason = mismatch(request, library.get(request.document_id))
        return schemas.VerifyResponse(valid=reason is None, reason=reason)


def mismatch(claim: schemas.VerifyRequest, document: PolicyDocument) -> str | None:
    """Why a citation does not hold, in Chinese; None where it holds."""
    citation = Citation(claim.document_id, claim.article_id, claim.start, claim.end, claim.document_sha256)
    try:
        check(citation, document)
    except CitationError as error:
        return str(error)
    if document.text[claim.start : claim.end] != claim.quote:
        return f"引文与文件第 {claim.start} 至 {claim.end} 字不一致"
    return None


def service_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """Health, readiness and metrics, for those who run the server."""
    router = APIRouter(tags=["运行"])

    @router.get("/healthz", summary="存活")
    def healthz() -> schemas.Health:
        """进程在运行。"""
        return schemas.Health(status="ok")

    @router.get("/readyz", summary="就绪", responses={503: {"model": schemas.ProblemOut, "description": "尚未就绪"}})
    def readyz() -> schemas.Health:
        """索引和数据库可用。"""
        desk.store.ping()
        version = desk.assistant.index_version
        return schemas.Health(status="ready", index_version=version, documents=len(desk.assistant.library))

    @router.get("/metrics", summary="指标", response_class=PlainTextResponse)
    def prometheus() -> Response:
        """Prometheus 文本格式的指标。"""
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
