"""Turns that ask nothing: a greeting, thanks, «好的». Answered as a person at a counter would."""

from __future__ import annotations

import re

from assistant.answers import Clarification, QuestionType, Status
from assistant.composition import MOST_OPTIONS, Draft
from assistant.questions import type_of
from corpus.figures.requirements import FactKind, facts
from corpus.library import Library
from corpus.provisions import PolicyDocument, is_ruling

_PLAIN = 16
"""Characters of a question that is neither curt nor long."""
# Possessive throughout: a row of 嗯 or 好的 must not be tried in every way it can be cut.
_GREETING = r"您好|你好|在吗|在不在|喂|早上好|下午好|晚上好|哈喽|嗨"
_THANKS = r"谢谢|多谢|感谢|谢了|好|行|可以|明白|知道|了解|收到|嗯|哦|再见|辛苦|嘞"
_PARTICLE = r"了|您|你|啊|呀|哈|吧|啦|的|[，,。！!～~ ]"
_COURTESY = re.compile(rf"^(?:{_GREETING}|{_THANKS})(?:{_GREETING}|{_THANKS}|{_PARTICLE})*+$")
_OPENING = re.compile(_GREETING)


def is_courtesy(question: str) -> bool:
    """Whether a turn only greets, thanks or agrees."""
    return _COURTESY.match(question) is not None


def answer_courtesy(question: str, library: Library) -> Draft | None:
    """The draft for a courtesy, with questions to begin with where it is a greeting; None for anything else."""
    if not is_courtesy(question):
        return None
    if not _OPENING.match(question):
        return Draft(Status.CLARIFY, QuestionType.GENERAL, "thanks", clarification=Clarification("还想了解什么？", ()))
    clarification = Clarification("您想了解什么？", _examples(library))
    return Draft(Status.CLARIFY, QuestionType.GENERAL, "greeting", clarification=clarification)


def _examples(library: Library) -> tuple[str, ...]:
    """A question for a number from each document, neither curt nor long: what is asked for most, plainly put."""
    known = (
        [
            each.question
            for each in library.anticipated.get(document.document_id, ())
            if each.stated and type_of(each.question)[0] is QuestionType.QUANTITY and _rules(document, each.article_id)
        ]
        for document in library
    )
    return tuple(min(questions, key=_oddness) for questions in known if questions)[:MOST_OPTIONS]


def _rules(document: PolicyDocument, article_id: str) -> bool:
    """Whether an article is no head or closing, and prints a number."""
    article = document.find(article_id)
    numbers = (fact for fact in facts(document.text, article.start, article.end) if fact.kind is FactKind.QUANTITY)
    return is_ruling(article_id) and any(numbers)


def _oddness(question: str) -> int:
    return abs(len(question) - _PLAIN)
