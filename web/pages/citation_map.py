"""Which document cites which: the graph of a library's citations, whole or around one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from corpus.head.regions import Level, level_of
from corpus.library import Library
from corpus.provisions import PolicyDocument
from corpus.relations.catalogue import short_title
from corpus.relations.resolution import Missing
from corpus.relations.validity import Standing
from corpus.titles import titled
from web import links

OFTEN = 2
"""Times that a text which the library lacks must be named to stand in the map of the whole library."""
MOST_MISSING = 24
"""Texts that the library lacks in one map, the most named ones; the rest are in the list of the library."""
_ENDED = frozenset({Standing.REPEALED, Standing.EXPIRED, Standing.AMENDED})


class Tier(IntEnum):
    """How far down a document stands in the map."""

    NATIONAL = 0
    PROVINCE = 1
    LOCAL = 2
    UNPLACED = 3
    MISSING = 4


TIER_NAMES = {
    Tier.NATIONAL: "国家",
    Tier.PROVINCE: "省级",
    Tier.LOCAL: "市县",
    Tier.UNPLACED: "未注明",
    Tier.MISSING: "库中无",
}
_TIERS = {
    Level.NATIONAL: Tier.NATIONAL,
    Level.PROVINCE: Tier.PROVINCE,
    Level.CITY: Tier.LOCAL,
    Level.DISTRICT: Tier.LOCAL,
}


@dataclass(frozen=True, slots=True)
class Node:
    """A document, or a text that documents name and the library lacks (Tier.MISSING, without a url).

    label  its title, short, and unlike that of any other node
    name   《title》（number）
    state  its 时效; empty where it is missing
    ended  whether it is no longer in force
    times  how often a text that is missing is named
    """

    node_id: str
    label: str
    name: str
    tier: Tier
    state: str
    ended: bool
    url: str | None
    times: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """That one cites another; count: how often, None for a text that the library lacks, where only the sum is known."""

    citing: str
    cited: str
    count: int | None


@dataclass(frozen=True, slots=True)
class CitationMap:
    """Nodes in the order of the library, those missing last; edges by citing node."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def only(self, node_ids: Iterable[str]) -> CitationMap:
        """What is left with these nodes."""
        kept = frozenset(node_ids)
        return CitationMap(
            tuple(node for node in self.nodes if node.node_id in kept),
            tuple(edge for edge in self.edges if edge.citing in kept and edge.cited in kept),
        )

    def neighbours(self, node_id: str) -> frozenset[str]:
        """What it cites and what cites it."""
        return frozenset(
            edge.cited if edge.citing == node_id else edge.citing
            for edge in self.edges
            if node_id in (edge.citing, edge.cited)
        )


def citation_map(library: Library, today: date) -> CitationMap:
    """Every document, every text missing, and every citation between them; what a document says of itself left out."""
    missing = library.links.missing()
    nodes = [
        *(_document(document, library, today) for document in library),
        *(_missing(each, number) for number, each in enumerate(missing)),
    ]
    return CitationMap(tuple(_told_apart(nodes, library)), tuple(_edges(library, missing)))


def around(whole: CitationMap, node_id: str, *, with_missing: bool) -> CitationMap:
    """A document, what it cites and what cites it."""
    near = whole.only({node_id} | whole.neighbours(node_id))
    return _with_most_missing(near) if with_missing else _without_missing(near)


def at_large(whole: CitationMap, *, with_missing: bool) -> CitationMap:
    """The documents, and of the texts missing those that are named often."""
    if not with_missing:
        return _without_missing(whole)
    often = {node.node_id for node in whole.nodes if node.tier is not Tier.MISSING or node.times >= OFTEN}
    return _with_most_missing(whole.only(often))


def _without_missing(graph: CitationMap) -> CitationMap:
    return graph.only(node.node_id for node in graph.nodes if node.tier is not Tier.MISSING)


def _with_most_missing(graph: CitationMap) -> CitationMap:
    """They are in order, most often named first."""
    missing = [node.node_id for node in graph.nodes if node.tier is Tier.MISSING]
    beyond = frozenset(missing[MOST_MISSING:])
    return graph.only(node.node_id for node in graph.nodes if node.node_id not in beyond)


def _document(document: PolicyDocument, library: Library, today: date) -> Node:
    metadata, standing = document.metadata, library.validity[document.document_id].standing(today)
    level = level_of(metadata.region)
    return Node(
        node_id=document.document_id,
        label=short_title(metadata.title) or metadata.title,
        name=titled(metadata.title, metadata.document_number),
        tier=_TIERS[level] if level else Tier.UNPLACED,
        state=standing.value,
        ended=standing in _ENDED,
        url=links.document_url(document.document_id),
    )


def _missing(missing: Missing, number: int) -> Node:
    return Node(
        node_id=f"missing-{number}",
        label=short_title(missing.title) or missing.title,
        name=titled(missing.title, missing.document_number),
        tier=Tier.MISSING,
        state="",
        ended=False,
        url=None,
        times=missing.count,
    )


def _told_apart(nodes: list[Node], library: Library) -> Iterable[Node]:
    """Documents of one label get the year of theirs: versions of a text stand side by side."""
    alike = Counter(node.label for node in nodes if node.tier is not Tier.MISSING)
    for node in nodes:
        issued = library.get(node.node_id).metadata.issued_on if node.tier is not Tier.MISSING else None
        yield replace(node, label=f"{issued.year}年 {node.label}") if issued and alike[node.label] > 1 else node


def _edges(library: Library, missing: tuple[Missing, ...]) -> Iterable[Edge]:
    for document in library:
        cited = Counter(
            link.target.document_id
            for link in library.links.outgoing[document.document_id]
            if link.target and link.target.document_id != document.document_id
        )
        yield from (Edge(document.document_id, target, count) for target, count in cited.items())
    for number, each in enumerate(missing):
        yield from (Edge(citing, f"missing-{number}", None) for citing in each.document_ids)
