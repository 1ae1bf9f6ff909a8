"""/admin/log: what was done, by whom, when."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from web.admin.frame import Frame
from web.admin.wording import moment
from web.store.audit import NOBODY

_PER_PAGE = 50
_LAST_PAGE = 100_000


def log_router(frame: Frame) -> APIRouter:
    """The log, filtered by account and action, a page at a time."""
    router = frame.router()

    @router.get("/log")
    def log(request: Request, who: str = "", action: str = "", page: str = "1") -> Response:
        audit = frame.store.audit
        total = audit.count(who or None, action or None)
        pages = max(1, -(-total // _PER_PAGE))
        at = min(_number(page), pages)
        values = {
            "entries": audit.page(who or None, action or None, (at - 1) * _PER_PAGE, _PER_PAGE),
            "people": [each for each in audit.people() if each != NOBODY],
            "actions": audit.actions(),
            "who": who,
            "action": action,
            "page": at,
            "pages": pages,
            "total": total,
            "moment": moment,
        }
        return frame.page(request, "admin/log.html", values)

    return router


def _number(page: str) -> int:
    """The page asked for; the first where that is none."""
    return max(1, min(int(page), _LAST_PAGE)) if page.isdecimal() and len(page) < 7 else 1
