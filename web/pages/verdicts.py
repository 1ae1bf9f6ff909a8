"""What people say of an answer: helpful or not, and why not. By form or by script, the same piece of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web.asking import Desk
from web.pages.rendering import SCRIPT, Pages
from web.problems import Problem
from web.store.conversations import ID_PATTERN
from web.store.verdicts import UnknownFeedback, Verdict
from web.wording import WordingError, clean_words

CAUSES = ("答非所问", "条文不全", "已过时", "其他")
LONGEST_REASON = 500
"""Characters of a reason in one's own words."""

Id = Annotated[str, Form(pattern=ID_PATTERN)]


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What was said of an answer; feedback_id is empty where nothing was. asks_why: whether a reason can be added."""

    answer_id: str
    conversation_id: str
    feedback_id: str = ""
    asks_why: bool = False
    causes: tuple[str, ...] = CAUSES
    longest: int = LONGEST_REASON


def verdict_view(verdict: Verdict) -> VerdictView:
    """The verdict as it stands; a reason can be added until there is one."""
    asks_why = verdict.verdict == "down" and not verdict.reason
    return VerdictView(verdict.answer_id, verdict.conversation_id, verdict.feedback_id, asks_why)


def verdicts_router(desk: Desk, pages: Pages) -> APIRouter:
    """/feedback, and what can be done with a verdict afterwards."""
    router, store = APIRouter(include_in_schema=False), desk.store

    def shown(request: Request, view: VerdictView) -> Response:
        if SCRIPT in request.headers:
            return pages.render(request, "verdict.html", {"verdict": view})
        return RedirectResponse(f"/?c={view.conversation_id}#v-{view.answer_id}", 303)

    @router.post("/feedback")
    def judge(request: Request, answer: Id, verdict: Annotated[Literal["up", "down"], Form()]) -> Response:
        feedback_id = store.verdicts.add(answer, verdict)
        return shown(request, verdict_view(store.verdicts.get(feedback_id)))

    @router.post("/feedback/{feedback_id}/reason")
    def explain(
        request: Request, feedback_id: str, cause: Annotated[str, Form()] = "", words: Annotated[str, Form()] = ""
    ) -> Response:
        verdict = _known(desk, feedback_id)
        store.verdicts.explain(feedback_id, _reason(cause, words))
        return shown(request, verdict_view(store.verdicts.get(verdict.feedback_id)))

    @router.post("/feedback/{feedback_id}/undo")
    def undo(request: Request, feedback_id: str, answer: Id, conversation: Id) -> Response:
        store.verdicts.withdraw(feedback_id)
        return shown(request, VerdictView(answer, conversation))

    return router


def _known(desk: Desk, feedback_id: str) -> Verdict:
    """Raises Problem (unknown_answer) where there is no such verdict."""
    try:
        return desk.store.verdicts.get(feedback_id)
    except UnknownFeedback:
        raise Problem("unknown_answer", "这条评价已撤销或不存在，请回到对话重新评价。") from None


def _reason(cause: str, words: str) -> str:
    """«条文不全：少了第二款». Raises WordingError where there is no reason, or too long a one."""
    own = clean_words(words)
    if cause and cause not in CAUSES:
        raise WordingError("invalid_request", f"原因只能是：{'、'.join(CAUSES)}。")
    if len(own) > LONGEST_REASON:
        raise WordingError("invalid_request", f"说明有 {len(own)} 字，请控制在 {LONGEST_REASON} 字以内。")
    if not (cause or own):
        raise WordingError("invalid_request", "请选择一个原因，或写几个字说明。")
    return "：".join(part for part in (cause, own) if part)
