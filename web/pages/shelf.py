"""The list of documents: grouped by province, narrowed down by words, region and 时效; and the texts it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.head.regions import NATIONAL, levels_of
from corpus.library import Library
from corpus.provisions import PolicyDocument
from corpus.relations.resolution import Missing
from corpus.relations.validity import Standing
from corpus.titles import titled
from web import links
from web.pages.facts import Words, day
from web.suggestions import key_of

NO_REGION = "地区未注明"
BY_DATE = "按日期"
_DOCUMENTS_NAMED = 3
"""Documents named for a text that is missing; the rest are counted."""


class Order(StrEnum):
    """How the list is put: by region, or by the date of the documents, those without one last."""

    REGION = "region"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks of the list; what is empty is not asked."""

    words: str = ""
    region: str = ""
    standing: str = ""
    order: Order = Order.REGION

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.region or self.standing)


@dataclass(frozen=True, slots=True)
class Row:
    """A document on the shelf; what it does not print is empty. region: inside the province, unless it is that."""

    title: Words
    number: str
    region: str
    issued: str
    standing: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The documents of the state or of a province; all of them, where the list is put by date."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A text that documents name and the library does not have; more: documents that name it besides those given."""

    name: str
    count: int
    named_by: tuple[Words, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The list as asked for.

    shown, total        documents in it, and in the library
    regions, standings  what can be asked for
    """

    wish: Wish
    groups: tuple[Group, ...]
    shown: int
    total: int
    regions: tuple[str, ...]
    standings: tuple[str, ...]
    lacks: tuple[Lack, ...]


def shelf_of(library: Library, wish: Wish, today: date) -> Shelf:
    """The documents that a wish takes: by region the state's first, then province by province, most documents first."""
    standings = {each.document_id: library.validity[each.document_id].standing(today) for each in library}
    regions = Counter(map(province_of, library))
    ordered = tuple(sorted(regions, key=lambda name: _order(name, regions)))
    wanted = [each for each in library if _is_wanted(each, standings[each.document_id], wish)]
    groups = _by_region(wanted, ordered) if wish.order is Order.REGION else {BY_DATE: _by_date(wanted, wish.order)}
    return Shelf(
        wish=wish,
        groups=tuple(
            Group(name, tuple(_row(each, standings[each.document_id], name) for each in group))
            for name, group in groups.items()
            if group
        ),
        shown=len(wanted),
        total=len(library),
        regions=ordered,
        standings=tuple(each.value for each in Standing if each in standings.values()),
        lacks=tuple(_lacks(library, wish)),
    )


def _by_region(documents: Iterable[PolicyDocument], ordered: Iterable[str]) -> dict[str, list[PolicyDocument]]:
    groups: dict[str, list[PolicyDocument]] = {name: [] for name in ordered}
    for document in documents:
        groups[province_of(document)].append(document)
    return groups


def _by_date(documents: Iterable[PolicyDocument], order: Order) -> list[PolicyDocument]:
    def key(document: PolicyDocument) -> tuple[bool, int]:
        issued = document.metadata.issued_on
        days = issued.toordinal() if issued else 0
        return issued is None, -days if order is Order.NEWEST else days

    return sorted(documents, key=key)


def province_of(document: PolicyDocument) -> str:
    """The province that its region lies in, 全国, or the region itself where it is not known."""
    region = document.metadata.region
    return levels_of(region)[0] if region else NO_REGION


def _order(name: str, regions: Mapping[str, int]) -> tuple[bool, bool, int, str]:
    return name != NATIONAL, name == NO_REGION, -regions[name], name


def _is_wanted(document: PolicyDocument, standing: Standing, wish: Wish) -> bool:
    metadata = document.metadata
    named = (metadata.title, metadata.document_number, metadata.cover_title, metadata.region, *metadata.names)
    return (
        (not wish.words or _has(wish.words, (*named, *metadata.issuers)))
        and wish.region in ("", province_of(document))
        and wish.standing in ("", standing.value)
    )


def _has(words: str, named: tuple[str | None, ...]) -> bool:
    """Whether each of the words, parted by spaces, is in what a document is known by; signs make no difference."""
    known = " ".join(key_of(each) for each in named if each)
    return all(key_of(word) in known for word in words.split())


def _row(document: PolicyDocument, standing: Standing, group: str) -> Row:
    """group: the name of the group that it stands in; the region says no more than that does not."""
    metadata = document.metadata
    return Row(
        title=Words(metadata.title, links.document_url(document.document_id)),
        number=metadata.document_number or "",
        region=(metadata.region or "").removeprefix(group) or metadata.region or "",
        issued=day(metadata.issued_on) if metadata.issued_on else "",
        standing=standing.value,
        in_force=standing is Standing.IN_FORCE,
    )


def _lacks(library: Library, wish: Wish) -> Iterator[Lack]:
    for missing in library.links.missing():
        if not wish.words or _has(wish.words, (missing.title, missing.document_number)):
            yield _lack(missing, library)


def _lack(missing: Missing, library: Library) -> Lack:
    first = missing.document_ids[:_DOCUMENTS_NAMED]
    return Lack(
        name=titled(missing.title, missing.document_number),
        count=missing.count,
        named_by=tuple(Words(titled(library.get(each).metadata.title), links.document_url(each)) for each in first),
        more=len(missing.document_ids) - len(first),
    )
