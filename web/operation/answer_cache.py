"""Answers kept for those who ask the same again: bounded, the least recently asked for go first.

An answer depends on the question, the turns before it, the restrictions, the index and the day alone, and these are
its key: what is kept is what would be worked out. A conversation that is opened again is answered from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock

from cachetools import LRUCache

from assistant.answers import Answer, Filters, Turn


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that an answer depends on; history: the turns that it leans on; day: that on which it is asked."""

    question: str
    history: tuple[Turn, ...]
    filters: Filters
    limit: int
    index_version: str
    day: date


class AnswerCache:
    """At most `size` answers, of some KB each. Safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._answers: LRUCache[Occasion, Answer] = LRUCache(size)
        self._lock = Lock()

    def get(self, occasion: Occasion) -> Answer | None:
        with self._lock:
            return self._answers.get(occasion)

    def keep(self, occasion: Occasion, answer: Answer) -> None:
        with self._lock:
            self._answers[occasion] = answer
