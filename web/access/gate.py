"""The gate: middleware before everything that is routed."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.exc import SQLAlchemyError
from starlette._utils import get_route_path  # what routes go by: the gate must see the same path
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access.admission import Access, Admission, headers_of
from web.access.rules import PAGES, Ground, Rule, rule_of
from web.openai.refusals import refusal
from web.pages.rendering import Pages
from web.problems import Problem, problem_of

EXPOSED = (
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "WWW-Authenticate"),
    *("X-Request-ID", "X-Conversation-ID", "X-Answer-ID"),
)
"""Headers that a script of another site may read."""


class Gate:
    """Lets requests in or answers them itself; puts what is left of a limit on every answer that is limited."""

    def __init__(self, app: ASGIApp, access: Access, pages: Pages) -> None:
        self.app, self._access, self._pages = app, access, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, path = Request(scope, receive), get_route_path(scope)
        if path.endswith("\n"):
            # Starlette's patterns end in «$», which a line feed may follow: «/metrics%0A» would be routed as «/metrics»
            # is, and let in by the rule of pages
            answer = await self._refuse(request, PAGES, Problem("not_found"))
            await answer(scope, receive, send)
            return
        rule = rule_of(path)
        if rule.ground is Ground.FREE:
            await self.app(scope, receive, send)
            return
        try:
            admission = await self._access.admit(request, rule)
        except (Problem, SQLAlchemyError) as error:
            answer = await self._refuse(request, rule, problem_of(error))
            await answer(scope, receive, send)
            return
        request.state.admission = admission
        await self.app(scope, receive, _with_headers(send, admission))

    async def _refuse(self, request: Request, rule: Rule, problem: Problem) -> Response:
        if rule.path.startswith("/v1"):
            return refusal(problem)
        page = self._pages.problem(request, problem)
        if page is not None and rule.is_dear and request.method == "POST":
            page = await self._with_what_was_typed(request, problem)
        return page or problem.response()

    async def _with_what_was_typed(self, request: Request, problem: Problem) -> Response:
        """A page on which the question can be sent again: nobody types it twice."""
        fields = await _fields(request)
        typed = dict(fields).get("question", "")
        values = {"problem": problem, "fields": fields, "typed": typed}
        page = self._pages.render(request, "refused.html", values, problem.status)
        page.headers.update(problem.headers)
        return page


async def _fields(request: Request) -> list[tuple[str, str]]:
    """The words of a form; none where it cannot be read, or is too large."""
    try:
        async with request.form() as form:
            return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    except (HTTPException, ClientDisconnect):
        return []


def share_with(app: FastAPI, origins: Sequence[str]) -> None:
    """Let scripts of other sites' pages call, refusals and limits readable to them; nothing where there are none.

    Without cookies: what is whose is told by the key alone.
    """
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type"),
            expose_headers=EXPOSED,
            max_age=600,
        )


def _with_headers(send: Send, admission: Admission) -> Send:
    if admission.left is None:
        return send
    headers = headers_of(admission.left)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending
