"""/admin/log: what was done, by whom, when."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from web.admin.frame import Frame
from web.admin.wording import moment
from web.paging import Page
from web.store.audit import NOBODY

_PER_PAGE = 50


def log_router(frame: Frame) -> APIRouter:
    """The log, filtered by account and action, a page at a time."""
    router = frame.router()

    @router.get("/log")
    def log(request: Request, who: str = "", action: str = "", page: str = "1") -> Response:
        audit = frame.store.audit
        total = audit.count(who or None, action or None)
        shown = Page.of(page, total, _PER_PAGE)
        values = {
            "entries": audit.page(who or None, action or None, shown.start, shown.size),
            "people": [each for each in audit.people() if each != NOBODY],
            "actions": audit.actions(),
            "who": who,
            "action": action,
            "page": shown.number,
            "pages": shown.last,
            "total": total,
            "moment": moment,
        }
        return frame.page(request, "admin/log.html", values)

    return router
