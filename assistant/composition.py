"""Drafts: an outcome with its quotations chosen, before any sentence is written. All text in a draft is cited text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.addressing import address_of, called
from assistant.answers import Clarification, QuestionType, Quotation, Related, Status
from assistant.clauses import clauses_of
from assistant.concepts import Wanted
from assistant.decision import Outcome
from assistant.evidence import Evidence
from assistant.questions import Understanding
from assistant.scope import narrower, uncovered
from assistant.spans import Deciding, deciding_words, quoted_span
from assistant.wanted import name_of
from corpus.citations import cite
from corpus.figures.requirements import Fact, FactKind, Force
from corpus.library import NATIONAL, Library
from corpus.provisions import PolicyDocument, Provision
from corpus.relations.references import references
from corpus.structure.markers import read_marker
from corpus.structure.sentences import Span
from corpus.titles import titled

LONGEST_PHRASE = 120
"""Characters of a sentence that a finding repeats."""
MOST_OPTIONS = 4
# What ties a clause to the one before it, which a finding does not repeat: «且3年内不得申请…».
_CONNECTIVE = re.compile(r"^(?:并且|而且|同时|且|并|但|而)[，,]?")
_STRONGEST = (Force.FORBIDDEN, Force.REQUIRED, Force.PRINCIPLE, Force.PERMITTED, Force.ENCOURAGED, Force.EXPLORED)
# Behind an operative word that rules nothing: the noun in «提供生活照料等方面支持».
_CLOSES = re.compile(r"[，。；：、！？）)\s]|$")
# What a force must not be told without: 100张及以上, 邻近的除外, 原则上, 有条件的.
_CONDITIONAL = re.compile(r"除外|但|原则上|有条件|符合|具备|以[上下]|不足|超过|未|[如若]")
NEAR_MISS = 0.3
"""Coverage of the question from which a provision that does not answer is worth showing."""


@dataclass(frozen=True, slots=True)
class Block:
    """A quotation with what the finding says of it.

    phrase     verbatim words of the quotation: the sentence that answers, or of a long one the clauses around the marks
    operative  the operative word in the phrase, where whether something may or must be done is asked
    force      how strongly that word binds
    conditional  whether the phrase holds a threshold, an exception or «in principle»
    bodies     the bodies marked, where who is in charge is asked
    words      the marked words, each verbatim
    """

    document: PolicyDocument
    provision: Provision
    quotation: Quotation
    phrase: str = ""
    operative: str = ""
    force: Force | None = None
    conditional: bool = False
    bodies: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_national(self) -> bool:
        return self.document.metadata.region == NATIONAL


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer will say. `form` names its template in templates/finding/, `slots` fill it."""

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


def draft_outcome(
    outcome: Outcome, asked: Understanding, wanted: Wanted, library: Library, absent: str | None = None
) -> Draft:
    """The draft of a search's outcome. absent: the title of a text that is asked about and not at hand."""
    if outcome.status is Status.CLARIFY:
        return _clarification(outcome, asked)
    blocks = tuple(_evidence_block(evidence, asked, wanted) for evidence in outcome.evidence)
    return Draft(
        status=outcome.status,
        type=asked.type,
        form="absent" if absent else _form(asked) if outcome.status is Status.ANSWERED else outcome.status.value,
        blocks=blocks,
        slots={
            "missing": name_of(asked.sought, asked.focus, _words(outcome.evidence[:1])),
            "uncovered": uncovered(asked, library),
            "narrower": narrower(asked, library),
            "silent": tuple(called(document) for document in outcome.silent),
        },
        related=tuple(_related(evidence) for evidence in outcome.near if evidence.signs.covered >= NEAR_MISS),
        missing_texts=(titled(absent),) if absent else _missing_texts(outcome, wanted, library),
        confidence=round(outcome.confidence, 4),
    )


def _words(evidence: Sequence[Evidence]) -> str:
    return "".join(each.document.own_text(each.provision) for each in evidence)


def _form(asked: Understanding) -> str:
    """The sentence that an answer found by search has: that of what was sought, whatever was named beside it."""
    if asked.mentions:
        return "mentions"
    return asked.type.value if asked.type is QuestionType.COMPARISON else asked.sought.value


def _evidence_block(evidence: Evidence, asked: Understanding, wanted: Wanted) -> Block:
    deciding = deciding_words(evidence, asked, wanted)
    text = evidence.document.text
    made = block(evidence.document, evidence.provision, quoted_span(evidence, deciding), deciding.marked)
    phrase = _phrase(text, deciding)
    operative = _operative(text, deciding) if asked.sought is QuestionType.PERMISSION else None
    spoken = text[slice(*operative.span)] if operative else ""
    is_told = operative is not None and spoken in phrase and _is_plain(evidence, deciding)
    bodies = (text[slice(*fact.span)] for fact in deciding.facts if fact.kind is FactKind.BODY)
    return replace(
        made,
        phrase=phrase,
        operative=spoken if is_told else "",
        force=operative.force if operative and is_told else None,
        conditional=_CONDITIONAL.search(phrase) is not None,
        bodies=tuple(dict.fromkeys(bodies)) if asked.sought is QuestionType.RESPONSIBILITY else (),
    )


def _is_plain(evidence: Evidence, deciding: Deciding) -> bool:
    """Whether the sentence binds in one way only: of «应设置…，鼓励设置…» no single force can be told."""
    start, end = deciding.sentence
    spoken = {
        fact.force for each in evidence.sentences for fact in each.facts if fact.force and start <= fact.start < end
    }
    return len(spoken - {Force.PRINCIPLE}) == 1


def _phrase(text: str, deciding: Deciding) -> str:
    """The sentence that answers, without its number; of a long one the clauses from the first mark to the last.

    Empty where even those are too long to say in one breath.
    """
    start, end = deciding.sentence
    number = read_marker(text[start:end])
    start += number.length if number else 0
    if end - start > LONGEST_PHRASE:
        touched = [
            clause
            for clause in clauses_of(text, (start, end))
            if any(clause[0] < last and first < clause[1] for first, last in deciding.marked)
        ]
        if not touched:
            return ""
        start, end = touched[0][0], touched[-1][1]
    phrase = _CONNECTIVE.sub("", text[start:end].strip()).rstrip("。；，")
    return phrase if len(phrase) <= LONGEST_PHRASE else ""


def _operative(text: str, deciding: Deciding) -> Fact | None:
    """The operative word of the marked words, the strongest where there are several."""
    spoken = [fact for fact in deciding.facts if fact.force and not _CLOSES.match(text, fact.end)]
    return min(spoken, key=lambda fact: (_STRONGEST.index(fact.force or Force.EXPLORED), fact.start), default=None)


def _related(evidence: Evidence) -> Related:
    citation = cite(evidence.document, evidence.provision, *evidence.span)
    return Related(citation, citation.quote(evidence.document))


def _clarification(outcome: Outcome, asked: Understanding) -> Draft:
    headed = [evidence for evidence in outcome.near if evidence.provision.heading]
    options = tuple(dict.fromkeys(address_of(evidence.document, evidence.provision) for evidence in headed))
    prompt = (
        "您问的范围有些大。请说得再具体一些，比如哪类机构、哪项服务，想知道人数、时间还是由谁负责；也可以先看这些条文："
    )
    clarification = Clarification(prompt if options else prompt.rpartition("；")[0] + "。", options[:MOST_OPTIONS])
    return Draft(Status.CLARIFY, asked.type, "clarify", clarification=clarification)


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
                found[titled(reference.title, reference.document_number)] = None
    return tuple(found)
