"""A map of citations as it is drawn: boxes with their words, curves with their heads, all in units of the picture."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from web.pages.citation_map import TIER_NAMES, CitationMap, Edge, Node, Tier
from web.pages.map_layout import Layout, layout_of

BOX = (136.0, 40.0)
"""Width and height of a node's box."""
PITCH = (206.0, 50.0)
"""From one node to the next, across and down."""
HEAD = 34.0
"""Height of the names of the tiers, above all."""
MARGIN = 12.0
LINE = 9
"""Characters on a line of a label, of full width; figures and letters count about half."""
_LINES = 2
_ARROW = (8.0, 4.0)
_AWAY = 12.0
"""How far below the middle of its box a citation leaves that leads to the right, apart from those that arrive there."""
_WIDTHS = ((5, 3), (2, 2))
"""Citations from which a curve is that wide."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place (the left upper corner) and its label, a line a line."""

    node: Node
    left: float
    top: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A citation: the path of its line and of its head in SVG, and how wide it is, 1 to 3."""

    edge: Edge
    path: str
    head: str
    width: int


@dataclass(frozen=True, slots=True)
class TierName:
    """The name of a tier above its columns, from left to right."""

    tier: Tier
    name: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a width and a height."""

    boxes: tuple[Box, ...] = ()
    curves: tuple[Curve, ...] = ()
    tiers: tuple[TierName, ...] = ()
    width: float = 0.0
    height: float = 0.0


def drawing_of(graph: CitationMap) -> Drawing:
    """A map drawn; an empty map gives an empty picture."""
    if not graph.nodes:
        return Drawing()
    layout = layout_of(graph)
    return Drawing(
        boxes=tuple(
            Box(node, _left(layout.columns[node.node_id]), _top(layout, node.node_id), lines_of(node.label))
            for node in graph.nodes
        ),
        curves=tuple(_curve(edge, layout) for edge in graph.edges),
        tiers=tuple(_tier_names(layout)),
        width=_left(len(layout.tiers) - 1) + BOX[0] + MARGIN,
        height=HEAD + layout.height * PITCH[1] + MARGIN,
    )


def lines_of(label: str) -> tuple[str, ...]:
    """A label on as few lines as it needs, about equally long; what does not fit on those that a box has is …."""
    whole = _width(label)
    if whole > _LINES * LINE:
        label = f"{label[: _fitting(label, _LINES * LINE - 1)]}…"
    lines: list[str] = []
    for left in range(min(_LINES, ceil(whole / LINE)), 0, -1):
        fits = _fitting(label, max(_width(label) / left, 1.0)) if left > 1 else len(label)
        lines.append(label[:fits].strip())
        label = label[fits:]
    return tuple(lines)


def _width(words: str) -> float:
    """In characters of full width."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else 0.55 for each in words)


def _fitting(words: str, most: float) -> int:
    """How many characters fit within that many of full width, the last one not quite."""
    return next((at for at in range(1, len(words)) if _width(words[:at]) >= most), len(words))


def _left(column: int) -> float:
    return MARGIN + column * PITCH[0]


def _top(layout: Layout, node_id: str) -> float:
    return round(HEAD + layout.heights[node_id] * PITCH[1] - BOX[1] / 2, 1)


def _tier_names(layout: Layout) -> Iterator[TierName]:
    for tier in dict.fromkeys(layout.tiers):
        columns = [at for at, each in enumerate(layout.tiers) if each is tier]
        yield TierName(tier, TIER_NAMES[tier], _left(columns[0]), _left(columns[-1]) + BOX[0])


def _curve(edge: Edge, layout: Layout) -> Curve:
    """From the side of the citing box through its passages to the side of the cited one."""
    begins, ends = layout.columns[edge.citing], layout.columns[edge.cited]
    right = begins < ends  # to a text that the library lacks
    begin = _side(edge.citing, layout, right=right)
    tip = _side(edge.cited, layout, right=not right)
    toward = 1.0 if right else -1.0
    if right:
        begin = begin[0], begin[1] + _AWAY
    neck = tip[0] - toward * _ARROW[0], tip[1]
    path = f"M{_point(begin)}"
    at = begin
    for passage in layout.passages(edge):
        height = HEAD + layout.heights[passage] * PITCH[1]
        edges = (_left(passage[1]), height), (_left(passage[1]) + BOX[0], height)
        near, far = edges if right else edges[::-1]
        path += f"{_bend(at, near)}H{far[0]:.0f}"
        at = far
    head = f"M{_point(tip)}L{neck[0]:.0f} {tip[1] - _ARROW[1]:.0f}V{tip[1] + _ARROW[1]:.0f}Z"
    width = next((wide for times, wide in _WIDTHS if (edge.count or 1) >= times), 1)
    return Curve(edge, path + _bend(at, neck), head, width)


def _side(node_id: str, layout: Layout, *, right: bool) -> Point:
    """The middle of a side of a box."""
    left = _left(layout.columns[node_id])
    return left + BOX[0] if right else left, HEAD + layout.heights[node_id] * PITCH[1]


def _bend(begin: Point, end: Point) -> str:
    """A curve that leaves and arrives level."""
    middle = (begin[0] + end[0]) / 2
    return f"C{middle:.0f} {begin[1]:.0f} {middle:.0f} {end[1]:.0f} {_point(end)}"


def _point(point: Point) -> str:
    return f"{point[0]:.0f} {point[1]:.0f}"
