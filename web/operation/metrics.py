"""Counts and times for Prometheus. One registry a server, so that two in one process do not mix."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.asking import Asked

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""


class Metrics:
    """What is counted: requests by route and status, answers by outcome and type."""

    def __init__(self, index_version: str, documents: int) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "yiyang_http_requests_total", "HTTP requests", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "yiyang_http_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self._answers = Counter(
            "yiyang_answers_total", "Answers given", ("status", "question_type"), registry=self.registry
        )
        index = Gauge("yiyang_index_documents", "Documents in the index", ("version",), registry=self.registry)
        index.labels(index_version).set(documents)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, asked: Asked) -> None:
        self._answers.labels(asked.answer.status.value, asked.answer.question_type.value).inc()

    def render(self) -> bytes:
        return generate_latest(self.registry)


class Measured:
    """Time every request under its route's template, so that ids in addresses do not multiply the series."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self.metrics.request(_method(scope), _route(scope), status, perf_counter() - began)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unmatched")
