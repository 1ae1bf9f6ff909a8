"""Questions to offer while one is being typed: those anticipated of the documents, and their headings.

They are ways to ask, not words of a policy: nothing here is quoted, and no answer depends on it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain, pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from assistant.questions import normalise
from corpus.library import Library

LONGEST_TYPED = 80
"""Characters typed, up to which there is something to complete; no anticipated question is longer."""
_LEAST = 0.5
"""Of the words typed, the share that a suggestion must have."""
_BY_GRAMS = 0.7
"""How much of the share is for grams; the rest is for having the characters typed in their order."""
_LEAST_IN_ORDER = 0.25
"""Of the characters typed, the share that a suggestion must have in their order: grams do not count repeats."""
_BEGINS = 0.15
"""Added for beginning as typed."""
_NEARLY_TYPED = 0.1
"""Added for having nothing more than what is typed, less where there is more to come."""
_IN_ITS_WORDS = 0.25
"""Added for speaking as its document does: of two ways to ask the same, the plain one goes first."""
_IS_HEADING = -0.3
"""Added for being a heading: a question says better what will be answered."""
_SAME = 80
"""Likeness (0 to 100) from which two suggestions are one and the same."""
_AN_ARTICLE = 2
"""Suggestions from one article: what is anticipated of it is mostly one question in other words."""
_USUAL = 10
"""Documents from which on a heading says nothing of what is under it: 总则, 法律责任, 保障措施."""
# A heading that reads as a subject; not the name of a form, nor a clause that ends in a sign.
_SUBJECT = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“”、，+]{4,30}")
# What makes no difference to what is asked: signs, and the particles at the end of a question.
_UNSPOKEN = re.compile(r"[\W_吗呢吧啊呀嘛呗哦伐]+")
# Anticipated questions are written to be found by; these are not fit to be offered.
_UNFIT = re.compile(
    # what points to something not said; asked by itself it has no answer: 这份通知, 该方案, 落款
    r"[这那该此](?:份|个|些|项|次|一|文|通知|方案|措施|办法|意见|规定|政策|事|儿|里|边|套|块|条|摊)|上述|前述|落款|它"
    # where something stands in a document: 第几条, 哪一部分, 写在哪里; the outline shows it
    r"|[哪几第].{0,2}(?:块|部分|摊|条|章|节|页|标题)|[写列排翻](?:到|在|了|哪)|标题|题目|哪张"
    # spoken or of a dialect: 啥, 咋办, 鼓励不？
    r"|[啥咋伐俺咧]|[^不]不[？?]?$|图个|凑|搭伙|打头|一块儿|上头|后头|辰光"
)


class SuggestionKind(StrEnum):
    """Where a suggestion comes from."""

    QUESTION = "question"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words that may be asked, and the article that they were written for."""

    text: str
    kind: SuggestionKind
    document_id: str
    article_id: str


@dataclass(frozen=True)
class Suggestions:
    """What can be offered over a library, ready to be searched.

    keys      what is offered, as it is compared: see key_of
    postings  of every character and every two in a row, the keys that have them, ascending
    bonus     what each gets besides, whatever is typed
    """

    library: Library = field(repr=False)
    offered: tuple[Suggestion, ...] = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    postings: Mapping[str, NDArray[np.intp]] = field(repr=False)
    bonus: NDArray[np.float64] = field(repr=False)

    def matching(self, typed: str, limit: int, today: date) -> tuple[Suggestion, ...]:
        """At most `limit` suggestions for what is typed so far, best first; none from what is not in force today."""
        key = key_of(typed) if len(typed) <= LONGEST_TYPED else ""
        found: list[int] = []
        for row in self._ranked(key) if key and self.offered else ():
            if len(found) == limit:
                break
            if self._in_force(self.offered[row], today) and self._is_new(row, found):
                found.append(row)
        return tuple(self.offered[row] for row in found)

    def _ranked(self, key: str) -> Iterator[int]:
        """The rows that have enough of what is typed, best first; of equals the first in the library."""
        shares = self._shares(key)
        rows = np.flatnonzero(shares >= _LEAST)
        begins = np.array([self.keys[row].startswith(key) for row in rows], dtype=np.float64)
        nearly = np.minimum(len(key) / self._lengths[rows], 1.0)
        scores = shares[rows] + self.bonus[rows] + _NEARLY_TYPED * nearly + _BEGINS * begins
        return (int(row) for row in rows[np.argsort(-scores, kind="stable")])

    def _shares(self, key: str) -> NDArray[np.float64]:
        """How much of what is typed each key has, 0 to 1: its grams, rare ones counting more, and its order."""
        in_order = process.cdist([key], self.keys, scorer=LCSseq.similarity, dtype=np.int32)[0] / len(key)
        weights = {gram: weight for gram in _grams(key) if (weight := self._weight(gram))}
        met = np.zeros(len(self.keys))
        for gram in weights.keys() & self.postings.keys():
            met[self.postings[gram]] += weights[gram]
        shares = _BY_GRAMS * met / max(sum(weights.values()), 1.0) + (1 - _BY_GRAMS) * in_order
        return np.asarray(np.where(in_order < _LEAST_IN_ORDER, 0.0, shares), dtype=np.float64)

    def _weight(self, gram: str) -> float:
        """How much a gram says. A pair that nobody uses says nothing: words meet in it that nobody put together."""
        having = len(self.postings.get(gram, ()))
        return log(1 + len(self.keys) / max(having, 1)) if having or len(gram) == 1 else 0.0

    def _in_force(self, suggestion: Suggestion, today: date) -> bool:
        return self.library.validity[suggestion.document_id].in_force(today, suggestion.article_id)

    def _is_new(self, row: int, found: Iterable[int]) -> bool:
        """Whether it says something that those found do not, and theirs are not already enough of its article."""
        places = [(self.offered[each].document_id, self.offered[each].article_id) for each in (row, *found)]
        return places.count(places[0]) <= _AN_ARTICLE and all(
            fuzz.ratio(self.keys[row], self.keys[each]) < _SAME for each in found
        )

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        return np.array([len(key) for key in self.keys], dtype=np.float64)


def suggestions_of(library: Library) -> Suggestions:
    """Everything that can be offered over a library; what would be the same to a reader once only."""
    first: dict[str, Suggestion] = {}
    for suggestion in chain(_questions(library), _headings(library)):
        if key := key_of(suggestion.text):
            first.setdefault(key, suggestion)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(first):
        for gram in _grams(key):
            rows[gram].append(row)
    postings = {gram: np.array(having, dtype=np.intp) for gram, having in rows.items()}
    return Suggestions(library, tuple(first.values()), tuple(first), postings, _bonus(first, library))


def key_of(words: str) -> str:
    """The same for all ways to write the same words: simplified, half-width, small letters; no spaces, no signs."""
    return _UNSPOKEN.sub("", normalise(words)).casefold()


def _questions(library: Library) -> Iterator[Suggestion]:
    """The anticipated questions that are answered and fit to be offered."""
    for document_id, anticipated in library.anticipated.items():
        for each in anticipated:
            if each.stated and not _UNFIT.search(each.question):
                yield Suggestion(each.question, SuggestionKind.QUESTION, document_id, each.article_id)


def _headings(library: Library) -> Iterator[Suggestion]:
    """The headings that say what is under them."""
    found = [(document.document_id, each) for document in library for each in document.walk() if each.heading]
    users = Counter(heading for _, heading in {(document_id, key_of(each.heading)) for document_id, each in found})
    for document_id, each in found:
        if _SUBJECT.fullmatch(each.heading) and users[key_of(each.heading)] < _USUAL:
            yield Suggestion(each.heading, SuggestionKind.HEADING, document_id, each.article_id)


def _bonus(offered: Mapping[str, Suggestion], library: Library) -> NDArray[np.float64]:
    asked = {each.document_id for each in offered.values() if each.kind is SuggestionKind.QUESTION}
    printed = {document_id: _grams(key_of(library.get(document_id).text)) for document_id in asked}
    return np.array([_bonus_of(key, each, printed) for key, each in offered.items()], dtype=np.float64)


def _bonus_of(key: str, suggestion: Suggestion, printed: Mapping[str, frozenset[str]]) -> float:
    if suggestion.kind is SuggestionKind.HEADING:
        return _IN_ITS_WORDS + _IS_HEADING
    own = _grams(key)
    return _IN_ITS_WORDS * len(own & printed[suggestion.document_id]) / len(own)


def _grams(key: str) -> frozenset[str]:
    """Its characters, and every two in a row."""
    return frozenset(key) | {first + second for first, second in pairwise(key)}
