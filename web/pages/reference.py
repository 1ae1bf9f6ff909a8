"""The reference of the HTTP interface as a page of our own, drawn from the OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from web.access.rules import rule_of
from web.access.settings import AccessSettings
from web.api.lines import JsonLines
from web.pages.rendering import Pages
from web.problems import KINDS
from web.store.keys import SCOPES

_TYPES = {
    "string": "字符串",
    "integer": "整数",
    "number": "数",
    "boolean": "布尔",
    "array": "数组",
    "object": "对象",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class FieldDoc:
    """One field of a model, or one parameter; kind and description are Chinese, example is JSON."""

    name: str
    kind: str
    required: bool
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class OperationDoc:
    """One method of one path: the permission it needs, if any, what it takes, and the models that it gives
    back."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    takes: tuple[FieldDoc, ...]
    gives: Mapping[str, tuple[FieldDoc, ...]]


def reference_router(app: FastAPI, pages: Pages, access: AccessSettings) -> APIRouter:
    """/docs, the reference; access: what of it is open without a key."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def reference(request: Request) -> Response:
        api = spelled_out(app.openapi())
        values = {
            "operations": [*operations(api)],
            "models": models(api),
            "kinds": KINDS,
            "anonymous": access.anonymous,
            "per_minute": access.per_minute,
            "scopes": SCOPES,
        }
        return pages.render(request, "reference.html", values)

    return router


def spelled_out(api: Mapping[str, Any]) -> dict[str, Any]:
    """The description with the values of every enumeration where it is used, and no models for enumerations."""
    schemas: dict[str, Any] = api["components"]["schemas"]
    values = {name: schema["enum"] for name, schema in schemas.items() if "enum" in schema}

    def spell(part: Any) -> Any:
        if isinstance(part, list):
            return [spell(each) for each in part]
        if not isinstance(part, dict):
            return part
        if (name := _reference(part)) in values:
            return {**part, "$ref": "", "enum": values[name]}
        return {key: spell(each) for key, each in part.items() if key not in values or part is not schemas}

    found: dict[str, Any] = spell(api)
    return found


def operations(api: Mapping[str, Any]) -> Iterator[OperationDoc]:
    """Every operation of an OpenAPI description, in its order."""
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield OperationDoc(
                anchor=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                scope=rule_of(path).scope or "",
                takes=(*_parameters(operation), *_body(api, operation)),
                gives={model: fields(api["components"]["schemas"][model]) for model in _models_given(operation)},
            )


def models(api: Mapping[str, Any]) -> dict[str, tuple[FieldDoc, ...]]:
    """Name to fields, for the models that others hold."""
    schemas: Mapping[str, Any] = api["components"]["schemas"]
    return {name: fields(schema) for name, schema in schemas.items() if not name.startswith(("HTTP", "Validation"))}


def fields(schema: Mapping[str, Any]) -> tuple[FieldDoc, ...]:
    """The properties of a JSON schema, in its order."""
    required = schema.get("required", ())
    return tuple(
        FieldDoc(name, _kind(each), name in required, each.get("description", ""), _example(each))
        for name, each in schema.get("properties", {}).items()
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[FieldDoc]:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        description = parameter.get("description", schema.get("description", ""))
        yield FieldDoc(parameter["name"], _kind(schema), parameter["required"], description, _example(schema))


def _body(api: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[FieldDoc, ...]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = _reference(body)
    return fields(api["components"]["schemas"][name]) if name else ()


def _models_given(operation: Mapping[str, Any]) -> Iterator[str]:
    """Those of an answer, or of its lines, where there can be one of several kinds."""
    responses = operation["responses"]
    content = (responses.get("200") or responses.get("201", {})).get("content", {})
    for form in ("application/json", JsonLines.media_type):
        schema = content.get(form, {}).get("schema", {})
        yield from filter(None, map(_reference, schema.get("anyOf", [schema])))


def _reference(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _kind(schema: Mapping[str, Any]) -> str:
    if name := _reference(schema):
        return name
    if choices := schema.get("anyOf"):
        return " 或 ".join(_kind(choice) for choice in choices)
    if "enum" in schema:
        return " / ".join(schema["enum"])
    kind = _TYPES.get(schema.get("type", ""), "任意")
    return f"{kind}〔{_kind(schema['items'])}〕" if isinstance(schema.get("items"), Mapping) else kind


def _example(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema["examples"][0], ensure_ascii=False) if schema.get("examples") else ""
