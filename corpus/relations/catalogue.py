"""Finding a document by what another one calls it: its number, its title, the usual short form of its title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from corpus.head.bodies import bodies_in, squeezed
from corpus.head.document_numbers import ORDER, normal_number
from corpus.provisions import PolicyDocument

_FULL_WIDTH = str.maketrans("()[]【】〔〕", "（）（）（）（）")
_QUOTES = re.compile(r"[《》〈〉<>“”\"「」『』]")
_STATE_NAME = "中华人民共和国"
# What a title may have or lack behind it: «（试行）», «（2025年版）», «（2019年修正）»
_EDITION = re.compile(r"（(?:试行|暂行|(?:(?:19|20)[0-9]{2}年?)?(?:修订|修正)?[版本]?|第[一二三四五六七八九十]+版)）$")
_ISSUED = re.compile(
    r"^(?:关于)?(?:重新|修订)?(?:印发|发布|公布|颁布|下发)(?P<inner>.{4,}?)的?(?:通知|公告|通告|决定|命令)$"
)
_ORDER = re.compile(ORDER)
# Texts of rules, of which there is one at a time: laws, regulations, rules, standards.
_RULES = re.compile(r"(?:法|条例|规定|办法|细则|规则|规程|准则|规范|标准|章程|公约|守则)$")
_EARLIEST = date.min


def normal_title(title: str) -> str:
    """The same for every way of printing one title: spaces, quotation marks, brackets, the name of the state."""
    plain = _QUOTES.sub("", squeezed(title)).translate(_FULL_WIDTH)
    return plain.replace(_STATE_NAME, "")


def short_title(title: str) -> str:
    """The title by which different editions, and the notice that issued the text, are called alike.

    Without （试行） and editions in brackets behind it, without issuing bodies and 关于 before it; of «关于印发…的通知»
    the text issued.
    """
    plain = _EDITION.sub("", _without_bodies(normal_title(title)))
    issued = _ISSUED.match(plain)
    if issued:
        plain = _EDITION.sub("", issued["inner"])
    return plain.removeprefix("关于")


@dataclass(frozen=True)
class Catalogue:
    """Documents by number and title. A look-up costs the same in a library of any size."""

    documents: Mapping[str, PolicyDocument]
    _by_number: Mapping[str, tuple[str, ...]] = field(repr=False)
    _by_title: Mapping[str, tuple[str, ...]] = field(repr=False)
    _by_short_title: Mapping[str, tuple[str, ...]] = field(repr=False)

    def find(self, title: str, document_number: str | None = None) -> tuple[str, ...]:
        """The ids of the documents meant: none where none is at hand, several where it is not clear which.

        Of several versions of one text the newest is meant. A number decides, where a document bears it; one that is
        known by another number is not meant.
        """
        return self.newest(self.named(title, document_number))

    def named(self, title: str, document_number: str | None = None) -> tuple[str, ...]:
        """The same, with all the versions of a text."""
        numbered = self._by_number.get(normal_number(document_number), ()) if document_number else ()
        titled = self._by_title.get(normal_title(title)) or self._by_short_title.get(short_title(title), ())
        if numbered:
            return tuple(each for each in numbered if each in titled) or numbered
        return tuple(each for each in titled if self._may_bear(each, document_number))

    def _may_bear(self, document_id: str, document_number: str | None) -> bool:
        """Whether a document can be the one with a number that it does not print: not if it prints another one.

        A statute keeps its title and gets the number of a new order with each revision.
        """
        known = self.documents[document_id].metadata.document_number
        if known is None or document_number is None:
            return True
        return bool(_ORDER.fullmatch(squeezed(known)) and _ORDER.fullmatch(squeezed(document_number)))

    def newest(self, document_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Of versions of one text the newest; documents that are no versions of each other stay."""
        found: dict[object, str] = {}
        for document_id in document_ids:
            key = same_text(self.documents[document_id])
            found[key] = max(found.get(key, document_id), document_id, key=lambda each: age(self.documents[each]))
        return tuple(found.values())


def catalogue_of(documents: Iterable[PolicyDocument]) -> Catalogue:
    """A catalogue of these documents."""
    at_hand = {document.document_id: document for document in documents}
    numbers: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, list[str]] = defaultdict(list)
    short_titles: dict[str, list[str]] = defaultdict(list)
    for document_id, document in at_hand.items():
        metadata = document.metadata
        if metadata.document_number:
            for number in {normal_number(number) for number in metadata.document_number.split("、")}:
                numbers[number].append(document_id)
        known_as = [title for title in (metadata.title, metadata.cover_title) if title]
        for title in {normal_title(title) for title in known_as}:
            titles[title].append(document_id)
        for title in {short_title(title) for title in known_as}:
            short_titles[title].append(document_id)
    return Catalogue(at_hand, _frozen(numbers), _frozen(titles), _frozen(short_titles))


def same_text(document: PolicyDocument) -> tuple[str, str]:
    """Equal for versions of one text: a text of rules with the same short title for the same region.

    Notices and plans of one title follow each other without replacing each other; nor is anything known to be a version
    of a text whose region is not known.
    """
    title, region = short_title(document.metadata.title), document.metadata.region
    return (title, region) if region and _RULES.search(title) else ("", document.document_id)


def age(document: PolicyDocument) -> tuple[date, date]:
    """Orders versions of one text, oldest first; one that prints no date comes before all."""
    metadata = document.metadata
    return (
        metadata.issued_on or metadata.effective_on or _EARLIEST,
        metadata.effective_on or _EARLIEST,
    )


def _without_bodies(title: str) -> str:
    about = title.find("关于", 1)
    return title[about:] if about > 0 and bodies_in(title, 0, about) else title


def _frozen(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(document_ids) for key, document_ids in found.items()}
