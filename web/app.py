"""The application, assembled. Nothing else happens here."""

from __future__ import annotations

from fastapi import FastAPI

from corpus.originals import Originals
from web.access.admission import Access, open_access
from web.access.description import declare
from web.access.gate import Gate, share_with
from web.access.settings import AccessSettings
from web.admin.administration import Administration
from web.admin.routers import administer
from web.api.description import TAGS, describe, operation_id
from web.api.routers import api_routers
from web.api.service import service_router
from web.asking import Answering, Desk
from web.assets import Assets
from web.compression import Compressed
from web.exports.choosing import Figures
from web.limits import BodyLimit, SecurityHeaders
from web.openai import openai_router
from web.operation.answer_cache import AnswerCache
from web.operation.metrics import Metrics
from web.operation.requests import Noted
from web.pages.answer import answer_router
from web.pages.appearance import appearance_router
from web.pages.chat import chat_router
from web.pages.compare import compare_router
from web.pages.downloads import downloads_router
from web.pages.history import history_router
from web.pages.ledger import ledger_router
from web.pages.library import library_router
from web.pages.reader import reader_router
from web.pages.reference import reference_router
from web.pages.rendering import Pages
from web.pages.verdicts import verdicts_router
from web.problems import install
from web.store import Store
from web.wechat.callback import wechat_router
from web.wechat.settings import WeChatSettings

TITLE = "医养问策"
DESCRIPTION = "医养结合政策问答：回答只由文件原文组成，每条引文都可核对。"


def create_app(
    assistant: Answering,
    store: Store,
    wechat: WeChatSettings | None = None,
    *,
    metrics: Metrics | None = None,
    access: Access | None = None,
    cached_answers: int = 0,
    log_addresses: bool = False,
    administration: Administration | None = None,
    public_url: str = "",
    originals: Originals | None = None,
) -> FastAPI:
    """The server over an assistant and a store; both stay the caller's to close.

    An app ends with the index it is over, and another one takes its place: metrics, the store and whatever else is
    handed in go on. cached_answers: how many are kept for those who ask the same again. access: who may come in and how
    often; where none is handed in, all may, keys hold, and nothing is limited but keys. public_url: where links in
    messages, files and copied answers lead, whatever Host a request names. originals: the files that documents were
    read from; where none are handed in, those that come with the program. administration: what the pages behind the
    login need; where none is handed in, there are none.
    """
    app = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version="1.0",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
    )
    access = access or open_access(AccessSettings(), store)
    desk, assets = Desk(assistant, store, AnswerCache(cached_answers) if cached_answers else None), Assets()
    pages, metrics = Pages(assets), metrics or Metrics()
    metrics.serves(assistant.index_version, len(assistant.library))
    figures = Figures(assistant.library)
    for router in api_routers(desk, metrics, figures, public_url):
        app.include_router(router)
    app.include_router(service_router(desk, metrics))
    app.include_router(openai_router(desk, metrics))
    if wechat is not None:
        app.include_router(wechat_router(desk, metrics, wechat))
    app.include_router(chat_router(desk, pages, metrics, public_url))
    app.include_router(answer_router(desk, pages, public_url))
    app.include_router(verdicts_router(desk, pages))
    app.include_router(history_router(store, pages))
    originals = originals or Originals()
    app.include_router(library_router(assistant.library, pages))
    app.include_router(reader_router(assistant.library, pages, originals))
    app.include_router(downloads_router(assistant.library, originals))
    app.include_router(compare_router(desk, pages, figures))
    app.include_router(ledger_router(desk, pages, figures, public_url))
    app.include_router(reference_router(app, pages, access.settings))
    app.include_router(appearance_router())
    if administration is not None:
        administer(app, desk, pages, administration)
    app.mount("/static", assets)
    declare(app, access.settings)
    describe(app)
    app.add_middleware(Gate, access=access, pages=pages)
    share_with(app, access.settings.origins)
    app.add_middleware(BodyLimit)
    install(app, pages.problem)
    app.add_middleware(Compressed)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Noted, metrics=metrics, with_address=log_addresses)
    return app
