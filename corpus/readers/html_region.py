"""Where in a page its text is.

trafilatura knows main text from the rest of a page but gives its own rendering of it, without some short and some
linked lines. So it only votes here: the region is the smallest element that holds nearly all that it finds, and is then
read whole.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence

import trafilatura
from lxml import etree, html

from corpus.readers.html_blocks import Block
from corpus.readers.site_furniture import furniture_of

_NEARLY_ALL, _MOST = 0.95, 0.6
"""The share of the weight that an element must hold to be gone into: of prose, and of mere names."""
_UNVOTED = 0.1
_LEAST = 60
_SHORTEST_VOTED = 6
_BARE, _APART = 10.0, 60.0
"""Characters of prose that a block without sentences, or one that stands apart, must be worth to be taken in."""
_PARAGRAPH, _LONG, _LOOKED_BACK = 20, 200, 100
_SENTENCE = re.compile("[，。；]")
# Elements that hold one paragraph: the region is what holds these.
_PARAGRAPHS = frozenset({"p", "li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})


def main_region(root: html.HtmlElement, blocks: Sequence[Block]) -> etree._Element:
    """The element of the page that holds its text."""
    found = _squeezed(_main_text(root))
    votes = [_is_voted(block, found) for block in blocks]
    prose = list(map(_prose, blocks))
    voted = [length * vote for length, vote in zip(prose, votes, strict=True)]
    if sum(voted) >= _LEAST:
        weights = [length * (1 if vote else _UNVOTED) for length, vote in zip(prose, votes, strict=True)]
        return _smallest_holding(root, _sums(root, blocks, weights), _NEARLY_ALL)
    if sum(prose) >= _LEAST:
        return _smallest_holding(root, _sums(root, blocks, prose), _NEARLY_ALL)
    names = [_name(block) * vote for block, vote in zip(blocks, votes, strict=True)]
    return _smallest_holding(root, _sums(root, blocks, names), _MOST)


def densest_run(blocks: Sequence[Block], stands_apart: Callable[[Block], bool]) -> range:
    """The run of blocks with the most prose in it for the least of anything else; empty where there is no prose.

    Headings before it and a signature behind it belong to it, up to a block that stands apart.
    """
    apart = [stands_apart(block) or _repeats(block, blocks[:at]) for at, block in enumerate(blocks)]
    best, total, start, run = 0.0, 0.0, 0, range(0)
    for at, block in enumerate(blocks):
        gain = _prose(block) if not apart[at] else 0.0
        total += gain or (-_APART if apart[at] else -_BARE)
        if total <= 0:
            total, start = 0.0, at + 1
        elif total > best:
            best, run = total, range(start, at + 1)
    first, last = run.start, run.stop
    while run and first > 0 and not apart[first - 1]:
        first -= 1
    while run and last < len(blocks) and not apart[last]:
        last += 1
    return range(first, last)


def _repeats(block: Block, before: Sequence[Block]) -> bool:
    """Whether a block says what blocks before it said: pages hold their text again for reading aloud and sharing."""
    if len(block.text) < _LONG:
        return False
    long = [other.text for other in before if len(other.text) >= _PARAGRAPH][-_LOOKED_BACK:]
    return sum(text in block.text for text in long) > 1


def _main_text(root: html.HtmlElement) -> str:
    """What trafilatura takes for the main text. It writes out all columns that a cell spans: here each spans one."""
    copied = copy.deepcopy(root)
    for cell in copied.iter("td", "th"):
        for span in ("colspan", "rowspan"):
            cell.attrib.pop(span, None)
    return trafilatura.extract(copied, include_tables=True, include_comments=False, favor_recall=True) or ""


def _is_voted(block: Block, found: str) -> bool:
    if block.table is None:
        text = _squeezed(block.text)
        return len(text) >= _SHORTEST_VOTED and text in found
    values = [
        value for line in block.lines[:40] for value in re.split("[：；｜]", line) if len(value) >= _SHORTEST_VOTED
    ]
    return sum(_squeezed(value) in found for value in values) * 2 > len(values)


def _prose(block: Block) -> float:
    """Its length where it has sentences or is a table; names in a menu have none, whoever votes for them."""
    if block.is_hidden or not (block.table or _SENTENCE.search(block.text)):
        return 0.0
    return len(block.text) * (1 - block.links)


def _name(block: Block) -> float:
    """Its length where it may be an entry of a list: on some pages a list of links is the text."""
    return 0.0 if block.is_hidden or furniture_of(block.text) else float(len(block.text))


def _sums(root: html.HtmlElement, blocks: Sequence[Block], weights: Sequence[float]) -> dict[etree._Element, float]:
    """The weight that each element holds."""
    sums: dict[etree._Element, float] = {}
    for block, weight in zip(blocks, weights, strict=True):
        place: etree._Element | None = block.place
        while weight and place is not None:
            sums[place] = sums.get(place, 0) + weight
            place = place.getparent() if place is not root else None
    return sums


def _smallest_holding(root: html.HtmlElement, sums: dict[etree._Element, float], share: float) -> etree._Element:
    region = root
    while True:
        heaviest = max(region, key=lambda child: sums.get(child, 0), default=None)
        if heaviest is None or heaviest.tag in _PARAGRAPHS:
            return region
        if sums.get(heaviest, 0) < max(1.0, sums.get(region, 0) * share):
            return region
        region = heaviest


def _squeezed(text: str) -> str:
    return "".join(text.split())
