"""Errors in OpenAI's form, for whatever goes wrong under /v1, and the table of what is refused there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from web.openai.schemas import MODEL, ChatRequest, ErrorBody, ErrorOut
from web.problems import Problem, echo, problem_of

MOST_NAMED = 3
"""Fields with mistakes that a message names."""
_TEXT_ONLY = "本服务只接受文字。"
_NO_TOOLS = "本服务只依据文件原文回答，不调用工具。"
_ONE = "本服务同一问题只有一个回答。"

# Parameter: what of it is refused, and why. Those that steer a language model (temperature, max_tokens, seed…) are
# ignored, since there is none to steer; these would change what the caller gets.
_REFUSED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "tools": (bool, _NO_TOOLS),
    "functions": (bool, _NO_TOOLS),
    "tool_choice": (lambda value: value not in (None, "none", "auto"), _NO_TOOLS),
    "function_call": (lambda value: value not in (None, "none", "auto"), _NO_TOOLS),
    "web_search_options": (lambda value: value is not None, "本服务只检索文件库，不检索互联网。"),
    "n": (lambda value: value not in (None, 1), _ONE),
    "logprobs": (bool, "回答不由语言模型生成，没有概率。"),
    "top_logprobs": (bool, "回答不由语言模型生成，没有概率。"),
    "modalities": (lambda value: value not in (None, ["text"]), _TEXT_ONLY),
    "audio": (lambda value: value is not None, _TEXT_ONLY),
    "response_format": (lambda value: value not in (None, {"type": "text"}), "回答是文件原文，不能改成其他格式。"),
}
# HTTP status: OpenAI's name for the kind of error; others are invalid_request_error.
_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}
_KNOWN = (Problem, RequestValidationError, HTTPException, SQLAlchemyError)


class Refused(Exception):
    """A request that this interface does not take, in OpenAI's terms."""

    def __init__(self, message: str, param: str | None, code: str = "unsupported_parameter", status: int = 400) -> None:
        super().__init__(message)
        self.body = ErrorBody(message=message, type="invalid_request_error", param=param, code=code)
        self.status = status


def check(request: ChatRequest) -> None:
    """Raises Refused at the first thing asked for that is not served."""
    if request.model != MODEL:
        raise Refused(f"没有名为「{echo(request.model)}」的模型，请用 {MODEL}。", "model", "model_not_found", 404)
    for name, value in (request.model_extra or {}).items():
        refusal = _REFUSED.get(name)
        if refusal is not None and refusal[0](value):
            raise Refused(f"{refusal[1]}请去掉 {name} 后重试。", name)
    for place, message in enumerate(request.messages):
        where = f"messages.{place}"
        if message.role in ("tool", "function"):
            raise Refused(f"{_NO_TOOLS}请去掉 {where} 后重试。", where, "unsupported_value")
        for part in message.content if isinstance(message.content, list) else ():
            if part.type != "text":
                raise Refused(f"{_TEXT_ONLY}请去掉 {where} 中的 {echo(part.type)}。", where, "unsupported_value")


class OpenAIRoute(APIRoute):
    """A route whose known errors, those of its dependencies too, are answered in OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Refused as refused:
                return _response(refused.body, refused.status)
            except _KNOWN as error:
                return refusal(problem_of(error))

        return answer


def refusal(problem: Problem) -> Response:
    """A problem in OpenAI's form, with its headers."""
    return _response(_body(problem), problem.status, problem.headers)


def _body(problem: Problem) -> ErrorBody:
    fields = [each for each in problem.errors if each["field"]]
    named = "；".join(f"{each['field']}：{each['message']}" for each in fields[:MOST_NAMED])
    message = f"{problem.title}：{named}" if named else problem.detail
    kind = _TYPES.get(problem.status, "invalid_request_error")
    return ErrorBody(message=message, type=kind, param=fields[0]["field"] if fields else None, code=problem.code)


def _response(body: ErrorBody, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(ErrorOut(error=body).model_dump(), status, headers=dict(headers or {}))
