"""Health, readiness and metrics, for those who run the server."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from web import schemas
from web.asking import Desk
from web.operation.metrics import Metrics
from web.operation.readiness import Readiness


def service_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """Health, readiness and metrics, for those who run the server."""
    router, readiness = APIRouter(tags=["service"]), Readiness(desk)

    @router.get("/healthz", summary="存活")
    def get_health() -> schemas.Health:
        """进程在运行。"""
        return schemas.Health(status="ok")

    @router.get("/readyz", summary="就绪", responses={503: {"model": schemas.ProblemOut, "description": "尚未就绪"}})
    def get_readiness() -> schemas.Health:
        """索引能回答问题，数据库可用。"""
        readiness.check()
        version = desk.assistant.index_version
        return schemas.Health(status="ready", index_version=version, documents=len(desk.assistant.library))

    @router.get("/metrics", summary="指标", response_class=PlainTextResponse)
    def get_metrics() -> Response:
        """Prometheus 文本格式的指标。"""
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
