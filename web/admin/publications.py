"""/admin/publications/{id}: how far a change of the library is, what the evaluation says, and what can be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web.admin.administration import Administration
from web.admin.frame import Frame, session_of
from web.admin.versions import shipped
from web.admin.wording import STATES, moment
from web.problems import Problem
from web.store.audit import Action
from web.store.publications import RUNNING, STOPPED, Publication, State, UnknownPublication

SHORTEST_REASON, LONGEST_REASON = 6, 500
"""Characters of the reason for going on against the gate."""
_CANCELLABLE = (State.QUEUED, State.BUILDING, State.EVALUATING, *STOPPED)


def publications_router(frame: Frame, administration: Administration) -> APIRouter:
    """A page a publication, and what is decided there."""
    router = frame.router()
    deciding = Deciding(frame, administration)

    @router.get("/publications/{publication_id}")
    def show(request: Request, publication_id: str) -> Response:
        return deciding.page(request, deciding.get(publication_id))

    @router.post("/publications/{publication_id}/cancel")
    def cancel(request: Request, publication_id: str) -> Response:
        return deciding.cancel(request, deciding.get(publication_id))

    @router.post("/publications/{publication_id}/again")
    def again(request: Request, publication_id: str) -> Response:
        return deciding.again(deciding.get(publication_id))

    @router.post("/publications/{publication_id}/override")
    def override(request: Request, publication_id: str, reason: Annotated[str, Form()] = "") -> Response:
        return deciding.override(request, deciding.get(publication_id), reason)

    return router


class Deciding:
    """What a person can do about a publication."""

    def __init__(self, frame: Frame, administration: Administration) -> None:
        self._frame, self._store, self._workshop = frame, frame.store, administration.workshop

    def get(self, publication_id: str) -> Publication:
        """Raises Problem."""
        try:
            return self._store.publications.get(publication_id)
        except UnknownPublication:
            raise Problem("not_found", "没有这次变更，请从概览进入。") from None

    def page(self, request: Request, publication: Publication, refused: str = "", reason: str = "") -> Response:
        values = {
            "publication": publication,
            "states": STATES,
            "steps": [*_steps(publication)],
            "is_shipped": shipped(publication.document_id) is not None,
            "is_working": publication.state in (State.QUEUED, *RUNNING),
            "is_cancellable": publication.state in _CANCELLABLE and not publication.cancelled,
            "scores": publication.scores if publication.scores.get("rates") else None,
            "fallen": {each["name"] for each in publication.scores.get("falls", ())},
            "refused": refused,
            "reason": reason,
            "longest_reason": LONGEST_REASON,
            "moment": moment,
        }
        return self._frame.page(request, "admin/publication.html", values, 422 if refused else 200)

    def cancel(self, request: Request, publication: Publication) -> Response:
        was_running = publication.state in RUNNING
        if not self._store.publications.cancel(publication.id):
            return self.page(request, self.get(publication.id), "已经在切换或已生效，不能再取消；可以恢复原来的版本。")
        if not was_running:
            self._store.audit.record(session_of(request).account, Action.CANCELLED, f"《{publication.title}》")
        self._workshop.wake()
        return RedirectResponse(f"/admin/publications/{publication.id}", 303)

    def again(self, publication: Publication) -> Response:
        """From the start: candidate, index and evaluation anew."""
        fresh: Mapping[str, Any] = {"scores": {}, "reason": "", "message": "", "stage": "", "done": 0, "total": 0}
        self._store.publications.move(publication.id, STOPPED, State.QUEUED, **fresh)
        self._workshop.wake()
        return RedirectResponse(f"/admin/publications/{publication.id}", 303)

    def override(self, request: Request, publication: Publication, reason: str) -> Response:
        """Let it go on against the gate; the reason is written down, with who gave it."""
        words = " ".join(reason.split())
        if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
            why = f"请写明理由（{SHORTEST_REASON} 至 {LONGEST_REASON} 字），它会记入操作记录。"
            return self.page(request, publication, why, reason)
        changes = {"reason": words, "account": session_of(request).account}
        if not self._store.publications.move(publication.id, (State.REFUSED,), State.QUEUED, **changes):
            return self.page(request, self.get(publication.id), "这次变更不在等待理由，请核对现在的状态。")
        self._workshop.wake()
        return RedirectResponse(f"/admin/publications/{publication.id}", 303)


_STEPS = ("解析", "建索引", "评测", "切换")
_AT = {State.BUILDING: 1, State.EVALUATING: 2, State.REFUSED: 2, State.SWITCHING: 3, State.DONE: 4}


def _steps(publication: Publication) -> Iterator[tuple[str, str]]:
    """(step, done | now | later). Where nothing is under way, only what is over counts."""
    reading = publication.state is State.BUILDING and publication.stage in ("", "排队", _STEPS[0])
    now = 0 if reading else _AT.get(publication.state, -1)
    for at, name in enumerate(_STEPS):
        yield name, "done" if at < now else "now" if at == now else "later"
