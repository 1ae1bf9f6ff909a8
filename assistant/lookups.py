"""Questions answered by looking into a document, not by a search: an article, an outline, a fact of the head."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.addressing import Address, address_of, called, find_articles
from assistant.answers import Clarification, QuestionType, Status
from assistant.clauses import clauses_of
from assistant.composition import MOST_OPTIONS, Draft, block
from assistant.heads import answer_head, whole_lines
from assistant.questions import Understanding, parts_of
from assistant.wanted import KINDS
from corpus.figures.requirements import FactKind, facts
from corpus.library import Library
from corpus.provisions import CLOSING, PREAMBLE, PolicyDocument, Provision
from corpus.structure.markers import read_marker
from corpus.structure.sentences import Span

_MOST = 0.5
"""Share of the character pairs of a heading that names its part."""


def look_up(asked: Understanding, library: Library) -> Draft | None:
    """The draft for a question that needs no search, else None. `library`: what the filters leave."""
    documents = [library.get(document_id) for document_id in asked.document_ids if document_id in library]
    if asked.document_ids and not documents:
        return Draft(Status.NOT_FOUND, asked.type, "filtered_out")
    if asked.addresses:
        return _articles(asked.addresses, documents, library)
    if asked.type is QuestionType.FACT:
        return answer_head(asked, library)
    if asked.type is QuestionType.OUTLINE and documents:
        return _outline(documents[0], _part_named(documents[0], asked.wording))
    return None


def articles_asked(asked: Understanding, library: Library) -> tuple[tuple[PolicyDocument, Provision], ...]:
    """The articles that a question is put to, children included, where it asks for a fact of one article."""
    if len(asked.addresses) != 1 or asked.sought not in KINDS:
        return ()
    documents = [library.get(document_id) for document_id in asked.document_ids if document_id in library]
    found = _found(asked.addresses[0], documents)
    if len(found) != 1:
        return ()
    document, top = found[0]
    if is_part(document, top):
        return ()
    return tuple((document, each) for each in document.walk() if top.start <= each.start < top.subtree_end)


def _articles(addresses: Sequence[Address], documents: Sequence[PolicyDocument], library: Library) -> Draft | None:
    if not documents:
        return _which_document(addresses[0], library)
    found = {address: _found(address, documents) for address in addresses}
    if not any(found.values()):
        slots: dict[str, object] = {"document": documents[0].metadata, "printed": addresses[0].printed}
        return Draft(Status.NOT_FOUND, QuestionType.LOOKUP, "no_such_article", slots=slots)
    unclear = next((places for places in found.values() if len(places) > 1 and len(documents) == 1), None)
    if unclear is not None:
        return _which_article(unclear)
    only = [place for places in found.values() for place in places]
    if len(only) == 1 and is_part(*only[0]):
        return _outline(only[0][0], only[0][1])
    blocks = tuple(
        block(document, provision, (provision.start, provision.subtree_end), _gist(document, provision))
        for places in found.values()
        for document, provision in places
    )
    missing = tuple(address.printed for address, places in found.items() if not places)
    return Draft(Status.ANSWERED, QuestionType.LOOKUP, "lookup", blocks, {"absent": missing}, confidence=1.0)


def _found(address: Address, documents: Sequence[PolicyDocument]) -> list[tuple[PolicyDocument, Provision]]:
    return [(document, provision) for document in documents for provision in find_articles(document, address)]


def _which_document(address: Address, library: Library) -> Draft | None:
    """Ask back which document is meant; None where no document has such an article, which is for the search then."""
    having = [document for document in library if find_articles(document, address)]
    if not having:
        return None
    options = tuple(f"{called(document)}{address.printed}" for document in having[:MOST_OPTIONS])
    clarification = Clarification(f"您要看的是哪份文件的{address.printed}？", options)
    return Draft(Status.CLARIFY, QuestionType.LOOKUP, "clarify", clarification=clarification)


def _which_article(found: Sequence[tuple[PolicyDocument, Provision]]) -> Draft:
    options = tuple(address_of(document, provision) for document, provision in found[:MOST_OPTIONS])
    clarification = Clarification("这份文件里有几处用这个编号，您要看的是哪一处？", options)
    return Draft(Status.CLARIFY, QuestionType.LOOKUP, "clarify", clarification=clarification)


def _gist(document: PolicyDocument, provision: Provision) -> tuple[Span, ...]:
    """What an article is about, and the hard figures in it: numbers, frequencies, dates."""
    figures = tuple(
        fact.span
        for fact in facts(document.text, provision.start, provision.subtree_end)
        if fact.kind in {FactKind.QUANTITY, FactKind.FREQUENCY, FactKind.DEADLINE}
    )
    apart: list[Span] = []
    for span in sorted((*_subject(document, provision), *figures)):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return tuple(apart)


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


def is_part(document: PolicyDocument, provision: Provision) -> bool:
    """Whether a provision is a heading over others and says nothing itself."""
    return bool(document.children(provision.article_id)) and "。" not in document.own_text(provision)


def _outline(document: PolicyDocument, named: Provision | None) -> Draft:
    """The document's parts, or those of the part named; each heading is a quotation and a link."""
    if named is not None:
        parts = [named, *document.children(named.article_id)]
    else:
        parts = [part for part in document.walk() if part.level == 1 and part.article_id not in {PREAMBLE, CLOSING}]
    blocks = tuple(
        block(document, part, whole_lines(document, part.start, part.start), _subject(document, part)) for part in parts
    )
    slots: dict[str, object] = {"document": document.metadata, "part": named}
    return Draft(Status.ANSWERED, QuestionType.OUTLINE, "outline", blocks, slots, confidence=1.0)


def _part_named(document: PolicyDocument, wording: str) -> Provision | None:
    """The part whose heading a question repeats, most of it at least: 保障支撑 for 强化保障支撑."""
    shared = {part: _shared(part.heading, wording) for part in parts_of(document)}
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] >= _MOST else None


def _shared(heading: str, wording: str) -> float:
    pairs = [first + second for first, second in pairwise(heading)]
    return sum(pair in wording for pair in pairs) / max(1, len(pairs))
