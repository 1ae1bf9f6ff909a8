"""The routers of /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from web.api.checks import checks_router
from web.api.documents import documents_router
from web.api.questions import questions_router
from web.api.requirements import requirements_router
from web.asking import Desk
from web.operation.metrics import Metrics


def api_routers(desk: Desk, metrics: Metrics) -> tuple[APIRouter, ...]:
    """Everything under /api/v1, in the order of the reference."""
    return (questions_router(desk, metrics), documents_router(desk), requirements_router(desk), checks_router(desk))
