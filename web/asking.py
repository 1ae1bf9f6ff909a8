"""One question asked and recorded: what the API and the pages both do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

from assistant.answers import Answer, Filters
from assistant.answers import Turn as Said
from corpus.citations import Citation
from corpus.library import Library
from index.stages import stage, timed
from web import beijing
from web.masking import impersonal, masked
from web.operation.answer_cache import AnswerCache, Occasion
from web.store import Store
from web.store.conversations import Turn


class Hit(Protocol):
    """A passage found: where it is, a piece of its words, and how near it is (higher is nearer)."""

    @property
    def citation(self) -> Citation: ...
    @property
    def snippet(self) -> str: ...
    @property
    def score(self) -> float: ...


class Answering(Protocol):
    """What web needs of the assistant. assistant.pipeline.Assistant is one."""

    @property
    def library(self) -> Library: ...
    @property
    def index_version(self) -> str: ...
    def ask(
        self, question: str, *, history: tuple[Said, ...] = (), filters: Filters = ..., limit: int = 3
    ) -> Answer: ...
    def search(self, question: str, *, filters: Filters, limit: int) -> tuple[Hit, ...]: ...


_NO_FILTERS = Filters()
LIMIT = 3
"""Provisions that an answer cites at most, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer with the ids under which it is kept; elapsed_ms takes in reading and writing the store.

    was_cached  whether it was at hand; None where none are kept
    seconds     how long each stage took, the store among them
    filters     what it was narrowed down by
    lapsed      whether the conversation was too long ago to be leaned on
    """

    answer: Answer
    conversation_id: str
    answer_id: str
    index_version: str
    elapsed_ms: float
    was_cached: bool | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    filters: Filters = _NO_FILTERS
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are asked: an assistant, the store of what was asked, and the answers at hand."""

    assistant: Answering
    store: Store
    cache: AnswerCache | None = None

    def ask(
        self, question: str, conversation_id: str | None = None, filters: Filters = _NO_FILTERS, limit: int = LIMIT
    ) -> Asked:
        """The answer carries the question as it is kept, without personal data.

        Raises UnknownConversation; UnknownDocument where filters name a document that is not in the library.
        """
        for document_id in filters.document_ids or ():
            self.assistant.library.get(document_id)
        began = perf_counter()
        with timed() as seconds:
            with stage("store"):
                turns = self.store.conversations.turns(conversation_id) if conversation_id else ()
            history = tuple(turn.said for turn in turns if turn.is_recent)
            asked = self._record(question, history, conversation_id, filters, limit)
        elapsed, lapsed = (perf_counter() - began) * 1000, bool(turns) and not history
        return replace(asked, elapsed_ms=elapsed, seconds=seconds, lapsed=lapsed)

    def converse(self, questions: Sequence[str]) -> Asked:
        """The answer to the last question, for callers who hold the conversation themselves and send all of it.

        The earlier ones are answered again: the same question on the same index gives the same answer. Only the last is
        recorded.
        """
        *earlier, question = questions
        began = perf_counter()
        with timed() as seconds:
            history: tuple[Said, ...] = ()
            for each in earlier:
                answer, _ = self._answer(impersonal(each), history)
                history = (*history, Said.of(answer))
            asked = self._record(question, history)
        return replace(asked, elapsed_ms=(perf_counter() - began) * 1000, seconds=seconds)

    def recall(self, conversation_id: str) -> tuple[Asked, ...]:
        """The latest turns of a conversation, answered again: the same question on the same index says the same.

        Raises UnknownConversation.
        """
        recalled: list[Asked] = []
        history: tuple[Said, ...] = ()
        for turn in self.store.conversations.turns(conversation_id):
            recalled.append(self._again(turn, conversation_id, history))
            history = (*history, turn.said)
        return tuple(recalled)

    def answered(self, answer_id: str) -> Asked:
        """An answer given earlier, given again. Raises UnknownAnswer."""
        conversation_id, turns = self.store.conversations.turns_to(answer_id)
        *before, turn = turns
        return self._again(turn, conversation_id, tuple(each.said for each in before))

    def _again(self, turn: Turn, conversation_id: str, history: tuple[Said, ...]) -> Asked:
        answer, _ = self._answer(turn.said.question, history, turn.filters, turn.limit)
        kept = replace(answer, question=turn.question)
        return Asked(kept, conversation_id, turn.answer_id, turn.index_version, 0.0, filters=turn.filters)

    def _record(
        self,
        question: str,
        history: tuple[Said, ...],
        conversation_id: str | None = None,
        filters: Filters = _NO_FILTERS,
        limit: int = LIMIT,
    ) -> Asked:
        """An answer, worked out and kept; not timed yet."""
        found, was_cached = self._answer(impersonal(question), history, filters, limit)
        answer, version = replace(found, question=masked(question)), self.assistant.index_version
        with stage("store"):
            kept = self.store.conversations.record(answer, version, conversation_id, filters, limit)
        return Asked(answer, *kept, version, 0.0, was_cached, filters=filters)

    def _answer(
        self, question: str, history: tuple[Said, ...], filters: Filters = _NO_FILTERS, limit: int = LIMIT
    ) -> tuple[Answer, bool | None]:
        """The answer, and whether it was at hand."""
        if self.cache is None:
            return self.assistant.ask(question, history=history, filters=filters, limit=limit), None
        occasion = Occasion(question, history, filters, limit, self.assistant.index_version, beijing.today())
        answer = self.cache.get(occasion)
        if answer is not None:
            return answer, True
        answer = self.assistant.ask(question, history=history, filters=filters, limit=limit)
        self.cache.keep(occasion, answer)
        return answer, False
