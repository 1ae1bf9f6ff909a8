"""The files that documents were read from, to be taken away as they came; and the text of versions gone by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse

from corpus.library import Library
from corpus.originals import Original, Originals
from corpus.provisions import Metadata
from corpus.readers import SUFFIXES, Format
from corpus.versions import Holding
from web.problems import Problem

CONTENT_TYPES: Mapping[Format, str] = {
    Format.TEXT: "text/plain",  # without a charset: the file is as it came, and may be in GB18030
    Format.MARKDOWN: "text/markdown",
    Format.HTML: "text/html",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.DOC: "application/msword",
    Format.PDF: "application/pdf",
    Format.OFD: "application/ofd",
}
_LONGEST_NAME = 80
"""Characters of a file's name without its ending: 240 bytes at most, where file systems allow 255."""
# What some system does not allow in a file's name, and signs that no one sees.
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')


def downloads_router(library: Library, originals: Originals) -> APIRouter:
    """/documents/{id}/original, and the text and the file of every version of a document."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/documents/{document_id}/original", methods=["GET", "HEAD"])
    def original(request: Request, document_id: str) -> Response:
        document = library.get(document_id)
        return _file(request, originals.of(document), document.metadata, document_id)

    @router.get("/documents/{document_id}/versions/{version}")
    def text(document_id: str, version: str) -> Response:
        library.get(document_id)
        words = originals.text(_version(originals, document_id, version))
        if words is None:
            raise Problem("not_found", "这个版本的文字已损坏，读不出来。")
        return PlainTextResponse(words, headers={"cache-control": "private, no-cache"})

    @router.api_route("/documents/{document_id}/versions/{version}/original", methods=["GET", "HEAD"])
    def version_original(request: Request, document_id: str, version: str) -> Response:
        metadata = library.get(document_id).metadata
        holding = _version(originals, document_id, version)
        edition = f"（第{holding.number}版）"
        return _file(request, originals.of_version(holding), metadata, f"{document_id}-{holding.number}", edition)

    return router


def file_name(metadata: Metadata, suffix: str, edition: str = "") -> str:
    """«长民〔2025〕2号 关于….docx», as every system allows it."""
    words = " ".join(part for part in (metadata.document_number, metadata.title) if part)
    plain = " ".join(_NOT_IN_A_NAME.sub("", words).split())
    return f"{plain[: _LONGEST_NAME - len(edition)].strip(' .')}{edition}{suffix}"


def attachment(name: str, plain_name: str) -> str:
    """A Content-Disposition after RFC 6266: the name after RFC 5987, and one in ASCII for programs that know no other.

    plain_name: ASCII without quotation marks.
    """
    return f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _version(originals: Originals, document_id: str, version: str) -> Holding:
    """Raises Problem (not_found)."""
    found = next((each for each in originals.versions(document_id) if each.version == version), None)
    if found is None:
        raise Problem("not_found", "这份文件没有这个版本。")
    return found


def _file(
    request: Request, original: Original | None, metadata: Metadata, plain_name: str, edition: str = ""
) -> Response:
    """The file as it came. Raises Problem (not_found) where it is not there."""
    if original is None:
        raise Problem("not_found", "这份文件的原件不在库中，或者已损坏。可在文件页取纯文本。")
    ending = original.path.suffix.lower()
    suffix = ending if ending in SUFFIXES else ""
    headers = {
        "content-type": CONTENT_TYPES[original.format],
        "content-disposition": attachment(file_name(metadata, suffix, edition), f"{plain_name}{suffix}"),
        "etag": f'"{original.sha256}"',
        "cache-control": "private, no-cache",
    }
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={name: headers[name] for name in ("etag", "cache-control")})
    return FileResponse(original.path, headers=headers)
