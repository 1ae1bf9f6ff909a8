"""The requirements ledger: what an inspection will count, one entry a hard figure, each with its citation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.citations import Citation, cite
from corpus.figures.bounds import Comparator
from corpus.figures.clauses import clauses
from corpus.figures.hard_figures import FigureKind, hard_figures
from corpus.figures.measures import Deadline, Frequency
from corpus.figures.requirements import Force, Sentence, requirements
from corpus.figures.rulers import Rulers
from corpus.figures.subjects import subject_of
from corpus.provisions import PolicyDocument, Provision
from corpus.structure.sentences import Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One hard figure of one document. Whatever is words is as printed; what is not printed is None or empty.

    subject           what is counted, or must happen: a run of words of the sentence
    comparator_words  the words that bound the number; empty where it stands alone
    number, unit      80 and %, 1 and 次; upper is the second number of a range
    basis             what it is counted by: 每百户
    operative, force  the word that rules the figure, and how strongly it binds
    bodies            who answers for it: those named in front of it, else those of the closing bracket
    citation          the sentence
    start, end        the figure with the words that bound it, in the same canonical text
    """

    kind: FigureKind
    subject: str
    comparator: Comparator
    comparator_words: str
    number: float | None
    upper: float | None
    unit: str | None
    basis: str | None
    frequency: Frequency | None
    deadline: Deadline | None
    operative: str | None
    force: Force | None
    bodies: tuple[str, ...]
    region: str | None
    figure: str
    start: int
    end: int
    quote: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries are wanted; None is no restriction. region and subject are parts of the entry's own words."""

    region: str | None = None
    document_ids: frozenset[str] | None = None
    kinds: frozenset[FigureKind] | None = None
    forces: frozenset[Force] | None = None
    subject: str | None = None

    def takes(self, entry: Entry) -> bool:
        return (
            (self.region is None or self.region in (entry.region or ""))
            and (self.document_ids is None or entry.citation.document_id in self.document_ids)
            and (self.kinds is None or entry.kind in self.kinds)
            and (self.forces is None or entry.force in self.forces)
            and (self.subject is None or self.subject in entry.subject)
        )


def ledger(documents: Iterable[PolicyDocument]) -> tuple[Entry, ...]:
    """Every hard figure of the documents, in the order printed."""
    return tuple(entry for document in documents for entry in _entries(document))


def _entries(document: PolicyDocument) -> Iterator[Entry]:
    required = requirements(document)
    for provision in document.walk():
        for sentence in required[provision.article_id]:
            yield from _of_sentence(document, provision, sentence)


def _of_sentence(document: PolicyDocument, provision: Provision, sentence: Sentence) -> Iterator[Entry]:
    text, among = document.text, clauses(document.text, sentence.span)
    figures = hard_figures(text, sentence, among, document.metadata.issued_on)
    if not figures:
        return
    citation = cite(document, provision, *sentence.span)
    quote, rulers = citation.quote(document), Rulers(text, provision, sentence, among)
    earlier: dict[bool, Span] = {}
    for figure in figures:
        whose = figure.kind is FigureKind.CONDITION
        subject = earlier[whose] = subject_of(text, figure, among, earlier.get(whose))
        operative, measure = rulers.operative(figure, subject), figure.measure
        yield Entry(
            kind=figure.kind,
            subject=text[slice(*subject)],
            comparator=figure.bound.comparator,
            comparator_words=figure.bound.words(text),
            number=measure.number if measure else None,
            upper=measure.upper if measure else None,
            unit=measure.unit if measure else None,
            basis=figure.basis,
            frequency=figure.frequency,
            deadline=figure.deadline,
            operative=text[slice(*operative.span)] if operative else None,
            force=operative.force if operative else None,
            bodies=rulers.bodies(figure),
            region=document.metadata.region,
            figure=text[figure.start : figure.end],
            start=figure.start,
            end=figure.end,
            quote=quote,
            citation=citation,
        )
