"""An answer as the card of a mini-program page. Ranges are in UTF-16 code units, which is how JavaScript counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from assistant.answers import Answer, Status
from corpus.library import Library
from web import beijing
from web.asking import Asked
from web.pages.marking import Range
from web.pages.turns import BADGES
from web.shapes.sources import leading, source_words

PAGE = "pages/provision/provision"
"""The mini-program page that shows a provision, as app.json lists it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a page shows of one answer.

    title      the document cited first; where nothing is cited, the outcome in a few words
    quote      verbatim, whole; empty where nothing is cited
    marks      ranges of the quote that answer, start:end in UTF-16 code units: quote.slice(start, end)
    citation   《title》（number）label, and the 时效 of a document that is not in force; empty where nothing is cited
    page_path  the mini-program page with the words cited, or with the nearest; empty where there is none
    more       further quotations of the same answer
    options    complete questions to tap, where the answer asks back
    """

    status: Status
    title: str
    finding: str
    quote: str
    marks: tuple[Range, ...]
    citation: str
    page_path: str
    more: int
    options: tuple[str, ...]


def card(asked: Asked, library: Library, day: date | None = None) -> Card:
    """The card of an answer, with its first quotation. day: on which documents are in force, today if None."""
    answer = asked.answer
    cited = answer.citations[0] if answer.citations else None
    return Card(
        status=answer.status,
        title=library.get(cited.citation.document_id).metadata.title if cited else BADGES[answer.status],
        finding=answer.finding,
        quote=cited.quote if cited else "",
        marks=utf16_ranges(cited.quote, cited.marks) if cited else (),
        citation=source_words(cited.citation, library, day or beijing.today()) if cited else "",
        page_path=_page_path(answer),
        more=max(0, len(answer.citations) - 1),
        options=answer.clarification.options if answer.clarification else (),
    )


def utf16_ranges(text: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges of code points as ranges of UTF-16 code units: a character beyond U+FFFF counts two."""
    return tuple((_units(text[:start]), _units(text[:end])) for start, end in ranges)


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _page_path(answer: Answer) -> str:
    cited = leading(answer)
    if cited is None:
        return ""
    place = {"document_id": cited.document_id, "article_id": cited.article_id, "start": cited.start, "end": cited.end}
    return f"{PAGE}?{urlencode(place, quote_via=quote)}"
