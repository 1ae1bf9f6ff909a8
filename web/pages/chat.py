"""The chat page. It works without script; the scripts only save reloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from web import beijing
from web.asking import Asked, Desk
from web.operation.metrics import Metrics
from web.pages.filtering import NAMES, Choice, address_of, choice_from, choice_of, filter_view
from web.pages.history import SHORT, past_list, remember, visitor_of
from web.pages.rendering import SCRIPT, Pages
from web.pages.turns import EXAMPLES, TurnView, turn_view
from web.pages.verdicts import VerdictView, verdict_view
from web.problems import Problem
from web.site import public_site_of
from web.store.conversations import UnknownConversation
from web.wording import clean_question

# What is said of a conversation on opening it, by the name it has in the address.
NOTES: Mapping[str, str] = {
    "lost": "原来的对话已经不在了，可以重新提问。",
    "renewed": "原来的对话已经不在了，以下是新的对话，不再承接上文。",
    "left": "已结束使用，本机不再显示此前的提问记录。",
    "joined": "另一个窗口也在这段对话里提问，已按先后排在一起。",
    "unfiltered": "所选的范围不在文件库中，或日期不成立，已不作限定。",
}


@dataclass(frozen=True, slots=True)
class State:
    """The chat page apart from its turns: what is said first, and a question that was refused, as it was typed."""

    notes: tuple[str, ...] = ()
    refused: Problem | None = None
    typed: str = ""


class Chat:
    """The chat page in its states: empty, with turns, with a question refused."""

    def __init__(self, desk: Desk, pages: Pages, metrics: Metrics, public_url: str) -> None:
        self.desk, self.pages, self.metrics, self.public_url = desk, pages, metrics, public_url
        self.library = desk.assistant.library

    def page(self, request: Request, conversation_id: str, choice: Choice | None, state: State) -> HTMLResponse:
        """choice: what the next question is narrowed down by; as the latest turn where it is None."""
        recalled = self.recall(conversation_id)
        known, today = conversation_id if recalled else "", beijing.today()
        if choice is None:
            latest = recalled[-1].filters if recalled else None
            choice = choice_from(latest, self.library, today) if latest else Choice()
        lost = ("lost",) if conversation_id and not recalled else ()
        unfiltered = ("unfiltered",) if choice.lost else ()
        values = {
            "turns": [self.view(request, asked) for asked in recalled or ()],
            "conversation_id": known,
            "notes": [NOTES[each] for each in dict.fromkeys((*state.notes, *lost, *unfiltered))],
            "filters": filter_view(choice, known, self.library, today),
            "history": past_list(self.desk.store, visitor_of(request), most=SHORT),
            "verdicts": self.verdicts(known),
            "examples": EXAMPLES,
            "documents": [*self.library],
            "refused": state.refused,
            "typed": state.typed,
        }
        return self.pages.render(request, "chat.html", values, state.refused.status if state.refused else 200)

    def turn(self, request: Request, asked: Asked, choice: Choice, *, is_new: bool, renewed: bool) -> HTMLResponse:
        """The turn alone. renewed: whether it begins a conversation in place of one that is gone."""
        values = {
            "turn": self.view(request, asked),
            "verdicts": {},
            "address": address_of(asked.conversation_id, choice),
            "after": "" if is_new else self.before(asked),
            "renewed": NOTES["renewed"] if renewed else "",
        }
        return self.pages.render(request, "turn.html", values)

    def view(self, request: Request, asked: Asked) -> TurnView:
        site = public_site_of(request, self.public_url)
        return turn_view(asked, self.library, self.desk.assistant.index_version, site)

    def verdicts(self, conversation_id: str) -> dict[str, VerdictView]:
        """What was said of the answers of a conversation, by answer."""
        given = self.desk.store.verdicts.of_conversation(conversation_id)
        return {answer_id: verdict_view(verdict) for answer_id, verdict in given.items()}

    def recall(self, conversation_id: str) -> tuple[Asked, ...] | None:
        """None where there is no such conversation."""
        try:
            return self.desk.recall(conversation_id)
        except UnknownConversation:
            return None

    def ask(self, question: str, conversation_id: str, choice: Choice) -> Asked:
        """Ask within the conversation, or in a new one where that is gone. Raises Problem."""
        words = clean_question(question)
        try:
            asked = self.desk.ask(words, conversation_id or None, choice.filters)
        except UnknownConversation:
            asked = self.desk.ask(words, None, choice.filters)
        self.metrics.answer(asked)
        return asked

    def answer(self, request: Request, asked: Asked, conversation_id: str, choice: Choice) -> Response:
        """What a question asked by form or by script gets; a new conversation becomes the visitor's."""
        is_new = asked.conversation_id != conversation_id
        renewed = is_new and bool(conversation_id)
        response: Response
        if SCRIPT in request.headers:
            response = self.turn(request, asked, choice, is_new=is_new, renewed=renewed)
        else:
            note = "renewed" if renewed else ""
            response = RedirectResponse(
                address_of(asked.conversation_id, choice, f"#t-{asked.answer_id}", note=note), 303
            )
        if is_new:
            visitor = remember(request, response, visitor_of(request))
            self.desk.store.history.claim(asked.conversation_id, visitor.token)
        return response

    def before(self, asked: Asked) -> str:
        """The answer before this one in its conversation: another window may have asked in the meantime."""
        _, turns = self.desk.store.conversations.turns_to(asked.answer_id)
        return turns[-2].answer_id if len(turns) > 1 else ""


def chat_router(desk: Desk, pages: Pages, metrics: Metrics, public_url: str = "") -> APIRouter:
    """/ and /ask. public_url: where the links of copied answers lead."""
    router, chat = APIRouter(include_in_schema=False), Chat(desk, pages, metrics, public_url)

    @router.get("/")
    def home(request: Request, c: str = "", note: str = "") -> Response:
        query = request.query_params
        chosen = choice_of(query, chat.library, beijing.today()) if any(name in query for name in NAMES) else None
        return chat.page(request, c, chosen, State((note,) if note in NOTES else ()))

    @router.post("/ask")
    def ask(
        request: Request,
        question: Annotated[str, Form()] = "",
        conversation: Annotated[str, Form()] = "",
        region: Annotated[str, Form()] = "",
        document: Annotated[str, Form()] = "",
        as_of: Annotated[str, Form()] = "",
        today: Annotated[str, Form()] = "",
    ) -> Response:
        fields = {"region": region, "document": document, "as_of": as_of, "today": today}
        choice = choice_of(fields, chat.library, beijing.today())
        try:
            if choice.lost:
                raise Problem("invalid_request", f"{NOTES['unfiltered']}请看过范围后再提问。")
            asked = chat.ask(question, conversation, choice)
        except Problem as problem:
            if SCRIPT in request.headers:
                raise
            return chat.page(request, conversation, choice, State(refused=problem, typed=question))
        return chat.answer(request, asked, conversation, choice)

    return router
