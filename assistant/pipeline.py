"""The pipeline: from a question to a verified answer, one step a line.

normalise -> put words right that were typed by sound -> resolve the follow-up -> understand -> scope -> return a
courtesy, look up, or else gather evidence and decide -> render -> verify. Every step is a function from values to a new
value; none keeps anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from assistant.answers import Answer, Filters, QuestionType, Status, Turn
from assistant.comparison import subjects_compared
from assistant.composition import Draft, draft_outcome
from assistant.concepts import wanted_of
from assistant.conversation import resolve
from assistant.courtesies import answer_courtesy
from assistant.decision import Outcome, Weighed, decide, decide_absent, decide_comparison, decide_mentions
from assistant.evidence import Evidence, Ledger, weigh
from assistant.glossary import PATH as GLOSSARY
from assistant.glossary import Glossary, glossary_at, load_glossary
from assistant.lookups import articles_asked, look_up
from assistant.models import PATH as WEIGHTS
from assistant.questions import Understanding, normalise, understand
from assistant.reasons import Found, Taken, reasons_of
from assistant.references import text_asked
from assistant.rendering import Telling, render, template_files
from assistant.scope import Scope, scope_of, uncovered
from assistant.spelling import Spelling
from assistant.sureness import Sureness, reliability
from assistant.verification import verify
from corpus.anticipated import AnticipatedError
from corpus.citations import Citation, cite
from corpus.holdings import library_at
from corpus.library import Library
from corpus.provisions import is_ruling
from corpus.versions import DamagedHolding
from index.encoder import Encoder, load_encoder
from index.retriever import Hit, Retriever
from index.stages import stage
from index.storage import IndexUnavailable, open_index, serving

CANDIDATES = 20
"""Provisions taken from the retriever and weighed as evidence."""
MOST_MENTIONS = 10
"""Provisions listed of those that speak of something."""
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
    glossary: Glossary = field(repr=False)
    spelling: Spelling = field(repr=False)
    clock: Callable[[], date] = field(default=date.today, repr=False)

    @property
    def index_version(self) -> str:
        """What an answer depends on, in 16 hexadecimal digits: the index, the glossary, the weights, the templates, and
        what is in force today."""
        ended = self._not_in_force(self.clock())
        return sha256(f"{self._parts_version}{ended}".encode()).hexdigest()[:16]

    @cached_property
    def _parts_version(self) -> str:
        digest = sha256(self.retriever.version.encode())
        for part in (GLOSSARY, WEIGHTS, *template_files()):
            digest.update(part.read_bytes())
        if self.glossary.own:
            digest.update(json.dumps(self.glossary.own, sort_keys=True).encode())
        return digest.hexdigest()

    def _not_in_force(self, day: date) -> tuple[str, ...]:
        return tuple(sorted(each for each, validity in self.library.validity.items() if not validity.in_force(day)))

    @property
    def own_terms(self) -> Mapping[str, tuple[str, ...]]:
        """The office's own entries of the glossary: lay word -> printed terms."""
        return self.glossary.own

    def with_own_terms(self, own: Mapping[str, tuple[str, ...]]) -> Assistant:
        """This assistant as it would be with other own entries, over the same library and index."""
        glossary = load_glossary().with_own(own)
        return replace(self, glossary=glossary, spelling=Spelling.of(self.library, glossary))

    def ask(
        self, question: str, *, history: tuple[Turn, ...] = (), filters: Filters = _NO_FILTERS, limit: int = 3
    ) -> Answer:
        """The verified answer. history: the earlier turns of the conversation, oldest first.

        Raises VerificationError where an answer would not be verbatim, which is a fault, not an outcome.
        """
        with stage("spelling"):
            typed = normalise(question)
            plain = self.spelling.corrected(typed)
        with stage("resolve"):
            interpreted = resolve(plain, history, self.library, self.glossary)
        with stage("understand"):
            asked = understand(interpreted, self.library)
            scope = scope_of(asked, filters, self.library, self.clock(), history)
        with stage("decide"):
            courtesy = answer_courtesy(plain, self.library)
            straight = courtesy or self._not_at_hand(asked, scope, limit) or self._within_article(asked, scope)
            draft = straight or look_up(asked, scope.library)
            found = Found(draft) if draft else self._search_and_decide(asked, scope, limit)
        with stage("render"):
            day = filters.as_of or self.clock()
            telling = Telling(day, filters != _NO_FILTERS, _sureness_of(found))
            rendered = render(found.draft, question, interpreted, self.library, telling)
        with stage("verify"):
            answer = verify(rendered, self.library)
        if courtesy:
            return answer
        taken = Taken(typed, plain, interpreted)
        with stage("explain"):
            reasons = reasons_of(found, answer, taken, asked, self.library, self.glossary, self.retriever.rarity)
        return replace(answer, reasons=reasons)

    def search(self, question: str, *, filters: Filters = _NO_FILTERS, limit: int = 10) -> tuple[SearchHit, ...]:
        """The provisions nearest to a question, best first, without deciding whether they answer it."""
        ranked = self.weigh(question, filters=filters, candidates=max(limit, CANDIDATES)).ranked
        return tuple(_search_hit(evidence) for evidence in ranked[:limit])

    def weigh(
        self,
        question: str,
        *,
        history: tuple[Turn, ...] = (),
        filters: Filters = _NO_FILTERS,
        candidates: int = CANDIDATES,
    ) -> Weighed:
        """What is known of a question when it comes to deciding. For search, and for training the models."""
        plain = self.spelling.corrected(normalise(question))
        asked = understand(resolve(plain, history, self.library, self.glossary), self.library)
        scope = scope_of(asked, filters, self.library, self.clock(), history)
        return self._weigh(asked, scope, scope.document_ids, candidates)

    def _not_at_hand(self, asked: Understanding, scope: Scope, limit: int) -> Draft | None:
        """The draft for a question for what a text says that is only named; None for any other question."""
        absent = None if asked.document_ids else text_asked(asked.wording, self._missing_titles)
        if absent is None:
            return None
        one = self._weigh(asked, scope, scope.document_ids)
        return draft_outcome(decide_absent(one, limit), asked, one.wanted, self.library, absent)

    def _within_article(self, asked: Understanding, scope: Scope) -> Draft | None:
        """The draft for a question put to an article («第十五条谁负责»); None where it is not answered there."""
        articles = articles_asked(asked, scope.library)
        if not articles:
            return None
        among = frozenset(document.document_id for document, _ in articles)
        inside = {(document.document_id, provision.article_id) for document, provision in articles}
        weighed = self._weigh(asked, scope, among, len(self._ledger.sentences))
        own = tuple(each for each in weighed.ranked if (each.document.document_id, each.provision.article_id) in inside)
        if not own or not own[0].facts:
            return None
        outcome = Outcome(Status.ANSWERED, own[:1], confidence=1.0)
        return draft_outcome(outcome, asked, weighed.wanted, self.library)

    def _search_and_decide(self, asked: Understanding, scope: Scope, limit: int) -> Found:
        if asked.type is QuestionType.COMPARISON:
            sides = self._sides(asked, scope)
            if len(sides) > 1:
                compared = draft_outcome(decide_comparison(sides, limit), asked, sides[0].wanted, self.library)
                return Found(compared, tuple(each for side in sides for each in side.ranked))
        if asked.mentions:
            one = self._weigh(asked, scope, scope.document_ids, MOST_MENTIONS * 6)
            mentioning = decide_mentions(one, MOST_MENTIONS)
            if mentioning.evidence:
                return Found(draft_outcome(mentioning, asked, one.wanted, self.library), one.ranked)
        one = self._weigh(asked, scope, scope.document_ids)
        return Found(draft_outcome(decide(one, limit), asked, one.wanted, self.library), one.ranked)

    def _sides(self, asked: Understanding, scope: Scope) -> tuple[Weighed, ...]:
        """What a comparison sets side by side: places or documents, else two subjects, else what each document says."""
        named = bool(asked.places or asked.document_ids)
        subjects = () if named and len(scope.sides) > 1 else subjects_compared(asked)
        if subjects:
            return tuple(self._weigh(subject, scope, scope.document_ids) for subject in subjects)
        if named and len(scope.sides) < 2 and len(asked.places) < 2:
            return ()
        return tuple(self._weigh(asked, scope, side) for side in scope.sides)

    def _weigh(
        self, asked: Understanding, scope: Scope, document_ids: frozenset[str], candidates: int = CANDIDATES
    ) -> Weighed:
        """Evidence from those documents, best first."""
        wanted = wanted_of(asked.wording, asked.focus, self.glossary, self.retriever.rarity)
        among = None if len(document_ids) == len(self.library) else document_ids
        with stage("retrieve"):
            hits = self.retriever.search(self.glossary.expanded(asked.wording), candidates, among)
        with stage("weigh"):
            ruling = (hit for hit in hits if _rules_on_something(hit, self.library) and self._holds(hit, scope.day))
            ranked = weigh(ruling, asked, wanted, self._ledger, scope.meant, scope.recent)
        return Weighed(asked, wanted, ranked, uncovered=bool(uncovered(asked, self.library)))

    def _holds(self, hit: Hit, day: date) -> bool:
        """Whether an article has not been put out of force by itself, while its document is still in force."""
        validity = self.library.validity[hit.document_id]
        return not validity.repealed or not validity.in_force(day) or validity.in_force(day, hit.article_id)

    @cached_property
    def _missing_titles(self) -> tuple[str, ...]:
        """Titles that the documents name and the library does not have, long ones first."""
        return tuple(sorted((each.title for each in self.library.links.missing()), key=len, reverse=True))

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger.of(self.library)


def open_assistant(home: Path, encoder: str | Encoder = "", clock: Callable[[], date] = date.today) -> Assistant:
    """The assistant over the library and the index in `home`, by the encoder of that name or path, or one at hand.

    clock: the day by which documents are in force; that of the machine where none is handed in.
    Raises IndexUnavailable where no fitting index is built, EncoderError where a model cannot be loaded, and ModelError
    where the default one has to be made and cannot be.
    """
    serving(home)  # before the model is loaded or even made
    try:
        library = library_at(home)
    except (DamagedHolding, AnticipatedError) as error:
        raise IndexUnavailable(str(error)) from error
    retriever = open_index(home, library, load_encoder(encoder, home) if isinstance(encoder, str) else encoder)
    glossary = glossary_at(home)
    return Assistant(library, retriever, glossary, Spelling.of(library, glossary), clock)


def _rules_on_something(hit: Hit, library: Library) -> bool:
    """Whether a provision can answer: it is numbered, and more than a heading over others."""
    document = library.get(hit.document_id)
    provision = document.find(hit.article_id)
    if not is_ruling(provision.article_id):
        return False
    return provision.end == provision.subtree_end or "。" in document.own_text(provision)


def _sureness_of(found: Found) -> Sureness | None:
    draft = found.draft
    worth = reliability(draft.status, draft.type, draft.confidence) if found.ranked is not None else None
    return worth.sureness if worth else None


def _search_hit(evidence: Evidence) -> SearchHit:
    citation = cite(evidence.document, evidence.provision, *evidence.span)
    return SearchHit(citation, citation.quote(evidence.document), round(evidence.score, 4))
