"""What a text puts out of force: «《…办法》（…号）同时废止», «废止下列文件：…»."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.head.dates import DAY, date_of
from corpus.provisions import PolicyDocument
from corpus.relations.pointers import Pointer, read_pointers
from corpus.relations.references import NAMED, is_paper


@dataclass(frozen=True, slots=True)
class Repeal:
    """A text that a document puts out of force, and the range start:end that names it.

    on        the day from which on, where the clause gives one; else it is the day the document itself comes into force
    pointers  the articles, where not the whole text is repealed
    """

    title: str
    document_number: str | None
    on: date | None
    pointers: tuple[Pointer, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Named:
    """A text named in a sentence; start:end takes in its number and the articles named behind it."""

    title: str
    number: str | None
    pointers: tuple[Pointer, ...]
    start: int
    end: int


_SENTENCE = re.compile(r"[^。；;\n]+")
_TITLED = re.compile(NAMED)
# 同时废止, 停止执行; not 废止后, 已废止的, 未废止, 自行失效的
_TRIGGER = re.compile(
    r"(?<![不未被拟已])(?:废止|停止(?:执行|施行|实施|使用)|不再(?:执行|施行|适用)|失效)(?!日期|的(?!决定|通知|公告)|后|前|之|或者|、|期)"
)
# What may stand between the last title and the word: «自本办法施行之日起同时», «等3个文件一并予以»
_UP_TO_TRIGGER = re.compile(
    rf"(?:等[^，。《》]{{0,20}})?的?(?:规定|通知|文件)?\s*[，,]?(?:[自从于](?:(?P<day>{DAY})|[^，。；《》]{{2,30}}?)(?:之日)?起?[，,]?)?"
    r"(?:同时|即行|即日起|一并|相应|均|予以|自行|现予|全文|一律|宣布|自动|也|即|全部|正式)*"
)
# What may stand between one title and the next: 、 and 和, and who issued it when («…1985年10月12日铁道部公布的»)
_JOIN = re.compile(
    r"(?:、|，|,|和|及|以及|与|并|\s)*(?:[^《》。；，,]{0,80}?(?:公布|发布|颁布|通过|批准|印发|下发|修正|修订|制定|施行|实施)的)?"
)
# A text that is followed, not repealed: «根据《…》，《…》同时废止»
_BASIS = re.compile(r"(?:根据|依据|按照|依照|按|参照|执行|依|遵照|符合|适用)$")
# «废止下列文件：», «以下文件停止执行：»; not where some of them are changed only
_LIST_FOLLOWS = re.compile(r"(?:下列|以下|如下)(?!简称)(?!.*修改)")
_ENTRY = re.compile(r"\s*(?:[（(]?[0-9一二三四五六七八九十]{1,4}[）)]?\s*[.．、]?\s*|[-•·*]\s*)?[^《》]{0,80}《")
# «关于修改〈…条例〉的决定»
_AMENDS = re.compile(
    r"关于(?:修改|修订|修正)[《〈<](?P<title>.{2,80}?)[》〉>]的?(?:(?:部分条款|若干规定)的?)?(?:决定|通知|公告)$"
)


def repeals(document: PolicyDocument) -> tuple[Repeal, ...]:
    """What a document puts out of force, in the order named; certificates and forms, merely replaced, left out."""
    text, found, listing = document.text, [], False
    for sentence in _SENTENCE.finditer(text):
        named = _named(text, *sentence.span())
        triggers = list(_TRIGGER.finditer(text, *sentence.span()))
        if listing and named and _ENTRY.match(text, *sentence.span()):
            found += [_repeal(each, None) for each in named]
            continue
        if named or sentence[0].strip():
            listing = bool(triggers and not named and _LIST_FOLLOWS.search(sentence[0]))
        for trigger, around in zip(triggers, _around(triggers, named), strict=True):
            found += _before(text, around, trigger) or _behind(text, around, trigger)
    return tuple(dict.fromkeys(each for each in found if not is_paper(each.title)))


def _named(text: str, start: int, end: int) -> list[_Named]:
    found = []
    for match in _TITLED.finditer(text, start, end):
        pointed = read_pointers(text, match.end(), end)
        last = pointed[-1].end if pointed else match.end()
        pointers = tuple(each.pointer for each in pointed)
        found.append(_Named(match["title"], match["number"], pointers, match.start(), last))
    return found


def _around(triggers: Sequence[re.Match[str]], named: Sequence[_Named]) -> Iterator[Sequence[_Named]]:
    """The titles between the words before and behind each word."""
    starts = [each.start for each in named]
    for place in range(len(triggers)):
        first = bisect_left(starts, triggers[place - 1].end()) if place else 0
        until = bisect_left(starts, triggers[place + 1].start()) if place + 1 < len(triggers) else len(named)
        yield named[first:until]


def _before(text: str, named: Sequence[_Named], trigger: re.Match[str]) -> list[Repeal]:
    """«《…》、《…》同时废止»: the titles that lead up to the word, back to where the row of them begins."""
    row = [each for each in named if each.end <= trigger.start()]
    if not row or not (leading := _UP_TO_TRIGGER.fullmatch(text, row[-1].end, trigger.start())):
        return []
    on = date_of(leading["day"]) if leading["day"] else None
    found: list[_Named] = []
    for each in reversed(row):
        if found and not _JOIN.fullmatch(text, each.end, found[0].start):
            break
        if _BASIS.search(text[max(0, each.start - 6) : each.start]):
            break
        found.insert(0, each)
    return [_repeal(each, on) for each in found]


def _behind(text: str, named: Sequence[_Named], trigger: re.Match[str]) -> list[Repeal]:
    """«决定废止《…》、《…》»: the titles that follow the word."""
    found: list[_Named] = []
    at = trigger.end()
    for each in named:
        if each.start < at:
            continue
        if not _JOIN.fullmatch(text, at, each.start) or (not found and text[at : at + 1] in "，,、"):
            break
        found.append(each)
        at = each.end
    return [_repeal(each, None) for each in found]


def _repeal(named: _Named, on: date | None) -> Repeal:
    return Repeal(named.title, named.number, on, named.pointers, named.start, named.end)


def amended_titles(document: PolicyDocument) -> Iterator[str]:
    """The title of the text that a decision changes, if its own title names it."""
    match = _AMENDS.search(document.metadata.title)
    if match:
        yield match["title"]
