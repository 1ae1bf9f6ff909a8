"""The ledger of hard figures."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query

from corpus.figures.ledger import Entry, ledger
from web import schemas
from web.api.common import ERRORS, PREFIX
from web.asking import Desk


def requirements_router(desk: Desk) -> APIRouter:
    """The figures that can be checked."""
    router, library = APIRouter(prefix=PREFIX), desk.assistant.library

    @cache
    def entries() -> tuple[Entry, ...]:
        return ledger(library)

    @router.get("/requirements", summary="硬性要求", tags=["文件"], responses={422: ERRORS[422], 404: ERRORS[404]})
    def requirements(query: Annotated[schemas.RequirementsRequest, Query()]) -> schemas.RequirementList:
        """列出文件中可以核查的数字：数量、频次、期限及其适用条件，各附所在的句子。"""
        for document_id in query.document_id or ():
            library.get(document_id)
        selection = query.to_selection()
        found = [entry for entry in entries() if selection.takes(entry)]
        return schemas.RequirementList(
            requirements=[
                schemas.RequirementOut.of(entry, library) for entry in found[query.offset : query.offset + query.limit]
            ],
            total=len(found),
            index_version=desk.assistant.index_version,
        )

    return router
