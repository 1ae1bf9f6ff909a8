"""Many questions at once: every one is asked as by itself, and its line goes out as soon as it is answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from web import schemas
from web.access.admission import charge
from web.api.common import ERRORS, PREFIX, require_json
from web.api.lines import JsonLine, JsonLines
from web.asking import Asked, Desk
from web.operation.metrics import Metrics
from web.problems import invalid, problem_of

_LOG = logging.getLogger(__name__)


def batch_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """POST /ask/batch."""
    router, library = APIRouter(prefix=PREFIX, tags=["questions"]), desk.assistant.library

    def ask(given: Any) -> Asked:
        """Raises whatever a single question raises; Problem where it is no question."""
        question = _question(given)
        asked = desk.ask(question.question, question.conversation_id, question.to_filters(), question.limit)
        metrics.answer(asked)
        return asked

    def line(index: int, given: Any) -> str:
        try:
            response = schemas.AskResponse.from_answer(ask(given), library)
        except Exception as error:  # the outer boundary of one question: the others go on
            problem = problem_of(error)
            if problem.status >= 500:
                _LOG.exception("question %d of a batch failed", index)
            found = schemas.BatchLine(index=index, problem=schemas.ProblemOut(**problem.body()))
        else:
            found = schemas.BatchLine(index=index, response=response)
        return f"{found.model_dump_json()}\n"

    async def lines(questions: list[Any]) -> AsyncIterator[str]:
        # one after another: a batch takes no more than one thread from those who ask by themselves
        for index, given in enumerate(questions):
            yield await run_in_threadpool(line, index, given)

    @router.post(
        "/ask/batch",
        summary="批量提问",
        dependencies=[Depends(require_json)],
        response_class=JsonLine,
        response_model=schemas.BatchLine,
        response_description="JSON Lines：每行一个 BatchLine，答完一个送出一行",
        responses=ERRORS,
    )
    async def ask_batch(request: schemas.BatchRequest, http: Request) -> JsonLines:
        """一次提 1 至 100 个问题，逐个作答，与单独提问结果相同。每答完一个即送出一行 JSON；一个有误，其余照答。

        中途断开，其余不再作答。同一段对话的问题按先后次序写。
        """
        await charge(http, len(request.questions))
        return JsonLines(lines(request.questions))

    return router


def _question(given: Any) -> schemas.QuestionRequest:
    try:
        return schemas.QuestionRequest.model_validate(given)
    except ValidationError as error:
        raise invalid(error.errors()) from None
