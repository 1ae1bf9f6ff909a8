"""Articles that a clause points to: 第四十二条, 第三十二条第二款第（三）项, 第三条至第五条."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.provisions import PolicyDocument
from corpus.structure.numerals import CHINESE_DIGITS, NumeralError, whole_number

_NUMBER = rf"[ ]?(?:[0-9０-９]{{1,4}}|[{CHINESE_DIGITS}]{{1,8}})[ ]?"
# An item, «第（三）项», or one of a row that only the last of names so: «第（一）、（二）项», «（一）至（三）项»
_ITEM = (
    rf"(?:第?[（(]?(?P<item>{_NUMBER})[）)]?项"
    rf"|第?[（(](?P<listed>{_NUMBER})[）)](?=(?:、|，|和|及|至|到)第?[（(]{_NUMBER}[）)]))"
)
_POINTER = re.compile(
    rf"(?:第(?P<article>{_NUMBER})条(?![例约形])(?:之(?P<inserted>[{CHINESE_DIGITS}]))?)?"
    rf"(?:第(?P<paragraph>{_NUMBER})款)?{_ITEM}?"
)
# «第三条、第五条和第七条», «第三条至第五条»
_AND = re.compile(r"(?:、|，|,|和|及|以及|与|或者?|并)(?=第|[（(])")
_TO = re.compile(r"(?:至|到|—|–|-|－|~|～)(?=第|[（(])")
_MOST_EXPANDED = 60
ARTICLE = re.compile(rf"第{_NUMBER}条(?![例约形])")
"""An article named, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in a text as a clause names it: 条, 款 and 项; 0 where it is not named.

    inserted  of 第二十条之一, the 一
    """

    article: int
    paragraph: int = 0
    item: int = 0
    inserted: int = 0


@dataclass(frozen=True, slots=True)
class Pointed:
    """A pointer and the range start:end in which it is printed; of 第三条至第五条, all three have the whole of it."""

    pointer: Pointer
    start: int
    end: int


def read_pointers(text: str, start: int, end: int, article: int = 0) -> tuple[Pointed, ...]:
    """The places that text[start:end] begins by naming, one after the other; none where it does not begin so.

    article: the one meant where only 第二款 is named, 0 where none is.
    """
    found: list[Pointed] = []
    at, reaching = start, False
    before = Pointer(article)
    while at < end and (match := _POINTER.match(text, at, end)) and match.end() > at:
        pointer = _completed(match, before)
        if pointer is None:
            break
        here = Pointed(pointer, match.start(), match.end())
        found += _reached(found.pop(), here) if reaching else [here]
        before, at = pointer, match.end()
        join = _AND.match(text, at, end) or _TO.match(text, at, end)
        if join is None:
            break
        at, reaching = join.end(), _TO.match(text, at, end) is not None
    return tuple(found)


def article_for(document: PolicyDocument, pointer: Pointer, annex: str = "") -> str | None:
    """The article_id of the place pointed to, or of the nearest one around it; None where not even the 条 is there.

    annex: the prefix of the annex whose own articles are meant («a1:»), "" for the text itself.
    """
    article = f"{annex}{pointer.article}" + (f"-{pointer.inserted}" if pointer.inserted else "")
    if not document.has(article):
        return None
    around = f"{article}.{pointer.paragraph}"
    if pointer.paragraph < 2 or not document.has(around) or _is_item(document, around, pointer.paragraph):
        around = article  # the first paragraph is the own text of the article
    if pointer.item:
        return _item(document, article, around, pointer) or around
    return around


def _completed(match: re.Match[str], before: Pointer) -> Pointer | None:
    """What a name means behind another one: 第二款 behind 第五条第一款 is 第五条第二款."""
    named = (match["article"], match["paragraph"], match["item"] or match["listed"], match["inserted"])
    try:
        article, paragraph, item, inserted = (whole_number(part or "0") for part in named)
    except NumeralError:
        return None
    if not article and not before.article:
        return None
    if article:
        return Pointer(article, paragraph, item, inserted)
    return replace(before, paragraph=paragraph or (before.paragraph if item else 0), item=item)


def _reached(first: Pointed, last: Pointed) -> Iterator[Pointed]:
    """All places from one to another one, between which a 至 stands."""
    step = _step(first.pointer, last.pointer)
    places = [replace(first.pointer, **{step: number}) for number in _numbers(first, last, step)] if step else []
    for pointer in places or [first.pointer, last.pointer]:
        yield Pointed(pointer, first.start, last.end)


def _step(first: Pointer, last: Pointer) -> str | None:
    """The part of the name that a range counts, None where it leads from one sort of place to another."""
    for part in ("article", "paragraph", "item"):
        if getattr(first, part) != getattr(last, part):
            return part if replace(first, **{part: getattr(last, part)}) == last else None
    return None


def _numbers(first: Pointed, last: Pointed, step: str) -> range:
    low, high = getattr(first.pointer, step), getattr(last.pointer, step)
    return range(low, high + 1) if low < high <= low + _MOST_EXPANDED else range(0)


def _item(document: PolicyDocument, article: str, around: str, pointer: Pointer) -> str | None:
    """The item pointed to; where no paragraph is named, the one that has an item of that number, if only one has."""
    number = pointer.item
    if pointer.paragraph > 1:
        named = [f"{around}.{number}"] if around != article else []
    elif pointer.paragraph == 1:
        named = [f"{article}.1.{number}", f"{article}.{number}"]
    else:
        inside = [child.article_id for child in document.children(article)]
        named = [f"{article}.1.{number}", f"{article}.{number}", *(f"{child}.{number}" for child in inside)]
    found = {each for each in named if document.has(each) and _is_item(document, each, number)}
    return found.pop() if len(found) == 1 else None


def _is_item(document: PolicyDocument, article_id: str, item: int) -> bool:
    """Whether it is printed as an item (（三）), not as the paragraph of that number."""
    words = document.own_text(document.find(article_id)).lstrip()
    printed = re.match(rf"[（(](?P<number>{_NUMBER})[）)]|(?P<digits>[0-9]{{1,3}})[.．、]", words)
    if printed is None:
        return False
    try:
        return whole_number(printed["number"] or printed["digits"]) == item
    except NumeralError:
        return False
