"""What serves while the index is being opened: alive, not ready, and a page that comes again by itself."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from web.assets import Assets
from web.limits import SecurityHeaders
from web.operation.metrics import Metrics
from web.operation.requests import Noted
from web.pages.rendering import Pages
from web.problems import Problem

AGAIN = 2
"""Seconds after which to ask again; opening takes two or three."""
_WORDS = "服务正在启动，通常几秒钟即可使用，请稍候。"


def starting_app(metrics: Metrics, log_addresses: bool = False) -> ASGIApp:
    """/healthz and /static as ever; anything else is 503, as a page for a browser and as a problem for a program."""
    assets = Assets()
    pages = Pages(assets)

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "ok", "index_version": None, "documents": None})

    async def not_yet(scope: Scope, receive: Receive, send: Send) -> None:
        await _not_yet(Request(scope), pages)(scope, receive, send)

    app = Starlette(routes=[Route("/healthz", alive), Mount("/static", assets), Mount("/", not_yet)])
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Noted, metrics=metrics, with_address=log_addresses)
    return app


def _not_yet(request: Request, pages: Pages) -> Response:
    problem = Problem("not_ready", _WORDS, headers={"Retry-After": str(AGAIN)})
    if pages.problem(request, problem) is None:  # for a program
        return problem.response()
    is_sent = request.method not in ("GET", "HEAD")
    page = pages.render(request, "starting.html", {"is_sent": is_sent}, problem.status)
    page.headers.update(problem.headers)
    if not is_sent:  # what was sent by a form is not sent again behind its back
        page.headers["Refresh"] = str(AGAIN)
    return page
