"""POST /v1/chat/completions and GET /v1/models. An answer is made whole and then sent, in one piece or line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from time import time
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.sse import EventSourceResponse, format_sse_event

from web.api.common import require_json
from web.asking import Asked, Desk
from web.openai.refusals import OpenAIRoute, Refused, check
from web.openai.schemas import (
    MODEL,
    NO_TOKENS,
    ChatMessage,
    ChatRequest,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    Delta,
    ErrorOut,
    ModelList,
    ModelOut,
    said,
)
from web.operation.metrics import Metrics
from web.problems import echo
from web.schemas import CitationOut
from web.wording import WordingError, clean_question

HISTORY = 5
"""Earlier questions of a conversation that are answered again, the latest, so that a follow-up can lean on them."""
_DONE = "[DONE]"
_HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
"""A proxy must not hold a stream back."""
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorOut, "description": words}
    for status, words in (
        (400, "不支持的参数，或无法读懂"),
        (404, "没有这个模型"),
        (413, "请求过大"),
        (415, "内容类型不对"),
        (422, "请求内容有误"),
    )
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "回答；stream 为 true 时为 SSE，每段是一个 chat.completion.chunk，末尾是 [DONE]",
        "content": {"text/event-stream": {}},
    }
}


def openai_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1", route_class=OpenAIRoute, tags=["openai"])
    _add_completions(router, desk, metrics)
    _add_models(router, int(time()))
    return router


def _add_completions(router: APIRouter, desk: Desk, metrics: Metrics) -> None:
    @router.post(
        "/chat/completions",
        summary="对话",
        response_model=Completion,
        dependencies=[Depends(require_json)],
        responses=_STREAM | _ERRORS,
    )
    def create_chat_completion(request: ChatRequest) -> Completion | Response:
        """OpenAI 对话接口的形式：回答逐字引用文件原文，引文在 message.citations。"""
        check(request)
        asked = converse(desk, request.messages)
        metrics.answer(asked)
        citations = [CitationOut.of(quotation, desk.assistant.library) for quotation in asked.answer.citations]
        if not request.stream:
            return _completion(asked, citations)
        with_usage = bool(request.stream_options and request.stream_options.include_usage)
        return EventSourceResponse(_events(_chunks(asked, citations, with_usage)), headers=_HEADERS)


def _add_models(router: APIRouter, created: int) -> None:
    model = ModelOut(created=created)

    @router.get("/models", summary="模型目录")
    def list_models() -> ModelList:
        """只有一个模型。"""
        return ModelList(data=[model])

    @router.get("/models/{name}", summary="模型", responses={404: _ERRORS[404]})
    def get_model(name: str) -> ModelOut:
        """一个模型。"""
        if name != MODEL:
            raise Refused(f"没有名为「{echo(name)}」的模型，请用 {MODEL}。", "model", "model_not_found", 404)
        return model


def converse(desk: Desk, messages: Sequence[ChatMessage]) -> Asked:
    """The answer to the last message, with the user's earlier ones as its history. Raises Refused, Problem."""
    if messages[-1].role != "user":
        raise Refused("最后一条消息应为用户的提问（role 为 user）。", f"messages.{len(messages) - 1}", "invalid_value")
    return desk.converse([*_questions(messages[:-1])[-HISTORY:], clean_question(messages[-1].words)])


def _questions(messages: Sequence[ChatMessage]) -> list[str]:
    """The user's questions; one that was refused when it was asked stays out."""
    questions: list[str] = []
    for message in messages:
        if message.role == "user":
            try:
                questions.append(clean_question(message.words))
            except WordingError:
                continue
    return questions


def _head(asked: Asked) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{asked.answer_id}",
        "created": int(time()),
        "model": MODEL,
        "system_fingerprint": asked.index_version,
    }


def _completion(asked: Asked, citations: list[CitationOut]) -> Completion:
    return Completion(**_head(asked), choices=[Choice(message=said(asked, citations))])


def _chunks(asked: Asked, citations: list[CitationOut], with_usage: bool) -> list[Chunk]:
    """The answer line by line; the last delta holds what a whole message holds beside its text."""
    lines = [Delta(role="assistant", content="")]
    lines += [Delta(content=line) for line in asked.answer.text.splitlines(keepends=True)]
    last = Delta(citations=citations, status=asked.answer.status, answer_id=asked.answer_id)
    choices = [*(ChunkChoice(index=0, delta=line, finish_reason=None) for line in lines)]
    choices.append(ChunkChoice(index=0, delta=last, finish_reason="stop"))
    head = {**_head(asked), "object": "chat.completion.chunk"}
    chunks = [Chunk(**head, choices=[choice]) for choice in choices]
    return [*chunks, Chunk(**head, choices=[], usage=NO_TOKENS)] if with_usage else chunks


async def _events(chunks: Sequence[Chunk]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        # a delta holds only what is new in it
        yield format_sse_event(data_str=chunk.model_dump_json(exclude_unset=True))
    yield format_sse_event(data_str=_DONE)
