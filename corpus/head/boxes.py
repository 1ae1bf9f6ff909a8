"""The box of facts that web pages set beside a document: «发文机关：…», «文 号:…», «| 实施日期 | 2025年06月01日 |»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto

from corpus.head.dates import DAY, PLAIN_DAY
from corpus.head.document_numbers import NUMBER, ORDER
from corpus.head.printed import Line, Printed


class Field(Enum):
    """What a box says. Its labels are in the table below."""

    ISSUERS = auto()
    PUBLISHER = auto()
    NUMBER = auto()
    ISSUED = auto()
    PUBLISHED = auto()
    PRINTED = auto()
    EFFECTIVE = auto()
    EXPIRES = auto()
    REPEALED = auto()
    STATUS = auto()
    OTHER = auto()


LABELS: Mapping[Field, tuple[str, ...]] = {
    # who issued it
    Field.ISSUERS: ("发文机关", "发文单位", "制定机关", "制发机关", "印发机关", "颁布单位"),
    # who put it up: often, not always, who issued it
    Field.PUBLISHER: ("发布机关", "发布机构", "发布单位", "公开主体"),
    Field.NUMBER: ("发文字号", "文件编号", "文件字号", "文号"),
    Field.ISSUED: ("成文日期", "成文时间", "发文日期", "发文时间", "制发日期"),
    Field.PUBLISHED: ("发布日期", "公布日期", "发布时间", "发表时间", "公开日期"),
    Field.PRINTED: ("印发日期", "印发时间"),
    Field.EFFECTIVE: ("生效日期", "实施日期", "施行日期", "生效时间", "实施时间", "施行时间"),
    Field.EXPIRES: ("失效日期", "失效时间", "有效期至"),
    Field.REPEALED: ("废止日期", "废止时间"),
    Field.STATUS: ("时效性", "有效性", "文件状态", "效力状态", "文件时效", "是否有效", "时效"),
    # what else boxes hold: no facts for us, but not titles and not text either
    Field.OTHER: (
        *("索引号", "统一编号", "主题分类", "主题词", "体裁分类", "公文种类", "信息名称", "公文名称", "名称", "标题"),
        *("分类", "组配分类", "关键词", "签发人", "公开方式", "公开形式", "公开属性", "文章来源", "信息来源", "来源"),
        *("稿源", "作者", "发布人", "责任编辑", "浏览次数", "浏览量", "字体大小", "字体", "浏览字号", "分享到"),
        *("当前位置", "您当前所在的位置"),
    ),
}

_DAY = re.compile(f"{DAY}|{PLAIN_DAY}")
# What a value must hold to be one: a label without a value is followed by whatever comes next on the page.
_HOLDS: Mapping[Field, re.Pattern[str]] = {
    Field.ISSUERS: re.compile(r"[委局部厅署院办府会心处所社行团司联队兵组]"),
    Field.PUBLISHER: re.compile(r"[委局部厅署院办府会心处所社行团司联队兵组]"),
    Field.NUMBER: re.compile(f"{NUMBER}|{ORDER}"),
    Field.ISSUED: _DAY,
    Field.PUBLISHED: _DAY,
    Field.PRINTED: _DAY,
    Field.EFFECTIVE: _DAY,
    Field.EXPIRES: _DAY,
    Field.REPEALED: _DAY,
    Field.STATUS: re.compile(r"^(?:(?:现行)?有效|(?:已|部分)?(?:失效|废止)|已被?修改|尚未(?:生效|施行)|无效)$"),
    Field.OTHER: re.compile(r"."),
}

_SPACE = r"[ \t\u3000]{0,6}"
_FIELD_OF = {label: field for field, labels in LABELS.items() for label in labels}
_LONGEST_FIRST = sorted(_FIELD_OF, key=lambda label: (-len(label), label))
_SPREAD = "|".join(_SPACE.join(label) for label in _LONGEST_FIRST)
_LABEL = re.compile(rf"(?:^|(?<=[\s|【\[(（>*_-]))(?:{_SPREAD}){_SPACE}(?:[：:][*_ ]*|[*_ ]*\|)")
_AROUND = " \t\u3000|*_-【】[]"
_LONGEST_VALUE = 200


def read_box(lines: Sequence[Line]) -> dict[Field, Printed[str]]:
    """The fields that these lines print, each by its first value; a field without a value is left out.

    A label at the end of a line has its value on the next one, unless that holds labels itself.
    """
    found: dict[Field, Printed[str]] = {}
    for place, line in enumerate(lines):
        for field, value in _fields(line):
            if value is None and place + 1 < len(lines) and not is_field(lines[place + 1].text):
                value = _trimmed(lines[place + 1], 0, len(lines[place + 1].text))
            if value is not None and _HOLDS[field].search(value.value):
                found.setdefault(field, value)
    return found


def is_field(line: str) -> bool:
    """Whether a line holds fields of a box."""
    found = _LABEL.search(line, 0, _LONGEST_VALUE)
    return found is not None and not line[: found.start()].strip(_AROUND)


def _fields(line: Line) -> Iterator[tuple[Field, Printed[str] | None]]:
    if not is_field(line.text):
        return
    labels = list(_LABEL.finditer(line.text))
    ends = [*(label.start() for label in labels[1:]), len(line.text)]
    for label, end in zip(labels, ends, strict=True):
        name = "".join(label[0].split()).strip("：:|*_")
        yield _FIELD_OF[name], _trimmed(line, label.end(), end)


def _trimmed(line: Line, start: int, end: int) -> Printed[str] | None:
    """A value without what stands around it; None for a blank, or for what is too long to be one."""
    value = line.text[start:end]
    start += len(value) - len(value.lstrip(_AROUND))
    value = value.strip(_AROUND)
    if not value or len(value) > _LONGEST_VALUE:
        return None
    return Printed(value, line.start + start, line.start + start + len(value))
