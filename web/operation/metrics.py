"""Counts and times for Prometheus. One registry a server, so that two in one process do not mix.

Of several worker processes each writes to files of its own in PROMETHEUS_MULTIPROC_DIR, and whichever is asked adds
them all up; web.operation.workers makes the folder.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from web.asking import Asked

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client learns, when it is imported, that there are several processes."""
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""
STAGE_BUCKETS = (0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


class Metrics:
    """What is counted: requests by route and status, answers by outcome, type and stage, the index and the process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._count_requests()
        self._count_answers()
        self._describe_process()

    def _count_requests(self) -> None:
        registry = self._registry
        self._requests = Counter(
            "yiyang_http_requests_total", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "yiyang_http_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=registry
        )
        self._under_way = Gauge(
            "yiyang_http_requests_in_progress", "Requests under way", multiprocess_mode="livesum", registry=registry
        )

    def _count_answers(self) -> None:
        registry = self._registry
        self._answers = Counter("yiyang_answers_total", "Answers given", ("status", "question_type"), registry=registry)
        self._stages = Histogram(
            "yiyang_answer_stage_seconds",
            "Time of each stage of an answer",
            ("stage",),
            buckets=STAGE_BUCKETS,
            registry=registry,
        )
        self._cache = Counter("yiyang_answer_cache_total", "Answers at hand or not", ("result",), registry=registry)

    def _describe_process(self) -> None:
        registry = self._registry
        self._index = Gauge(
            "yiyang_index_documents",
            "Documents in the index that serves; 0 for one that served before",
            ("version",),
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._reloads = Counter(
            "yiyang_index_reloads_total", "Changes to another index", ("result",), registry=registry
        )
        self._memory = Gauge(
            "yiyang_memory_bytes", "Proportional set size", multiprocess_mode="livesum", registry=registry
        )
        self._version = ""

    def began(self) -> None:
        self._under_way.inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One that began, and is answered."""
        self._under_way.dec()
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, asked: Asked) -> None:
        self._answers.labels(asked.answer.status.value, asked.answer.question_type.value).inc()
        for name, seconds in asked.seconds.items():
            self._stages.labels(name).observe(seconds)
        if asked.was_cached is not None:
            self._cache.labels("hit" if asked.was_cached else "miss").inc()

    def serves(self, index_version: str, documents: int) -> None:
        """Another index serves from now on."""
        if self._version:
            self._index.labels(self._version).set(0)
        self._version = index_version
        self._index.labels(index_version).set(documents)

    def reloaded(self, succeeded: bool) -> None:
        self._reloads.labels("done" if succeeded else "failed").inc()

    def memory(self, proportional_bytes: int) -> None:
        self._memory.set(proportional_bytes)

    def render(self) -> bytes:
        """The text format, of all processes together where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
