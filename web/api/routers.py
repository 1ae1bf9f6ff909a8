"""The routers of /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from web.api.batch import batch_router
from web.api.checks import checks_router
from web.api.documents import documents_router
from web.api.export import export_router
from web.api.questions import questions_router
from web.api.requirements import requirements_router
from web.asking import Desk
from web.exports.choosing import Figures
from web.operation.metrics import Metrics


def api_routers(desk: Desk, metrics: Metrics, figures: Figures, public_url: str = "") -> tuple[APIRouter, ...]:
    """Everything under /api/v1, in the order of the reference."""
    return (
        questions_router(desk, metrics, public_url),
        batch_router(desk, metrics),
        documents_router(desk),
        requirements_router(desk, figures, public_url),
        export_router(desk),
        checks_router(desk),
    )
