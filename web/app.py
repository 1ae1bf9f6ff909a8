"""The application, assembled. Nothing else happens here."""

from __future__ import annotations

from fastapi import FastAPI

from web.api.routers import api_routers
from web.api.service import service_router
from web.asking import Answering, Desk
from web.assets import Assets
from web.limits import BodyLimit, SecurityHeaders
from web.openai import openai_router
from web.operation.metrics import Measured, Metrics
from web.pages.appearance import appearance_router
from web.pages.chat import chat_router
from web.pages.reader import reader_router
from web.pages.reference import reference_router
from web.pages.rendering import Pages
from web.problems import install
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
    for router in api_routers(desk, metrics):
        app.include_router(router)
    app.include_router(service_router(desk, metrics))
    app.include_router(openai_router(desk, metrics))
    if wechat is not None:
        app.include_router(wechat_router(desk, metrics, wechat))
    app.include_router(chat_router(desk, pages, metrics))
    app.include_router(reader_router(desk, pages))
    app.include_router(reference_router(app, pages))
    app.include_router(appearance_router())
    app.mount("/static", assets)
    install(app, pages.problem)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=metrics)
    return app
