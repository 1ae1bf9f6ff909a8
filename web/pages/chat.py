"""The chat page. It works without script; the script only saves a reload."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from web.asking import Asked, Desk
from web.operation.metrics import Metrics
from web.pages.rendering import SCRIPT, Pages
from web.pages.turns import EXAMPLES, TurnView, turn_view
from web.problems import Problem
from web.store.conversations import ID_PATTERN, UnknownConversation
from web.wording import WordingError, clean_question


class Chat:
    """The chat page in its states: empty, with turns, with a question refused."""

    def __init__(self, desk: Desk, pages: Pages, metrics: Metrics) -> None:
        self.desk, self.pages, self.metrics = desk, pages, metrics

    def page(
        self, request: Request, conversation_id: str, refused: Problem | None = None, typed: str = "", noted: str = ""
    ) -> HTMLResponse:
        recalled = self.recall(conversation_id)
        values = {
            "turns": [self.view(asked) for asked in recalled or ()],
            "conversation_id": conversation_id if recalled else "",
            "lost": bool(conversation_id) and recalled is None,
            "examples": EXAMPLES,
            "documents": [*self.desk.assistant.library],
            "refused": refused,
            "typed": typed,
            "noted": noted,
        }
        return self.pages.render(request, "chat.html", values, refused.status if refused else 200)

    def turn(self, request: Request, asked: Asked) -> HTMLResponse:
        return self.pages.render(request, "turn.html", {"turn": self.view(asked), "noted": ""})

    def view(self, asked: Asked) -> TurnView:
        assistant = self.desk.assistant
        return turn_view(asked, assistant.library, assistant.index_version)

    def recall(self, conversation_id: str) -> tuple[Asked, ...] | None:
        """None where there is no such conversation."""
        if not re.fullmatch(ID_PATTERN, conversation_id):
            return None
        try:
            return self.desk.recall(conversation_id)
        except UnknownConversation:
            return None

    def ask(self, question: str, conversation_id: str) -> Asked:
        """Ask within the conversation, or in a new one where that is gone. Raises Problem."""
        try:
            words = clean_question(question)
        except WordingError as error:
            raise Problem(error.code, str(error)) from None
        known = conversation_id if re.fullmatch(ID_PATTERN, conversation_id) else None
        try:
            asked = self.desk.ask(words, known)
        except UnknownConversation:
            asked = self.desk.ask(words)
        self.metrics.answer(asked)
        return asked


def chat_router(desk: Desk, pages: Pages, metrics: Metrics) -> APIRouter:
    """/, /ask and /feedback."""
    router, chat = APIRouter(include_in_schema=False), Chat(desk, pages, metrics)

    @router.get("/")
    def home(request: Request, c: str = "", noted: str = "") -> Response:
        return chat.page(request, c, noted=noted)

    @router.post("/ask")
    def ask(
        request: Request, question: Annotated[str, Form()] = "", conversation: Annotated[str, Form()] = ""
    ) -> Response:
        by_script = SCRIPT in request.headers
        try:
            asked = chat.ask(question, conversation)
        except Problem as problem:
            if by_script:
                raise
            return chat.page(request, conversation, problem, question)
        if by_script:
            return chat.turn(request, asked)
        return RedirectResponse(f"/?c={asked.conversation_id}#t-{asked.answer_id}", 303)

    @router.post("/feedback")
    def feedback(
        answer: Annotated[str, Form(pattern=ID_PATTERN)],
        verdict: Annotated[str, Form(pattern="^(up|down)$")],
        conversation: Annotated[str, Form(pattern=ID_PATTERN)],
    ) -> Response:
        chat.desk.store.conversations.add_feedback(answer, verdict)
        return RedirectResponse(f"/?c={conversation}&noted={answer}#t-{answer}", 303)

    return router
