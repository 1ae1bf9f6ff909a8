"""The pipeline: from a question to a verified answer, one step a line.

normalise -> resolve the follow-up -> understand -> scope -> look up, or else gather evidence and decide -> render ->
verify. Every step is a function from values to a new value; none keeps anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.answers import Answer, Filters, QuestionType
from assistant.composition import Draft, draft_outcome
from assistant.concepts import Concept, concepts
from assistant.conversation import resolve
from assistant.decision import decide, decide_comparison
from assistant.evidence import Evidence, Ledger, weigh
from assistant.glossary import Glossary, load_glossary
from assistant.lookups import look_up
from assistant.questions import Understanding, normalise, understand
from assistant.rendering import render
from assistant.scope import Scope, scope_of, uncovered
from assistant.verification import verify
from corpus.citations import Citation, cite
from corpus.library import Library, load_library
from corpus.provisions import PREAMBLE
from index.encoder import load_encoder
from index.retriever import Hit, Retriever
from index.storage import open_index, serving

CANDIDATES = 20
"""Provisions taken from the retriever and weighed as evidence."""
_NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A provision found by search alone, with the sentence of it that is nearest; score is for ranking only."""

    citation: Citation
    snippet: str
    score: float


@dataclass(frozen=True)
class Assistant:
    """Answers questions over a library. Holds no conversation: the same arguments give the same answer."""

    library: Library
    retriever: Retriever
    glossary: Glossary

    @property
    def index_version(self) -> str:
        return self.retriever.version

    def ask(
        self, question: str, *, history: tuple[str, ...] = (), filters: Filters = _NO_FILTERS, limit: int = 3
    ) -> Answer:
        """The verified answer. history: the interpreted questions of the earlier turns, oldest first.

        Raises VerificationError where an answer would not be verbatim, which is a fault, not an outcome.
        """
        plain = normalise(question)
        interpreted = resolve(plain, history, self.library, self.glossary)
        asked = understand(interpreted, self.library)
        scope = scope_of(asked, filters, self.library)
        draft = look_up(asked, scope.library) or self._search_and_decide(asked, scope, limit)
        answer = render(draft, question, interpreted, self.library)
        return verify(answer, self.library)

    def search(self, question: str, *, filters: Filters = _NO_FILTERS, limit: int = 10) -> tuple[SearchHit, ...]:
        """The provisions nearest to a question, best first, without deciding whether they answer it."""
        asked = understand(normalise(question), self.library)
        scope = scope_of(asked, filters, self.library)
        ranked = self._gather(asked, self._concepts(asked), scope, scope.document_ids)
        return tuple(_search_hit(evidence) for evidence in ranked[:limit])

    def _search_and_decide(self, asked: Understanding, scope: Scope, limit: int) -> Draft:
        wanted = self._concepts(asked)
        if asked.type is QuestionType.COMPARISON and len(scope.sides) > 1:
            sides = tuple(self._gather(asked, wanted, scope, side) for side in scope.sides)
            outcome = decide_comparison(sides, limit)
        else:
            ranked = self._gather(asked, wanted, scope, scope.document_ids)
            outcome = decide(asked, wanted, ranked, limit, covered=not uncovered(asked, self.library))
        return draft_outcome(outcome, asked, wanted, self.library)

    def _concepts(self, asked: Understanding) -> tuple[Concept, ...]:
        return concepts(asked.wording, self.glossary, self.retriever.rarity)

    def _gather(
        self, asked: Understanding, wanted: tuple[Concept, ...], scope: Scope, document_ids: frozenset[str]
    ) -> tuple[Evidence, ...]:
        """Evidence from those documents, best first."""
        hits = self.retriever.search(self.glossary.expanded(asked.wording), CANDIDATES, document_ids)
        ruling = (hit for hit in hits if _rules_on_something(hit, self.library))
        return weigh(ruling, asked, wanted, self._ledger, scope.meant)

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger.of(self.library)


def open_assistant(home: Path, encoder: str = "") -> Assistant:
    """The assistant over the library and the index in `home`.

    Raises IndexUnavailable where no fitting index is built, and EncoderError where the model cannot be had.
    """
    serving(home)  # before the model is loaded or even made
    library = load_library()
    retriever = open_index(home, library, load_encoder(encoder, home))
    return Assistant(library, retriever, load_glossary())


def _rules_on_something(hit: Hit, library: Library) -> bool:
    """Whether a provision can answer: it is numbered, and more than a heading over others."""
    document = library.get(hit.document_id)
    provision = document.find(hit.article_id)
    if not provision.article_id[0].isdigit() or provision.article_id == PREAMBLE:
        return False
    return provision.end == provision.subtree_end or "。" in document.own_text(provision)


def _search_hit(evidence: Evidence) -> SearchHit:
    citation = cite(evidence.document, evidence.provision, *evidence.span)
    return SearchHit(citation, citation.quote(evidence.document), round(evidence.score, 4))
