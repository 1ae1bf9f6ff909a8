"""What changed between two versions of a document, article by article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from rapidfuzz.distance import Indel

from corpus.provisions import PolicyDocument, Provision

# The number that an article begins with: 第三条, （三）, (3), 三、, 3. and ③; never 2024年.
_NUMBER = re.compile(
    r"(?:第[零〇一二三四五六七八九十百千0-9]{1,9}[编章节条]|[（(][零一二三四五六七八九十百0-9]{1,5}[）)]"
    r"|[零一二三四五六七八九十百0-9]{1,5}[、.．]|[①-⑳])"
)


_SHORTEST = 3
"""Characters in common, between two that changed, that are shown as kept."""
_AROUND = 24
"""Characters shown on each side of what changed."""
_LONGEST = 600
"""Characters shown of a run that went or came."""
_COMPARABLE = 25_000_000
"""Product of the lengths of two texts that are compared sign by sign: the memory it takes grows with it."""


class Change(StrEnum):
    """What happened to an article."""

    ADDED = "新增"
    CHANGED = "修改"
    REMOVED = "删去"


class How(StrEnum):
    """What happened to a piece of an article's text; FOLDED is the same, and left out for being long."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words."""

    how: How
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One article that is not as it was. before and after are own texts, «» where there was or is none."""

    change: Change
    label: str
    heading: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The words that went and came, with some of those around them."""
        return tuple(_pieces(self.before, self.after))


def differences(before: PolicyDocument, after: PolicyDocument) -> tuple[Difference, ...]:
    """What was added, changed and removed, in the order of the text. White space and mere renumbering are no change."""
    return tuple(_differences(before, after))


def _differences(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    old, new = before.provisions, after.provisions
    matcher = SequenceMatcher(
        None, [_words(before, each) for each in old], [_words(after, each) for each in new], False
    )
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            continue
        paired = min(b - a, d - c)
        for at in range(paired):
            yield _of(Change.CHANGED, new[c + at], before.own_text(old[a + at]), after.own_text(new[c + at]))
        for each in old[a + paired : b]:
            yield _of(Change.REMOVED, each, before.own_text(each), "")
        for each in new[c + paired : d]:
            yield _of(Change.ADDED, each, "", after.own_text(each))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    if len(before) * len(after) > _COMPARABLE:
        yield from (Piece(how, _cut(text)) for how, text in ((How.GONE, before), (How.NEW, after)))
        return
    for tag, a, b, c, d in _runs(before, after):
        if tag == "equal":
            yield from _folded(before[a:b])
            continue
        if a < b:
            yield Piece(How.GONE, _cut(before[a:b]))
        if c < d:
            yield Piece(How.NEW, _cut(after[c:d]))


def _runs(before: str, after: str) -> Iterator[tuple[str, int, int, int, int]]:
    """What is equal and what is not, by turns: words in common that are too short to mean anything are not equal."""
    a = c = b = d = 0
    for each in Indel.opcodes(before, after):
        length = each.src_end - each.src_start
        is_kept = each.tag == "equal" and (
            length >= _SHORTEST or each.src_start == 0 or each.src_end == len(before) or not (before and after)
        )
        if is_kept:
            if a < b or c < d:
                yield "replace", a, b, c, d
            yield "equal", each.src_start, each.src_end, each.dest_start, each.dest_end
            a, c = each.src_end, each.dest_end
        b, d = each.src_end, each.dest_end
    if a < b or c < d:
        yield "replace", a, b, c, d


def _folded(text: str) -> Iterator[Piece]:
    if len(text) <= 3 * _AROUND:
        yield Piece(How.SAME, text)
        return
    yield Piece(How.SAME, text[:_AROUND])
    yield Piece(How.FOLDED, "……")
    yield Piece(How.SAME, text[-_AROUND:])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"


def _words(document: PolicyDocument, provision: Provision) -> str:
    """Its own text without its number and white space."""
    return "".join(_NUMBER.sub("", document.own_text(provision).lstrip(), count=1).split())


def _of(change: Change, provision: Provision, before: str, after: str) -> Difference:
    return Difference(change, provision.label, provision.heading, before.strip(), after.strip())
