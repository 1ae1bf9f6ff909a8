"""What a document prints of itself: the facts of its head and foot, each with its place, so that each can be cited.

Terms are those of GB/T 9704-2012: 发文机关标志, 发文字号, 主送机关, 署名, 成文日期, 附件说明, 印发日期.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.head.bodies import squeezed
from corpus.head.boxes import Field, is_field, read_box
from corpus.head.dates import date_of
from corpus.head.document_numbers import NUMBER, ORDER
from corpus.head.effect import Effect, read_effect
from corpus.head.history import Event, EventKind, read_history
from corpus.head.issuers import order_of, read_issuers
from corpus.head.printed import Line, Printed, lines_of
from corpus.head.signatures import Signature, read_annexes, read_printed_on, read_signature
from corpus.head.titles import Titles, issues, read_titles

_MOST_HEAD_LINES = 120
_FIRST_ARTICLE = re.compile(r"第\s?[一1]\s?[条章编]")
_NUMBER_LINE = re.compile(rf"[ \t\u3000（(]*(?P<number>{NUMBER}|{ORDER})[ \t\u3000]*(?:[）)]|签发人.*)?\s*$")
_ADDRESSEES = re.compile(
    r"[^。；;：:《》\n]{1,300}[局委厅部府办会位司校园院所心联处队团行关镇道区县市门构业组人）)][：:]$"
)
_NOT_ADDRESSEES = re.compile(r"如下|以下|下列|根据|为了|现将")
_ENDED = re.compile(r"[（(【\[〔](?P<status>已?废止|已?失效)[）)】\]〕]")
# On which day a clause rests that says «自公布之日起»: acts by the last word of their name.
_PUBLISHING = ("公布", "发布", "颁布")
_ISSUING = ("印发", "下发", "发文", "签发", "发出", *_PUBLISHING)


@dataclass(frozen=True, slots=True)
class Head:
    """What a document prints of itself; the terms are explained at Metadata."""

    title: Printed[str] | None = None
    cover_title: Printed[str] | None = None
    document_number: Printed[str] | None = None
    issuers: tuple[Printed[str], ...] = ()
    issued_on: Printed[date] | None = None
    printed_on: Printed[date] | None = None
    published_on: Printed[date] | None = None
    effective_on: Printed[date] | None = None
    expires_on: Printed[date] | None = None
    repealed_on: Printed[date] | None = None
    status: Printed[str] | None = None
    addressees: Printed[str] | None = None
    annexes: tuple[Printed[str], ...] = ()
    history: tuple[Event, ...] = ()


@dataclass(frozen=True)
class _Read:
    """What is read first and needed for more than one fact."""

    lines: tuple[Line, ...]
    box: Mapping[Field, Printed[str]]
    titles: Titles | None
    history: tuple[Event, ...]
    signature: Signature | None
    printed_on: Printed[date] | None


def read_head(text: str, head_end: int, main_end: int) -> Head:
    """The facts that a canonical text prints.

    head_end  where the first article begins; main_end  where the first annex begins, else the length of the text
    """
    lines = tuple(_head_lines(text, head_end))
    body = tuple(lines_of(text, 0, main_end))
    box = read_box(lines)
    titles = read_titles(text, lines)
    history = read_history(text, tuple((line.start, line.end) for line in lines))
    printed_on = read_printed_on(tuple(lines_of(text))) or _day(box, Field.PRINTED)
    read = _Read(lines, box, titles, history, read_signature(body), printed_on)
    effect = _effect(text, main_end, read)
    return Head(
        title=titles.title if titles else None,
        cover_title=titles.cover if titles else None,
        document_number=_document_number(read),
        issuers=read_issuers(lines, box, history, read.signature, titles),
        issued_on=_issued_on(read),
        printed_on=read.printed_on,
        published_on=_day(box, Field.PUBLISHED),
        effective_on=effect.effective_on or _in_force_by_history(history),
        expires_on=_day(box, Field.EXPIRES) or effect.expires_on,
        repealed_on=_day(box, Field.REPEALED),
        status=_status(read),
        addressees=_addressees(read),
        annexes=read_annexes(body),
        history=history,
    )


def _head_lines(text: str, head_end: int) -> Iterator[Line]:
    for count, line in enumerate(lines_of(text, 0, head_end)):
        if count == _MOST_HEAD_LINES or _FIRST_ARTICLE.match(line.text):
            return
        yield line


def _effect(text: str, main_end: int, read: _Read) -> Effect:
    """What the text itself says; of a notice that issues another text and says nothing, what the text issued says."""
    known = _day(read.box, Field.EFFECTIVE)
    effect = read_effect(text, main_end, lambda act: _day_of(act, read), known)
    if effect.effective_on is None and read.titles and issues(read.titles.title.value):
        return read_effect(text, len(text), lambda act: _day_of(act, read))
    return effect


def _document_number(read: _Read) -> Printed[str] | None:
    """From a line of its own, the box, an order's mast, the history: the first that prints one."""
    for line in read.lines:
        if match := _NUMBER_LINE.match(line.text):
            start, end = match.span("number")
            return Printed(squeezed(match["number"]), line.start + start, line.start + end)
    boxed = read.box.get(Field.NUMBER)
    if boxed:
        return Printed(squeezed(boxed.value), boxed.start, boxed.end)
    if order := order_of(read.lines):
        mast, number = order
        return Printed(squeezed(mast.text + number.text), mast.start, number.end)
    numbered = [event for event in read.history if event.number]
    return Printed(numbered[-1].number or "", numbered[-1].start, numbered[-1].end) if numbered else None


def _issued_on(read: _Read) -> Printed[date] | None:
    """The later of 成文日期 and the last act in the history; else what the box says."""
    acts = [event for event in read.history if event.kind is not EventKind.EFFECTIVE]
    days = [Printed(event.on, event.start, event.end) for event in acts]
    days += [read.signature.on] if read.signature else []
    return max(days, key=lambda day: day.value) if days else _day(read.box, Field.ISSUED)


def _in_force_by_history(history: Sequence[Event]) -> Printed[date] | None:
    days = [event for event in history if event.kind is EventKind.EFFECTIVE]
    return Printed(days[-1].on, days[-1].start, days[-1].end) if days else None


def _day_of(act: str, read: _Read) -> date | None:
    """The day of an act that a clause of effect rests on, where it is printed."""
    kinds = (
        EventKind.PUBLISHED if act.endswith(_PUBLISHING) else
        EventKind.APPROVED if act.endswith("批准") else
        EventKind.PASSED if act.endswith("通过") else None
    )  # fmt: skip
    days = [event.on for event in read.history if event.kind is kinds]
    if days or read.history or not act.endswith(_ISSUING):
        return days[-1] if days else None
    if read.printed_on and not act.endswith(_PUBLISHING):
        return read.printed_on.value
    return read.signature.on.value if read.signature else None


def _status(read: _Read) -> Printed[str] | None:
    """What the box says, or a note at the title: «（已废止）»."""
    if boxed := read.box.get(Field.STATUS):
        return boxed
    for line in read.lines[:20]:
        match = _ENDED.match(line.text.lstrip()) or _ENDED.search(line.text.rstrip(), max(0, len(line.text) - 6))
        if match and read.titles and line.start <= read.titles.end:
            start = line.text.index(match[0]) + 1
            return Printed(match["status"], line.start + start, line.start + start + len(match["status"]))
    return None


def _addressees(read: _Read) -> Printed[str] | None:
    """The first line behind the title that ends in a colon and names bodies, before anything is said."""
    behind = read.titles.end if read.titles else 0
    for line in read.lines:
        if line.start < behind or is_field(line.text):
            continue
        words = line.text.rstrip()
        if _ADDRESSEES.fullmatch(words.lstrip()) and not _NOT_ADDRESSEES.search(words):
            start = line.start + len(words) - len(words.lstrip())
            return Printed(words.strip().rstrip("：:"), start, line.start + len(words) - 1)
        if "。" in words:
            return None
    return None


def _day(box: Mapping[Field, Printed[str]], field: Field) -> Printed[date] | None:
    boxed = box.get(field)
    day = date_of(boxed.value) if boxed else None
    return Printed(day, boxed.start, boxed.end) if boxed and day else None
