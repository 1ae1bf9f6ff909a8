"""How deep a number goes among what is open."""

from __future__ import annotations

from corpus.structure.lists import Ahead, Path
from corpus.structure.markers import ARTICLE_RANK, Marker, is_misread
from corpus.structure.tree import Kind


class Nesting:
    """How one text nests its numbers: as their shapes rank, but for the liberties that it takes."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._turned: set[tuple[int, int]] = set()
        self._has_articles = False

    def rank(self, path: Path, place: int, marker: Marker) -> int | None:
        """The rank of the number at a place, or None where it is not believed.

        A number that only scanning prints so (l1.) is believed where it continues a list. 第五条 inside a list, where
        no article came before, is quoted.
        """
        rank = self._rank(path, place, marker)
        if is_misread(marker):
            continues = any(node.rank == rank and node.number + 1 == marker.number for node in path)
            return rank if continues else None
        if marker.shape.rank == ARTICLE_RANK:
            in_list = any(node.rank > ARTICLE_RANK for node in path)
            if in_list and marker.number > 1 and not self._has_articles:
                return None
            self._has_articles = True
        return rank

    def _rank(self, path: Path, place: int, marker: Marker) -> int:
        """As the shape ranks, with two exceptions that real documents need.

        A bracketed number that can only continue the innermost list does so: after （二） a mark printed （3） is the
        third of that list, not the third of one that never began. And a list that begins inside one that it should be
        around, as （一） below 2., stays inside if that goes on with 3. later.
        """
        rank = marker.shape.rank
        alike = next((node.rank for node in path if node.shape == rank), None)
        if alike is not None or not path:
            return alike or rank
        if marker.number == 1:
            return self._inside(path, place, marker) or rank
        last = path[-1]
        bracketed = last.printed.startswith("（") and marker.printed.startswith("（")
        return last.rank if bracketed and marker.number == last.number + 1 else rank

    def _inside(self, path: Path, place: int, marker: Marker) -> int | None:
        """The rank inside the innermost open item whose list resumes behind the list that begins here.

        What the text has nested so once, it nests so again.
        """
        for depth in reversed(range(len(path))):
            node = path[depth]
            if node.kind is not Kind.ITEM or node.shape < marker.shape.rank:
                return None
            pair = (marker.shape.rank, node.shape)
            if pair in self._turned or self._ahead.resumes(path, depth, place):
                self._turned.add(pair)
                return node.rank + 1
        return None
