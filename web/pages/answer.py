"""One answer on a page of its own: to print, and to copy by hand where there is no script."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from web import beijing
from web.asking import Asked, Desk
from web.pages.facts import day
from web.pages.rendering import Pages
from web.pages.turns import turn_view
from web.problems import Problem
from web.site import public_site_of
from web.store.conversations import UnknownAnswer


def answer_router(desk: Desk, pages: Pages, public_url: str = "") -> APIRouter:
    """/answers/{answer_id}. public_url: where the link of a copied answer leads."""
    router, assistant = APIRouter(include_in_schema=False), desk.assistant

    @router.get("/answers/{answer_id}")
    def answer(request: Request, answer_id: str) -> Response:
        site = public_site_of(request, public_url)
        turn = turn_view(_given(desk, answer_id), assistant.library, assistant.index_version, site, whole=True)
        return pages.render(request, "answer.html", {"turn": turn, "today": day(beijing.today())})

    return router


def _given(desk: Desk, answer_id: str) -> Asked:
    """Raises Problem (unknown_answer)."""
    try:
        return desk.answered(answer_id)
    except UnknownAnswer:
        raise Problem("unknown_answer", "这个回答不存在，或所在的对话已经删除。") from None
