"""Direct addressing: «长民〔2025〕2号第14条», «40号文第十一条», «8号文四（五）». A look-up, not a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.library import Library
from corpus.provisions import PREAMBLE, PolicyDocument, Provision
from corpus.relations.pointers import article_for, read_pointers
from corpus.structure.numerals import CHINESE_DIGITS, NumeralError, whole_number

_NUMBER = rf"(?:[0-9]+|[{CHINESE_DIGITS}]+)"
_CHINESE = rf"[{CHINESE_DIGITS}]+"
# 第14条, 第（十五）条, 第十一项; several after one another are a path
_ORDINAL = re.compile(rf"第\s*[（(]?\s*(?P<number>{_NUMBER})\s*[）)]?\s*(?:大)?(?P<unit>条|款|项|点|目|部分|章|节)")
# 第四部分（十一）, 第二部分（三）9.
_DEEPER = re.compile(rf"\s*的?\s*[（(]\s*({_NUMBER})\s*[）)]\s*(?:([0-9]+)[.．、]?(?![0-9]))?")
_TOP_UNITS = frozenset({"部分", "章"})
# 二、（一）2. and 四（五）
_PRINTED_PATH = re.compile(
    rf"(?<![{CHINESE_DIGITS}第])(?P<section>{_CHINESE})\s*、?\s*[（(](?P<subsection>{_NUMBER})[）)]\s*(?:(?P<item>[0-9]+)[.．、]?(?![0-9]))?"
)
# 2.1.2
_DOTTED_PATH = re.compile(r"(?<![0-9.])(?P<path>[0-9]{1,3}(?:\.[0-9]{1,3})+)(?![0-9.%％])")
_BARE = re.compile(
    rf"(?:的|方案|措施|意见|文件)*\s*(?P<printed>第?\s*[（(]?\s*(?P<number>{_NUMBER})\s*[）)]?\s*[条项点款]?)"
    r"(?:原文|内容|是什么|讲什么|说什么|写的?什么|写的?啥|说的?啥|怎么说的?|怎么写的?|给我看看|看看)?\s*[？?。]?"
)
# The sorts of official documents and statutes (党政机关公文处理工作条例, article 8, and usage).
_GENRE = re.compile(r"意见|方案|措施|通知|办法|条例|规划|计划|公告|通告|决定")
_ARTICLE_LABEL = re.compile(r"第[^第]{1,9}条(?:之.{1,3})?$")
_DOCUMENT_NUMBER = re.compile(r"(?P<agency>[^〔〕\d]+)〔(?P<year>\d{4})〕(?P<number>\d+)号")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a question points: numbers outermost first, and the words that say so.

    whole  the numbers are the path from the top
    """

    numbers: tuple[int, ...]
    whole: bool
    printed: str


def addresses_in(question: str, *, named: bool) -> tuple[Address, ...]:
    """The articles that a question points at, in order. `named`: a document or a place is named beside."""
    try:
        return _paths(question, named) or _ordinals(question) or (_bare(question) if named else ())
    except NumeralError:  # 第十十条 is no number
        return ()


def _paths(question: str, named: bool) -> tuple[Address, ...]:
    printed = _PRINTED_PATH.search(question)
    if printed is not None:
        numbers = tuple(whole_number(number) for number in printed.groups() if number)
        return (Address(numbers, True, printed[0].strip()),)
    dotted = _DOTTED_PATH.search(question)
    # 1.5 may be a number of square metres; 2.1.2 is an article wherever it stands
    if dotted is None or not (named or dotted["path"].count(".") > 1 or dotted[0] == question.strip()):
        return ()
    return (Address(tuple(map(int, dotted["path"].split("."))), True, dotted[0]),)


def _ordinals(question: str) -> tuple[Address, ...]:
    """第三条第二款 is one article, 第14条和第15条 are two."""
    found: list[list[re.Match[str]]] = []
    for match in _ORDINAL.finditer(question):
        if found and not question[found[-1][-1].end() : match.start()].strip(" 的"):
            found[-1].append(match)
        else:
            found.append([match])
    return tuple(_ordinal(question, path) for path in found)


def _ordinal(question: str, path: list[re.Match[str]]) -> Address:
    deeper = _DEEPER.match(question, path[-1].end())
    numbers = [match["number"] for match in path] + ([each for each in deeper.groups() if each] if deeper else [])
    printed = question[path[0].start() : (deeper or path[-1]).end()].strip()
    return Address(tuple(map(whole_number, numbers)), path[0]["unit"] in _TOP_UNITS, printed)


def _bare(question: str) -> tuple[Address, ...]:
    """What is left beside the name of a document is a number: «长宁14条», «大兴（八）»."""
    match = _BARE.fullmatch(question.strip())
    return (Address((whole_number(match["number"]),), False, match["printed"].strip()),) if match else ()


def find_articles(document: PolicyDocument, address: Address) -> tuple[Provision, ...]:
    """The provisions that an address can mean in a document, in order.

    A whole path means one. «第14条» means the articles whose own number is 14 on the level that runs on through the
    document, which is what people count; where none there has that number, any level's.
    """
    pointed = () if address.whole else _articles_of_statute(document, address)
    if pointed:
        return pointed
    if address.whole:
        chapter = f"c{address.numbers[0]}"
        is_chapter = address.printed.endswith("章") and document.has(chapter)
        article_id = chapter if is_chapter else ".".join(map(str, address.numbers))
        return (document.find(article_id),) if document.has(article_id) else ()
    matching = tuple(provision for provision in document.walk() if _ends_with(provision, address.numbers))
    if not matching and len(address.numbers) > 1:
        # 第三条第二款: paragraphs bear no numbers here, the article that has them is shown
        return find_articles(document, replace(address, numbers=address.numbers[:-1]))
    counted = tuple(provision for provision in matching if provision.level == counted_level(document))
    return counted or matching


def _articles_of_statute(document: PolicyDocument, address: Address) -> tuple[Provision, ...]:
    """«第三条第二款» of a document whose articles are printed so: what statutes mean by it; none of other documents."""
    if not any(_ARTICLE_LABEL.search(provision.label) for provision in document.walk()):
        return ()
    pointers = read_pointers(address.printed, 0, len(address.printed))
    ids = dict.fromkeys(found for each in pointers if (found := article_for(document, each.pointer)))
    return tuple(map(document.find, ids))


def counted_level(document: PolicyDocument) -> int:
    """The deepest level whose numbers run on through the document instead of starting anew under most parents."""
    numbered = [provision for provision in document.walk() if _path(provision)]
    for level in sorted({provision.level for provision in numbered}, reverse=True):
        here = [provision for provision in numbered if provision.level == level]
        starts = sum(_path(provision)[-1] == 1 for provision in here)
        parents = len({provision.parent for provision in here})
        if starts <= max(1, parents // 2):
            return level
    return 1


def documents_named(question: str, library: Library) -> tuple[tuple[str, str], ...]:
    """(document_id, the words that name it) for every document that a question names, longest names first."""
    found: list[tuple[str, str]] = []
    for document in library:
        printed = next((match[0] for name in _names(document, library) if (match := name.search(question))), None)
        if printed:
            found.append((document.document_id, printed))
    inner = {name for _, name in found for _, other in found if name != other and name in other}
    return tuple((document_id, name) for document_id, name in found if name not in inner)


def document_described(question: str, candidates: Sequence[PolicyDocument]) -> PolicyDocument | None:
    """The one document whose title a question paraphrases: by character pairs that only its title has.

    None where no candidate has two such pairs more than the next.
    """
    titles = [_pairs("".join((document.metadata.title, *document.metadata.names))) for document in candidates]
    asked = _pairs(question)
    scored = []
    for place, document in enumerate(candidates):
        others: set[str] = set().union(*(pairs for other, pairs in enumerate(titles) if other != place))
        scored.append((len(asked & titles[place] - others), document))
    of_genre = [document for document in candidates if _genre(question) and _genre(question) in document.metadata.title]
    if len(of_genre) == 1 and len(candidates) > 1:
        return of_genre[0]
    scored.sort(key=lambda pair: -pair[0])
    runner_up = scored[1][0] if len(scored) > 1 else 0
    return scored[0][1] if scored and scored[0][0] >= runner_up + 2 else None


def _genre(question: str) -> str:
    """The sort of document that a question speaks of, where it does: 意见, 方案."""
    found = _GENRE.search(question)
    return found[0] if found else ""


def _pairs(text: str) -> set[str]:
    return {first + second for first, second in pairwise(text)}


def _names(document: PolicyDocument, library: Library) -> Iterator[re.Pattern[str]]:
    metadata = document.metadata
    yield from _numbers(document, library)
    for name in sorted((metadata.title, *metadata.names), key=len, reverse=True):
        yield re.compile(rf"《?{re.escape(name)}》?")


def _numbers(document: PolicyDocument, library: Library) -> Iterator[re.Pattern[str]]:
    """Its 文号, loosely: other brackets, without the year; and «40号文» where no other document has that number."""
    match = _DOCUMENT_NUMBER.fullmatch(document.metadata.document_number or "")
    if match is None:
        return
    agency, year, number = re.escape(match["agency"]), match["year"], match["number"]
    yield re.compile(rf"{agency}\s*(?:[〔\[（(【]?{year}[〕\]）)】]?\s*年?)?\s*第?\s*0*{number}\s*号(?:文件?)?")
    others = [other.metadata.document_number or "" for other in library if other is not document]
    if not any(re.search(rf"(?<!\d){number}号$", other) for other in others):
        yield re.compile(rf"(?<!\d)(?:{year}年?的?)?{number}号文(?:件)?")


def _ends_with(provision: Provision, numbers: tuple[int, ...]) -> bool:
    path = _path(provision)
    return bool(path) and path[-len(numbers) :] == numbers


def _path(provision: Provision) -> tuple[int, ...]:
    _, _, path = provision.article_id.rpartition(":")
    parts = path.split(".")
    return tuple(map(int, parts)) if path != PREAMBLE and all(part.isdigit() for part in parts) else ()


def address_of(document: PolicyDocument, provision: Provision) -> str:
    """What a person can tap to have an article looked up: «长宁方案二、（一）4.强化签约服务机制»."""
    is_part = provision.label.endswith("、")
    label = f"第{provision.article_id}部分" if is_part else provision.label.replace("l", "1")
    return f"{called(document)}{label}{provision.heading}"


def called(document: PolicyDocument) -> str:
    """The shortest name by which a question can mean a document: a nickname, else its 文号, else its title."""
    metadata = document.metadata
    return metadata.names[0] if metadata.names else metadata.document_number or f"《{metadata.title}》"
