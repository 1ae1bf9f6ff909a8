"""Documents, their text and articles, and what refers to what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from web import schemas
from web.api.common import ERRORS, PREFIX
from web.asking import Desk


def documents_router(desk: Desk) -> APIRouter:
    """Documents, their text and articles, and what refers to what."""
    router, library = APIRouter(prefix=PREFIX), desk.assistant.library

    unknown: dict[int | str, dict[str, Any]] = {404: ERRORS[404]}

    @router.get("/documents", summary="文件目录", tags=["documents"])
    def list_documents() -> schemas.DocumentList:
        """列出文件库中的全部文件。"""
        listed = [schemas.DocumentSummary.of(document, library) for document in library]
        return schemas.DocumentList(documents=listed, index_version=desk.assistant.index_version)

    @router.get("/documents/{document_id}", summary="文件", tags=["documents"], responses=unknown)
    def get_document(document_id: str) -> schemas.DocumentOut:
        """一份文件的基本信息和全部条目。"""
        return schemas.DocumentOut.of(library.get(document_id), library)

    @router.get(
        "/documents/{document_id}/text",
        summary="文件全文",
        tags=["documents"],
        response_class=PlainTextResponse,
        responses=unknown,
    )
    def get_document_text(document_id: str) -> Response:
        """规范文本，UTF-8 纯文本；引文的 start、end 即其中的字符位置，其 SHA-256 即 document_sha256。"""
        found = library.get(document_id)
        return PlainTextResponse(found.text, headers={"etag": f'"{found.sha256}"', "cache-control": "no-cache"})

    @router.get(
        "/documents/{document_id}/provisions/{article_id}", summary="条目", tags=["documents"], responses=unknown
    )
    def get_provision(document_id: str, article_id: str) -> schemas.ProvisionOut:
        """一个条目的全文。"""
        found = library.get(document_id)
        return schemas.ProvisionOut.of(found, found.find(article_id))

    @router.get("/documents/{document_id}/references", summary="引用关系", tags=["documents"], responses=unknown)
    def list_references(document_id: str) -> schemas.ReferencesOut:
        """这份文件提到哪些文件和条目，文件库中哪些文件提到它。"""
        return schemas.ReferencesOut.of(library.get(document_id), library, desk.assistant.index_version)

    @router.get("/references/missing", summary="缺少的文件", tags=["documents"], responses={422: ERRORS[422]})
    def list_missing_documents(query: Annotated[schemas.PageRequest, Query()]) -> schemas.MissingList:
        """文件提到、文件库中没有的文件，提到次数多的在前。"""
        found = library.links.missing()
        return schemas.MissingList(
            missing=[schemas.MissingOut.of(each, library) for each in found[query.offset : query.offset + query.limit]],
            total=len(found),
            index_version=desk.assistant.index_version,
        )

    return router
