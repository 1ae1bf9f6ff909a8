"""What the OpenAPI document says of keys and limits: drawn from the same table as the gate goes by."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from web.access.rules import Ground, Rule, rule_of
from web.access.settings import AccessSettings
from web.openai.schemas import ErrorOut
from web.problems import MEDIA_TYPE
from web.schemas import ProblemOut

SCHEME = "key"
_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "yy_…",
    "description": "密钥由管理员发放，放在请求头 Authorization: Bearer 之后。",
}
_WORDS = {
    "401": "没有密钥，或密钥不正确、已停用、已过期",
    "403": "密钥没有这项权限",
    "429": "请求过于频繁，或今日次数已用完",
}
_SECONDS = {"type": "integer", "minimum": 0}
_HEADERS: dict[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": {"description": "需要怎样的凭据", "schema": {"type": "string"}}},
    "403": {"WWW-Authenticate": {"description": "缺少哪项权限", "schema": {"type": "string"}}},
    "429": {
        "Retry-After": {"description": "多少秒后可以重试", "schema": _SECONDS},
        "RateLimit-Limit": {"description": "上限", "schema": _SECONDS},
        "RateLimit-Remaining": {"description": "还剩几次", "schema": _SECONDS},
        "RateLimit-Reset": {"description": "多少秒后有新的次数", "schema": _SECONDS},
    },
}


def declare(app: FastAPI, settings: AccessSettings) -> None:
    """Have the app say in its OpenAPI document which operations need which permission."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return with_access(generate(), settings)

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own documented way to extend the document


def with_access(document: dict[str, Any], settings: AccessSettings) -> dict[str, Any]:
    """The same document, changed: the scheme, and for each operation its permission and its refusals.

    Where everything is open, a key is declared once, for all, as one of two ways: a client generated from operations
    that each name a key would not let itself be made without one.
    """
    document["components"].setdefault("securitySchemes", {})[SCHEME] = _SCHEME
    if settings.anonymous == "all":
        document["security"] = [{}, {SCHEME: []}]
    for path, operations in document["paths"].items():
        rule = rule_of(path)
        needs_key = _needs_key(rule, settings)
        for operation in operations.values():
            if needs_key:
                operation["security"] = [{SCHEME: [rule.scope] if rule.scope else []}]
            if needs_key or rule.ground is Ground.PROGRAM:
                operation["responses"].update(_refusals(path))
    return document


def _needs_key(rule: Rule, settings: AccessSettings) -> bool:
    """As a program has it, which has no page to come from and is not always on this machine."""
    if rule.ground is Ground.METRICS:
        return settings.metrics_for == "operators"
    return rule.ground is Ground.PROGRAM and settings.anonymous != "all"


def _refusals(path: str) -> dict[str, Any]:
    model, kind = (ErrorOut, "application/json") if path.startswith("/v1/") else (ProblemOut, MEDIA_TYPE)
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    return {
        status: {"description": words, "headers": _HEADERS[status], "content": content}
        for status, words in _WORDS.items()
    }
