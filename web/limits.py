"""Limits and headers that hold for every request, as plain ASGI middleware."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024
"""Bytes of a request body."""
MAX_UPLOAD = 50 * 1024 * 1024
"""Bytes of a document that is uploaded; its form is a little more."""
LARGER = {
    "/v1/chat/completions": 1024 * 1024,
    "/api/v1/ask/batch": 1024 * 1024,
    "/admin/uploads": MAX_UPLOAD + MAX_BODY,
}
"""Bytes where a caller sends the whole conversation every time, or a hundred questions at once."""

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class BodyLimit:
    """Refuse bodies that are too large, whether their length is announced or they come in chunks.

    Starlette has such a limit, but puts an English line in place of our answer where the length was announced.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced, most = headers.get("content-length", ""), _most(scope["path"], headers)
        is_over = announced.isdecimal() and (len(announced) > 18 or int(announced) > most)
        # FastAPI lets an HTTPException through while it reads a body, and nothing else
        too_large = HTTPException(413, f"请求正文不得超过 {most // 1024} KiB，请缩短后重试。")
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            if is_over:
                raise too_large
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise too_large
            return message

        await self.app(scope, limited, send)


def _most(path: str, headers: Headers) -> int:
    """Bytes that a body may have. Fields of a form without a file are kept and shown again, signed in or not."""
    is_fields = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return MAX_BODY if is_fields else LARGER.get(path, MAX_BODY)


class SecurityHeaders:
    """Put SECURITY_HEADERS on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
