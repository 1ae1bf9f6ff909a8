"""A document to read: its text with what is cited, named and looked for marked, its outline, its relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from corpus.library import Library
from corpus.originals import Originals
from corpus.provisions import PolicyDocument
from corpus.titles import titled
from web import beijing, links
from web.pages import relations, sheet
from web.pages.editions import editions_of
from web.pages.facts import day, facts_of
from web.pages.finding import LONGEST_WANTED, Finding, find
from web.pages.marking import Range
from web.pages.outlines import branches, outline
from web.pages.rendering import SCRIPT, Pages
from web.wording import clean_words

LONG_OUTLINE = 60
"""Lines from which an outline is shown with its subtrees folded."""
LONG_TEXT = 120
"""Provisions from which a page draws only those that come into view."""


def reader_router(library: Library, pages: Pages, originals: Originals) -> APIRouter:
    """A page a document; to the page's own script, its text alone."""
    router = APIRouter(include_in_schema=False)

    @router.get("/documents/{document_id}")
    def document(
        request: Request, document_id: str, start: str = "", end: str = "", find: str = "", hit: str = ""
    ) -> Response:
        shown = library.get(document_id)
        text = _text(shown, library, sheet.mark_of(shown, start, end), _found(shown, find, hit))
        if SCRIPT in request.headers:
            return pages.render(request, "document_text.html", text)
        return pages.render(request, "document.html", {**text, **_about(shown, library, originals)})

    return router


def _text(document: PolicyDocument, library: Library, mark: Range | None, found: Finding) -> Mapping[str, Any]:
    """What the text itself is shown with; start and end: the range cited, which a search keeps."""
    named = library.links.outgoing[document.document_id]
    return {
        "document": document,
        "sections": sheet.sections(document, mark, named, found.hits),
        "found": found,
        "mark": mark,
        "longest_wanted": LONGEST_WANTED,
        "is_long": len(document.provisions) >= LONG_TEXT,
    }


def _about(document: PolicyDocument, library: Library, originals: Originals) -> Mapping[str, Any]:
    """What stands around the text."""
    today, metadata, lines = beijing.today(), document.metadata, outline(document)
    return {
        "facts": facts_of(document, library, today),
        "citation": titled(metadata.title, metadata.document_number),
        "branches": branches(lines),
        "folded": len(lines) >= LONG_OUTLINE,
        "named": relations.texts_named(document.document_id, library),
        "naming": relations.documents_naming(document.document_id, library),
        "editions": editions_of(document, originals),
        "original_url": links.original_url(document.document_id) if originals.of(document) else None,
        "map_url": links.map_url(document.document_id),
        "today": day(today),
    }


def _found(document: PolicyDocument, words: str, hit: str) -> Finding:
    """Raises WordingError."""
    return find(document.text, clean_words(words), hit)
