"""时效: whether a document is in force on a day, by its own text, by the manifest, and by what later documents say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from corpus.head.history import EventKind
from corpus.head.regions import NATIONAL
from corpus.provisions import Metadata, PolicyDocument
from corpus.relations.catalogue import Catalogue, age, same_text
from corpus.relations.pointers import article_for
from corpus.relations.repeals import Repeal, amended_titles, repeals


class Standing(StrEnum):
    """时效, in the words of the national database of laws and regulations, and 已失效 for a term that has run out."""

    IN_FORCE = "现行有效"
    NOT_YET = "尚未施行"
    AMENDED = "已修改"
    REPEALED = "已废止"
    EXPIRED = "已失效"


# How documents, pages and manifests put it.
_PRINTED: Mapping[str, Standing] = {
    "现行有效": Standing.IN_FORCE,
    "有效": Standing.IN_FORCE,
    "部分失效": Standing.AMENDED,
    "部分废止": Standing.AMENDED,
    "已修改": Standing.AMENDED,
    "已被修改": Standing.AMENDED,
    "尚未施行": Standing.NOT_YET,
    "尚未生效": Standing.NOT_YET,
    "废止": Standing.REPEALED,
    "已废止": Standing.REPEALED,
    "失效": Standing.EXPIRED,
    "已失效": Standing.EXPIRED,
    "无效": Standing.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that ends or alters a document.

    on       the first day on which it shows; date.min where the text says that it has ended, and not when
    by       the document of the library that did it, None where the document itself, its page or the manifest says so
    start:end  the words in that document; None where it did it by being a later version
    """

    on: date
    standing: Standing
    by: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """When a document is in force, as far as it and the library know. What nothing speaks against is in force.

    since     first day in force; None where no date is printed
    ending    what ended or will end it; the first where several did
    amended   what changed it without a new version of it being at hand
    repealed  articles put out of force by themselves, with what did it
    """

    since: date | None = None
    ending: Change | None = None
    amended: Change | None = None
    repealed: Mapping[str, Change] = field(default_factory=dict)

    def in_force(self, on: date, article_id: str | None = None) -> bool:
        """Whether the document, or one article of it, is in force on a day."""
        if self.standing(on) in (Standing.NOT_YET, Standing.REPEALED, Standing.EXPIRED) or self._has_ended(on):
            return False
        over = (change for article, change in self.repealed.items() if article_id and _is_within(article_id, article))
        return not any(change.on <= on for change in over)

    def standing(self, on: date) -> Standing:
        """Its 时效 on a day."""
        if self.ending and self._has_ended(on):
            return self.ending.standing
        if self.since and on < self.since:
            return Standing.NOT_YET
        changes = [self.amended, *self.repealed.values()]
        return Standing.AMENDED if any(change and change.on <= on for change in changes) else Standing.IN_FORCE

    def _has_ended(self, on: date) -> bool:
        return self.ending is not None and self.ending.on <= on


def validity_of(catalogue: Catalogue) -> Mapping[str, Validity]:
    """When each document is in force, by document_id: by its own text, then by what the others say of it."""
    found = {document_id: _by_itself(document) for document_id, document in catalogue.documents.items()}
    for document_id, change in _superseded(catalogue):
        found[document_id] = _ended(found[document_id], change)
    for document in catalogue.documents.values():
        for repeal in repeals(document):
            for other in _meant(repeal.title, repeal.document_number, document, catalogue):
                found[other] = _repealed(found[other], catalogue.documents[other], repeal, document)
        for title in amended_titles(document):
            for other in _meant(title, None, document, catalogue):
                found[other] = replace(found[other], amended=_change(Standing.AMENDED, document, None))
    return found


def in_force_since(metadata: Metadata) -> date | None:
    """The first day in force of the text as it stands.

    A statute amended after it came into force keeps the clause of its first version: what it says now holds since the
    amendment at the earliest. For want of a clause a text is taken to hold from the day that it was issued.
    """
    issued = metadata.issued_on or metadata.published_on
    first = metadata.effective_on
    changed = any(event.kind in (EventKind.AMENDED, EventKind.REVISED) for event in metadata.history)
    if first and issued and changed:
        return max(first, issued)
    return first or issued


def _by_itself(document: PolicyDocument) -> Validity:
    metadata = document.metadata
    validity = Validity(in_force_since(metadata))
    if metadata.expires_on and metadata.expires_on < date.max:
        validity = _ended(validity, Change(metadata.expires_on + timedelta(days=1), Standing.EXPIRED))
    if metadata.repealed_on:
        validity = _ended(validity, Change(metadata.repealed_on, Standing.REPEALED))
    printed = _PRINTED.get(metadata.status or "")
    if printed is Standing.AMENDED:
        return replace(validity, amended=Change(date.min, printed))
    if printed in (Standing.REPEALED, Standing.EXPIRED) and validity.ending is None:
        return _ended(validity, Change(date.min, printed))
    return validity


def _superseded(catalogue: Catalogue) -> Iterator[tuple[str, Change]]:
    """Every version but the newest of a text, with the next one as what ended it; undated versions are left alone."""
    versions: dict[tuple[str, str], list[PolicyDocument]] = defaultdict(list)
    for document in catalogue.documents.values():
        if in_force_since(document.metadata):
            versions[same_text(document)].append(document)
    for texts in versions.values():
        for older, newer in pairwise(sorted(texts, key=age)):
            if age(older) < age(newer):
                yield older.document_id, _change(Standing.AMENDED, newer, None)


def _meant(title: str, number: str | None, document: PolicyDocument, catalogue: Catalogue) -> Iterator[str]:
    """The documents that another one can have repealed by this name: all older versions, of a region that it rules."""
    rules = document.metadata.region
    for document_id in catalogue.named(title, number):
        other = catalogue.documents[document_id]
        region = other.metadata.region or ""
        ruled = rules == NATIONAL or (rules is not None and region.startswith(rules)) or number is not None
        if other is not document and ruled and age(other) < age(document):
            yield document_id


def _repealed(validity: Validity, other: PolicyDocument, repeal: Repeal, by: PolicyDocument) -> Validity:
    change = _change(Standing.REPEALED, by, repeal)
    if not repeal.pointers:
        return _ended(validity, change)
    places = (article_for(other, pointer) for pointer in repeal.pointers)
    return replace(validity, repealed={**validity.repealed, **{place: change for place in places if place}})


def _change(standing: Standing, by: PolicyDocument, repeal: Repeal | None) -> Change:
    on = (repeal.on if repeal else None) or in_force_since(by.metadata) or date.min
    return Change(on, standing, by.document_id, repeal.start if repeal else None, repeal.end if repeal else None)


def _ended(validity: Validity, change: Change) -> Validity:
    """With this end if it comes before the one known; being repealed goes before being replaced on the same day."""
    known = validity.ending
    first = known is None or change.on < known.on or (change.on == known.on and change.standing is Standing.REPEALED)
    return replace(validity, ending=change) if first else validity


def _is_within(article_id: str, outer: str) -> bool:
    return article_id == outer or article_id.startswith(f"{outer}.")
