"""The OpenAPI document: names that generated clients can carry, and errors as they are really sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from web.openai.schemas import ErrorOut
from web.problems import MEDIA_TYPE
from web.schemas import CardOut, ProblemOut

TAGS = [
    # generators make folders and classes of the names, so these are English; the words for people are beside them
    {"name": "questions", "description": "问答：提问、检索、输入提示、评价。"},
    {"name": "documents", "description": "文件：目录、全文、条目、引用关系、硬性要求。"},
    {"name": "checks", "description": "核对：引文是否与文件逐字相符。"},
    {"name": "openai", "description": "OpenAI 兼容：供已有的对话前端接入。"},
    {"name": "service", "description": "运行：存活、就绪、指标。"},
]
_OPENAI = "/v1/"
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")
"""What FastAPI says of errors by itself; they are never sent."""


def operation_id(route: APIRoute) -> str:
    """list_documents is listDocuments: a function in a generated client, and an anchor of the reference."""
    return to_camel(route.name)


def describe(app: FastAPI) -> None:
    """Have the app give out its OpenAPI document with answers and errors as they are sent."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return errors_as_sent(with_cards(generate()))

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own documented way to extend the document


def with_cards(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, with the models of a card in it: FastAPI takes in only those of the first media type."""
    _, found = models_json_schema([(CardOut, "validation")], ref_template="#/components/schemas/{model}")
    for name, model in found["$defs"].items():
        document["components"]["schemas"].setdefault(name, model)
    return document


def errors_as_sent(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, changed: every error is a problem, or under /v1 an error in OpenAI's form.

    FastAPI lists errors under the media type of the answer, and those of its own checks in a form that is not sent.
    Any operation may answer with others than those listed (no key, too many questions), so each gets a `default`.
    """
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _put_errors(operation["responses"], _openai() if path.startswith(_OPENAI) else _problem())
    for name in _FASTAPIS_OWN:
        document["components"]["schemas"].pop(name, None)
    return document


def _put_errors(responses: dict[str, Any], content: dict[str, Any]) -> None:
    for status, response in responses.items():
        if not status.startswith("2"):
            response["content"] = content
            if response["description"] == "Validation Error":
                response["description"] = "请求内容有误"
    responses["default"] = {"description": "其他错误", "content": content}


def _problem() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}}}


def _openai() -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorOut.__name__}"}}}
