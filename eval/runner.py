"""Every gold question, with its dialogue, through the assistant; what came back, as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from rich.console import Console
from rich.progress import track

from assistant.answers import Answer
from assistant.answers import Turn as Said
from corpus.citations import Citation
from corpus.library import Library
from eval.gold import ArticleRef, GoldQuestion

DEPTH = 10
"""How many articles of a ranking are kept and judged."""
WARM_UP = "您好"


class Hit(Protocol):
    """What searching finds: a citation, best first."""

    @property
    def citation(self) -> Citation: ...


class Answers(Protocol):
    """What the suite needs of an assistant."""

    @property
    def library(self) -> Library: ...

    def ask(self, question: str, *, history: tuple[Said, ...] = ()) -> Answer: ...

    def search(self, question: str, *, limit: int) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue; seconds is the wall time of `ask` alone."""

    question: str
    answer: Answer
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What the assistant made of one gold question.

    turns    one for every turn of the question; fewer where the assistant failed
    ranking  the articles cited, best first, then those that searching for the interpreted question adds; no article
             twice, at most ten. A first place is therefore always the first citation, where there is one.
    fault    what was raised, empty if nothing was
    """

    question: GoldQuestion
    turns: tuple[Turn, ...]
    ranking: tuple[ArticleRef, ...]
    fault: str = ""

    @property
    def answer(self) -> Answer | None:
        """The answer that is scored: that to the last turn."""
        return self.turns[-1].answer if self.turns and not self.fault else None

    @property
    def seconds(self) -> float:
        return self.turns[-1].seconds if self.turns else 0.0

    @property
    def cited(self) -> tuple[ArticleRef, ...]:
        if self.answer is None:
            return ()
        return distinct(article_of(quotation.citation) for quotation in self.answer.citations)


def run(questions: Sequence[GoldQuestion], assistant: Answers, console: Console | None = None) -> tuple[Result, ...]:
    """Ask all questions in order; with a console, a progress bar is shown on it."""
    assistant.ask(WARM_UP)
    asked: Iterable[GoldQuestion] = questions
    if console is not None:
        asked = track(questions, description="正在逐题提问", console=console, transient=True)
    return tuple(_result(question, assistant) for question in asked)


def article_of(citation: Citation) -> ArticleRef:
    """The article a citation is of."""
    return ArticleRef(citation.document_id, citation.article_id)


def distinct(refs: Iterable[ArticleRef]) -> tuple[ArticleRef, ...]:
    """The same articles in the same order, each once."""
    return tuple(dict.fromkeys(refs))


def _result(question: GoldQuestion, assistant: Answers) -> Result:
    """A question that makes the assistant fail is one more finding; it must not end the run."""
    turns: list[Turn] = []
    try:
        for text in question.turns:
            turns.append(_turn(text, tuple(turns), assistant))
        return Result(question, tuple(turns), _ranking(turns[-1].answer, assistant))
    except Exception as error:  # the outer boundary of the suite
        return Result(question, tuple(turns), (), fault=f"{type(error).__name__}: {error}")


def _turn(text: str, earlier: tuple[Turn, ...], assistant: Answers) -> Turn:
    history = tuple(Said.of(turn.answer) for turn in earlier)
    started = perf_counter()
    answer = assistant.ask(text, history=history)
    return Turn(text, answer, perf_counter() - started)


def _ranking(answer: Answer, assistant: Answers) -> tuple[ArticleRef, ...]:
    cited = [article_of(quotation.citation) for quotation in answer.citations]
    found = [article_of(hit.citation) for hit in assistant.search(answer.interpreted_question, limit=DEPTH)]
    return distinct([*cited, *found])[:DEPTH]
