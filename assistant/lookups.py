"""Questions answered by looking into a document, not by a search: an article, a fact of the head, an outline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.addressing import Address, find_articles
from assistant.answers import Clarification, QuestionType, Status
from assistant.composition import MOST_OPTIONS, Draft, block
from assistant.evidence import clauses_of
from assistant.questions import Field, Understanding
from corpus.library import Library
from corpus.markers import read_marker
from corpus.provisions import CLOSING, PREAMBLE, PolicyDocument, Provision
from corpus.references import references
from corpus.sentences import Span, sentences_over

_FIELD_NAMES = {
    Field.ISSUERS: "发文机关",
    Field.DOCUMENT_NUMBER: "文号",
    Field.ISSUED_ON: "成文日期",
    Field.STATUS: "时效",
    Field.BASIS: "制定依据",
}


def look_up(asked: Understanding, library: Library) -> Draft | None:
    """The draft for a question that needs no search, else None. `library`: what the filters leave."""
    documents = [library.get(document_id) for document_id in asked.document_ids if document_id in library]
    if asked.document_ids and not documents:
        return Draft(Status.NOT_FOUND, asked.type, "filtered_out")
    if asked.address is not None:
        return _article(asked.address, documents, library)
    if asked.type is QuestionType.FACT and asked.field is not None and documents:
        return _head(documents[0], asked.field)
    if asked.type is QuestionType.OUTLINE and documents:
        return _outline(documents[0])
    return None


def _article(address: Address, documents: Sequence[PolicyDocument], library: Library) -> Draft | None:
    if not documents:
        return _which_document(address, library)
    found = [(document, provision) for document in documents for provision in find_articles(document, address)]
    if not found:
        slots: dict[str, object] = {"document": documents[0].metadata, "printed": address.printed}
        return Draft(Status.NOT_FOUND, QuestionType.LOOKUP, "no_such_article", slots=slots)
    if len(found) > 1 and len(documents) == 1:
        return _which_article(found)
    blocks = tuple(
        block(document, provision, (provision.start, provision.subtree_end), _subject(document, provision))
        for document, provision in found
    )
    return Draft(Status.ANSWERED, QuestionType.LOOKUP, "lookup", blocks, confidence=1.0)


def _which_document(address: Address, library: Library) -> Draft | None:
    """Ask back which document is meant; None where no document has such an article, which is for the search then."""
    having = [document for document in library if find_articles(document, address)]
    if not having:
        return None
    options = tuple(f"{_call(document)}{address.printed}" for document in having[:MOST_OPTIONS])
    clarification = Clarification(f"您要看的是哪份文件的{address.printed}？", options)
    return Draft(Status.CLARIFY, QuestionType.LOOKUP, "clarify", clarification=clarification)


def _which_article(found: Sequence[tuple[PolicyDocument, Provision]]) -> Draft:
    options = tuple(f"{_call(document)} {_path(provision)}" for document, provision in found[:MOST_OPTIONS])
    clarification = Clarification("这份文件里有几处用这个编号，您要看的是哪一处？", options)
    return Draft(Status.CLARIFY, QuestionType.LOOKUP, "clarify", clarification=clarification)


def _call(document: PolicyDocument) -> str:
    """What a question can call a document by, so that it is understood: its 文号, else its title."""
    return document.metadata.document_number or f"《{document.metadata.title}》"


def _path(provision: Provision) -> str:
    """The number of an article as a question can give it."""
    return provision.article_id if "." in provision.article_id else f"第{provision.article_id}部分"


def _subject(document: PolicyDocument, provision: Provision) -> tuple[Span, ...]:
    """What an article is about: its heading, or where it has none its first clause, the number left out."""
    if provision.heading:
        start = document.text.index(provision.heading, provision.start)
        return ((start, start + len(provision.heading)),)
    first = clauses_of(document.text, (provision.start, provision.end))[:1]
    return tuple((start + _number_length(document.text[start:end]), end) for start, end in first)


def _number_length(clause: str) -> int:
    marker = read_marker(clause)
    words = clause[marker.length :] if marker else clause
    return len(clause) - len(words.lstrip())


def _outline(document: PolicyDocument) -> Draft:
    """The document's parts; each heading is a quotation of its own, so each is a link."""
    parts = [part for part in document.walk() if part.level == 1 and part.article_id not in {PREAMBLE, CLOSING}]
    blocks = tuple(
        block(document, part, (part.start, _line_end(document, part.start)), _subject(document, part)) for part in parts
    )
    slots: dict[str, object] = {"document": document.metadata}
    return Draft(Status.ANSWERED, QuestionType.OUTLINE, "outline", blocks, slots, confidence=1.0)


def _head(document: PolicyDocument, asked: Field) -> Draft:
    """A fact of the head, cited where it is printed; unspecified where it is not."""
    preamble = document.find(PREAMBLE)
    slots: dict[str, object] = {"document": document.metadata, "field": _FIELD_NAMES[asked]}
    marked = _printed(document, preamble, asked)
    if not marked:
        title = (preamble.start, _line_end(document, preamble.start))
        unspecified = (block(document, preamble, title),)
        return Draft(Status.UNSPECIFIED, QuestionType.FACT, "no_such_field", unspecified, slots, confidence=1.0)
    if asked is Field.BASIS:
        span = sentences_over(document.text, preamble.start, preamble.end, marked)
    else:
        span = (_line_start(document, marked[0][0]), _line_end(document, marked[-1][1]))
    return Draft(
        Status.ANSWERED, QuestionType.FACT, "fact", (block(document, preamble, span, marked),), slots, confidence=1.0
    )


def _printed(document: PolicyDocument, preamble: Provision, asked: Field) -> tuple[Span, ...]:
    """Where the preamble prints a fact of the head."""
    if asked is Field.BASIS:
        named = [(found.start, found.end) for found in references(document) if found.article_id == PREAMBLE]
        return tuple(named[-_basis_size(document, named) :])
    found = (_find(document.text, preamble, words) for words in _values(document, asked))
    return tuple(sorted(span for span in found if span is not None))


def _basis_size(document: PolicyDocument, named: Sequence[Span]) -> int:
    """How many of the texts named stand in the sentence of the last one: «根据《…》《…》等文件精神»."""
    if not named:
        return 0
    last = document.text.rfind("\n", 0, named[-1][0])
    return sum(span[0] > last for span in named)


def _values(document: PolicyDocument, asked: Field) -> tuple[str, ...]:
    """The ways in which a fact of the head may be printed, or its several values."""
    metadata = document.metadata
    if asked is Field.ISSUERS:
        return metadata.issuers
    if asked is Field.ISSUED_ON:
        return _dates(metadata.issued_on) if metadata.issued_on else ()
    value = metadata.document_number if asked is Field.DOCUMENT_NUMBER else metadata.status
    return (value,) if value else ()


def _dates(day: date) -> tuple[str, ...]:
    return (f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}")


def _find(text: str, preamble: Provision, words: str) -> Span | None:
    """Where words stand in the preamble, whatever white space is between their characters."""
    spaced = re.compile(r"\s*".join(map(re.escape, words)))
    match = spaced.search(text, preamble.start, preamble.end)
    return match.span() if match else None


def _line_start(document: PolicyDocument, at: int) -> int:
    return document.text.rfind("\n", 0, at) + 1


def _line_end(document: PolicyDocument, at: int) -> int:
    end = document.text.find("\n", at)
    return end if end >= 0 else len(document.text)
