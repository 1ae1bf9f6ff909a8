"""/compare: two or more documents or regions on one subject, side by side. The address says it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from corpus.library import Library
from web import beijing
from web.access.admission import charge
from web.asking import Desk
from web.exports.choosing import Figures
from web.pages.comparison import Comparison, compare
from web.pages.facts import day, region_words
from web.pages.rendering import Pages
from web.pages.shelf import province_of
from web.pages.sides import MOST_SIDES, Side, SideKind, lost_sides, sides_meant, sides_named
from web.problems import Problem, echo
from web.wording import WordingError, clean_question

_MOST_LISTED = 200
"""Documents offered at most; of a larger library those nearest to the subject, and those chosen."""
_DISTRICTS = ("daxing-2026-22", "changning-2025-2")
_ALL = ("national-2024-40", "national-2025-8", *_DISTRICTS, "anonymous-district-plan")
EXAMPLES = (
    ("家庭医生签约", _DISTRICTS),
    ("医保定点", _DISTRICTS),
    ("长期护理保险", ("national-2024-40", *_DISTRICTS)),
    ("家庭养老床位", _DISTRICTS),
    ("老年人健康管理多久一次", ("daxing-2026-22", "anonymous-district-plan")),
    ("双向转诊", ("changning-2025-2", "anonymous-district-plan")),
    ("养老机构内设医务室", _ALL),
)
"""Subjects, and the documents shipped that rule on them; shown where the library has those documents."""


@dataclass(frozen=True, slots=True)
class Option:
    """A side that can be chosen."""

    kind: str
    value: str
    name: str
    number: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """The sides of the state or of a province."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """What an address asks for.

    subject  as typed; sides: those chosen that the library has; refused: why it cannot be answered
    lost     names of those chosen that the library does not have
    """

    subject: str
    sides: tuple[Side, ...] = ()
    lost: tuple[str, ...] = ()
    refused: Problem | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A comparison to begin with."""

    subject: str
    whose: str
    url: str


def compare_router(desk: Desk, pages: Pages, figures: Figures) -> APIRouter:
    """/compare."""
    router, library = APIRouter(include_in_schema=False), desk.assistant.library

    def table(asking: Asking) -> Comparison | None:
        if asking.refused or not asking.subject.strip():
            return None
        sides = asking.sides or sides_meant(asking.subject, desk.assistant, beijing.today())
        return compare(asking.subject, sides, desk.assistant, figures, beijing.today()) if sides else None

    @router.get("/compare")
    async def comparing(request: Request) -> Response:
        asking = asking_of(request.query_params.multi_items(), library)
        if asking.subject:
            await charge(request, len(asking.sides) or min(MOST_SIDES, len(library)))
        found = await run_in_threadpool(table, asking)
        shown = tuple(view.side for view in found.sides) if found else asking.sides
        values = {
            "asking": asking,
            "comparison": found,
            "groups": _groups(library, shown),
            "most": MOST_SIDES,
            "listed_all": len(library) <= _MOST_LISTED,
            "examples": tuple(_examples(library)),
            "ledger": _ledger_url(shown),
            "today": day(beijing.today()),
        }
        return pages.render(request, "compare.html", values, asking.refused.status if asking.refused else 200)

    return router


def asking_of(pairs: Iterable[tuple[str, str]], library: Library) -> Asking:
    """What the names and values of a query ask for; what cannot be is told, and nothing of the rest is dropped."""
    pairs = [*pairs]
    typed = next((value for name, value in pairs if name == "subject"), "")
    named = sides_named(pairs)
    lost = {*lost_sides(named, library)}
    sides = tuple(side for side in named if side not in lost)
    names = tuple(echo(side.value) for side in named if side in lost)[:MOST_SIDES]
    try:
        subject = clean_question(typed) if typed.strip() else ""
    except WordingError as error:
        return Asking(echo(typed), sides[:MOST_SIDES], names, error)
    if len(sides) > MOST_SIDES:
        words = f"选了 {len(sides)} 项，一次最多对照 {MOST_SIDES} 项，请去掉几项。"
        return Asking(subject, sides, names, Problem("invalid_request", words))
    return Asking(subject, sides, names)


def compare_url(subject: str, document_ids: Iterable[str]) -> str:
    """The address of a comparison."""
    return f"/compare?{urlencode([('subject', subject), *((SideKind.DOCUMENT.value, each) for each in document_ids)])}"


def _ledger_url(sides: Iterable[Side]) -> str:
    """The ledger of the documents compared."""
    ids = [("document_id", side.value) for side in sides if side.kind is SideKind.DOCUMENT]
    return f"/ledger?{urlencode(ids)}" if ids else "/ledger"


def _groups(library: Library, chosen: tuple[Side, ...]) -> tuple[OptionGroup, ...]:
    """What can be chosen: regions with several documents as a whole, and the documents, province by province."""
    groups: dict[str, list[Option]] = {}
    ids = {side.value for side in chosen if side.kind is SideKind.DOCUMENT}
    listed = [*library][:_MOST_LISTED]
    listed += [library.get(each) for each in sorted(ids - {document.document_id for document in listed})]
    for document in listed:
        facts = document.metadata
        group = groups.setdefault(province_of(document), [])
        option = Option("document", document.document_id, facts.title, facts.document_number or "", False)
        group.append(option)
        if facts.region and _shares_region(facts.region, library):
            whole = Option("region", facts.region, f"{facts.region}的文件合看", "", False)
            if whole not in group:
                group.insert(0, whole)
    return tuple(OptionGroup(name, tuple(_marked(options, chosen))) for name, options in groups.items())


def _shares_region(region: str, library: Library) -> bool:
    return sum(document.metadata.region == region for document in library) > 1


def _marked(options: Iterable[Option], chosen: tuple[Side, ...]) -> Iterable[Option]:
    for each in options:
        is_chosen = Side(SideKind(each.kind), each.value) in chosen
        yield Option(each.kind, each.value, each.name, each.number, is_chosen)


def _examples(library: Library) -> Iterable[Example]:
    for subject, ids in EXAMPLES:
        if all(each in library for each in ids):
            regions = dict.fromkeys(library.get(each).metadata.region or "" for each in ids)
            whose = "、".join(region_words(region) for region in regions if region)
            yield Example(subject, whose, compare_url(subject, ids))
