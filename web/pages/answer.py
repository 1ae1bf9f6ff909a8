"""One answer on a page of its own: to print, and to copy by hand where there is no script."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response

from web.asking import Asked, Desk
from web.pages.facts import day
from web.pages.rendering import Pages
from web.pages.turns import turn_view
from web.problems import Problem
from web.store.conversations import ID_PATTERN, UnknownAnswer


def answer_router(desk: Desk, pages: Pages) -> APIRouter:
    """/answers/{answer_id}."""
    router, assistant = APIRouter(include_in_schema=False), desk.assistant

    @router.get("/answers/{answer_id}")
    def answer(request: Request, answer_id: str) -> Response:
        turn = turn_view(
            _given(desk, answer_id), assistant.library, assistant.index_version, public_site(request), whole=True
        )
        return pages.render(request, "answer.html", {"turn": turn, "today": day(date.today())})

    return router


def public_site(request: Request) -> str:
    """The address under which readers elsewhere reach this site; empty where it is known on this machine or in this
    building only: a link there is of no use to whoever gets it in a message."""
    host = request.url.hostname or ""
    try:
        is_public = ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa"))
    return str(request.base_url).rstrip("/") if is_public else ""


def _given(desk: Desk, answer_id: str) -> Asked:
    """Raises Problem (unknown_answer)."""
    try:
        return desk.answered(answer_id if re.fullmatch(ID_PATTERN, answer_id) else "")
    except UnknownAnswer:
        raise Problem("unknown_answer", "这个回答不存在，或所在的对话已经删除。") from None
