"""Words looked for within a document: where they stand, whatever their width, case or spacing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from web.pages.marking import Range

LONGEST_WANTED = 100
"""Characters of what is looked for; the rest is left out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked for, where it stands, in order, and which of the places is the one looked at.

    at  0 is the first place; 0 as well where there is none
    """

    words: str = ""
    hits: tuple[Range, ...] = ()
    at: int = 0

    @property
    def number(self) -> int:
        """Of the place looked at, as a person counts; 0 where there is none."""
        return self.at + 1 if self.hits else 0

    @property
    def next(self) -> int:
        """Number of the place after it, the first after the last."""
        return self.number % len(self.hits) + 1

    @property
    def previous(self) -> int:
        """Number of the place before it, the last before the first."""
        return self.at or len(self.hits)


def find(text: str, words: str, at: str = "") -> Finding:
    """Every place of a text that has one of the words, parted by spaces; at: the number of the one looked at."""
    wanted = words[:LONGEST_WANTED].strip()
    if not wanted:
        return Finding()
    folded, offsets = _folded(text)
    needles = dict.fromkeys(_folded(word)[0] for word in wanted.split())
    hits = tuple(_apart([hit for needle in needles if needle for hit in _places(folded, needle, offsets)]))
    number = int(at) if at.isascii() and at.isdecimal() and len(at) < 10 else 1
    return Finding(wanted, hits, max(0, min(number, len(hits)) - 1))


def _places(folded: str, needle: str, offsets: list[int]) -> Iterator[Range]:
    """Places of a word in a folded text, one after another."""
    found = folded.find(needle)
    while found >= 0:
        end = found + len(needle)
        yield offsets[found], offsets[end - 1] + 1
        found = folded.find(needle, end)


def _folded(text: str) -> tuple[str, list[int]]:
    """A text without spaces, in one width and one case, and the offset of each of its characters in the text.

    The ends of lines stay, so that nothing is found across them.
    """
    kept = [(folded, offset) for offset, character in enumerate(text) if (folded := _fold(character))]
    return "".join(folded for folded, _ in kept), [offset for _, offset in kept]


def _fold(character: str) -> str:
    """One character, so that offsets hold; none for a space."""
    if character == "\n":
        return character
    plain = unicodedata.normalize("NFKC", character).casefold()
    if not plain.strip():
        return ""
    return plain if len(plain) == 1 else character


def _apart(hits: list[Range]) -> Iterator[Range]:
    """Of places that overlap, the first; the longer of two that begin together."""
    end = 0
    for start, stop in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start >= end:
            yield start, stop
            end = stop
