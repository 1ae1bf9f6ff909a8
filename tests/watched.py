"""The real assistant, watched: what reaches it, and when it may go on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from assistant.answers import Answer
from assistant.pipeline import Assistant, SearchHit
from corpus.library import Library


@dataclass
class Watched:
    """The real assistant, with what it was asked, a gate to hold questions at, and faults to come.

    histories  the questions before, of each question asked
    """

    assistant: Assistant
    asked: list[str] = field(default_factory=list)
    histories: list[tuple[str, ...]] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    faults: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open.set()

    @property
    def library(self) -> Library:
        return self.assistant.library

    @property
    def index_version(self) -> str:
        return self.assistant.index_version

    def ask(self, question: str, **context: Any) -> Answer:
        self.asked.append(question)
        self.histories.append(tuple(turn.question for turn in context["history"]))
        assert self.open.wait(20)
        if self.faults:
            raise self.faults.pop()
        return self.assistant.ask(question, **context)

    def search(self, question: str, **context: Any) -> tuple[SearchHit, ...]:
        return self.assistant.search(question, **context)


@pytest.fixture
def watched(assistant: Assistant) -> Watched:
    return Watched(assistant)
