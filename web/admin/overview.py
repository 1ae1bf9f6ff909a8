"""/admin: what is served, what changed last, what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request, Response

from corpus.holdings import Holdings
from corpus.versions import DamagedHolding
from index.storage import IndexUnavailable, serving
from web.admin.administration import Administration
from web.admin.frame import Frame
from web.admin.wording import STATES, moment
from web.asking import Desk
from web.store.publications import STOPPED

_LAST = 10
"""Changes that are listed."""


def overview_router(frame: Frame, desk: Desk, administration: Administration) -> APIRouter:
    """The first page behind the login."""
    router, library = frame.router(), desk.assistant.library

    @router.get("")
    def overview(request: Request) -> Response:
        publications = frame.store.publications
        values = {
            "documents": len(library),
            "provisions": sum(len(document.provisions) for document in library),
            "index": _serving(administration.home),
            "answers": desk.assistant.index_version,
            "warnings": [*_warnings(desk, administration.home, frame)],
            "running": publications.open(),
            "changes": publications.done(_LAST),
            "states": STATES,
            "moment": moment,
        }
        return frame.page(request, "admin/overview.html", values)

    return router


def _serving(home: Path) -> str:
    try:
        return serving(home)[0]
    except IndexUnavailable as error:
        return str(error)


def _warnings(desk: Desk, home: Path, frame: Frame) -> Iterator[str]:
    """What somebody should look into, a sentence each."""
    served = {each.document_id: each.sha256 for each in desk.assistant.library}
    holdings = Holdings(home)
    try:
        added = {each.document_id: holdings.document(each).sha256 for each in holdings.current()}
    except DamagedHolding as error:
        yield str(error)
        return
    behind = [each for each, digest in added.items() if served.get(each) != digest]
    if behind:
        names = "、".join(behind[:5])
        yield f"有 {len(behind)} 份文件已入库而尚未服务（{names}）：可能正在切换；一直如此请运行 python -m index build"
    if waiting := frame.store.publications.count(*STOPPED):
        yield f"有 {waiting} 次变更未过评测、失败或中断，等待处理"
