"""What a comparison sets side by side: documents and regions, as an address names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from assistant.answers import Filters
from assistant.places import holds_in, places_in
from corpus.library import Library
from corpus.relations.validity import Change, Standing
from web.asking import Answering

MOST_SIDES = 6
_SEARCHED = 30
"""Provisions found for a subject, among whose documents the sides are taken where none is chosen."""
# What is left of «大兴和长宁的签约率» without its places: 和的签约率.
_JOINT = re.compile(r"^(?:[和与跟同及、，,的在比\s]|以及|对比|之间)+")


class SideKind(StrEnum):
    """What a side is; the values are the names in an address."""

    DOCUMENT = "document"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Side:
    """A document by its id, or a region by its name."""

    kind: SideKind
    value: str

    def is_in(self, library: Library) -> bool:
        """Whether the library has it."""
        if self.kind is SideKind.DOCUMENT:
            return self.value in library
        return any(self.value in (document.metadata.region or "") for document in library)


def sides_named(pairs: Iterable[tuple[str, str]]) -> tuple[Side, ...]:
    """The sides of an address, each once, in its order. pairs: the names and values of its query."""
    kinds = {kind.value for kind in SideKind}
    named = (Side(SideKind(name), value) for name, value in pairs if name in kinds and value)
    return tuple(dict.fromkeys(named))


def subject_alone(subject: str, library: Library) -> str:
    """The subject without the places it names: those are the sides, and no side is asked about another's place."""
    bare = subject
    for place in places_in(subject, library):
        bare = bare.replace(place.printed, "")
    return _JOINT.sub("", bare) or subject


def sides_meant(subject: str, assistant: Answering, today: date) -> tuple[Side, ...]:
    """The sides where none is chosen: documents of the places named, else all, else those nearest to the subject."""
    library = assistant.library
    places = places_in(subject, library)
    local = [each for each in library if any(holds_in(each, place) for place in places)]
    if len(local) > 1:
        ids = [document.document_id for document in local]
    elif len(library) <= MOST_SIDES:
        ids = [*library.documents]
    else:
        found = assistant.search(subject_alone(subject, library), filters=Filters(), limit=_SEARCHED)
        ids = [*dict.fromkeys(hit.citation.document_id for hit in found)]
    in_force = (each for each in ids if library.validity[each].in_force(today))
    return tuple(Side(SideKind.DOCUMENT, each) for each in in_force)[:MOST_SIDES]


def filters_of(side: Side, library: Library, today: date) -> Filters | None:
    """What a side is asked with: an ended document as of its last day, one to come as of its first.

    None where it ended and nothing says when.
    """
    if side.kind is SideKind.REGION:
        return Filters(region=side.value)
    validity = library.validity[side.value]
    if validity.in_force(today):
        return Filters(document_ids=(side.value,))
    is_to_come = validity.standing(today) is Standing.NOT_YET
    day = validity.since if is_to_come else _last_day(validity.ending)
    return Filters(document_ids=(side.value,), as_of=day) if day else None


def _last_day(ending: Change | None) -> date | None:
    return ending.on - timedelta(days=1) if ending and ending.on > date.min else None


def lost_sides(sides: Iterable[Side], library: Library) -> Iterator[Side]:
    """Those that the library does not have."""
    return (side for side in sides if not side.is_in(library))
