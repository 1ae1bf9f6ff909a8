"""Where text without a number belongs: to the item above it, or around the list that is over.

A paragraph can belong to the last item of a list or to what the list stands in. Where the list goes on behind it, it is
the item's. Where the list is over, the list's own style decides (`lists.leaves`). A line that leads in a list
which begins anew belongs around both lists, and so does a heading without a number between articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.structure.closing import is_closing_element
from corpus.structure.lists import Ahead, Open, Path, follows, leaves
from corpus.structure.markers import CHAPTER_RANK, Marker
from corpus.structure.paragraphs import Paragraph
from corpus.structure.tree import Kind

LONGEST_HEADING = 25
"""Characters of a heading that bears no number."""
# 来源：广州日报 is a field, a.《信息采集表》 and - 下载 are points of a list.
_NO_HEADING = re.compile(r"[^：:]*[：:]|[a-zA-Z][.．、]|[-–—*·•●]")


@dataclass(frozen=True, slots=True)
class Here:
    """A place of a text and what is open there."""

    paragraphs: tuple[Paragraph, ...]
    place: int
    path: Path
    ahead: Ahead

    @property
    def paragraph(self) -> Paragraph:
        return self.paragraphs[self.place]

    @property
    def following(self) -> Marker | None:
        """The number that opens the next paragraph."""
        return self.paragraphs[self.place + 1].marker if self.place + 1 < len(self.paragraphs) else None

    @property
    def in_statute(self) -> bool:
        return any(node.kind is Kind.ARTICLE for node in self.path)


def depth_around(here: Here) -> int | None:
    """How much of what is open stays open around the text at a place; None where it is the innermost one's."""
    last = here.path[-1]
    if last.kind is Kind.HEADING and last.headed:
        return None
    led = _led_in(here)
    if led is not None or here.paragraph.is_title_like or here.paragraph.is_table_row:
        return led
    if last.kind in {Kind.ARTICLE, Kind.PARAGRAPH}:
        depth = len(here.path) - (last.kind is Kind.PARAGRAPH)
        return None if last.headed or last.leads_on else depth
    if last.kind is not Kind.ITEM or here.ahead.goes_on(last, here.place) or _leads_deeper(here, last):
        return None
    if not leaves(last, here.paragraph, statute=here.in_statute):
        return None
    return _outside(here, _around_finished_lists(here))


def is_heading(paragraph: Paragraph) -> bool:
    """Whether a paragraph without a number can be a heading."""
    fits = len(paragraph.text) <= LONGEST_HEADING and _NO_HEADING.match(paragraph.text) is None
    return fits and paragraph.is_title_like and not is_closing_element(paragraph)


def headings_of(paragraphs: tuple[Paragraph, ...]) -> frozenset[int]:
    """The places of the headings of a text that has no numbers: short lines between sentences, two at least."""
    if any(paragraph.marker for paragraph in paragraphs):
        return frozenset()
    found = frozenset(
        place
        for place in range(1, len(paragraphs) - 1)
        if is_heading(paragraphs[place])
        and (place == 1 or paragraphs[place - 1].is_complete)
        and not paragraphs[place + 1].is_title_like
    )
    return found if len(found) > 1 else frozenset()


def _led_in(here: Here) -> int | None:
    """The depth of the list that the text leads in: one that begins anew, or goes on below a heading."""
    if here.following is None:
        return None
    shape = here.following.shape.rank
    depth = next((depth for depth, node in enumerate(here.path) if node.shape == shape), None)
    if depth is None:
        return None
    is_article = here.path[depth].kind is Kind.ARTICLE
    if here.following.number == 1 and not is_article:
        return _outside(here, depth) if depth or not here.paragraph.text.endswith("。") else None
    is_between = here.paragraphs[here.place - 1].is_complete and follows(here.path[depth], here.following)
    if not is_between or not is_heading(here.paragraph):
        return None
    # What stands between articles without a number is mostly a chapter's heading.
    return sum(node.rank < CHAPTER_RANK for node in here.path) if is_article else _outside(here, depth)


def _outside(here: Here, depth: int) -> int:
    """The depth outside what led in the list at a depth; a heading that did so is left for another heading only."""
    while depth and here.path[depth - 1].kind is Kind.UNNUMBERED:
        if here.path[depth - 1].printed and not is_heading(here.paragraph):
            break
        depth -= 1
    return depth


def _leads_deeper(here: Here, last: Open) -> bool:
    """Whether a list of the open item's own begins right behind."""
    following = here.following
    return following is not None and following.number == 1 and following.shape.rank > last.shape


def _around_finished_lists(here: Here) -> int:
    """The depth around every list that is over: in the item of one that goes on, or in the article."""
    for depth in range(len(here.path) - 1, 0, -1):
        node = here.path[depth - 1]
        if node.kind is not Kind.ITEM or not here.in_statute or here.ahead.goes_on(node, here.place):
            return depth
    return 0
