"""The library as JSON lines, for other systems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from corpus.library import Library
from corpus.provisions import PolicyDocument
from web import beijing, schemas
from web.api.common import ERRORS, PREFIX
from web.api.lines import JsonLine, JsonLines
from web.asking import Desk

_AT_A_TIME = 100
"""Lines of a piece."""


def export_router(desk: Desk) -> APIRouter:
    """GET /export."""
    router, library = APIRouter(prefix=PREFIX, tags=["documents"]), desk.assistant.library

    @router.get(
        "/export",
        summary="导出条文",
        response_class=JsonLine,
        response_model=schemas.ExportedDocument | schemas.ExportedProvision,
        response_description="JSON Lines：每份文件一行 ExportedDocument，其后每个条目一行 ExportedProvision",
        responses={404: ERRORS[404], 422: ERRORS[422]},
    )
    def export_provisions(
        query: Annotated[schemas.ExportRequest, Query()],
        if_none_match: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        """全部或部分文件的条文，供其他系统使用；次序固定，可用 gzip 传送。

        ETag 即索引版本；If-None-Match 所说的版本仍是现在的版本时，答以 304。

        一份文件各条目的 text 依次相连，就是它的规范文本，其 SHA-256 即 sha256。条目的标识仿照 Akoma Ntoso 命名规范：
        act 为条文式文件，doc 为其他文件；art 条，para 款，point 项，indent 目，level 公文的层次序数，chp 章，sec 节，
        att 附件，preamble 文首，conclusions 文末；地区以 GB/T 2260 的代码写在 cn 之后。
        """
        for document_id in query.document_id or ():
            library.get(document_id)
        version = desk.assistant.index_version
        # weak, as the same lines are sent both plain and compressed
        headers = {"etag": f'W/"{version}"', "cache-control": "no-cache"}
        if _is_known(version, if_none_match):
            return Response(status_code=304, headers=headers)
        wanted = [document for document in library if query.takes(document)]
        return JsonLines(_pieces(_lines(wanted, library, version)), headers=headers)

    return router


def _lines(documents: Iterable[PolicyDocument], library: Library, version: str) -> Iterator[str]:
    today = beijing.today()
    for document in documents:
        yield schemas.ExportedDocument.of(document, library, today, version).model_dump_json()
        for provision in document.walk():
            yield schemas.ExportedProvision.of(provision, document).model_dump_json()


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Several lines at a time: every piece costs a change of threads."""
    while piece := [*islice(lines, _AT_A_TIME)]:
        yield "".join(f"{line}\n" for line in piece)


def _is_known(version: str, if_none_match: str) -> bool:
    """Whether a caller has this version already, by RFC 9110's weak comparison."""
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", f'"{version}"') for tag in tags)
