"""Where quoted words come from, on one line, with what the reader must know of a document that is not in force."""

from __future__ import annotations

from datetime import date

from assistant.answers import Answer
from corpus.citations import Citation
from corpus.library import Library
from web.sources import source_of


def leading(answer: Answer) -> Citation | None:
    """What an answer points at first: the words cited, else what is nearest; None where there is neither."""
    cited = [quotation.citation for quotation in answer.citations]
    near = [related.citation for related in answer.related]
    return next(iter((*cited, *near)), None)


def source_words(citation: Citation, library: Library, day: date) -> str:
    """《title》（number）label, and the document's 时效 where it is not in force on that day.

    Raises UnknownDocument, UnknownProvision.
    """
    validity = library.validity[citation.document_id]
    ended = "" if validity.in_force(day) else f"（本文件{validity.standing(day)}）"
    return f"{source_of(citation, library).words}{ended}"
