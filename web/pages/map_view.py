"""The page of the map of citations: what is asked of it, what is drawn, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.library import Library
from web.pages.citation_map import CitationMap, Node, around, at_large, citation_map
from web.pages.facts import Words
from web.pages.map_drawing import Drawing, drawing_of
from web.pages.map_layout import components
from web.pages.shelf import province_of

SMALL = 30
"""Nodes up to which the whole library is drawn at once, with what it lacks."""
_KEPT = 64
"""Pictures that are kept."""


@dataclass(frozen=True, slots=True)
class MapWish:
    """What is asked of the map: around one document, or as a whole.

    whole    all that is tied to anything, not only the largest part
    missing  with the texts that the library lacks; None: as suits the size
    """

    around: str = ""
    whole: bool = False
    missing: bool | None = None


@dataclass(frozen=True, slots=True)
class Citing:
    """What a document cites, and what cites it, each with how often where that is known."""

    document: Words
    cites: tuple[Words, ...]
    cited_by: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class MapView:
    """The map as asked for.

    with_missing    whether the texts that the library lacks are in it
    is_small        whether the library is drawn whole in any case
    centre          the document that it is around, if any
    core, tied      documents in the largest part, and in all parts
    alone           documents that neither cite nor are cited, which a large library's map leaves out
    """

    wish: MapWish
    drawing: Drawing
    with_missing: bool
    is_small: bool
    centre: Node | None
    core: int
    tied: int
    alone: int
    citing: tuple[Citing, ...]
    choices: tuple[tuple[str, tuple[Node, ...]], ...]


def maps_of(library: Library) -> Callable[[MapWish, date], MapView]:
    """The maps of a library, each made once a day. They raise UnknownDocument."""
    whole = lru_cache(maxsize=1)(lambda today: citation_map(library, today))

    @lru_cache(maxsize=_KEPT)
    def view(wish: MapWish, today: date) -> MapView:
        return _view(wish, whole(today), library)

    return view


def _view(wish: MapWish, graph: CitationMap, library: Library) -> MapView:
    centre = library.get(wish.around).document_id if wish.around else None
    documents = at_large(graph, with_missing=False)
    tied = [part for part in components(documents) if part.edges]
    is_small = len(documents.nodes) <= SMALL
    with_missing = wish.missing if wish.missing is not None else is_small or centre is not None
    if centre:
        drawn = around(graph, centre, with_missing=with_missing)
    else:
        drawn = _whole(at_large(graph, with_missing=with_missing), is_small=is_small, all_parts=wish.whole)
    nodes = {node.node_id: node for node in graph.nodes}
    return MapView(
        wish=wish,
        drawing=drawing_of(drawn),
        with_missing=with_missing,
        is_small=is_small,
        centre=nodes[centre] if centre else None,
        core=len(tied[0].nodes) if tied else 0,
        tied=sum(len(part.nodes) for part in tied),
        alone=len(documents.nodes) - sum(len(part.nodes) for part in tied),
        citing=tuple(_citing(drawn)),
        choices=_choices(library, nodes),
    )


def _whole(graph: CitationMap, *, is_small: bool, all_parts: bool) -> CitationMap:
    """All of a small library; of a large one the largest part that hangs together, or all that do."""
    if is_small:
        return graph
    tied = [part for part in components(graph) if part.edges]
    chosen = tied if all_parts else tied[:1]
    return graph.only(node.node_id for part in chosen for node in part.nodes)


def _citing(graph: CitationMap) -> Iterable[Citing]:
    nodes = {node.node_id: node for node in graph.nodes}
    for node in graph.nodes:
        cites = [(nodes[edge.cited], edge.count) for edge in graph.edges if edge.citing == node.node_id]
        by = [(nodes[edge.citing], edge.count) for edge in graph.edges if edge.cited == node.node_id]
        if cites or by:
            yield Citing(Words(node.name, node.url), tuple(map(_times, cites)), tuple(map(_times, by)))


def _times(cited: tuple[Node, int | None]) -> Words:
    node, count = cited
    return Words(f"{node.name}{count} 次" if count and count > 1 else node.name, node.url)


def _choices(library: Library, nodes: Mapping[str, Node]) -> tuple[tuple[str, tuple[Node, ...]], ...]:
    """The documents to choose one of, by province, in the order of the library."""
    found: dict[str, list[Node]] = {}
    for document in library:
        found.setdefault(province_of(document), []).append(nodes[document.document_id])
    return tuple((name, tuple(each)) for name, each in found.items())
