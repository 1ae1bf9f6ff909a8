"""What the routes have in common: the problems they may answer with, and the kind of body they take."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from web import schemas
from web.problems import Problem

PREFIX = "/api/v1"
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut, "description": words, "content": {"application/problem+json": {}}}
    for status, words in ((404, "编号不存在"), (413, "请求过大"), (415, "内容类型不对"), (422, "请求内容有误"))
}


def require_json(request: Request) -> None:
    """Raises Problem (unsupported_media_type) where the body does not call itself JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Problem("unsupported_media_type")
