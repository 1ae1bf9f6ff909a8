"""Signing in and out. A form sent after the session had ended is kept and shown again, to be sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from web.access.visitors import address_of
from web.admin.entrance import Entrance, NotLetIn
from web.admin.forgery import FIELD, from_elsewhere
from web.admin.frame import COOKIE, PREFIX, Frame, session_of
from web.pages.rendering import SCRIPT
from web.problems import Problem
from web.store.audit import Action
from web.store.sessions import LONGEST, Session

VISITOR = "yiyang_door"
"""Cookie of one who is about to sign in; the form's token is bound to it."""
AT_ONCE = 2
"""Passwords checked at the same time: each takes 64 MiB, and half a dozen at once would slow everybody else."""
PATH = f"{PREFIX}/login"
_KEPT = "kept."
"""Before the name of each field of a form that is kept."""
_LONGEST = int(LONGEST.total_seconds())
LABELS = {
    "title": "标题",
    "document_number": "文号",
    "issuers": "发文机关",
    "issued_on": "成文日期",
    "region": "地区",
    "status": "时效",
    "effective_on": "施行日期",
    "expires_on": "有效期至",
    "repealed_on": "废止日期",
    "reason": "理由",
    "version": "版本",
    "turns": "问题",
    "type": "类型",
    "expect": "期望的结果",
    "articles": "条目",
    "words": "词语",
    "any_words": "有其一即可的词",
    "note": "备注",
    "terms": "文件的写法",
    "question": "试用的问题",
    "word": "词语",
    "name": "名称",
    "scopes": "权限",
    "per_minute": "每分钟次数",
    "per_day": "每日次数",
    "decision": "处理",
}
"""What the fields of forms are called, where one is shown again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent too late: where to, and its fields in order."""

    action: str
    fields: tuple[tuple[str, str], ...]


def login_router(frame: Frame) -> APIRouter:
    """/admin/login and /admin/logout."""
    router, entrance = APIRouter(include_in_schema=False), Entrance(frame.store)
    door = Door(frame)

    @router.get(PATH)
    def show(request: Request, back: Annotated[str, Query(alias="next")] = PREFIX) -> Response:
        return door.page(request, back)

    @router.post(PATH)
    async def enter(request: Request) -> Response:
        return await door.enter(request, entrance)

    within = frame.router()

    @within.post("/logout")
    def leave(request: Request) -> Response:
        session = session_of(request)
        frame.store.sessions.close(session.id)
        frame.store.audit.record(session.account, Action.SIGNED_OUT)
        response = RedirectResponse(PATH, 303)
        response.delete_cookie(COOKIE, path=PREFIX)
        return response

    router.include_router(within)
    return router


class Door:
    """The page for signing in, in its states."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._checking = CapacityLimiter(AT_ONCE)

    def page(
        self, request: Request, back: str, refused: NotLetIn | None = None, name: str = "", kept: Kept | None = None
    ) -> HTMLResponse:
        visitor = request.cookies.get(VISITOR) or token_urlsafe(16)
        values = {
            "csrf": self.frame.forgery.token(_subject(visitor)),
            "next": _within(back),
            "refused": str(refused) if refused else "",
            "name": name,
            "kept": kept,
            "prefix": _KEPT,
            "is_empty": not self.frame.store.accounts.any_enabled(),
        }
        status = 200 if refused is None else 429 if refused.retry_after else 403
        page = self.frame.pages.render(request, "admin/login.html", values, status)
        page.headers["cache-control"] = "no-store"
        if refused and refused.retry_after:
            page.headers["retry-after"] = str(refused.retry_after)
        _set(page, request, VISITOR, visitor)
        return page

    async def enter(self, request: Request, entrance: Entrance) -> Response:
        """Let in, then go where one wanted to, or show the form that was kept."""
        form = await request.form(max_files=0)
        said = {key: value for key, value in form.multi_items() if isinstance(value, str)}
        name, back, kept = said.get("name", "")[:200], said.get("next", PREFIX), _kept(form)
        visitor = request.cookies.get(VISITOR, "")
        genuine = self.frame.forgery.is_genuine(said.get(FIELD, ""), _subject(visitor), _LONGEST)
        if from_elsewhere(request):
            kept = None  # another site would have its form sent by whoever signs in
        if not genuine or from_elsewhere(request):
            refused = NotLetIn("登录页已过期，请再登录一次。如果反复出现，请检查浏览器是否允许 Cookie。")
            return await run_in_threadpool(self.page, request, back, refused, name, kept)
        password, address = said.get("password", ""), address_of(request.scope)
        try:
            token = await run_sync(entrance.enter, name, password, address, limiter=self._checking)
        except NotLetIn as refused:
            return await run_in_threadpool(self.page, request, back, refused, name, kept)
        response: Response = RedirectResponse(_within(back), 303)
        if kept is not None and (session := await run_in_threadpool(self.frame.store.sessions.find, token)):
            response = await run_in_threadpool(self._again, request, session, kept)
        _set(response, request, COOKIE, token)
        response.delete_cookie(VISITOR, path=PREFIX)
        return response

    def _again(self, request: Request, session: Session, kept: Kept) -> HTMLResponse:
        """The form that was sent too late, with a token of the new session; nothing is done before it is sent again."""
        request.state.session = session
        return self.frame.page(request, "admin/again.html", {"kept": kept, "labels": LABELS})


async def sign_in_instead(frame: Frame, request: Request) -> Response:
    """What one who is not signed in gets in place of a page; of a form sent, the fields are kept."""
    if SCRIPT in request.headers:
        return Problem("signed_out").response()
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{request.url.path}{query}"
        return RedirectResponse(PATH if target == PREFIX else f"{PATH}?next={quote(target, safe='/')}", 303)
    kept = None if from_elsewhere(request) else await _sent(request)
    refused = NotLetIn("登录已过期，请重新登录。" + ("您填写的内容已保留，登录后再确认一次。" if kept else ""))
    return Door(frame).page(request, _referring(request), refused, kept=kept)


async def _sent(request: Request) -> Kept | None:
    """The text fields of a form; None of one with a file, which is chosen again."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    form = await request.form()
    fields = tuple(_texts(form))
    return Kept(request.url.path, fields) if fields else None


def _texts(form: FormData) -> Iterator[tuple[str, str]]:
    yield from ((key, value) for key, value in form.multi_items() if isinstance(value, str) and key != FIELD)


def _kept(form: FormData) -> Kept | None:
    action = form.get("action")
    if not isinstance(action, str) or _within(action) != action:
        return None
    return Kept(action, tuple((key[len(_KEPT) :], value) for key, value in _texts(form) if key.startswith(_KEPT)))


def _subject(visitor: str) -> str:
    """What a token of the login form is bound to: never what one of a session is, whatever the cookie holds."""
    return f"door:{visitor}"


def _within(back: str) -> str:
    """An address behind the login; the first page there where it is none."""
    path = back.partition("?")[0]
    is_ours = (path == PREFIX or path.startswith(f"{PREFIX}/")) and path != PATH
    return back if is_ours and "\\" not in back and back.isprintable() else PREFIX


def _referring(request: Request) -> str:
    """The page that a form was on; the first page where that cannot be read."""
    try:
        referrer = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return PREFIX
    return _within(referrer.path) if referrer.netloc == request.headers.get("host") else PREFIX


def _set(response: Response, request: Request, cookie: str, value: str) -> None:
    """For this browser session, out of reach of scripts and of other sites."""
    is_secure = request.url.scheme == "https"
    response.set_cookie(cookie, value, path=PREFIX, httponly=True, samesite="lax", secure=is_secure)
