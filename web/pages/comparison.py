"""A comparison for display: what each side says of one subject, verbatim and cited, and the figures that line up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from assistant.answers import Answer, Quotation, Related, Status
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry
from corpus.figures.spreadsheet import KIND_NAMES
from corpus.library import Library
from corpus.relations.validity import Standing
from corpus.titles import titled
from web import links
from web.asking import Answering
from web.exports.choosing import Figures
from web.pages.facts import Words
from web.pages.marking import Stretch, stretches
from web.pages.sides import Side, SideKind, filters_of, subject_alone
from web.sources import Source, source_of

QUOTED = 3
"""Provisions quoted of a side at most."""
_NEAR = 2
"""Provisions shown of a side that says nothing of the subject."""
_LONG = 220
"""Characters from which a quotation is folded."""
_ALIKE: Mapping[str, str] = {"名": "人", "位": "人", "周岁": "岁", "个月": "月"}
"""Units that count the same thing."""


@dataclass(frozen=True, slots=True)
class SideView:
    """The head of a column. title leads to the document; note says what is odd about its being in force."""

    side: Side
    region: str
    title: Words
    note: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation in stretches, where it is from, and both as plain text."""

    source: Source
    stretches: tuple[Stretch, ...]
    copied: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a side says. said: a sentence of our own, where there is no quotation or it does not say all."""

    status: Status
    said: str
    quotes: tuple[Quoted, ...]
    near: tuple[Quoted, ...]
    copied: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """A hard figure as printed, with what it counts, and the page that shows it."""

    subject: str
    figure: str
    url: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures of one kind that at least two sides have, a cell a side."""

    name: str
    cells: tuple[tuple[FigureView, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table: a column a side.

    subject  as it was typed; understood: as it was asked, where that differs
    """

    subject: str
    understood: str
    sides: tuple[SideView, ...]
    figures: tuple[FigureRow, ...]
    cells: tuple[Cell, ...]

    @property
    def has_gap(self) -> bool:
        """Whether some side says nothing of the subject."""
        return any(cell.status is Status.NOT_FOUND for cell in self.cells)

    @property
    def is_too_vague(self) -> bool:
        return all(cell.status is Status.CLARIFY for cell in self.cells)


def compare(subject: str, sides: Iterable[Side], assistant: Answering, figures: Figures, today: date) -> Comparison:
    """Ask every side the same, by the same rules of decision, each within its own documents."""
    library, bare, chosen = assistant.library, subject_alone(subject, assistant.library), tuple(sides)
    answers = tuple(_answer(bare, side, assistant, today) for side in chosen)
    return Comparison(
        subject=subject,
        understood="" if bare == subject else bare,
        sides=tuple(_side_view(side, library, today) for side in chosen),
        figures=tuple(_figure_rows(answers, figures)),
        cells=tuple(_cell(side, answer, library) for side, answer in zip(chosen, answers, strict=True)),
    )


def _answer(subject: str, side: Side, assistant: Answering, today: date) -> Answer | None:
    filters = filters_of(side, assistant.library, today)
    return assistant.ask(subject, filters=filters, limit=QUOTED) if filters else None


def _side_view(side: Side, library: Library, today: date) -> SideView:
    if side.kind is SideKind.REGION:
        count = sum(side.value in (document.metadata.region or "") for document in library)
        return SideView(side, side.value, Words(f"{count} 份文件合看"), "")
    facts, standing = library.get(side.value).metadata, library.validity[side.value].standing(today)
    note = "" if library.validity[side.value].in_force(today) else f"{standing.value}，{_NOTES[standing]}"
    title = Words(titled(facts.title, facts.document_number), links.document_url(side.value))
    return SideView(side, facts.region or "地区未注明", title, note)


_NOTES = defaultdict(lambda: "所列为它施行期间的规定", {Standing.NOT_YET: "所列自施行之日起适用"})


def _cell(side: Side, answer: Answer | None, library: Library) -> Cell:
    if answer is None:
        said = "该文件已不再施行，且没有写明自何日起，不作对照。"
        return Cell(Status.NOT_FOUND, said, (), (), said)
    quotes = tuple(_quoted(quotation, library) for quotation in answer.citations)
    near = tuple(_near(related, library) for related in answer.related[:_NEAR]) if not quotes else ()
    said = _said(side, answer, has_near=bool(near))
    copied = "\n".join(part for part in (said, *(quote.copied for quote in quotes)) if part)
    return Cell(answer.status, said, quotes, near, copied)


def _said(side: Side, answer: Answer, *, has_near: bool) -> str:
    if answer.status is Status.NOT_FOUND:
        where = "该文件" if side.kind is SideKind.DOCUMENT else "该地区的文件"
        missing = f"文件提到而库中没有的：{'、'.join(answer.missing_texts)}。" if answer.missing_texts else ""
        return f"{where}没有{'直接' if has_near else ''}规定。{missing}"
    if answer.status is Status.CLARIFY:
        return "所写的事项过于宽泛，没有查找。"
    return "" if answer.status is Status.ANSWERED and answer.citations else answer.finding


def _quoted(quotation: Quotation, library: Library) -> Quoted:
    source = source_of(quotation.citation, library)
    return Quoted(source, stretches(quotation.quote, quotation.marks, _LONG), _as_text(quotation.quote, source))


def _near(related: Related, library: Library) -> Quoted:
    source = source_of(related.citation, library)
    return Quoted(source, stretches(related.snippet, (), _LONG), _as_text(related.snippet, source))


def _as_text(quote: str, source: Source) -> str:
    return f"「{quote}」——{source.words}"


def _figure_rows(answers: tuple[Answer | None, ...], figures: Figures) -> Iterator[FigureRow]:
    """The kinds of figures that two sides or more have in what is quoted of them, counts first."""
    by_kind: dict[tuple[FigureKind, str], list[list[FigureView]]] = {}
    for place, answer in enumerate(answers):
        for entry in _within(answer.citations if answer else (), figures):
            cells = by_kind.setdefault(_kind_of(entry), [[] for _ in answers])
            url = links.citation_url(entry.citation)
            cells[place].append(FigureView(entry.subject, entry.figure, url))
    for (kind, unit), cells in sorted(by_kind.items(), key=lambda each: _ORDER.index(each[0][0])):
        if sum(map(bool, cells)) > 1:
            name = f"{KIND_NAMES[kind]}（{unit}）" if unit else KIND_NAMES[kind]
            yield FigureRow(name, tuple(map(tuple, cells)))


_ORDER = (FigureKind.QUANTITY, FigureKind.FREQUENCY, FigureKind.DEADLINE, FigureKind.CONDITION)


def _kind_of(entry: Entry) -> tuple[FigureKind, str]:
    """What makes two figures comparable: the kind, and of numbers the unit."""
    unit = entry.unit if entry.kind in (FigureKind.QUANTITY, FigureKind.CONDITION) else None
    return entry.kind, _ALIKE.get(unit, unit) if unit else ""


def _within(quotations: Iterable[Quotation], figures: Figures) -> Iterator[Entry]:
    """The figures that stand in the words quoted."""
    for quotation in quotations:
        cited = quotation.citation
        for entry in figures.of_document(cited.document_id):
            if cited.start <= entry.start and entry.end <= cited.end:
                yield entry
