"""Words typed by their sound: «安宁聊护», «问提», «大性区» put right before anything is looked for.

A word is put right only where nobody would have meant it: it is no word of the segmenter's dictionary, no document and
no anticipated question has it, and exactly one term that they do have sounds the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Self

import rjieba
from pypinyin import Style, lazy_pinyin

from assistant.glossary import Glossary
from corpus.library import Library

LONGEST = 6
"""Characters of the longest word that is put right."""
SEEN_OFTEN, SHORT_SEEN_OFTEN = 2, 5
"""Times that a word must occur to be a term, so that one misprint is none; more where it has two characters only."""
_MEANING = ("n", "v", "j", "a", "l", "i", "b")
"""Parts of speech that a term can have: nobody meant 一定 by 意定."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# Words of one character that are seldom a slip for part of a longer one: 限在 is not 现在, 没做罚 not 没做法.
_ALONE = frozenset("在是的了做要能有没不就给让来去到说得把被或也还都个为对从向")
# Sounds that input methods let one type for each other: 是 and 四, 程 and 陈.
_ALIKE = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"ng$"), "n"))


@dataclass(frozen=True)
class Spelling:
    """terms: by sound, the one known term; words: all of them; known: all text that counts as seen."""

    terms: Mapping[str, str] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    known: str = field(repr=False)

    @classmethod
    def of(cls, library: Library, glossary: Glossary) -> Self:
        """The terms of a library: words of its documents and anticipated questions, places, names, the glossary."""
        texts = [document.text for document in library]
        texts += [each.question for questions in library.anticipated.values() for each in questions]
        counted = Counter(word for text in texts for word in rjieba.cut(text, hmm=False))
        words = [word for word, count in counted.items() if _is_term(word, count)]
        named = [name for document in library for name in (*document.metadata.names, document.metadata.region or "")]
        lay = [*glossary.terms, *(term for terms in glossary.terms.values() for term in terms)]
        sounding: dict[str, set[str]] = {}
        for word in (*words, *_parts(named), *lay):
            if 2 <= len(word) <= LONGEST and _CHINESE.fullmatch(word):
                sounding.setdefault(_sound(word), set()).add(word)
        terms = {sound: next(iter(alike)) for sound, alike in sounding.items() if len(alike) == 1}
        return cls(terms, frozenset(words) | frozenset(lay), "\n".join((*texts, *named, *lay)))

    def corrected(self, question: str) -> str:
        """The question with such words put right, longest first; the rest is left as it is."""
        for start, end in self._suspects(question):
            term = self.terms.get(_sound(question[start:end]))
            if term is not None and any(one == other for one, other in zip(term, question[start:end], strict=True)):
                question = question[:start] + term + question[end:]
        return question

    def _suspects(self, question: str) -> Iterator[tuple[int, int]]:
        """Stretches of whole words that are no word together and stand nowhere; longest first, none inside another."""
        tokens = rjieba.cut(question, hmm=False)
        bounds = [0, *accumulate(map(len, tokens))]
        taken: list[tuple[int, int]] = []
        spans = (
            (bounds[i], bounds[j]) for i in range(len(tokens)) for j in range(i + 2, min(i + LONGEST, len(tokens)) + 1)
        )
        for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
            words = question[start:end]
            if not 2 <= end - start <= LONGEST or not _CHINESE.fullmatch(words) or _ALONE & set(words):
                continue
            if start and question[start - 1 : start + 1] in self.words:
                continue
            if any(start < last and first < end for first, last in taken):
                continue
            # the sound first: looking through all that is known takes longest, and few stretches get so far
            if _sound(words) in self.terms and words not in self.known:
                taken.append((start, end))
                yield start, end


def _is_term(word: str, count: int) -> bool:
    if count < (SEEN_OFTEN if len(word) > 2 else SHORT_SEEN_OFTEN):
        return False
    return any(tag.startswith(_MEANING) for part, tag in rjieba.tag(word) if part == word)


def _parts(regions: list[str]) -> Iterator[str]:
    """A region and its places: 北京市大兴区, 大兴区, 大兴."""
    for region in regions:
        yield region
        for place in re.findall(r"[^省市区县]{2,}[省市区县]", region):
            yield place
            yield place[:-1]


def _sound(word: str) -> str:
    return " ".join(_merged(syllable) for syllable in lazy_pinyin(word, style=Style.NORMAL))


def _merged(syllable: str) -> str:
    for pattern, alike in _ALIKE:
        syllable = pattern.sub(alike, syllable)
    return syllable
