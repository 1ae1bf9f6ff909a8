"""The content words of a question, each with the terms that documents print for it and its weight by rarity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from assistant.glossary import Glossary

# The words that ask. Cut out first, or the segmenter makes words of them: 由谁来, 怎么弄.
_ASKING = re.compile(
    r"[由归找让向报]?给?谁[来去]?|怎么(?:[样办弄说做]|回事)?|怎样|如何|咋(?:[样办弄整])?|哪(?:[个些里儿年家样天]|一[个年天])?|什么|啥"
    r"|多少|多久|多长|多大|几(?=[^乎])|能不能|可不可以|要不要|是不是|会不会|行不行|用不用|有没有|需不需要|[吗呢吧啊呀嘛]"
)
_ASKING_WHICH = re.compile(r"哪(?:[些几]|一)?[个条家份种样项本张]?|几[个名份项种张条本]|什么|啥|多少")
_PRINTED_NOWHERE = "\u9fff"
"""A character that no document prints: as rare as a term can be."""
_NEAR = 8
"""Characters behind an asking word in which the thing asked for stands."""
_SUBJECT = 1.0
"""Share from which a word can be what a question is about: nouns, and words of the glossary."""
# What a word's part of speech (ICTCLAS tags, as jieba gives them) says of how much it carries: what a question is
# about is in its nouns; its verbs are often everyday ones that no document prints.
_SHARES = {"n": 1.0, "j": 1.0, "l": 1.0, "i": 1.0, "e": 1.0, "vn": 1.0, "q": 0.7, "v": 0.5, "a": 0.5, "s": 0.5}
_PARTIAL_CREDIT = 0.6
"""What a word is worth whose characters stand there but not together: 签约率 beside 签约覆盖率."""

Rarity = Callable[[str], float]
"""Inverse document frequency of a term, in nats; larger is rarer."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A content word as asked, the terms any of which stands for it, and its weight."""

    word: str
    terms: tuple[str, ...]
    weight: float
    unseen: bool
    """Whether no document prints any of the terms, as far as character pairs tell."""
    pairs: tuple[tuple[str, ...], ...]
    """The character pairs of each term."""

    def found_in(self, text: str) -> float:
        """1 where one of the terms is in the text, less where only some of its character pairs are, else 0."""
        for term in self.terms:
            if term in text:
                return 1.0
        best = 0.0
        for pairs in self.pairs:
            found = 0
            for pair in pairs:
                found += pair in text
            if found:
                best = max(best, found / len(pairs))
        return _PARTIAL_CREDIT * best


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question is about: its concepts, each once and in order, and those of them asked for by name."""

    concepts: tuple[Concept, ...]
    named: tuple[Concept, ...]

    @property
    def weight(self) -> float:
        """The weight of all its concepts, in nats, at least 1."""
        return max(1.0, sum(concept.weight for concept in self.concepts))

    @property
    def unseen(self) -> float:
        """The share of that weight in words of which no document prints any term."""
        return sum(concept.weight for concept in self.concepts if concept.unseen) / self.weight


def wanted_of(wording: str, focus: str, glossary: Glossary, rarity: Rarity) -> Wanted:
    """What a question wants; `focus` is the clause of it that asks."""
    words = dict(_content_words(wording, glossary))
    found = tuple(_concept(word, share, glossary, rarity) for word, share in words.items())
    return Wanted(found, _named(focus, glossary, rarity))


def has_subject(wording: str, glossary: Glossary) -> bool:
    """Whether a question holds a word for what it is about; «谁负责？» and «多久一次？» hold none."""
    return any(share >= _SUBJECT for _, share in _content_words(wording, glossary))


def _named(focus: str, glossary: Glossary, rarity: Rarity) -> tuple[Concept, ...]:
    """The things asked for by name: 材料 in «要交哪几份材料», 网站 in «去哪个网站下载».

    A provision that prints none of them hardly answers. Empty where the question names no thing.
    """
    named = []
    for match in _ASKING_WHICH.finditer(focus):
        for word, tag in rjieba.tag(focus[match.end() : match.end() + _NEAR]):
            if tag[:1] in "nj" and word not in glossary.stopwords:
                named.append(_concept(word, 1.0, glossary, rarity))
            if tag[:1] not in "qm":
                break
    return tuple(named)


def coverage(wanted: tuple[Concept, ...], text: str) -> float:
    """The share of the question's weight that a text covers, in [0, 1]; 0 for a question without content."""
    total = covered = 0.0
    for concept in wanted:
        total += concept.weight
        covered += concept.weight * concept.found_in(text)
    return covered / total if total else 0.0


def _concept(word: str, share: float, glossary: Glossary, rarity: Rarity) -> Concept:
    terms = tuple(dict.fromkeys((*glossary.printed(word), word)))
    pairs = tuple(tuple(first + second for first, second in pairwise(term)) for term in terms)
    rarest = min(rarity(term) for term in terms)
    return Concept(word, terms, share * rarest, rarest >= rarity(_PRINTED_NOWHERE), pairs)


def _share(tag: str) -> float:
    return _SHARES.get(tag, _SHARES.get(tag[:1], 0.0))


def _content_words(wording: str, glossary: Glossary) -> Iterator[tuple[str, float]]:
    """Words and what each carries: lay words of the glossary whole, the rest as cut, those without content left out."""
    at = 0
    for word in glossary.lay_words(wording):
        start = wording.index(word, at)
        yield from _cut(wording[at:start], glossary)
        yield word, 1.0
        at = start + len(word)
    yield from _cut(wording[at:], glossary)


def _cut(text: str, glossary: Glossary) -> Iterator[tuple[str, float]]:
    for word, tag in rjieba.tag(_ASKING.sub(" ", text)):
        if _share(tag) and word not in glossary.stopwords:
            yield word, _share(tag)
