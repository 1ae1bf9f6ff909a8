"""Splitting text for display: marked words, and long quotations folded around them. Nothing is added or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

LONG = 140
"""Characters from which a quotation is folded."""
LOOKED_UP = 600
"""The same for an article that was asked for by its number: there the text is the answer."""
CONTEXT = 36
"""Characters kept on each side of marked words, at most."""
OPENING = 100
"""Characters kept of a long quotation with nothing marked."""
SHORT_FOLD = 40
"""A stretch shorter than this is not worth folding."""

_SENTENCE_ENDS = "。；！？\n"

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text shown in one way."""

    text: str
    marked: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a quotation, shown or folded away; the parts in order are the quotation."""

    pieces: tuple[Piece, ...]
    folded: bool
    length: int


def pieces(text: str, span: Range, marks: Iterable[Range], strong: Iterable[Range] = ()) -> tuple[Piece, ...]:
    """Cut text[span] wherever a mark or a strong range begins or ends. All ranges are offsets in text."""
    marked, bold = _clipped(marks, span), _clipped(strong, span)
    cuts = sorted({*span, *(edge for each in (*marked, *bold) for edge in each)})
    return tuple(Piece(text[start:end], _covers(marked, start), _covers(bold, start)) for start, end in pairwise(cuts))


def stretches(quote: str, marks: Iterable[Range], whole_up_to: int = LONG) -> tuple[Stretch, ...]:
    """Fold a longer quotation around its marked words; marks are offsets in the quotation."""
    clipped = _clipped(marks, (0, len(quote)))
    shown = _windows(quote, clipped) if len(quote) > whole_up_to else [(0, len(quote))]
    return tuple(
        Stretch(pieces(quote, (start, end), clipped), (start, end) not in shown, end - start)
        for start, end in _tiles(shown, len(quote))
    )


def _windows(quote: str, marks: list[Range]) -> list[Range]:
    """What to show of a long quotation: each mark's sentence, within CONTEXT; near ones run together."""
    around = [(_sentence_start(quote, start), _sentence_end(quote, end, CONTEXT)) for start, end in marks]
    joined: list[Range] = []
    for start, end in around or [(0, _sentence_end(quote, OPENING, CONTEXT))]:
        if joined and start - joined[-1][1] < SHORT_FOLD:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((0 if start < SHORT_FOLD else start, end))
    if len(quote) - joined[-1][1] < SHORT_FOLD:
        joined[-1] = (joined[-1][0], len(quote))
    return joined


def _sentence_start(quote: str, at: int) -> int:
    nearest = max(quote.rfind(mark, 0, at) for mark in _SENTENCE_ENDS) + 1
    return max(nearest, at - CONTEXT, 0)


def _sentence_end(quote: str, at: int, reach: int) -> int:
    ends = [place + 1 for mark in _SENTENCE_ENDS if (place := quote.find(mark, max(at - 1, 0))) >= 0]
    return min([*ends, at + reach, len(quote)])


def _tiles(shown: list[Range], length: int) -> Iterator[Range]:
    at = 0
    for start, end in shown:
        if at < start:
            yield at, start
        yield start, end
        at = end
    if at < length:
        yield at, length


def _clipped(ranges: Iterable[Range], span: Range) -> list[Range]:
    inside = ((max(start, span[0]), min(end, span[1])) for start, end in ranges)
    return sorted((start, end) for start, end in inside if start < end)


def _covers(ranges: list[Range], at: int) -> bool:
    return any(start <= at < end for start, end in ranges)
