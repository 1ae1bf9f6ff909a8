"""Files as they go out over HTTP: their kind, their name, and their bytes in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from web import beijing
from web.asking import Desk
from web.exports.calendar import write_calendar
from web.exports.choosing import MAX_ROWS, Choice, Figures
from web.exports.extract import Extract, asked_for
from web.exports.rows import csv_pieces
from web.exports.workbook import write_workbook
from web.problems import Problem

CSV = "text/csv"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CALENDAR = "text/calendar"
_PIECE = 64 * 1024
"""Bytes."""


def extract_of(figures: Figures, choice: Choice, desk: Desk, site: str = "") -> Extract:
    """The rows chosen, to be taken away. site: where links lead, as site_of has it; a file without links needs none.

    Raises UnknownDocument; Problem (too_many_rows).
    """
    library = figures.library
    asked = asked_for(choice, library)
    entries = figures.chosen(choice)
    if len(entries) > MAX_ROWS:
        raise Problem("too_many_rows", f"符合条件的有 {len(entries)} 条，一次最多导出 {MAX_ROWS} 条，请再加筛选条件。")
    return Extract(entries, library, asked, beijing.now(), desk.assistant.index_version, site)


def csv_file(extract: Extract) -> Response:
    """The rows as CSV."""
    return StreamingResponse(csv_pieces(extract), media_type=CSV, headers=_named("硬性要求", "csv", extract))


def workbook_file(extract: Extract) -> Response:
    """The rows as a workbook, made in a temporary file that has no name."""
    made = TemporaryFile()  # noqa: SIM115  closed when it has been sent
    try:
        write_workbook(extract, made)
    except BaseException:
        made.close()
        raise
    headers = _named("硬性要求", "xlsx", extract) | {"content-length": str(made.tell())}
    return StreamingResponse(_pieces(made), media_type=WORKBOOK, headers=headers)


def calendar_file(extract: Extract, start: date | None) -> Response:
    """The recurring duties among the rows as a calendar, from a day on; None is today."""
    made = write_calendar(extract, start or extract.day)
    return Response(made, media_type=CALENDAR, headers=_named("定期事项", "ics", extract))


def _named(name: str, suffix: str, extract: Extract) -> dict[str, str]:
    """Headers that name a file, by RFC 6266: in ASCII for the old, in Chinese for the others."""
    day = extract.day.isoformat()
    plain, full = f"yiyang-{day}.{suffix}", quote(f"医养结合{name}-{day}.{suffix}")
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}",
        "cache-control": "private, no-cache",
    }


def _pieces(made: BinaryIO) -> Iterator[bytes]:
    with made:
        made.seek(0)
        while piece := made.read(_PIECE):
            yield piece
