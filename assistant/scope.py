"""Where to look: the documents that a question and its filters allow, and those that it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answers import Filters, Turn
from assistant.places import Place, holds_in, places_in
from assistant.questions import Understanding
from corpus.library import NATIONAL, Library, library_of
from corpus.provisions import PolicyDocument


@dataclass(frozen=True)
class Scope:
    """The documents to look in.

    day           the day whose rules are asked for
    library       those that the filters allow
    document_ids  of these, those that the question allows
    meant         of these, those that it names or whose place it names: to be preferred
    recent        of these, those that the turn before was about
    sides         for a comparison, one set a document or place named; where none is named, one a document
    """

    day: date
    library: Library
    document_ids: frozenset[str]
    meant: frozenset[str]
    recent: frozenset[str]
    sides: tuple[frozenset[str], ...]


def scope_of(
    asked: Understanding, filters: Filters, library: Library, today: date, history: Sequence[Turn] = ()
) -> Scope:
    """Documents named exclude all others. Places named leave theirs and the national ones: no other district's rule
    is an answer for a district that has none. What is not in force on the day is no answer either, unless it is asked
    for by name."""
    day = filters.as_of or today
    passing = (document for document in library if _passes(document, filters))
    allowed = library_of(
        tuple(
            document
            for document in passing
            if library.validity[document.document_id].in_force(day)
            or (filters.as_of is None and document.document_id in asked.document_ids)
        )
    )
    named = frozenset(document_id for document_id in asked.document_ids if document_id in allowed)
    by_place = [_of_place(place, allowed) & named or _of_place(place, allowed) for place in asked.places]
    local = frozenset().union(*by_place)
    if asked.document_ids:
        found = named | local if len(by_place) > 1 else named
    elif asked.places:
        found = local | _national(allowed)
    else:
        found = frozenset(allowed.documents)
    sides = tuple(
        dict.fromkeys(side for side in (*by_place, *(frozenset({name}) for name in sorted(named - local))) if side)
    )
    if not asked.places and not asked.document_ids:
        sides = _each(found)
    return Scope(day, allowed, found, named | local, _recent(history, allowed) & found, sides)


def _recent(history: Sequence[Turn], library: Library) -> frozenset[str]:
    """The documents of the place that the conversation spoke of last, and the one it cited first in the latest turn."""
    cited = next((turn.cited for turn in reversed(history) if turn.cited), ())
    spoken = next((places for turn in reversed(history) if (places := places_in(turn.question, library))), ())
    local = frozenset[str]().union(*(_of_place(place, library) for place in spoken))
    return local | {document_id for document_id, _ in cited[:1]}


def uncovered(asked: Understanding, library: Library) -> tuple[str, ...]:
    """The places named that no document of the library is made for, as the question names them."""
    return tuple(place.printed for place in asked.places if not _of_place(place, library))


def narrower(asked: Understanding, library: Library) -> tuple[tuple[str, str], ...]:
    """(place named, region at hand) where documents are made for a part of the place only: 上海, 上海市长宁区."""
    found = []
    for place in asked.places:
        regions = {document.metadata.region or "" for document in library if holds_in(document, place)}
        if regions and place.full_name not in regions:
            found += [(place.printed, region) for region in sorted(regions)]
    return tuple(found)


def _passes(document: PolicyDocument, filters: Filters) -> bool:
    metadata = document.metadata
    if filters.document_ids is not None and document.document_id not in filters.document_ids:
        return False
    return filters.region is None or filters.region in (metadata.region or "")


def _of_place(place: Place, library: Library) -> frozenset[str]:
    return frozenset(document.document_id for document in library if holds_in(document, place))


def _national(library: Library) -> frozenset[str]:
    return frozenset(document.document_id for document in library if document.metadata.region == NATIONAL)


def _each(document_ids: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({document_id}) for document_id in sorted(document_ids))
