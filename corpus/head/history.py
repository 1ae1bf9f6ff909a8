"""The life of a statute as its head prints it: passed, approved, published, revised, amended, come into force.

«(1989年2月21日…常务委员会第六次会议通过 2004年8月28日…修订 根据2013年6月29日…《…决定》修正)», in one bracket or a line
each. Akoma Ntoso calls this the life cycle and each entry an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.head.bodies import squeezed
from corpus.head.dates import DAY, date_of


class EventKind(StrEnum):
    """What was done to a statute, in the words of the head."""

    PASSED = "通过"
    APPROVED = "批准"
    PUBLISHED = "公布"
    REVISED = "修订"
    AMENDED = "修正"
    EFFECTIVE = "施行"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history.

    body    who is printed as having done or approved it, without the number of the session: «北京市人民代表大会»
    number  of the order or announcement that published it: «国务院令第374号»
    start:end  the entry in the canonical text
    """

    on: date
    kind: EventKind
    body: str | None
    number: str | None
    start: int
    end: int


_DAY = re.compile(DAY)
# A line of history: begins with a date (perhaps in a bracket, perhaps after 根据) and says what was done on it. Not a
# sentence of a report: «2025年4月28日，区教育局公布…细则。»
_LINE = re.compile(
    rf"[（(]?\s*(?:根据)?{DAY}(?!\s*[，,起前后至])[^。]{{0,80}}"
    r"(?:通过|批准|发布|公布|颁布|施行|修订|修正|》)[^。]*+$"
)
# What an entry says was done, the first that applies: 国务院第119次常务会议修订通过 is a revision.
_KINDS = (
    (EventKind.REVISED, re.compile(r"修订")),
    (EventKind.AMENDED, re.compile(r"修正")),
    (EventKind.PASSED, re.compile(r"通过")),
    (EventKind.APPROVED, re.compile(r"批准")),
    (EventKind.PUBLISHED, re.compile(r"公布|发布|颁布")),
    (EventKind.EFFECTIVE, re.compile(r"施行|实施|生效")),
)
_OPENS, _CLOSES = "《〈<", "》〉>"
_SESSION = re.compile(r"第?[0-9一二三四五六七八九十百]+届")
# Where the name of the body ends in an entry: «国务院第3次…», «国务院令第374号», «…委员会公告第33号», «…会议通过».
_BODY_END = re.compile(
    r"第[0-9一二三四五六七八九十百]+(?:次|号)|令第|令$|公告|关于|常务会议|会议|批准|发布|公布|颁布|通过|修订|修正|施行|第[一二三四五六七八九十]+次"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,30}(?:令|公告)第[0-9一二三四五六七八九十百千〇零]+号")
_STATE_PREFIX = re.compile(r"^中华人民共和国(?=国务院|主席|.{2,12}(?:部|局|署|委员会)$)")


def bodies_of(event: Event) -> tuple[str, ...]:
    """Who did it: the body, or, where several published it by an order each, all of them."""
    orders = (event.number or "").split("、")
    if len(orders) > 1:
        return tuple(_STATE_PREFIX.sub("", re.sub(r"(?:令|公告)第.*", "", order)) for order in orders)
    return (event.body,) if event.body else ()


def read_history(text: str, lines: tuple[tuple[int, int], ...]) -> tuple[Event, ...]:
    """The events that lines of history among these ranges of the text print, in the order printed."""
    events = [event for start, end in lines if _LINE.match(text, start, end) for event in _events(text, start, end)]
    return tuple(_with_places(events))


def is_history(text: str, start: int, end: int) -> bool:
    """Whether a line begins with a date and what was done on it."""
    return _LINE.match(text, start, end) is not None


def _events(text: str, start: int, end: int) -> Iterator[Event]:
    days = list(_DAY.finditer(text, start, end))
    ends = [*(day.start() for day in days[1:]), end]
    found = (_event(text, day, last) for day, last in zip(days, ends, strict=True))
    return (event for event in found if event)


def _event(text: str, day: re.Match[str], last: int) -> Event | None:
    said = text[day.end() : last]
    outside = squeezed(_without_titles(said))
    on = date_of(day[0])
    kind = next((kind for kind, pattern in _KINDS if pattern.search(outside)), None)
    if on is None or kind is None:
        return None
    end = day.end() + len(said.rstrip(" \t\u3000（）()根据"))
    return Event(on, kind, _body(outside), _number(outside), day.start(), end)


def _without_titles(said: str) -> str:
    """Without the titles in it, whatever titles stand inside them."""
    depth, kept = 0, []
    for sign in said:
        depth += sign in _OPENS
        if not depth:
            kept.append(sign)
        depth = max(0, depth - (sign in _CLOSES))
    return "".join(kept)


def _body(said: str) -> str | None:
    ending = _BODY_END.search(said)
    name = _SESSION.sub("", said[: ending.start()] if ending else "").removeprefix("经")
    return _STATE_PREFIX.sub("", name) or None


def _number(said: str) -> str | None:
    return "、".join(number[0] for number in _NUMBER.finditer(said)) or None


def _with_places(events: list[Event]) -> Iterator[Event]:
    """Give 市人民代表大会常务委员会 the name of the place that another entry prints it with."""
    names = [event.body for event in events if event.body]
    for event in events:
        full = next((name for name in names if event.body and name != event.body and name.endswith(event.body)), None)
        if full and event.body and event.body[0] in "省市区县州":
            yield Event(event.on, event.kind, full, event.number, event.start, event.end)
        else:
            yield event
