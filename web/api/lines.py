"""JSON lines: an answer that goes out as it is made, one JSON value a line."""

from __future__ import annotations

from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send


class JsonLines(StreamingResponse):
    """Lines of JSON in UTF-8."""

    media_type = "application/x-ndjson"


class JsonLine(JSONResponse):
    """One of the lines: what the OpenAPI document describes, as it has no way to say that there are many."""

    media_type = JsonLines.media_type


class CompressedRoute(APIRoute):
    """A route whose answers are compressed as they go out, where the client accepts that."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await GZipMiddleware(super().handle, compresslevel=6)(scope, receive, send)
