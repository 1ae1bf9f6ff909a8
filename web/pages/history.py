"""What a visitor has asked: a list to go back to, to search, and to delete from. Works without script.

A visitor is whoever holds a cookie of 128 random bits. It goes when the browser is closed, so that a computer at a
counter does not show one person's questions to the next, unless the visitor asks for it to be kept.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from web import beijing
from web.pages.rendering import SCRIPT, Pages
from web.store import Store
from web.store.conversations import ID_PATTERN, UnknownConversation
from web.store.history import MOST, Past
from web.wording import WordingError, clean_words

COOKIE = "yiyang_visitor"
KEPT_FOR = 180 * 24 * 3600
"""Seconds that a cookie lasts which is to be kept."""
SHORT = 30
"""Conversations in the column beside the chat."""
_LONGEST_SEARCH = 100
_MOST_SKIPPED = 10_000
# Who the visitor is; «k» where the cookie is to outlast the browser.
_VISITOR = re.compile(r"(?P<visitor>[0-9a-f]{32})(?P<kept>k?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks; token is empty for one who has not asked yet. kept: whether the cookie outlasts the browser."""

    token: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class PastView:
    """A conversation in the list; when: for people, at: for programs."""

    conversation_id: str
    title: str
    turns: int
    when: str
    at: str


@dataclass(frozen=True, slots=True)
class PastList:
    """The list: words searched for, the conversations, and the page of earlier ones, empty where there are none."""

    words: str
    past: tuple[PastView, ...]
    earlier_url: str


def visitor_of(request: Request) -> Visitor:
    """Who holds the cookie; a new visitor where there is none, or one that is not ours."""
    found = _VISITOR.fullmatch(request.cookies.get(COOKIE, ""))
    return Visitor(found["visitor"], bool(found["kept"])) if found else Visitor()


def remember(request: Request, response: Response, visitor: Visitor) -> Visitor:
    """Set the cookie, with a new token where the visitor has none; returns the visitor as remembered."""
    known = visitor if visitor.token else Visitor(secrets.token_hex(16), visitor.kept)
    response.set_cookie(
        COOKIE,
        known.token + ("k" if known.kept else ""),
        max_age=KEPT_FOR if known.kept else None,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return known


def past_list(store: Store, visitor: Visitor, words: str = "", skip: int = 0, most: int = MOST) -> PastList:
    """The visitor's conversations; nothing for a visitor without a token."""
    found = store.history.past(visitor.token, words, skip, most + 1) if visitor.token else ()
    more = urlencode({"q": words, "skip": skip + most} if words else {"skip": skip + most})
    earlier = f"/history?{more}" if len(found) > most and skip + most <= _MOST_SKIPPED else ""
    return PastList(words, _views(found[:most], beijing.now()), earlier)


def history_router(store: Store, pages: Pages) -> APIRouter:
    """/history: the list, deleting, whether it is kept, and leaving."""
    router = APIRouter(include_in_schema=False)

    @router.get("/history")
    def history(request: Request, q: str = "", skip: int = 0, delete: str = "", done: str = "") -> HTMLResponse:
        visitor = visitor_of(request)
        listed = past_list(store, visitor, _searched(q), min(max(skip, 0), _MOST_SKIPPED))
        if SCRIPT in request.headers:
            return pages.render(request, "past.html", {"list": listed})
        doomed = _doomed(store, visitor, delete)
        values = {"list": listed, "visitor": visitor, "doomed": doomed, "all": delete == "all", "done": done}
        return pages.render(request, "history.html", values)

    @router.post("/history/delete")
    def delete(request: Request, conversation: Annotated[str, Form(pattern=f"{ID_PATTERN}|^all$")]) -> Response:
        visitor = visitor_of(request)
        if conversation == "all":
            store.history.delete_all(visitor.token)
        else:
            store.history.delete(visitor.token, conversation)
        return Response(status_code=204) if SCRIPT in request.headers else RedirectResponse("/history?done=1", 303)

    @router.post("/history/keep")
    def keep(request: Request, kept: Annotated[Literal["0", "1"], Form()]) -> Response:
        response = RedirectResponse("/history", 303)
        remember(request, response, Visitor(visitor_of(request).token, kept == "1"))
        return response

    @router.post("/history/leave")
    def leave() -> Response:
        response = RedirectResponse("/?note=left", 303, headers={"clear-site-data": '"cache", "storage"'})
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    return router


def _searched(words: str) -> str:
    """What the list is searched for; control characters match nothing that is kept, so they are dropped."""
    try:
        return clean_words(words)[:_LONGEST_SEARCH]
    except WordingError:
        return "".join(filter(str.isprintable, words))[:_LONGEST_SEARCH]


def _doomed(store: Store, visitor: Visitor, conversation_id: str) -> PastView | None:
    """The conversation that is about to be deleted; None where it is not the visitor's."""
    if not visitor.token:
        return None
    try:
        return _view(store.history.find(visitor.token, conversation_id), beijing.now())
    except UnknownConversation:
        return None


def _views(past: Sequence[Past], now: datetime) -> tuple[PastView, ...]:
    return tuple(_view(each, now) for each in past)


def _view(past: Past, now: datetime) -> PastView:
    when, at = _when(past.latest_at, now), past.latest_at.isoformat()
    return PastView(past.conversation_id, past.title, past.turns, when, at)


def _when(moment: datetime, now: datetime) -> str:
    """«今天 14:05», «昨天 9:30», «3月30日», «2025年3月30日»."""
    then, today = moment.astimezone(beijing.BEIJING), beijing.day_of(now)
    days = (today - then.date()).days
    if days in (0, 1):
        return f"{'昨天' if days else '今天'} {then.hour}:{then.minute:02}"
    day = f"{then.month}月{then.day}日"
    return day if then.year == today.year else f"{then.year}年{day}"
