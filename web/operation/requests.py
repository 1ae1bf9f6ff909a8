"""What is noted of every request: its id, its metrics, and one line in the log. Never its words."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access.admission import Admission
from web.operation.metrics import Metrics
from web.operation.request_ids import HEADER, take_id

_log = structlog.get_logger("web.request")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Noted:
    """Outermost: gives a request its id, measures it under its route's template, and logs it when it is answered.

    By its template, because ids in addresses would multiply the series of a metric, and an address can hold words that
    somebody searched for. with_address: whether the line tells where the request came from.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, with_address: bool = False) -> None:
        self.app, self._metrics, self._with_address = app, metrics, with_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, seen = perf_counter(), _Seen(take_id(Headers(scope=scope).get(HEADER)))
        self._metrics.began()
        try:
            await self.app(scope, receive, seen.watching(send))
        finally:
            took = perf_counter() - began
            self._metrics.request(_method(scope), _route(scope), seen.status, took)
            _log.info(
                "request",
                method=_method(scope),
                route=_route(scope),
                status=seen.status,
                ms=round(took * 1000, 1),
                bytes=seen.sent,
                **self._who(scope),
            )

    def _who(self, scope: Scope) -> Mapping[str, Any]:
        admission: Admission | None = scope.get("state", {}).get("admission")
        key = admission.key if admission else None
        client = scope.get("client") if self._with_address else None
        return ({"key": key.key_id} if key else {}) | ({"address": client[0]} if client else {})


class _Seen:
    """What a response turned out to be; 500 until it starts."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.status = 500
        self.sent = 0

    def watching(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                MutableHeaders(scope=message)[HEADER] = self.request_id
            else:
                self.sent += len(message.get("body", b""))
            await send(message)

        return watched


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "") or "unmatched"
