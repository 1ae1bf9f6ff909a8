"""The list of documents, and a document to read."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response

from web.asking import Desk
from web.pages import relations, sheet
from web.pages.facts import facts_of
from web.pages.rendering import Pages
from web.pages.shelf import Wish, shelf_of
from web.problems import Problem
from web.wording import WordingError, clean_words

_LONGEST_WISH = 100
"""Characters of what the list of documents is narrowed down by."""


def reader_router(desk: Desk, pages: Pages) -> APIRouter:
    """/documents, and a page a document."""
    router, library = APIRouter(include_in_schema=False), desk.assistant.library

    @router.get("/documents")
    def documents(request: Request, q: str = "", region: str = "", standing: str = "") -> Response:
        shelf = shelf_of(library, _wish(q, region, standing), date.today())
        return pages.render(request, "documents.html", {"shelf": shelf})

    @router.get("/documents/{document_id}")
    def document(request: Request, document_id: str, start: str = "", end: str = "") -> Response:
        found = library.get(document_id)
        mark = sheet.mark_of(found, start, end)
        values = {
            "document": found,
            "facts": facts_of(found, library, date.today()),
            "sections": sheet.sections(found, mark, library.links.outgoing[document_id]),
            "outline": sheet.outline(found),
            "named": relations.texts_named(document_id, library),
            "naming": relations.documents_naming(document_id, library),
        }
        return pages.render(request, "document.html", values)

    return router


def _wish(words: str, region: str, standing: str) -> Wish:
    """What the list of documents is asked for. Raises Problem (control_characters)."""
    try:
        return Wish(*(clean_words(each)[:_LONGEST_WISH] for each in (words, region, standing)))
    except WordingError as error:
        raise Problem(error.code, str(error)) from None
