"""Checking a citation against its document."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from corpus.citations import Citation, CitationError, check
from corpus.library import Library
from corpus.provisions import PolicyDocument
from web import schemas
from web.api.common import ERRORS, PREFIX, require_json
from web.asking import Desk


def checks_router(desk: Desk) -> APIRouter:
    """Checking a citation."""
    router, library = APIRouter(prefix=PREFIX), desk.assistant.library

    @router.post("/verify", summary="核对引文", tags=["checks"], dependencies=[Depends(require_json)], responses=ERRORS)
    def verify_citation(request: schemas.VerifyRequest) -> schemas.VerifyResponse:
        """核对一条引文是否与文件逐字相符。任何人都可以核对。"""
        return checked(library, request)

    return router


def checked(library: Library, claim: schemas.VerifyRequest) -> schemas.VerifyResponse:
    """Whether a citation holds, and why not."""
    if claim.document_id not in library:
        return schemas.VerifyResponse(valid=False, reason="文件库中没有这份文件")
    reason = _mismatch(claim, library.get(claim.document_id))
    return schemas.VerifyResponse(valid=reason is None, reason=reason)


def _mismatch(claim: schemas.VerifyRequest, document: PolicyDocument) -> str | None:
    """Why a citation does not hold, in Chinese; None where it holds."""
    citation = Citation(claim.document_id, claim.article_id, claim.start, claim.end, claim.document_sha256)
    try:
        check(citation, document)
    except CitationError as error:
        return str(error)
    if document.text[claim.start : claim.end] != claim.quote:
        return f"引文与文件第 {claim.start} 至 {claim.end} 字不一致"
    return None
