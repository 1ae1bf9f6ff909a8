"""Word's automatic numbering, put back as the text that Word prints.

The number of a list paragraph is nowhere in the document: it follows from the definitions in numbering.xml, the styles,
and the paragraphs before it. Rules: ECMA-376 part 1, 17.9 (numbering), 17.3.1.19 (numPr), 17.7 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from corpus.readers.number_formats import printed_number

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_LONGEST_CHAIN = 20
"""Styles based on one another, and links between definitions: longer chains are circles."""
_LONGEST_NUMBER = 60

# Formats that «legal» numbering leaves as they are.
_NEVER_DECIMAL = frozenset({"none", "bullet", "decimalZero"})
_PLACE = re.compile(r"%([1-9])")
# Behind these a number needs no space before the text: 一、 （一） 1．
_CLOSED = "、．。：）】〕》"
# Bullets are signs of symbol fonts and say nothing; words in their place do.
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts and prints.

    text        as in lvlText, with %1 to %9 for the numbers of the levels
    restarts    the levels (from 0) whose use makes it start again: those below this bound; 0 for none
    is_legal    all numbers in it print in decimal digits
    style       the paragraph style that is linked to it
    """

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    restarts: int = LEVELS
    is_legal: bool = False
    is_spaced: bool = True
    style: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """A numbering instance (num): its definition, its levels with overrides applied, where it starts levels anew."""

    definition: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    list_id: str
    level: int | None


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of one document, to be given in document order."""

    lists: Mapping[str, _List]
    styles: Mapping[str, _Style]
    default_style: str = ""
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def printed(self, paragraph: etree._Element) -> str:
        """The number that Word prints before this paragraph, with a space behind where one belongs; "" for none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        list_id, index = place
        numbered = self.lists[list_id]
        level = numbered.levels.get(index)
        if level is None:
            return ""
        counts = self._count(list_id, numbered, index)
        text = _level_text(level, numbered.levels, counts)
        return f"{text} " if text and level.is_spaced and text[-1] not in _CLOSED else text

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list and level that a paragraph belongs to, by itself or through its style."""
        properties = paragraph.find(f"{_W}pPr")
        style = _value(properties, "pStyle") or self.default_style
        own = properties.find(f"{_W}numPr") if properties is not None else None
        list_id, index = _value(own, "numId"), _whole(_value(own, "ilvl"))
        if not list_id:
            list_id, linked = self._of_style(style)
            index = linked if index is None else index
        return (list_id, min(index or 0, LEVELS - 1)) if list_id in self.lists else None

    def _of_style(self, style_id: str) -> tuple[str, int | None]:
        """The list and level of a style, or of styles it is based on. A level that is linked to a style goes first."""
        levels: dict[str, int | None] = {}
        for _ in range(_LONGEST_CHAIN):
            style = self.styles.get(style_id)
            if style is None:
                break
            levels[style_id] = style.level
            if style.list_id:
                numbered = self.lists.get(style.list_id)
                linked = {level.style: at for at, level in numbered.levels.items()} if numbered else {}
                known = (linked.get(each, own) for each, own in levels.items())
                return style.list_id, next((index for index in known if index is not None), None)
            style_id = style.based_on
        return "", None

    def _count(self, list_id: str, numbered: _List, index: int) -> list[int | None]:
        """Go one on in a level. Lists of one definition count on together, unless a list restarts a level.

        A level above that was skipped counts as begun.
        """
        counts = self._counts.setdefault(numbered.definition, [None] * LEVELS)
        if index in numbered.starts and (list_id, index) not in self._begun:
            self._begun.add((list_id, index))
            counts[index] = None
        now = counts[index]
        counts[index] = numbered.starts.get(index, numbered.levels[index].start) if now is None else now + 1
        for above in range(index):
            if counts[above] is None:
                counts[above] = numbered.levels.get(above, Level()).start
        for below in range(index + 1, LEVELS):
            if index < numbered.levels.get(below, Level()).restarts:
                counts[below] = None
        return counts


def read_numbering(numbering: etree._Element | None, styles: etree._Element | None) -> Numbering:
    """The numbering of a document from the roots of numbering.xml and styles.xml, either of which may be missing."""
    known = _read_styles(styles)
    default = (
        ""
        if styles is None
        else next(
            (
                style.get(f"{_W}styleId", "")
                for style in styles.iterfind(f"{_W}style")
                if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true", "on")
            ),
            "",
        )
    )
    return Numbering({} if numbering is None else _read_lists(numbering, known), known, default)


def _read_styles(styles: etree._Element | None) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for style in styles.iterfind(f"{_W}style") if styles is not None else ():
        own = style.find(f"{_W}pPr/{_W}numPr")
        found[style.get(f"{_W}styleId", "")] = _Style(
            _value(style, "basedOn"), _value(own, "numId"), _whole(_value(own, "ilvl"))
        )
    return found


def _read_lists(numbering: etree._Element, styles: Mapping[str, _Style]) -> dict[str, _List]:
    definitions = {each.get(f"{_W}abstractNumId", ""): each for each in numbering.iterfind(f"{_W}abstractNum")}
    instances = {each.get(f"{_W}numId", ""): each for each in numbering.iterfind(f"{_W}num")}
    lists: dict[str, _List] = {}
    for list_id, instance in instances.items():
        definition = _linked_definition(_value(instance, "abstractNumId"), definitions, instances, styles)
        if definition in definitions and list_id != "0":  # 0 is the mark of no numbering
            lists[list_id] = _with_overrides(definition, _levels(definitions[definition]), instance)
    return lists


def _linked_definition(
    definition: str,
    definitions: Mapping[str, etree._Element],
    instances: Mapping[str, etree._Element],
    styles: Mapping[str, _Style],
) -> str:
    """The definition that holds the levels: one may only refer to a list style, which refers to another definition."""
    for _ in range(_LONGEST_CHAIN):
        link = _value(definitions.get(definition), "numStyleLink")
        style = styles.get(link)
        if not link or style is None:
            break
        definition = _value(instances.get(style.list_id), "abstractNumId")
    return definition


def _levels(definition: etree._Element) -> dict[int, Level]:
    levels = ((_whole(level.get(f"{_W}ilvl")), level) for level in definition.iterfind(f"{_W}lvl"))
    return {index: _read_level(level) for index, level in levels if index is not None and index < LEVELS}


def _with_overrides(definition: str, levels: dict[int, Level], instance: etree._Element) -> _List:
    starts: dict[int, int] = {}
    for override in instance.iterfind(f"{_W}lvlOverride"):
        index = _whole(override.get(f"{_W}ilvl"))
        if index is None or index >= LEVELS:
            continue
        own = override.find(f"{_W}lvl")
        if own is not None:
            levels[index] = _read_level(own)
        start = _whole(_value(override, "startOverride"))
        if start is not None:
            starts[index] = start
    return _List(definition, levels, starts)


def _read_level(level: etree._Element) -> Level:
    restart = _whole(_value(level, "lvlRestart"))
    start = _whole(_value(level, "start"))
    return Level(
        start=0 if start is None else start,
        number_format=_number_format(level),
        text=_value(level, "lvlText"),
        restarts=LEVELS if restart is None else restart,
        is_legal=_is_on(level.find(f"{_W}isLgl")),
        is_spaced=_value(level, "suff") != "nothing",
        style=_value(level, "pStyle"),
    )


def _number_format(level: etree._Element) -> str:
    """Its numFmt; a custom one («001, 002, 003, …») stands beside a plain one for programs that do not know it."""
    formats = [each.get(f"{_W}val", "") for each in level.iter(f"{_W}numFmt")]
    custom = [each.get(f"{_W}format", "") for each in level.iter(f"{_W}numFmt") if each.get(f"{_W}val") == "custom"]
    if custom and custom[0].startswith("01,"):
        return "decimalZero"
    return next((each for each in formats if each != "custom"), "decimal")


def _level_text(level: Level, levels: Mapping[int, Level], counts: list[int | None]) -> str:
    if level.number_format == "bullet" and not _IDEOGRAPH.search(level.text):
        return ""

    def number(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        of, count = levels.get(index, Level()), counts[index]
        is_spelled = level.is_legal and of.number_format not in _NEVER_DECIMAL
        return printed_number(of.start if count is None else count, "decimal" if is_spelled else of.number_format)

    return _PLACE.sub(number, level.text)[:_LONGEST_NUMBER].strip()


def _value(parent: etree._Element | None, name: str) -> str:
    """The w:val of a child, "" where there is none."""
    child = parent.find(f"{_W}{name}") if parent is not None else None
    return child.get(f"{_W}val", "") if child is not None else ""


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


def _is_on(toggle: etree._Element | None) -> bool:
    return toggle is not None and toggle.get(f"{_W}val", "1") not in ("0", "false", "off")
