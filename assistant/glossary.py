"""The glossary: lay words and the terms that documents print for them. Data in glossary.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PATH = Path(__file__).with_name("glossary.toml")


class GlossaryError(ValueError):
    """A glossary file that cannot be used; the message says where, in Chinese."""


@dataclass(frozen=True)
class Glossary:
    """terms: lay word -> printed terms, usual ones first. kinds: kind -> its words. stopwords: empty words."""

    terms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    stopwords: frozenset[str]

    @cached_property
    def _lay_words(self) -> re.Pattern[str]:
        longest_first = sorted(self.terms, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def lay_words(self, question: str) -> tuple[str, ...]:
        """The lay words in a question, in order, longest match first."""
        return tuple(self._lay_words.findall(question))

    def printed(self, word: str) -> tuple[str, ...]:
        """The terms that documents print for a word; the word itself where it is no lay word."""
        return self.terms.get(word, (word,))

    def expanded(self, question: str) -> str:
        """The question followed by every printed term for its lay words: for search by words."""
        added = [term for word in self.lay_words(question) for term in self.terms[word] if term not in question]
        return " ".join((question, *dict.fromkeys(added)))

    def kind_of(self, word: str) -> str | None:
        return next((kind for kind, words in self.kinds.items() if word in words), None)


def load_glossary(path: Path = PATH) -> Glossary:
    """Raises GlossaryError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return Glossary(
            terms={word: tuple(terms) for word, terms in data["terms"].items()},
            kinds={kind: tuple(words) for kind, words in data["kinds"].items()},
            stopwords=frozenset(data["stopwords"]["words"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GlossaryError(f"词表 {path.name} 读不出来：{error}") from error
    except (KeyError, AttributeError, TypeError) as error:
        raise GlossaryError(f"词表 {path.name} 缺少 [terms]、[kinds] 或 [stopwords]：{error}") from error
