"""Responses made smaller on their way: a nurse's old phone is on a slow network."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SMALLEST = 1024
"""Bytes below which compressing is not worth its while."""
AS_THEY_ARE = ("/admin", "/api/v1/ask/batch")
"""Behind the login, where a length could tell of a token (BREACH); and lines that are to arrive one by one."""
PACKED = (".xlsx", "/original")
"""Files that are compressed in themselves, or handed out byte for byte."""


class Compressed:
    """gzip for those who take it. What is streamed as events, or compressed already, stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._plain if scope["type"] != "http" or _is_left(scope["path"]) else self._compressing
        await app(scope, receive, send)


def _is_left(path: str) -> bool:
    return path.startswith(AS_THEY_ARE) or path.endswith(PACKED)
