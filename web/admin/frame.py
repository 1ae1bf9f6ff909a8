"""The frame of every page behind the login: who is signed in, protection of forms, and how a page is rendered.

    router = frame.router()                      # /admin/…; nobody gets in unsigned, no POST without its token
    @router.get("/things")
    def things(request: Request) -> Response:
        who = session_of(request).account
        return frame.page(request, "admin/things.html", {…})

A template extends admin/base.html and puts `{{ forms.token(csrf) }}` into every form that is sent by POST.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from web.admin.forgery import FIELD, HEADER, Forgery, from_elsewhere
from web.pages.rendering import SCRIPT, Pages
from web.problems import Problem
from web.store import Store
from web.store.sessions import LONGEST, Session

COOKIE = "yiyang_admin"
PREFIX = "/admin"
_SAFE = ("GET", "HEAD")
_MOST_FIELDS = 100
_LONGEST_FIELD = 64 * 1024


class SignInWanted(Exception):
    """Nobody is signed in. The page for signing in is shown instead, and leads back."""


class Frame:
    """What the pages behind the login share."""

    def __init__(self, store: Store, pages: Pages, secret: bytes) -> None:
        self.store, self.pages, self.forgery = store, pages, Forgery(secret)

    def router(self) -> APIRouter:
        """A router for pages under /admin; every route of it wants a session, and of a form its token."""
        return APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(self.signed_in)])

    async def signed_in(self, request: Request) -> AsyncIterator[Session]:
        """The session of a request, kept for `session_of`. Raises SignInWanted, and Problem where a form is forged."""
        token = request.cookies.get(COOKIE, "")
        find = partial(self.store.sessions.find, token, renew=not _asks_by_itself(request))
        session = await run_in_threadpool(find) if token else None
        if session is None:
            raise SignInWanted
        request.state.session = session
        try:
            if request.method not in _SAFE:
                await self._insist_on_token(request, session)
            yield session
        finally:
            await request.close()  # files of a form

    def page(self, request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """A page for who is signed in."""
        session = session_of(request)
        about = {
            "account": session.account,
            "csrf": self.forgery.token(session.id),
            "pending": self.store.uploads.count_pending(),
        }
        page = self.pages.render(request, template, {**about, **values}, status)
        page.headers["cache-control"] = "private, no-store"
        return page

    async def _insist_on_token(self, request: Request, session: Session) -> None:
        if from_elsewhere(request):
            raise Problem("forged_request")
        token = request.headers.get(HEADER) or await _field(request, FIELD)
        if not self.forgery.is_genuine(token, session.id, int(LONGEST.total_seconds())):
            raise Problem("forged_request")


def session_of(request: Request) -> Session:
    """Who is signed in, on a route of Frame.router."""
    session: Session = request.state.session
    return session


def _asks_by_itself(request: Request) -> bool:
    """Whether a script looks how far something is, every second, on a page that may have been left alone."""
    return request.method in _SAFE and SCRIPT in request.headers


async def _field(request: Request, name: str) -> str:
    try:
        form = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD)
    except OSError as error:  # a file is kept in the system's temporary folder until it has come whole
        raise Problem("disk_full") from error
    value = form.get(name)
    return value if isinstance(value, str) else ""
