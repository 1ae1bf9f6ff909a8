"""Drafts: an outcome with its quotations chosen, before any sentence is written. All text in a draft is cited text."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.answers import Clarification, QuestionType, Quotation, Related, Status
from assistant.concepts import Wanted
from assistant.decision import Outcome
from assistant.evidence import Evidence
from assistant.questions import Understanding
from assistant.scope import uncovered
from assistant.spans import clauses_of, deciding_words, quoted_span
from assistant.wanted import name_of
from corpus.citations import cite
from corpus.library import NATIONAL, Library
from corpus.provisions import PolicyDocument, Provision
from corpus.references import references
from corpus.sentences import Span

LONGEST_PHRASE = 90
"""Characters of clause text that a finding repeats; a longer clause is left to the quotation."""
MOST_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A quotation with what the finding says of it.

    phrase  verbatim words of the quotation; empty where they would be too long
    force   how strongly an operative word binds, in words; empty for other facts
    words   the marked words, each verbatim
    """

    document: PolicyDocument
    provision: Provision
    quotation: Quotation
    phrase: str = ""
    force: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_national(self) -> bool:
        return self.document.metadata.region == NATIONAL


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer will say. `form` names the sentence of templates/finding.txt.j2, `slots` fill it."""

    status: Status
    type: QuestionType
    form: str
    blocks: tuple[Block, ...] = ()
    slots: dict[str, object] = field(default_factory=dict)
    clarification: Clarification | None = None
    related: tuple[Related, ...] = ()
    missing_texts: tuple[str, ...] = ()
    confidence: float = 0.0


def block(document: PolicyDocument, provision: Provision, span: Span, marked: tuple[Span, ...] = ()) -> Block:
    """A quotation of span, with ranges of it marked and shown as its words."""
    citation = cite(document, provision, *span)
    inside = tuple((max(first, citation.start), min(last, citation.end)) for first, last in marked)
    highlights = tuple(sorted(span for span in inside if span[0] < span[1]))
    quotation = Quotation(citation, citation.quote(document), highlights)
    words = tuple(document.text[first:last] for first, last in highlights)
    return Block(document, provision, quotation, words=words)


def draft_outcome(outcome: Outcome, asked: Understanding, wanted: Wanted, library: Library) -> Draft:
    """The draft of a search's outcome."""
    if outcome.status is Status.CLARIFY:
        return _clarification(outcome, asked)
    blocks = tuple(_evidence_block(evidence, asked, wanted) for evidence in outcome.evidence)
    return Draft(
        status=outcome.status,
        type=asked.type,
        form=asked.type.value if outcome.status is Status.ANSWERED else outcome.status.value,
        blocks=blocks,
        slots={"missing": name_of(asked.sought, asked.focus), "uncovered": uncovered(asked, library)},
        related=tuple(_related(evidence) for evidence in outcome.near),
        missing_texts=_missing_texts(outcome, wanted, library),
        confidence=round(outcome.confidence, 4),
    )


def _evidence_block(evidence: Evidence, asked: Understanding, wanted: Wanted) -> Block:
    marked = deciding_words(evidence, asked, wanted)
    made = block(evidence.document, evidence.provision, quoted_span(evidence, marked), marked)
    return Block(
        made.document, made.provision, made.quotation, _phrase(evidence, marked), _force(evidence, marked), made.words
    )


def _phrase(evidence: Evidence, marked: tuple[Span, ...]) -> str:
    """The clauses that hold the marked words, if they are short enough to say in one breath."""
    text = evidence.document.text
    clauses = clauses_of(text, evidence.span)
    touched = [clause for clause in clauses if any(clause[0] < last and first < clause[1] for first, last in marked)]
    if not touched:
        return ""
    start, end = touched[0][0], touched[-1][1]
    return text[start:end] if end - start <= LONGEST_PHRASE else ""


def _force(evidence: Evidence, marked: tuple[Span, ...]) -> str:
    return next(
        (
            fact.force.value
            for fact in evidence.facts
            if fact.force is not None and any(first <= fact.start < last for first, last in marked)
        ),
        "",
    )


def _related(evidence: Evidence) -> Related:
    citation = cite(evidence.document, evidence.provision, *evidence.span)
    return Related(citation, citation.quote(evidence.document))


def _clarification(outcome: Outcome, asked: Understanding) -> Draft:
    headings = dict.fromkeys(evidence.provision.heading for evidence in outcome.near if evidence.provision.heading)
    options = tuple(f"{heading}有什么规定？" for heading in list(headings)[:MOST_OPTIONS])
    prompt = "请说得再具体一些，比如哪类机构、哪项服务、想知道人数、时间还是负责部门。"
    return Draft(Status.CLARIFY, asked.type, "clarify", clarification=Clarification(prompt, options))


def _missing_texts(outcome: Outcome, wanted: Wanted, library: Library) -> tuple[str, ...]:
    """Texts that the provisions nearest to the question refer to by a title about it, and that are not at hand."""
    if outcome.status is Status.ANSWERED:
        return ()
    at_hand = {document.metadata.title for document in library}
    found: dict[str, None] = {}
    for evidence in (*outcome.evidence, *outcome.near[:2]):
        for reference in references(evidence.document):
            about = any(concept.found_in(reference.title) == 1.0 for concept in wanted.concepts)
            if reference.article_id == evidence.provision.article_id and about and reference.title not in at_hand:
                number = f"（{reference.document_number}）" if reference.document_number else ""
                found[f"《{reference.title}》{number}"] = None
    return tuple(found)
