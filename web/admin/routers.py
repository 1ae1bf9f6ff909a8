"""Everything behind the login, put into an app."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from web.admin.administration import Administration
from web.admin.care.glossary import glossary_router
from web.admin.care.gold import gold_router
from web.admin.care.keys import keys_router
from web.admin.care.questions import questions_router
from web.admin.care.usage import usage_router
from web.admin.frame import Frame, SignInWanted
from web.admin.log import log_router
from web.admin.login import login_router, sign_in_instead
from web.admin.overview import overview_router
from web.admin.publications import publications_router
from web.admin.uploads import uploads_router
from web.admin.versions import versions_router
from web.asking import Desk
from web.pages.rendering import Pages


def administer(app: FastAPI, desk: Desk, pages: Pages, administration: Administration) -> None:
    """Add the pages behind the login to an app over a library."""
    frame = Frame(desk.store, pages, administration.secret)

    async def wanted(request: Request, error: Exception) -> Response:
        return await sign_in_instead(frame, request)

    app.add_exception_handler(SignInWanted, wanted)
    for router in (
        login_router(frame),
        overview_router(frame, desk, administration),
        uploads_router(frame, administration),
        publications_router(frame, administration),
        versions_router(frame, desk, administration),
        questions_router(frame, desk),
        gold_router(frame, desk, administration),
        glossary_router(frame, desk, administration),
        usage_router(frame, desk),
        keys_router(frame),
        log_router(frame),
    ):
        app.include_router(router)
