"""What references lead to in a library: the document and the article, in both directions; and what it does not have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from corpus.head.document_numbers import normal_number
from corpus.head.history import EventKind
from corpus.provisions import PREAMBLE, PolicyDocument
from corpus.relations.catalogue import Catalogue, short_title
from corpus.relations.references import Reference, annex_titled, own_article, references, self_references


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: a document of the library, and the article in it.

    article_id is that of the place named or, where the tree is not that fine, of the nearest one around it; of a text
    issued as an annex, that of the annex; None where the document as a whole is meant, or it has no such article.

    revised: whether the text was passed or wholly revised after the clause was written that names an article of it: the
    article that bears this number now may not be the one that was meant
    """

    document_id: str
    article_id: str | None
    revised: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A reference and where it leads.

    target      None where the library does not have the text, or where it is not clear which of its texts is meant
    candidates  where it is not clear, the ids of the documents that may be
    """

    reference: Reference
    target: Target | None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that documents name and the library does not have; count: how often, in the documents document_ids."""

    title: str
    document_number: str | None
    count: int
    document_ids: tuple[str, ...]


@dataclass(frozen=True)
class Links:
    """All references of a library. Of documents: what one names, itself included, and what names it, in order."""

    outgoing: Mapping[str, tuple[Link, ...]]
    incoming: Mapping[str, tuple[Link, ...]]

    def missing(self) -> tuple[Missing, ...]:
        """The texts named that the library does not have, most often named first; certificates and forms left out.

        Texts of one title count as one, unless they are named by different numbers.
        """
        found: dict[str, list[Reference]] = defaultdict(list)
        for link in (link for links in self.outgoing.values() for link in links):
            if link.target is None and not link.candidates and not link.reference.names_a_paper:
                found[short_title(link.reference.title)].append(link.reference)
        apart = (each for named in found.values() for each in _by_number(named))
        return tuple(
            sorted(map(_missing, apart), key=lambda each: (-each.count, each.title, each.document_number or ""))
        )


def links_of(catalogue: Catalogue) -> Links:
    """Every reference of every document, resolved."""
    outgoing: dict[str, tuple[Link, ...]] = {}
    incoming: dict[str, list[Link]] = {document_id: [] for document_id in catalogue.documents}
    for document_id, document in catalogue.documents.items():
        named = sorted((*references(document), *self_references(document)), key=lambda each: each.start)
        outgoing[document_id] = tuple(_links(named, catalogue))
        for link in outgoing[document_id]:
            if link.target and link.target.document_id != document_id:
                incoming[link.target.document_id].append(link)
    return Links(outgoing, {document_id: tuple(links) for document_id, links in incoming.items()})


def candidates(reference: Reference, catalogue: Catalogue) -> tuple[str, ...]:
    """The ids of the documents that a reference may mean: one where it is clear, none where none is at hand.

    Of several versions of a text the newest is meant; where an article is named, the newest that the number can be
    taken from: a text that was wholly revised later counts its articles anew.
    """
    if reference.own:
        return (reference.document_id,) if reference.document_id in catalogue.documents else ()
    named = catalogue.named(reference.title, reference.document_number)
    if reference.pointer and len(named) > 1:
        then = _issued_on(catalogue.documents[reference.document_id])
        named = tuple(each for each in named if not _revised_since(catalogue.documents[each], then)) or named
    return catalogue.newest(named)


def resolve(reference: Reference, catalogue: Catalogue) -> Target | None:
    """Where a reference of a document in the catalogue leads; None where the library does not have the text, or it is
    not clear which is meant."""
    found = candidates(reference, catalogue)
    if len(found) != 1:
        return None
    document = catalogue.documents[found[0]]
    if reference.own:
        return Target(found[0], _own(reference, document))
    annex = annex_titled(document, reference.title)  # the text issued by a notice, numbered for itself
    if reference.pointer is None:
        return Target(found[0], annex)
    revised = _revised_since(document, _issued_on(catalogue.documents[reference.document_id]))
    return Target(found[0], own_article(document, reference.pointer, annex or PREAMBLE), revised)


def _links(named: Iterable[Reference], catalogue: Catalogue) -> Iterator[Link]:
    for reference in named:
        target = resolve(reference, catalogue)
        yield Link(reference, target, () if target else candidates(reference, catalogue))


def _own(reference: Reference, document: PolicyDocument) -> str | None:
    if reference.pointer is None:
        return annex_titled(document, reference.title)
    return own_article(document, reference.pointer, reference.article_id)


def _issued_on(document: PolicyDocument) -> date | None:
    return document.metadata.issued_on or document.metadata.effective_on


def _revised_since(document: PolicyDocument, then: date | None) -> bool:
    """Whether a statute was passed, or wholly revised, after that day."""
    new = (event.on for event in document.metadata.history if event.kind in (EventKind.PASSED, EventKind.REVISED))
    return then is not None and any(on > then for on in new)


def _by_number(named: list[Reference]) -> Iterator[list[Reference]]:
    """The references of one title, those with another number apart; those without one with the most."""
    numbers = Counter(normal_number(each.document_number) for each in named if each.document_number)
    usual = numbers.most_common(1)[0][0] if numbers else ""
    apart: dict[str, list[Reference]] = defaultdict(list)
    for each in named:
        apart[normal_number(each.document_number) if each.document_number else usual].append(each)
    yield from apart.values()


def _missing(named: list[Reference]) -> Missing:
    numbers = Counter(reference.document_number for reference in named if reference.document_number)
    return Missing(
        title=Counter(reference.title for reference in named).most_common(1)[0][0],
        document_number=numbers.most_common(1)[0][0] if numbers else None,
        count=len(named),
        document_ids=tuple(dict.fromkeys(reference.document_id for reference in named)),
    )
