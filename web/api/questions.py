"""Questions: asking, searching, suggestions, and what people say of an answer."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from web import schemas
from web.api.common import ERRORS, PREFIX, require_json
from web.asking import Desk
from web.operation.metrics import Metrics
from web.shapes.card import card
from web.shapes.text import page_of, wechat_text
from web.suggestions import suggestions_of


def questions_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """Asking, searching, suggestions, and what people say of an answer."""
    router, library = APIRouter(prefix=PREFIX), desk.assistant.library

    json_only, suggestions = [Depends(require_json)], suggestions_of(library)

    @router.post(
        "/ask",
        summary="提问",
        tags=["问答"],
        dependencies=json_only,
        responses=ERRORS | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
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

    @router.get("/search", summary="检索", tags=["问答"], responses={422: ERRORS[422], 404: ERRORS[404]})
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
        "/feedback", summary="评价回答", tags=["问答"], status_code=201, dependencies=json_only, responses=ERRORS
    )
    def feedback(request: schemas.FeedbackRequest) -> schemas.FeedbackResponse:
        """说明一个回答有没有帮助。"""
        feedback_id = desk.store.conversations.add_feedback(request.answer_id, request.verdict, request.reason)
        return schemas.FeedbackResponse(feedback_id=feedback_id)

    @router.get("/suggestions", summary="输入提示", tags=["问答"], responses={422: ERRORS[422]})
    def suggest(query: Annotated[schemas.SuggestionsRequest, Query()]) -> schemas.SuggestionList:
        """依已经写下的字，提示可以直接提交的问题。提示只供提问参考，不是文件原文。"""
        found = suggestions.matching(query.q, query.limit, date.today())
        return schemas.SuggestionList(suggestions=[schemas.SuggestionOut.of(each) for each in found])

    return router
