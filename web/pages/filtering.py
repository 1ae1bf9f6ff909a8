"""What the next question is narrowed down by: a region, a document, a day. Kept in the address of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from assistant.answers import Filters
from corpus.head.regions import levels_of
from corpus.library import NATIONAL, Library
from corpus.provisions import PolicyDocument
from corpus.titles import titled
from web.pages.facts import day as day_words
from web.pages.facts import region_words

NAMES = ("region", "document", "as_of")
"""The fields, in addresses and forms alike."""
MOST_DOCUMENTS = 80
"""Documents offered at once; a library of more offers those of the region that was chosen."""
_INDENT = "\u3000"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen; empty is all. as_of is a date as YYYY-MM-DD, and never today.

    lost  whether something was asked for that is not to be had
    """

    region: str = ""
    document: str = ""
    as_of: str = ""
    lost: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.region or self.document or self.as_of)

    @property
    def fields(self) -> Mapping[str, str]:
        return {"region": self.region, "document": self.document, "as_of": self.as_of}

    @property
    def filters(self) -> Filters:
        as_of = date.fromisoformat(self.as_of) if self.as_of else None
        return Filters(self.region or None, (self.document,) if self.document else None, as_of)


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a list to choose from; full: its words where it stands alone."""

    value: str
    words: str
    full: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A field as it stands: its words, empty where nothing is chosen, and the page on which it is cleared."""

    name: str
    words: str
    cleared_url: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """The chips, and the panel they are chosen in. today: as YYYY-MM-DD; more: documents that are not offered."""

    choice: Choice
    chips: tuple[Chip, ...]
    regions: tuple[Option, ...]
    documents: tuple[Option, ...]
    more: int
    today: str


def choice_of(fields: Mapping[str, str], library: Library, today: date) -> Choice:
    """What fields from outside choose; what the library does not have is left out, and said to be."""
    region, document, as_of = (fields.get(name, "").strip() for name in NAMES)
    # a page opened yesterday sends yesterday as the day it was opened on: nothing was chosen
    untouched = as_of in (fields.get("today", ""), today.isoformat())
    known = Choice(
        region if region in {each for document in library for each in _levels(document)} else "",
        document if document in library else "",
        "" if untouched or _date(as_of) is None else as_of,
    )
    lost = (known.region, known.document, known.as_of) != (region, document, "" if untouched else as_of)
    # a document says more than a region does, and two that do not meet would find nothing
    return replace(known, region="" if known.document else known.region, lost=lost)


def choice_from(filters: Filters, library: Library, today: date) -> Choice:
    """What a turn was narrowed down by, as a choice: of several documents none can be shown as chosen."""
    only = filters.document_ids or ()
    as_of = filters.as_of.isoformat() if filters.as_of else ""
    fields = {"region": filters.region or "", "document": only[0] if len(only) == 1 else "", "as_of": as_of}
    return replace(choice_of(fields, library, today), lost=False)


def address_of(conversation_id: str, choice: Choice, fragment: str = "", **more: str) -> str:
    """The chat page at a conversation, with what the next question is narrowed down by."""
    query = {"c": conversation_id, **choice.fields, **more}
    words = urlencode({name: value for name, value in query.items() if value})
    return f"/?{words}{fragment}" if words else f"/{fragment}"


def narrowed(filters: Filters, library: Library) -> str:
    """«只在北京市的文件中查找，按2026年1月2日的规定。»; empty where nothing was narrowed down."""
    parts = []
    titles = [titled(library.get(each).metadata.title) for each in filters.document_ids or () if each in library]
    if titles:
        parts.append(f"只在{'、'.join(titles)}中查找")
    elif filters.document_ids is not None:
        parts.append("只在已不在库中的文件里查找")
    elif filters.region:
        parts.append(f"只在{_of(filters.region)}文件中查找")
    if filters.as_of:
        parts.append(f"按{day_words(filters.as_of)}的规定")
    return f"{'，'.join(parts)}。" if parts else ""


def filter_view(choice: Choice, conversation_id: str, library: Library, today: date) -> FilterView:
    """The chips and the panel."""
    offered = [document for document in library if not choice.region or choice.region in _levels(document)]
    shown = offered if len(offered) <= MOST_DOCUMENTS else []
    if choice.document and choice.document not in {each.document_id for each in shown}:
        shown = [library.get(choice.document), *shown]
    return FilterView(
        choice=choice,
        chips=tuple(_chips(choice, conversation_id, library)),
        regions=_regions(library),
        documents=tuple(_document(each) for each in shown),
        more=len(offered) - len(shown) if len(offered) > MOST_DOCUMENTS else 0,
        today=today.isoformat(),
    )


def _document(document: PolicyDocument) -> Option:
    return Option(document.document_id, document.metadata.title, titled(document.metadata.title))


def _chips(choice: Choice, conversation_id: str, library: Library) -> Iterator[Chip]:
    title = titled(library.get(choice.document).metadata.title) if choice.document else ""
    as_of = f"按{day_words(date.fromisoformat(choice.as_of))}" if choice.as_of else ""
    for name, words in (("region", region_words(choice.region)), ("document", title), ("as_of", as_of)):
        left = {field: "" if field == name else value for field, value in choice.fields.items()}
        # the fields are all there, even empty, so that the page does not fall back on the turn before
        yield Chip(name, words, f"/?{urlencode({'c': conversation_id, **left})}")


def _regions(library: Library) -> tuple[Option, ...]:
    """Every level that some document is made for, the nation first, a place under the one it lies in."""
    found = {levels[: at + 1] for document in library for levels in [_levels(document)] for at in range(len(levels))}
    ordered = sorted(found, key=lambda levels: (levels[0] != NATIONAL, "*" in levels[0], levels))
    return tuple(Option(levels[-1], _indented(levels), region_words(levels[-1])) for levels in ordered)


def _indented(levels: tuple[str, ...]) -> str:
    """The last of the levels, without what it repeats of the one before."""
    own = levels[-1].removeprefix("".join(levels[-2:-1]))
    return _INDENT * (len(levels) - 1) + region_words(own)


def _levels(document: PolicyDocument) -> tuple[str, ...]:
    """The full names of its region and those around it, outermost first: 北京市, 北京市大兴区."""
    region = document.metadata.region
    return levels_of(region) if region else ()


def _of(region: str) -> str:
    return "国家" if region == NATIONAL else f"{region_words(region)}的"


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if len(words) == len("2026-01-02") else None
    except ValueError:
        return None
