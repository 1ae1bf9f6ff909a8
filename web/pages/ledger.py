"""/ledger: the hard figures of the documents, to be narrowed down, and taken away as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from corpus.figures.ledger import Entry
from corpus.figures.requirements import Force
from corpus.figures.spreadsheet import KIND_NAMES
from corpus.library import Library
from corpus.provisions import PolicyDocument
from web import beijing, schemas
from web.asking import Desk
from web.exports import files
from web.exports.calendar import duties
from web.exports.choosing import MAX_ROWS, Choice, Facet, Figures
from web.exports.extract import ORDER_NAMES, Extract
from web.exports.rhythms import RHYTHM_NAMES
from web.pages.facts import day, region_words
from web.pages.marking import Piece, pieces
from web.pages.rendering import Pages
from web.paging import Page
from web.problems import Problem, invalid
from web.site import site_of
from web.sources import Source, source_of

ON_A_PAGE = 50
"""Rows."""
_LISTS = frozenset({"document_id", "kind", "force", "frequency"})
"""Fields that may be given several times."""
Query = TypeVar("Query", bound=schemas.RequirementsChoice)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet, with the rows that it would leave."""

    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """What rows can be narrowed down by: a name in the address, its words, and its values."""

    field: str
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger. What it does not have is empty."""

    kind: str
    subject: str
    figure: str
    force: str
    operative: str
    frequency: str
    deadline: str
    bodies: str
    region: str
    sentence: tuple[Piece, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Turning:
    """Where a page of the list is among its pages; addresses are empty where there is none."""

    number: int
    total: int
    before: str
    after: str


def ledger_router(desk: Desk, pages: Pages, figures: Figures, public_url: str = "") -> APIRouter:
    """/ledger, and its rows as files."""
    router, library = APIRouter(include_in_schema=False), desk.assistant.library

    def choice_of(request: Request) -> Choice:
        """Raises Problem; UnknownDocument."""
        query = _read(schemas.RequirementsChoice, _chosen(request.query_params))
        for document_id in query.document_id or ():
            library.get(document_id)
        return query.to_choice()

    def extract_of(request: Request, site: str = "") -> Extract:
        return files.extract_of(figures, choice_of(request), desk, site)

    @router.get("/ledger")
    def ledger(request: Request, page: str = "1") -> Response:
        choice, params = choice_of(request), request.query_params
        found = figures.chosen(choice)
        shown = Page.of(page, len(found), ON_A_PAGE)
        placed, left_out = duties(found)
        facets = [_facet_view(facet, choice, figures) for facet in Facet]
        values = {
            "total": len(found),
            "most": MAX_ROWS,
            "rows": [_row(entry, library) for entry in found[shown.rows]],
            "facets": facets,
            "told": _told(choice, facets),
            "subject": choice.selection.subject or "",
            "words": choice.words or "",
            "orders": [(order.value, name, order is choice.order) for order, name in ORDER_NAMES.items()],
            "turning": _turning(shown, params),
            "chosen": _chosen(params),
            "query": urlencode(_chosen(params)),
            "duties": len(placed),
            "left_out": left_out,
            "today": beijing.today().isoformat(),
            "printed_on": day(beijing.today()),
        }
        return pages.render(request, "ledger.html", values)

    @router.get("/ledger.csv")
    def csv(request: Request) -> Response:
        return files.csv_file(extract_of(request))

    @router.get("/ledger.xlsx")
    def workbook(request: Request) -> Response:
        return files.workbook_file(extract_of(request, site_of(request, public_url)))

    @router.get("/ledger.ics")
    def calendar(request: Request, start: str = "") -> Response:
        since = _read(schemas.CalendarRequest, [("start", start)] if start else []).start
        return files.calendar_file(extract_of(request, site_of(request, public_url)), since)

    return router


def _chosen(params: QueryParams) -> list[tuple[str, str]]:
    """What an address says of which rows, without the fields of a form that were left empty."""
    fields = schemas.RequirementsChoice.model_fields
    return [(name, value) for name, value in params.multi_items() if name in fields and value.strip()]


def _read(model: type[Query], pairs: list[tuple[str, str]]) -> Query:
    """Names and values as the API reads them. Raises Problem."""
    lists = {name: [value for key, value in pairs if key == name] for name, _ in pairs if name in _LISTS}
    try:
        return model.model_validate(dict(pairs) | lists)
    except ValidationError as error:
        problem = invalid(error.errors())
        told = (f"{_FIELD_NAMES[each['field'].partition('.')[0]]}{each['message']}" for each in problem.errors)
        raise Problem(problem.code, f"{'；'.join(told)}。") from None


_FIELD_NAMES: Mapping[str, str] = {
    "region": "地区",
    "document_id": "文件",
    "kind": "类别",
    "force": "约束力",
    "frequency": "频次",
    "subject": "“事项中含”",
    "words": "“原句中含”",
    "sort": "排列",
    "start": "起始日期",
}
"""Fields of the form, as the form calls them."""


def _turning(page: Page, params: QueryParams) -> Turning:
    number, last = page.number, page.last
    before, after = (_page_url(each, params) if 1 <= each <= last else "" for each in (number - 1, number + 1))
    return Turning(number, last, before, after)


def _page_url(page: int, params: QueryParams) -> str:
    return f"/ledger?{urlencode([*_chosen(params), ('page', str(page))])}"


def _facet_view(facet: Facet, choice: Choice, figures: Figures) -> FacetView:
    counts, names = figures.counts(choice, facet), _names(facet, figures.library)
    chosen = _values_chosen(facet, choice)
    values = tuple(
        Value(value, name, counts.get(value, 0), value in chosen)
        for value, name in names.items()
        if value in counts or value in chosen
    )
    return FacetView(facet.value, _FACET_NAMES[facet], values)


def _told(choice: Choice, facets: Iterable[FacetView]) -> list[str]:
    """What the list is narrowed down by, in words: a page on paper has no form to say it."""
    typed = {"原句中含": choice.words, "事项中含": choice.selection.subject}
    chosen = {each.name: [value.name for value in each.values if value.is_chosen] for each in facets}
    return [
        *(f"{name}“{words}”" for name, words in typed.items() if words),
        *(f"{name}{'、'.join(names)}" for name, names in chosen.items() if names),
    ]


_FACET_NAMES: Mapping[Facet, str] = {
    Facet.REGION: "地区",
    Facet.DOCUMENT: "文件",
    Facet.KIND: "类别",
    Facet.FREQUENCY: "频次",
    Facet.FORCE: "约束力",
}


def _names(facet: Facet, library: Library) -> dict[str, str]:
    """The values of a facet and their words, in the order shown."""
    match facet:
        case Facet.REGION:
            return {region: region_words(region) for document in library if (region := document.metadata.region)}
        case Facet.DOCUMENT:
            return {document.document_id: _document_name(document) for document in library}
        case Facet.KIND:
            return {kind.value: name for kind, name in KIND_NAMES.items()}
        case Facet.FREQUENCY:
            return {rhythm.value: name for rhythm, name in RHYTHM_NAMES.items()}
        case Facet.FORCE:
            return {force.value: force.value for force in Force}


def _document_name(document: PolicyDocument) -> str:
    number = document.metadata.document_number
    return f"{document.metadata.title}（{number}）" if number else document.metadata.title


def _values_chosen(facet: Facet, choice: Choice) -> frozenset[str]:
    selection = choice.selection
    match facet:
        case Facet.REGION:
            return frozenset({selection.region} if selection.region else ())
        case Facet.DOCUMENT:
            return selection.document_ids or frozenset()
        case Facet.KIND:
            return frozenset(selection.kinds or ())
        case Facet.FREQUENCY:
            return frozenset(choice.rhythms or ())
        case Facet.FORCE:
            return frozenset(selection.forces or ())


def _row(entry: Entry, library: Library) -> Row:
    text, cited = library.get(entry.citation.document_id).text, entry.citation
    return Row(
        kind=KIND_NAMES[entry.kind],
        subject=entry.subject,
        figure=entry.figure,
        force=entry.force.value if entry.force else "",
        operative=entry.operative or "",
        frequency=entry.frequency.words if entry.frequency else "",
        deadline=entry.deadline.words if entry.deadline and entry.deadline.words != entry.figure else "",
        bodies="、".join(entry.bodies),
        region=entry.region or "",
        sentence=pieces(text, (cited.start, cited.end), [(entry.start, entry.end)]),
        source=source_of(cited, library),
    )
