"""From the nodes of a reading, in order, to provisions: ids, labels, levels and ranges.

An id is the path of the printed numbers: 二、（一）2. is 2.1.2. On statutes and annexes:

- 第三十二条 is 32 wherever it stands: 编, 部分, 章 and 节 are no part of it. 第三条之一 is 3-1.
- Its paragraphs (款) from the second on are 32.2, 32.3; the first is the own text of 32 itself, so there is no 32.1.
  第三十二条第二款第（三）项 is 32.2.3. Items of the first paragraph are 32.1.3 where there are other paragraphs, else
  32.3.
- 第二章第一节 is c2.s1 and holds its articles (第一编 b1, 第一分编 f1, 第一部分 p1). Numbers other than 条 that stand
  under it directly belong to it: 第二部分 一、 is p2.1.
- Text without a number that stands between or behind numbered items and belongs to none of them is t1, t2, … of what it
  stands in: 2.1.t1; a list that it leads in is 2.1.t1.1, 2.1.t1.2.
- Annex 2 is a2:0 with all that is in it; its 第一条 is a2:1, its closing a2:end.
- A number printed twice in one place is kept both times: 3, then 3~2, then 3~3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from corpus.provisions import Provision


class Kind(Enum):
    """What a node is, as far as its id depends on it."""

    PREAMBLE = auto()
    HEADING = auto()
    ARTICLE = auto()
    PARAGRAPH = auto()
    ITEM = auto()
    UNNUMBERED = auto()
    CLOSING = auto()


@dataclass(frozen=True, slots=True)
class Node:
    """A provision to be.

    start    in the canonical text; it reaches to the next node's start
    parent   the place among the nodes of the one it stands in, None at the top
    owner    the place of the one whose id its own continues, None at the top of its text
    number   the last part of its id
    printed  the last part of its label
    annex    number of the annex it is in, "" for the document itself
    """

    kind: Kind
    start: int
    parent: int | None
    owner: int | None
    number: str
    printed: str
    heading: str = ""
    annex: str = ""


def provisions_of(nodes: Sequence[Node], end: int) -> tuple[Provision, ...]:
    """The provisions of nodes in the order printed; end: the length of the text that they make up."""
    ids = _ids(nodes)
    labels = _labels(nodes)
    levels = _levels(nodes)
    starts = [*(node.start for node in nodes), end]
    reach = _reaches(nodes, starts)
    return tuple(
        Provision(
            article_id=ids[place],
            label=labels[place],
            heading=node.heading,
            level=levels[place],
            parent=None if node.parent is None else ids[node.parent],
            start=node.start,
            end=starts[place + 1],
            subtree_end=reach[place],
        )
        for place, node in enumerate(nodes)
    )


def _ids(nodes: Sequence[Node]) -> list[str]:
    """Every node's id, each only once."""
    with_paragraphs = {node.owner for node in nodes if node.kind is Kind.PARAGRAPH}
    ids: list[str] = []
    times: dict[str, int] = {}
    for node in nodes:
        above = f"a{node.annex}:" if node.annex else ""
        if node.owner is not None:
            first_paragraph = node.owner in with_paragraphs and node.kind is Kind.ITEM
            above = f"{ids[node.owner]}.1." if first_paragraph else f"{ids[node.owner]}."
        printed = above + node.number
        times[printed] = times.get(printed, 0) + 1
        ids.append(printed if times[printed] == 1 else f"{printed}~{times[printed]}")
    return ids


def _labels(nodes: Sequence[Node]) -> list[str]:
    labels: list[str] = []
    for node in nodes:
        labels.append((labels[node.owner] if node.owner is not None else "") + node.printed)
    return labels


def _levels(nodes: Sequence[Node]) -> list[int]:
    levels: list[int] = []
    for node in nodes:
        levels.append(1 if node.parent is None else levels[node.parent] + 1)
    return levels


def _reaches(nodes: Sequence[Node], starts: Sequence[int]) -> list[int]:
    """How far every node reaches with those that stand in it."""
    reach = list(starts[1:])
    for place in reversed(range(len(nodes))):
        parent = nodes[place].parent
        if parent is not None:
            reach[parent] = max(reach[parent], reach[place])
    return reach
