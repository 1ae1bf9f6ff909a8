"""Who issued a document: from its page's box, its history, its signature, its mast, its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from corpus.head.bodies import bodies_in, squeezed
from corpus.head.boxes import Field
from corpus.head.document_numbers import ORDER_LINE, ORDER_MAST
from corpus.head.history import Event, EventKind, bodies_of
from corpus.head.printed import Line, Printed
from corpus.head.signatures import Signature
from corpus.head.titles import Titles

# «北京市大兴区卫生健康委员会文件», 发文机关标志; of several issuers only the first line bears the word
_MAST_WORD = re.compile(r"\s*文\s*件\s*$")
_LIST_SIGNS = re.compile(r"[ \t\u3000、，,；;]+")


def read_issuers(
    lines: Sequence[Line],
    box: Mapping[Field, Printed[str]],
    history: Sequence[Event],
    signature: Signature | None,
    titles: Titles | None,
) -> tuple[Printed[str], ...]:
    """The issuers, from the first place that names any; from who put the page up only where nothing else does."""
    issuers, publisher = box.get(Field.ISSUERS), box.get(Field.PUBLISHER)
    return (
        (_listed(issuers) if issuers else ())
        or tuple(_by_history(history))
        or (signature.bodies if signature else ())
        or _by_mast(lines, titles)
        or (titles.bodies if titles else ())
        or (_listed(publisher) if publisher else ())
    )


def order_of(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """The mast of an order or announcement and the number below it."""
    for mast, number in pairwise(lines):
        if ORDER_LINE.fullmatch(number.text.strip()) and ORDER_MAST.fullmatch(mast.text.strip()):
            return mast, number
    return None


def _listed(field: Printed[str]) -> tuple[Printed[str], ...]:
    found, start = [], 0
    for gap in (*_LIST_SIGNS.finditer(field.value), None):
        end = gap.start() if gap else len(field.value)
        if end > start:
            found.append(Printed(field.value[start:end], field.start + start, field.start + end))
        start = gap.end() if gap else end
    return tuple(found)


def _by_history(history: Sequence[Event]) -> Iterator[Printed[str]]:
    """The body that passed a statute; where none did, the bodies that published it."""
    for kinds in ((EventKind.PASSED, EventKind.REVISED), (EventKind.PUBLISHED,)):
        event = next((event for event in history if event.kind in kinds and event.body), None)
        if event:
            yield from (Printed(body, event.start, event.end) for body in bodies_of(event))
            return


def _by_mast(lines: Sequence[Line], titles: Titles | None) -> tuple[Printed[str], ...]:
    """The bodies over the title: each on a line, the first perhaps with 文件 behind it; or the mast of an order."""
    if order := order_of(lines):
        return _of_order(order[0])
    found: list[Printed[str]] = []
    for line in (line for line in lines if titles and line.end <= titles.start):
        words = _MAST_WORD.sub("", line.text)
        spans = bodies_in(line.text, 0, len(words))
        if not spans and found:
            break
        found += [Printed(squeezed(line.text[start:end]), line.start + start, line.start + end) for start, end in spans]
    return tuple(found)


def _of_order(mast: Line) -> tuple[Printed[str], ...]:
    match = ORDER_MAST.match(mast.text)
    if match is None:
        return ()
    words = match[0][: match.start("word")].rstrip()
    return (Printed(squeezed(words), mast.start, mast.start + len(words)),)
