"""Questions: asking, searching, suggestions, and what people say of an answer."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from web import beijing, schemas
from web.api.common import ERRORS, PREFIX, require_json
from web.asking import Desk
from web.operation.metrics import Metrics
from web.shapes.text import page_of, wechat_text
from web.site import site_of
from web.suggestions import suggestions_of

CARD = "application/vnd.yiyang.card+json"
"""A media type of its own: a generated client that asks without `format` gets one type of answer, not one of two."""
_SHAPES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "回答；format 为 card 时是卡片，为 wechat 时是纯文本",
        "content": {
            CARD: {"schema": {"$ref": f"#/components/schemas/{schemas.CardOut.__name__}"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


def questions_router(desk: Desk, metrics: Metrics, public_url: str = "") -> APIRouter:
    """Asking, searching, suggestions, and what people say of an answer. public_url: where links in messages lead."""
    router, library = APIRouter(prefix=PREFIX), desk.assistant.library

    json_only, suggestions = [Depends(require_json)], suggestions_of(library)

    @router.post(
        "/ask",
        summary="提问",
        tags=["questions"],
        dependencies=json_only,
        responses=ERRORS | _SHAPES,
        response_model=schemas.AskResponse,
    )
    def ask(request: schemas.AskRequest, http: Request) -> schemas.AskResponse | Response:
        """用一句话提问，得到逐字引用文件原文的回答。"""
        site = site_of(http, public_url) if request.format == "wechat" else ""
        asked = desk.ask(request.question, request.conversation_id, request.to_filters(), request.limit)
        metrics.answer(asked)
        if request.format == "card":
            shown = schemas.CardOut.of(asked, library).model_dump(mode="json", by_alias=True)
            return JSONResponse(shown, media_type=CARD)
        if request.format == "wechat":
            text = wechat_text(asked, library, f"{site}{page_of(asked.answer)}")
            ids = {"x-conversation-id": asked.conversation_id, "x-answer-id": asked.answer_id}
            return PlainTextResponse(text, headers=ids)
        return schemas.AskResponse.from_answer(asked, library)

    @router.get("/search", summary="检索", tags=["questions"], responses={422: ERRORS[422], 404: ERRORS[404]})
    def search(query: Annotated[schemas.SearchRequest, Query()]) -> schemas.SearchResponse:
        """列出与一句话相近的条目，不作回答。"""
        return searched(desk, query)

    @router.post(
        "/feedback", summary="评价回答", tags=["questions"], status_code=201, dependencies=json_only, responses=ERRORS
    )
    def give_feedback(request: schemas.FeedbackRequest) -> schemas.FeedbackResponse:
        """说明一个回答有没有帮助。每个回答只留一条评价：再次评价即取代前一条，连同原因；评价编号不变。"""
        feedback_id = desk.store.verdicts.add(request.answer_id, request.verdict, request.reason)
        return schemas.FeedbackResponse(feedback_id=feedback_id)

    @router.get("/suggestions", summary="输入提示", tags=["questions"], responses={422: ERRORS[422]})
    def suggest(query: Annotated[schemas.SuggestionsRequest, Query()]) -> schemas.SuggestionList:
        """依已经写下的字，提示可以直接提交的问题。提示只供提问参考，不是文件原文。"""
        found = suggestions.matching(query.q, query.limit, beijing.today())
        return schemas.SuggestionList(suggestions=[schemas.SuggestionOut.of(each) for each in found])

    return router


def searched(desk: Desk, query: schemas.SearchRequest) -> schemas.SearchResponse:
    """What a search finds. Raises UnknownDocument where it names one that is not in the library."""
    began = perf_counter()
    library = desk.assistant.library
    for document_id in query.document_id or ():
        library.get(document_id)
    found = desk.assistant.search(query.q, filters=query.to_filters(), limit=query.limit)
    return schemas.SearchResponse(
        hits=[schemas.HitOut.of(hit, library) for hit in found],
        index_version=desk.assistant.index_version,
        elapsed_ms=round((perf_counter() - began) * 1000, 2),
    )
