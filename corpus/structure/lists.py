"""What is still open while a text is read: headings, articles and items around a place, and the lists they are in."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.structure.markers import Marker
from corpus.structure.paragraphs import Paragraph
from corpus.structure.tree import Kind


@dataclass(frozen=True, slots=True)
class Earlier:
    """The items of a list before the one that is open.

    single   each is one paragraph
    clauses  each leads on to the next: it ends with ； or the like, so that the list is one sentence
    """

    count: int = 0
    single: bool = True
    clauses: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """A node still open: its rank, number and place among the nodes, and how much text it has so far.

    rank        how deep it goes among what is open: that of its shape, or another where the document nests otherwise
    shape       the rank of the shape that its list is printed in
    paragraphs  of its own text; headings on the number's line alone, table cells and what goes on behind ： or ； are
                parts of the one before
    headed      nothing but such a heading so far
    ends        the last sign so far
    unnumbered  the texts without a number that stand in it already
    """

    kind: Kind
    rank: int
    place: int
    shape: int = 0
    number: int = 0
    insertion: int = 0
    printed: str = ""
    paragraphs: int = 1
    headed: bool = False
    ends: str = ""
    earlier: Earlier = Earlier()
    unnumbered: int = 0

    @property
    def leads_on(self) -> bool:
        """Whether what it says so far is not the end of a sentence."""
        return self.ends in _LEADS_ON

    def with_paragraph(self, paragraph: Paragraph) -> Open:
        """The same with one more paragraph in it."""
        goes_on = self.headed or self.leads_on or paragraph.is_title_like or paragraph.is_table_row
        count = self.paragraphs + (not goes_on)
        return replace(self, paragraphs=count, headed=False, ends=last_sign(paragraph))

    def as_earlier(self) -> Earlier:
        """The list up to and with this item."""
        return Earlier(
            self.earlier.count + 1,
            self.earlier.single and self.paragraphs == 1,
            self.earlier.clauses and self.leads_on,
        )


Path = tuple[Open, ...]
"""What is open, outermost first."""

_LEADS_ON = frozenset("；;，,、：:")
_LEADS_IN = frozenset("：:")
_ENDS = frozenset("。；;")
# Words that speak of a whole list: 以上材料, 对上述第2、4、5项情况
_BACK = re.compile(r"[对除按凡]?(?:以上|上述|上列|前述|前列|前款)")
_LONGEST_HEADED = 40
"""Characters of a heading that stands on the number's line alone."""


class Ahead:
    """The numbers that come behind a place of a text."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        marked = [(place, paragraph.marker) for place, paragraph in enumerate(paragraphs) if paragraph.marker]
        self._markers = dict(marked)
        ranks = {marker.shape.rank for _, marker in marked}
        self._places = {rank: [place for place, marker in marked if marker.shape.rank <= rank] for rank in ranks}
        self._alike = {rank: [place for place, marker in marked if marker.shape.rank == rank] for rank in ranks}

    def goes_on(self, opened: Open, place: int) -> bool:
        """Whether the list of an open item has another item at the place or behind it."""
        found = self._first(place, opened.shape)
        return found is not None and follows(opened, self._markers[found])

    def resumes(self, path: Path, depth: int, place: int) -> bool:
        """Whether the list at a depth of what is open has its next item behind the place, and still around it."""
        opened = path[depth]
        alike = self._alike.get(opened.shape, ())
        found = bisect_left(alike, place)
        if found == len(alike) or self._markers[alike[found]].number != opened.number + 1:
            return False
        around = self._first(place, path[depth - 1].shape) if depth else None
        return around is None or alike[found] < around

    def _first(self, place: int, shape: int) -> int | None:
        """The first place from one on with a number of a shape's rank or above."""
        places = self._places.get(shape, ())
        found = bisect_left(places, place)
        return places[found] if found < len(places) else None


def follows(opened: Open, marker: Marker) -> bool:
    """Whether a number comes later in the list of an open item."""
    later = (marker.number, marker.insertion) > (opened.number, opened.insertion)
    return marker.shape.rank == opened.shape and later


def last_sign(paragraph: Paragraph) -> str:
    """The sign that a paragraph ends with, closing marks left out; "" where it has none."""
    return paragraph.text.rstrip("”’」』）)》〉] ")[-1:]


def is_headed(paragraph: Paragraph) -> bool:
    """Whether it has no text behind its number, or a heading alone."""
    return not paragraph.is_complete and len(paragraph.words) <= _LONGEST_HEADED


def leaves(item: Open, paragraph: Paragraph, *, statute: bool) -> bool:
    """Whether a paragraph behind the last item of a list leaves the list.

    In statutes a paragraph is the article's, unless items of this list had several. Elsewhere it is the item's, unless
    the list is one sentence, ended with the item, or unless the words speak of the whole list.
    """
    if item.headed or item.ends in _LEADS_IN:
        return False
    earlier = item.earlier
    is_sentence = earlier.count > 0 and earlier.clauses and item.ends in _ENDS
    if statute:
        return is_sentence or earlier.single
    speaks_of_list = earlier.count > 0 and earlier.single and _BACK.match(paragraph.text) is not None
    return is_sentence or speaks_of_list
