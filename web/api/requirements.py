"""The ledger of hard figures, as a list and as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from web import schemas
from web.api.common import ERRORS, PREFIX
from web.asking import Desk
from web.exports import files
from web.exports.choosing import Choice, Figures
from web.exports.extract import Extract
from web.site import site_of

_ERRORS: dict[int | str, dict[str, Any]] = {422: ERRORS[422], 404: ERRORS[404]}


def _of_kind(media_type: str, words: str) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of a file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {**_ERRORS, 200: {"description": words, "content": content}}


def requirements_router(desk: Desk, figures: Figures, public_url: str = "") -> APIRouter:
    """The figures that can be checked. public_url: where the links in files lead."""
    router, library = APIRouter(prefix=PREFIX, tags=["documents"]), desk.assistant.library

    def known(query: schemas.RequirementsChoice) -> Choice:
        """The choice. Raises UnknownDocument."""
        for document_id in query.document_id or ():
            library.get(document_id)
        return query.to_choice()

    def extract_of(query: schemas.RequirementsChoice, site: str = "") -> Extract:
        return files.extract_of(figures, known(query), desk, site)

    @router.get("/requirements", summary="硬性要求", responses=_ERRORS)
    def list_requirements(query: Annotated[schemas.RequirementsRequest, Query()]) -> schemas.RequirementList:
        """列出文件中可以核查的数字：数量、频次、期限及其适用条件，各附所在的句子。"""
        found = figures.chosen(known(query))
        return schemas.RequirementList(
            requirements=[
                schemas.RequirementOut.of(entry, library) for entry in found[query.offset : query.offset + query.limit]
            ],
            total=len(found),
            index_version=desk.assistant.index_version,
        )

    @router.get(
        "/requirements.csv",
        summary="硬性要求（CSV）",
        response_class=Response,
        responses=_of_kind(files.CSV, "UTF-8，带字节顺序标记；以“=”等开头的单元格前加撇号"),
    )
    def export_requirements_csv(query: Annotated[schemas.RequirementsChoice, Query()]) -> Response:
        """符合条件的全部硬性要求，一行一条，可用表格软件打开。"""
        return files.csv_file(extract_of(query))

    @router.get(
        "/requirements.xlsx",
        summary="硬性要求（Excel）",
        response_class=Response,
        responses=_of_kind(files.WORKBOOK, "第一张表为硬性要求，第二张表说明筛选条件、日期和索引版本"),
    )
    def export_requirements_workbook(query: Annotated[schemas.RequirementsChoice, Query()], http: Request) -> Response:
        """符合条件的全部硬性要求，每行附原文地址。"""
        return files.workbook_file(extract_of(query, site_of(http, public_url)))

    @router.get(
        "/requirements.ics",
        summary="定期事项（日历）",
        response_class=Response,
        responses=_of_kind(files.CALENDAR, "iCalendar（RFC 5545）；同一事项的 UID 不变，再次导入即更新"),
    )
    def export_requirements_calendar(query: Annotated[schemas.CalendarRequest, Query()], http: Request) -> Response:
        """符合条件的要求中定期要做的事，排成全天、重复的日程。排不进日历的频次不列，项数写在日历说明中。"""
        return files.calendar_file(extract_of(query, site_of(http, public_url)), query.start)

    return router
