"""Where the nodes of a map of citations stand: in columns by tier, what is cited to the left of what cites it.

Within a tier, what is cited by others of the tier has a column of its own before theirs. A citation that passes over
columns goes through each of them between two nodes; citations of one document go through the same place. The order of
what is in a column is igraph's (Sugiyama's method); from there each is moved towards what it is tied to. Parts that
hang together stand one below the other. The same map always gets the same layout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from web.pages.citation_map import CitationMap, Edge, Tier

if TYPE_CHECKING:
    from igraph import Graph

PASSAGE = 0.4
"""Height of the place that a citation passes through, in heights of a node with its gap."""
_BETWEEN = 0.6
"""The same between two parts that do not hang together."""
_ROUNDS = 24
_CROSSINGS = 200
"""Rounds of igraph's search for an order with few crossings."""

Passage = tuple[str, int]
"""Where citations of a node pass through a column, by its number."""
Item = str | Passage
_Name = TypeVar("_Name")


@dataclass(frozen=True, slots=True)
class Layout:
    """A map laid out. Heights are in heights of a node with its gap.

    tiers    of each column, from the left
    columns  number of the column of each node
    heights  of the middle of each node and of each passage, from the top
    height   in all
    """

    tiers: tuple[Tier, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    heights: Mapping[Item, float] = field(default_factory=dict)
    height: float = 0.0

    def passages(self, edge: Edge) -> tuple[Passage, ...]:
        """Those that a citation goes through, from the citing document to the cited one."""
        return _passages(edge, self.columns)


def components(graph: CitationMap) -> tuple[CitationMap, ...]:
    """The parts of a map that hang together, largest first; those of one node make up the last, where there are any."""
    names = [node.node_id for node in graph.nodes]
    found = [[names[at] for at in part] for part in _graph(names, _ties(graph)).connected_components(mode="weak")]
    alone = [node_id for part in found if len(part) == 1 for node_id in part]
    joined = sorted((part for part in found if len(part) > 1), key=lambda part: (-len(part), part))
    return tuple(graph.only(part) for part in (*joined, *([alone] if alone else ())))


def layout_of(graph: CitationMap) -> Layout:
    """A map laid out, part by part; of an empty map, an empty layout."""
    places = _places(graph)
    tiers = sorted(set(places.values()))
    columns = {node_id: tiers.index(place) for node_id, place in places.items()}
    heights: dict[Item, float] = {}
    top = 0.0
    for part in components(graph):
        inside = _heights(part, columns, len(tiers))
        heights |= {item: top + height for item, height in inside.items()}
        top = max(height + _size(item) / 2 for item, height in heights.items()) + _BETWEEN
    return Layout(tuple(tier for tier, _ in tiers), columns, heights, max(top - _BETWEEN, 0.0))


def _places(graph: CitationMap) -> Mapping[str, tuple[Tier, int]]:
    """The tier of each node, and how many steps it is from what it cites in the tier."""
    found: dict[str, tuple[Tier, int]] = {}
    for tier in Tier:
        members = [node.node_id for node in graph.nodes if node.tier is tier]
        inner = _graph(members, _ties(graph))
        inner.delete_edges(inner.feedback_arc_set(method="eades"))  # in a ring one citation is passed over
        depths: dict[int, int] = {}
        for at in inner.topological_sorting(mode="in"):
            depths[at] = 1 + max((depths[cited] for cited in inner.successors(at)), default=-1)
        found |= {member: (tier, depths[at]) for at, member in enumerate(members)}
    return found


def _passages(edge: Edge, columns: Mapping[str, int]) -> tuple[Passage, ...]:
    begin, end = columns[edge.citing], columns[edge.cited]
    step = 1 if begin < end else -1
    return tuple((edge.cited, column) for column in range(begin + step, end, step))


def _heights(part: CitationMap, columns: Mapping[str, int], width: int) -> Mapping[Item, float]:
    """Of the nodes of a part and of the passages between them, from its top."""
    steps = list(dict.fromkeys(_steps(part, columns)))
    items: list[Item] = list(
        dict.fromkeys([*(node.node_id for node in part.nodes), *(i for each in steps for i in each)])
    )
    ordered = _ordered(items, steps, columns)
    stacks = [[item for item in ordered if _column(item, columns) == column] for column in range(width)]
    most = max(sum(map(_size, stack)) for stack in stacks)
    tied: dict[Item, list[Item]] = defaultdict(list)
    for one, other in steps:
        tied[one].append(other)
        tied[other].append(one)
    heights = {item: height for stack in stacks for item, height in zip(stack, _stacked(stack), strict=True)}
    for turn in range(_ROUNDS):
        for stack in stacks if turn % 2 else reversed(stacks):
            wanted = [_mean([heights[other] for other in tied[item]] or [heights[item]]) for item in stack]
            heights.update(zip(stack, _spread(stack, wanted, most), strict=True))
    return heights


def _steps(part: CitationMap, columns: Mapping[str, int]) -> Iterator[tuple[Item, Item]]:
    """Citations from column to column; one within a column has none."""
    for edge in part.edges:
        if columns[edge.citing] != columns[edge.cited]:
            way: tuple[Item, ...] = (edge.citing, *_passages(edge, columns), edge.cited)
            yield from pairwise(way)


def _ordered(items: Sequence[Item], steps: Sequence[tuple[Item, Item]], columns: Mapping[str, int]) -> list[Item]:
    """In the order, column by column, that lets few citations cross."""
    if not steps:
        return list(items)
    layers = [_column(item, columns) for item in items]
    places = _graph(items, steps).layout_sugiyama(layers=layers, maxiter=_CROSSINGS).coords
    across = {item: place[0] for item, place in zip(items, places, strict=True)}
    return sorted(items, key=lambda item: across[item])


def _column(item: Item, columns: Mapping[str, int]) -> int:
    return columns[item] if isinstance(item, str) else item[1]


def _size(item: Item) -> float:
    return 1.0 if isinstance(item, str) else PASSAGE


def _stacked(stack: Sequence[Item]) -> list[float]:
    """The middles of what is in a column, without any space between."""
    middles, top = [], 0.0
    for item in stack:
        middles.append(top + _size(item) / 2)
        top += _size(item)
    return middles


def _spread(stack: Sequence[Item], wanted: Sequence[float], most: float) -> Iterator[float]:
    """Middles in order, without overlap, between 0 and most, as near to those wanted as that allows (least squares)."""
    closest = _stacked(stack)
    blocks: list[tuple[float, int]] = []
    for want, close in zip(wanted, closest, strict=True):
        mean, size = want - close, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    slack = most - sum(map(_size, stack))
    moved = (min(max(mean, 0.0), slack) for mean, size in blocks for _ in range(size))
    return (close + move for close, move in zip(closest, moved, strict=True))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _ties(graph: CitationMap) -> Iterator[tuple[str, str]]:
    return ((edge.citing, edge.cited) for edge in graph.edges)


def _graph(names: Sequence[_Name], ties: Iterable[tuple[_Name, _Name]]) -> Graph:
    """igraph's graph of these, in their order; ties to others are left out."""
    from igraph import Graph  # a third of a second, which a start should not wait for

    at = {name: number for number, name in enumerate(names)}
    return Graph(
        n=len(names), edges=[(at[one], at[two]) for one, two in ties if one in at and two in at], directed=True
    )
