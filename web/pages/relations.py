"""What a document page says of other documents: the texts that the document names, and the documents that name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.head.document_numbers import normal_number
from corpus.library import Library
from corpus.relations.catalogue import short_title
from corpus.relations.resolution import Link
from corpus.titles import titled
from web import links
from web.pages.facts import Words


@dataclass(frozen=True, slots=True)
class Place:
    """An article that names a text, and the articles of the text that it names."""

    article: Words
    meant: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A text that a document names, or a document that names it, with the places where it does.

    name        《title》（number）, and its page; without a page where the library does not have it
    candidates  where it is not clear which is meant, those that may be
    revised     whether some of the articles named may by now be others
    """

    name: Words
    candidates: tuple[Words, ...]
    places: tuple[Place, ...]
    revised: bool


def texts_named(document_id: str, library: Library) -> tuple[Relation, ...]:
    """The texts that a document names besides itself, in order; certificates, forms and contracts left out."""
    named = [
        link
        for link in library.links.outgoing[document_id]
        if not _is_own(link) and (link.target or not link.reference.names_a_paper)
    ]
    usual: dict[str, str] = {}
    for reference in (link.reference for link in named if link.reference.document_number):
        usual.setdefault(short_title(reference.title), reference.document_number or "")
    found: dict[tuple[str, str], list[Link]] = {}
    for link in named:
        found.setdefault(_text(link, usual), []).append(link)
    return tuple(_relation(_name(links_to, library), links_to, library, on_page=True) for links_to in found.values())


def documents_naming(document_id: str, library: Library) -> tuple[Relation, ...]:
    """The documents of the library that name a document, in the order of the library."""
    found: dict[str, list[Link]] = {}
    for link in library.links.incoming[document_id]:
        found.setdefault(link.reference.document_id, []).append(link)
    return tuple(
        _relation(_document(citing, library), named, library, on_page=False) for citing, named in found.items()
    )


def _is_own(link: Link) -> bool:
    named = link.target.document_id if link.target else None
    return link.reference.own or named == link.reference.document_id


def _text(link: Link, usual: Mapping[str, str]) -> tuple[str, str]:
    """The same for all references to one text. usual: the number that goes with a title where none is printed."""
    if link.target:
        return link.target.document_id, ""
    title = short_title(link.reference.title)
    return title, normal_number(link.reference.document_number or usual.get(title, ""))


def _name(named: list[Link], library: Library) -> Words:
    if target := named[0].target:
        return _document(target.document_id, library)
    numbers = (link.reference.document_number for link in named)
    return Words(titled(named[0].reference.title, next(filter(None, numbers), None)))


def _document(document_id: str, library: Library) -> Words:
    metadata = library.get(document_id).metadata
    return Words(titled(metadata.title, metadata.document_number), links.document_url(document_id))


def _relation(name: Words, named: list[Link], library: Library, *, on_page: bool) -> Relation:
    """on_page: whether the places are on the page shown, and what they mean elsewhere; else the other way round."""
    by_article: dict[str, list[Link]] = {}
    for link in named:
        by_article.setdefault(link.reference.article_id, []).append(link)
    candidates = dict.fromkeys(each for link in named for each in link.candidates)
    return Relation(
        name=name,
        candidates=tuple(_document(each, library) for each in candidates),
        places=tuple(_place(links_there, library, on_page=on_page) for links_there in by_article.values()),
        revised=any(link.target.revised for link in named if link.target),
    )


def _place(named: list[Link], library: Library, *, on_page: bool) -> Place:
    place = named[0].reference
    label = library.get(place.document_id).find(place.article_id).label
    url = (
        links.article_url(place.article_id)
        if on_page
        else links.words_url(place.document_id, place.article_id, place.start, place.end)
    )
    return Place(Words(label, url), tuple(_meant(named, library, on_page=on_page).values()))


def _meant(named: Iterable[Link], library: Library, *, on_page: bool) -> Mapping[str, Words]:
    """The articles meant, each once. An annex named by its title is not one: there the text as a whole is meant."""
    found: dict[str, Words] = {}
    for link in named:
        target = link.target
        if target and target.article_id and link.reference.pointer:
            url = links.target_url(target) if on_page else links.article_url(target.article_id)
            found.setdefault(
                target.article_id, Words(library.get(target.document_id).find(target.article_id).label, url)
            )
    return found
