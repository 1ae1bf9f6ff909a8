"""The application, assembled. Nothing else happens here."""

from __future__ import annotations

from fastapi import FastAPI

from web.api import api_router, service_router
from web.asking import Answering, Desk
from web.assets import Assets
from web.limits import BodyLimit, SecurityHeaders
from web.metrics import Measured, Metrics
from web.openai import openai_router
from web.pages import Pages, page_router
from web.problems import install
from web.reference import reference_router
from web.store import Store
from web.wechat.callback import wechat_router
from web.wechat.settings import WeChatSettings

TITLE = "医养问策"
DESCRIPTION = "医养结合政策问答：回答只由文件原文组成，每条引文都可核对。"


def create_app(assistant: Answering, store: Store, wechat: WeChatSettings | None = None) -> FastAPI:
    """The server over an assistant and a store; both stay the caller's to close."""
    app = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version="1.0",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    desk, assets = Desk(assistant, store), Assets()
    pages, metrics = Pages(assets), Metrics(assistant.index_version, len(assistant.library))
    app.include_router(api_router(desk, metrics))
    app.include_router(service_router(desk, metrics))
    app.include_router(openai_router(desk, metrics))
    if wechat is not None:
        app.include_router(wechat_router(desk, metrics, wechat))
    app.include_router(page_router(desk, pages, metrics))
    app.include_router(reference_router(app, pages))
    app.mount("/static", assets)
    install(app, pages.problem)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=metrics)
    return app
