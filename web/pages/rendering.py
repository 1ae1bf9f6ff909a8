"""Templates, and the page that an error is shown as."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.questions import MAX_QUESTION
from corpus.titles import titled
from web import links
from web.assets import Assets
from web.pages.appearance import is_large
from web.pages.facts import region_words
from web.problems import Problem

TEMPLATES = Path(__file__).parents[1] / "templates"
_MACHINE_PATHS = ("/api/", "/v1/", "/wechat/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
SCRIPT = "x-fragment"
"""Header by which the page's own script asks for a piece of HTML, or a problem, in place of a page."""


# What readers are told in place of what programs are told: title and detail, by the code of the problem.
_TO_READERS: Mapping[str, tuple[str, str]] = {
    "unknown_document": ("没有这份文件", "文件库中没有这份文件，可能已经移出，或地址不完整。"),
    "method_not_allowed": ("这个地址不能直接打开", "请回到提问，重新提交。"),
    "payload_too_large": ("内容太长", "提交的内容太长，没有送达。请返回上一页，缩短后再提交。"),
}


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
        self._environment.filters |= {"region": region_words, "titled": titled}
        self._environment.globals |= {
            "asset": assets.url,
            "document_url": links.document_url,
            "max_question": MAX_QUESTION,
            "told": _told,
        }

    def render(self, request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """A page, in large type where the reader has asked for that."""
        about = {"large": is_large(request), "here": request.url.path, "address": _address(request)}
        html = self._environment.get_template(template).render({**about, **values})
        return HTMLResponse(html, status, headers={"cache-control": "private, no-cache"})

    def problem(self, request: Request, problem: Problem) -> Response | None:
        """An error page for a browser; None for a program, which gets the problem itself."""
        wants_html = "text/html" in request.headers.get("accept", "")
        if SCRIPT in request.headers or request.url.path.startswith(_MACHINE_PATHS) or not wants_html:
            return None
        page = self.render(request, "error.html", {"problem": problem}, problem.status)
        page.headers.update(problem.headers)
        return page


def _told(problem: Problem) -> tuple[str, str]:
    """Title and detail of a problem, as readers are told."""
    return _TO_READERS.get(problem.code, (problem.title, problem.detail))


def _address(request: Request) -> str:
    """The page asked for, with its query; of a form that was sent, the first page, which a reader can go back to."""
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{request.url.path}{query}"
    return address if request.method == "GET" and address.isprintable() else "/"
