"""Responses made smaller on their way: a nurse's old phone is on a slow network."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SMALLEST = 1024
"""Bytes below which compressing is not worth its while."""
AS_THEY_ARE = ("/admin", "/api/v1/ask/batch")
"""Behind the login, where a length could tell of a token (BREACH); and lines that are to arrive one by one."""


class Compressed:
    """gzip for those who take it. What is streamed as events, or compressed already, stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        as_it_is = scope["type"] != "http" or scope["path"].startswith(AS_THEY_ARE)
        await (self._plain if as_it_is else self._compressing)(scope, receive, send)
