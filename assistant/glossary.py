"""The glossary: lay words and the terms that documents print for them. Data in glossary.toml.

An office's own entries stand in home/glossary.toml, which has [terms] only, and go before those that come with the
program.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from assistant.questions import normalise

PATH = Path(__file__).with_name("glossary.toml")
OWN = "glossary.toml"
"""The file of an office's own entries, in a home."""
MOST_OWN, MOST_TERMS, LONGEST = 2000, 10, 40
"""Own entries, terms of each, and characters of a word or a term, at most."""
_log = logging.getLogger(__name__)


class GlossaryError(ValueError):
    """A glossary file that cannot be used; the message says where, in Chinese."""


@dataclass(frozen=True)
class Glossary:
    """terms: lay word -> printed terms, usual ones first. kinds: kind -> its words. stopwords: empty words. own: those
    of the terms that are the office's own entries."""

    terms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    stopwords: frozenset[str]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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

    def with_own(self, own: Mapping[str, tuple[str, ...]]) -> Glossary:
        """This glossary, which has no own entries yet, with an office's: their terms go before those it has."""
        merged = {word: tuple(dict.fromkeys((*terms, *self.terms.get(word, ())))) for word, terms in own.items()}
        return replace(self, terms={**self.terms, **merged}, own=own)

    def kind_of(self, word: str) -> str | None:
        return next((kind for kind, words in self.kinds.items() if word in words), None)


def load_glossary() -> Glossary:
    """The glossary that comes with the program. Raises GlossaryError."""
    try:
        data = tomllib.loads(PATH.read_text("utf-8"))
        return Glossary(
            terms={word: tuple(terms) for word, terms in data["terms"].items()},
            kinds={kind: tuple(words) for kind, words in data["kinds"].items()},
            stopwords=frozenset(data["stopwords"]["words"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GlossaryError(f"词表 {PATH.name} 读不出来：{error}") from error
    except (KeyError, AttributeError, TypeError) as error:
        raise GlossaryError(f"词表 {PATH.name} 缺少 [terms]、[kinds] 或 [stopwords]：{error}") from error


def load_own(path: Path) -> Mapping[str, tuple[str, ...]]:
    """An office's own entries; none where there is no such file. Raises GlossaryError."""
    try:
        return parse_own(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise GlossaryError(f"本单位词表读不出来：{error}") from error


def parse_own(text: str) -> Mapping[str, tuple[str, ...]]:
    """Own entries from the text of their file, lay words normalised as questions are. Raises GlossaryError."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise GlossaryError(f"本单位词表读不出来：{error}") from error
    terms = data.get("terms", {})
    if not isinstance(terms, dict) or data.keys() - {"terms"}:
        raise GlossaryError("本单位词表只能有 [terms] 一节")
    if len(terms) > MOST_OWN:
        raise GlossaryError(f"本单位词表至多 {MOST_OWN} 条")
    return {normalise(word): _printed(word, printed) for word, printed in terms.items()}


def glossary_at(home: Path) -> Glossary:
    """The glossary with the entries of the office in `home`; where those cannot be used, a warning, and without them.

    Raises GlossaryError where the one that comes with the program cannot be used.
    """
    shipped = load_glossary()
    try:
        return shipped.with_own(load_own(home / OWN))
    except GlossaryError as error:
        _log.warning("%s；先只用随程序提供的词表", error)
        return shipped


def _printed(word: str, terms: object) -> tuple[str, ...]:
    """Raises GlossaryError."""
    is_list = isinstance(terms, list) and all(isinstance(term, str) for term in terms)
    printed = tuple(term.strip() for term in terms) if isinstance(terms, list) and is_list else ()
    if not printed or len(printed) > MOST_TERMS or not all(map(_is_word, (normalise(word), *printed))):
        raise GlossaryError(f'本单位词表中「{word[:LONGEST]}」一条有误，应形如 "挂瓶" = ["静脉输液"]')
    return printed


def _is_word(word: str) -> bool:
    return 0 < len(word) <= LONGEST and word.isprintable()
