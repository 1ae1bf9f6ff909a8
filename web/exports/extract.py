"""Rows taken out of the ledger, with what must be told wherever they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from corpus.figures.ledger import Entry
from corpus.figures.spreadsheet import KIND_NAMES
from corpus.library import Library
from corpus.provisions import PolicyDocument
from corpus.titles import titled
from web import links
from web.exports.choosing import Choice, Order
from web.exports.rhythms import RHYTHM_NAMES

ORDER_NAMES: Mapping[Order, str] = {
    Order.PRINTED: "文件中的次序",
    Order.SUBJECT: "事项",
    Order.FREQUENCY: "频次，勤的在前",
    Order.DEADLINE: "期限，早的在前",
}


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows of the ledger, and where and when they were taken.

    asked    what was asked for, as pairs of a name and its words
    made_at  when, in Beijing's time
    site     address of the server, without a slash at its end; for files without links it may be empty
    """

    entries: tuple[Entry, ...]
    library: Library
    asked: tuple[tuple[str, str], ...]
    made_at: datetime
    index_version: str
    site: str

    @property
    def day(self) -> date:
        return self.made_at.date()

    @property
    def documents(self) -> Mapping[str, PolicyDocument]:
        return self.library.documents

    def link(self, entry: Entry) -> str:
        """The whole address of the page that shows the words of a row."""
        return f"{self.site}{links.citation_url(entry.citation)}"


def asked_for(choice: Choice, library: Library) -> tuple[tuple[str, str], ...]:
    """What a choice restricts, in words; empty where it takes everything in the order printed."""
    return tuple((name, words) for name, words in _asked(choice, library) if words)


def _asked(choice: Choice, library: Library) -> Iterator[tuple[str, str]]:
    selection = choice.selection
    titles = (titled(library.get(each).metadata.title) for each in sorted(selection.document_ids or ()))
    yield "地区", selection.region or ""
    yield "文件", "、".join(titles)
    yield "类别", "、".join(name for kind, name in KIND_NAMES.items() if kind in (selection.kinds or ()))
    yield "频次", "、".join(name for rhythm, name in RHYTHM_NAMES.items() if rhythm in (choice.rhythms or ()))
    yield "约束力", "、".join(sorted(force.value for force in selection.forces or ()))
    yield "事项中含", selection.subject or ""
    yield "原句中含", choice.words or ""
    yield "排列", "" if choice.order is Order.PRINTED else ORDER_NAMES[choice.order]
