"""One question asked and recorded: what the API and the pages both do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from assistant.answers import Answer, Filters
from assistant.answers import Turn as Said
from corpus.citations import Citation
from corpus.library import Library
from web.store import Store


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


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer with the ids under which it is kept; elapsed_ms takes in reading and writing the store."""

    answer: Answer
    conversation_id: str
    answer_id: str
    index_version: str
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are asked: an assistant and the store of what was asked."""

    assistant: Answering
    store: Store

    def ask(
        self, question: str, conversation_id: str | None = None, filters: Filters = _NO_FILTERS, limit: int = 3
    ) -> Asked:
        """Raises UnknownConversation; UnknownDocument where filters name a document that is not in the library."""
        began = perf_counter()
        for document_id in filters.document_ids or ():
            self.assistant.library.get(document_id)
        turns = self.store.conversations.turns(conversation_id) if conversation_id else ()
        history = tuple(turn.said for turn in turns if turn.is_recent)
        answer = self.assistant.ask(question, history=history, filters=filters, limit=limit)
        version = self.assistant.index_version
        conversation, answer_id = self.store.conversations.record(answer, version, conversation_id, filters, limit)
        return Asked(answer, conversation, answer_id, version, (perf_counter() - began) * 1000)

    def recall(self, conversation_id: str) -> tuple[Asked, ...]:
        """The latest turns of a conversation, answered again: the same question on the same index says the same.

        Raises UnknownConversation.
        """
        recalled: list[Asked] = []
        history: tuple[Said, ...] = ()
        for turn in self.store.conversations.turns(conversation_id):
            question = turn.said.question
            answer = self.assistant.ask(question, history=history, filters=turn.filters, limit=turn.limit)
            history = (*history, turn.said)
            kept = replace(answer, question=turn.question)
            recalled.append(Asked(kept, conversation_id, turn.answer_id, turn.index_version, 0.0))
        return tuple(recalled)
