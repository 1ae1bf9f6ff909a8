"""关怀版: larger type on every page, kept in a cookie, so that it holds without script and from the first paint."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "yiyang_large"
_FOR_A_YEAR = 365 * 24 * 3600
"""Seconds."""


def is_large(request: Request) -> bool:
    """Whether the reader has asked for large type."""
    return request.cookies.get(COOKIE) == "1"


def appearance_router() -> APIRouter:
    """POST /appearance: larger type, or the usual one."""
    router = APIRouter(include_in_schema=False)

    @router.post("/appearance")
    def appear(large: Annotated[Literal["0", "1"], Form()], back: Annotated[str, Form(max_length=2000)]) -> Response:
        response = RedirectResponse(_on_this_site(back), 303)
        response.set_cookie(COOKIE, large, max_age=_FOR_A_YEAR, httponly=True, samesite="lax")
        return response

    return router


def _on_this_site(back: str) -> str:
    """The page to go back to; the first page where it is not one of ours."""
    is_ours = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if is_ours else "/"
