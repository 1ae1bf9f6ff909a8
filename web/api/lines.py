"""JSON lines: an answer that goes out as it is made, one JSON value a line."""

from __future__ import annotations

from fastapi.responses import JSONResponse, StreamingResponse


class JsonLines(StreamingResponse):
    """Lines of JSON in UTF-8."""

    media_type = "application/x-ndjson"


class JsonLine(JSONResponse):
    """One of the lines: what the OpenAPI document describes, as it has no way to say that there are many."""

    media_type = JsonLines.media_type
