"""Pages for people. Each works without script; the script only saves a reload."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.questions import MAX_QUESTION
from web import links, relations, sheet, views
from web.asking import Asked, Desk
from web.assets import Assets
from web.facts import facts_of
from web.metrics import Metrics
from web.problems import Problem
from web.shelf import Wish, shelf_of
from web.store import ID_PATTERN, UnknownConversation
from web.wording import WordingError, clean_question, clean_words

TEMPLATES = Path(__file__).with_name("templates")
_MACHINE_PATHS = ("/api/", "/v1/", "/wechat/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
_LONGEST_WISH = 100
"""Characters of what the list of documents is narrowed down by."""
_SCRIPT = "x-fragment"
"""Header by which the page's own script asks for a piece of HTML, or a problem, in place of a page."""


class Pages:
    """Templates with what each of them needs."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "asset": assets.url,
            "document_url": links.document_url,
            "max_question": MAX_QUESTION,
        }

    def render(self, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        html = self._environment.get_template(template).render(values)
        return HTMLResponse(html, status, headers={"cache-control": "private, no-cache"})

    def problem(self, request: Request, problem: Problem) -> Response | None:
        """An error page for a browser; None for a program, which gets the problem itself."""
        wants_html = "text/html" in request.headers.get("accept", "")
        if _SCRIPT in request.headers or request.url.path.startswith(_MACHINE_PATHS) or not wants_html:
            return None
        page = self.render("error.html", {"problem": problem}, problem.status)
        page.headers.update(problem.headers)
        return page


def page_router(desk: Desk, pages: Pages, metrics: Metrics) -> APIRouter:
    """Chat, documents and feedback."""
    router = APIRouter(include_in_schema=False)
    _add_chat(router, _Chat(desk, pages, metrics))
    _add_documents(router, desk, pages)
    return router


class _Chat:
    """The chat page in its states: empty, with turns, with a question refused."""

    def __init__(self, desk: Desk, pages: Pages, metrics: Metrics) -> None:
        self.desk, self.pages, self.metrics = desk, pages, metrics

    def page(
        self, conversation_id: str, refused: Problem | None = None, typed: str = "", noted: str = ""
    ) -> HTMLResponse:
        recalled = self.recall(conversation_id)
        values = {
            "turns": [self.view(asked) for asked in recalled or ()],
            "conversation_id": conversation_id if recalled else "",
            "lost": bool(conversation_id) and recalled is None,
            "examples": views.EXAMPLES,
            "documents": [*self.desk.assistant.library],
            "refused": refused,
            "typed": typed,
            "noted": noted,
        }
        return self.pages.render("chat.html", values, refused.status if refused else 200)

    def turn(self, asked: Asked) -> HTMLResponse:
        return self.pages.render("turn.html", {"turn": self.view(asked), "noted": ""})

    def view(self, asked: Asked) -> views.TurnView:
        assistant = self.desk.assistant
        return views.turn_view(asked, assistant.library, assistant.index_version)

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


def _add_chat(router: APIRouter, chat: _Chat) -> None:
    @router.get("/")
    def home(c: str = "", noted: str = "") -> Response:
        return chat.page(c, noted=noted)

    @router.post("/ask")
    def ask(
        request: Request, question: Annotated[str, Form()] = "", conversation: Annotated[str, Form()] = ""
    ) -> Response:
        by_script = _SCRIPT in request.headers
        try:
            asked = chat.ask(question, conversation)
        except Problem as problem:
            if by_script:
                raise
            return chat.page(conversation, problem, question)
        if by_script:
            return chat.turn(asked)
        return RedirectResponse(f"/?c={asked.conversation_id}#t-{asked.answer_id}", 303)

    @router.post("/feedback")
    def feedback(
        answer: Annotated[str, Form(pattern=ID_PATTERN)],
        verdict: Annotated[str, Form(pattern="^(up|down)$")],
        conversation: Annotated[str, Form(pattern=ID_PATTERN)],
    ) -> Response:
        chat.desk.store.add_feedback(answer, verdict)
        return RedirectResponse(f"/?c={conversation}&noted={answer}#t-{answer}", 303)


def _add_documents(router: APIRouter, desk: Desk, pages: Pages) -> None:
    library = desk.assistant.library

    @router.get("/documents")
    def documents(q: str = "", region: str = "", standing: str = "") -> Response:
        shelf = shelf_of(library, _wish(q, region, standing), date.today())
        return pages.render("documents.html", {"shelf": shelf})

    @router.get("/documents/{document_id}")
    def document(document_id: str, start: str = "", end: str = "") -> Response:
        found = library.get(document_id)
        mark = sheet.mark_of(found, start, end)
        values = {
            "document": found,
            "facts": facts_of(found, library, date.today()),
            "sections": sheet.sections(found, mark, library.links.outgoing[document_id]),
            "outline": sheet.outline(found),
            "named": relations.texts_named(document_id, library),
            "naming": relations.documents_naming(document_id, library),
        }
        return pages.render("document.html", values)


def _wish(words: str, region: str, standing: str) -> Wish:
    """What the list of documents is asked for. Raises Problem (control_characters)."""
    try:
        return Wish(*(clean_words(each)[:_LONGEST_WISH] for each in (words, region, standing)))
    except WordingError as error:
        raise Problem(error.code, str(error)) from None
