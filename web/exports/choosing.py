"""Choosing rows of the ledger: by what, in which order, and how many there would be of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from corpus.figures.ledger import Entry, Selection, ledger
from corpus.library import Library
from web.exports.rhythms import Rhythm, nearness, rhythm_of

MAX_ROWS = 10_000
"""Rows that one file holds at most."""


class Order(StrEnum):
    """What rows are put in order by; rows alike stay in the order printed."""

    PRINTED = "document"
    SUBJECT = "subject"
    FREQUENCY = "frequency"
    DEADLINE = "deadline"


class Facet(StrEnum):
    """What rows are counted by."""

    REGION = "region"
    DOCUMENT = "document_id"
    KIND = "kind"
    FREQUENCY = "frequency"
    FORCE = "force"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows, and in which order. words, parted by spaces, must all be in the row's sentence."""

    selection: Selection = field(default_factory=Selection)
    rhythms: frozenset[Rhythm] | None = None
    words: str | None = None
    order: Order = Order.PRINTED

    def takes(self, entry: Entry) -> bool:
        """Whether a row is wanted."""
        return (
            self.selection.takes(entry)
            and (self.rhythms is None or (entry.frequency is not None and rhythm_of(entry.frequency) in self.rhythms))
            and (self.words is None or all(word in entry.quote for word in self.words.split()))
        )

    def without(self, facet: Facet) -> Choice:
        """The same without what is asked of one facet."""
        match facet:
            case Facet.REGION:
                return replace(self, selection=replace(self.selection, region=None))
            case Facet.DOCUMENT:
                return replace(self, selection=replace(self.selection, document_ids=None))
            case Facet.KIND:
                return replace(self, selection=replace(self.selection, kinds=None))
            case Facet.FORCE:
                return replace(self, selection=replace(self.selection, forces=None))
            case Facet.FREQUENCY:
                return replace(self, rhythms=None)


@dataclass(frozen=True)
class Figures:
    """The ledger of a library, made when it is first asked for."""

    library: Library = field(repr=False)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every hard figure, in the order of the library."""
        return ledger(self.library)

    @cached_property
    def _by_document(self) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.citation.document_id].append(entry)
        return {document_id: tuple(entries) for document_id, entries in found.items()}

    def of_document(self, document_id: str) -> tuple[Entry, ...]:
        """The figures of one document, in the order printed; none where it has none."""
        return self._by_document.get(document_id, ())

    def chosen(self, choice: Choice) -> tuple[Entry, ...]:
        """The rows wanted, in the order wanted."""
        found = [entry for entry in self.entries if choice.takes(entry)]
        key = _KEYS.get(choice.order)
        return tuple(sorted(found, key=key) if key else found)

    def counts(self, choice: Choice, facet: Facet) -> Mapping[str, int]:
        """How many rows each value of a facet would leave, all else as chosen; values without a row are left out."""
        found = Counter(value for entry in self._all_but(choice, facet) if (value := _VALUES[facet](entry)) is not None)
        return _with_parts(found) if facet is Facet.REGION else found

    def _all_but(self, choice: Choice, facet: Facet) -> Iterable[Entry]:
        open_choice = choice.without(facet)
        return (entry for entry in self.entries if open_choice.takes(entry))


_VALUES: Mapping[Facet, Callable[[Entry], str | None]] = {
    Facet.REGION: lambda entry: entry.region,
    Facet.DOCUMENT: lambda entry: entry.citation.document_id,
    Facet.KIND: lambda entry: entry.kind.value,
    Facet.FREQUENCY: lambda entry: rhythm_of(entry.frequency).value if entry.frequency else None,
    Facet.FORCE: lambda entry: entry.force.value if entry.force else None,
}
_KEYS: Mapping[Order, Callable[[Entry], tuple[float | str, ...]]] = {
    Order.SUBJECT: lambda entry: (entry.subject,),
    Order.FREQUENCY: lambda entry: (nearness(entry.frequency),),
    Order.DEADLINE: lambda entry: (_last_day(entry).toordinal(),),
}


def _last_day(entry: Entry) -> date:
    return (entry.deadline and entry.deadline.last_day) or date.max


def _with_parts(found: Counter[str]) -> Mapping[str, int]:
    """A region takes in those inside it: 上海市 those of 上海市长宁区, as Selection has it."""
    return {region: sum(count for other, count in found.items() if region in other) for region in found}
