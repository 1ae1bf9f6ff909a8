"""An answer as one WeChat text message: plain text of at most 2,048 bytes, with citations whole and a link.

Where the whole answer does not fit, quotations are cut to whole sentences and marked 节录, later quotations are left
out and counted, and what is only related goes. Between 「 and 」 stand words printed in the document, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.answers import Answer, Quotation, Status
from corpus.library import Library
from corpus.structure.sentences import Span, sentences
from web import beijing, links
from web.asking import Asked
from web.shapes.sources import leading, source_words

MAX_BYTES = 2048
"""Bytes of UTF-8 in the Content of a text message."""
LONGEST_LINK = 512
"""Bytes of the link at the end."""
_LONGEST_FINDING = 900
"""Bytes of a finding in an answer that does not fit whole; a longer one repeats several quotations."""
_LEAST_BLOCK = 400
"""Bytes that a quotation with its citation needs to be worth showing."""
_GAP = "\n\n"

# What the link opens, by outcome.
_LINKS: Mapping[Status, str] = {
    Status.ANSWERED: "查看原文：",
    Status.UNSPECIFIED: "查看原文：",
    Status.CLARIFY: "网页版：",
    Status.NOT_FOUND: "查看文件：",
}
# In place of a finding whose first sentence is too long already: an outline of many parts.
_IN_SHORT: Mapping[Status, str] = {
    Status.ANSWERED: "文件有规定，节录如下。",
    Status.UNSPECIFIED: "文件有涉及，但没有写明所问，节录如下。",
    Status.CLARIFY: "请把问题说得再具体一些。",
    Status.NOT_FOUND: "文件中没有找到。",
}
_TOO_LONG = "（条文较长，请点开原文查看。）"


def page_of(answer: Answer) -> str:
    """The page of the site that an answer's link opens: the words cited first, else what is nearest, else the chat."""
    citation = leading(answer)
    return links.citation_url(citation) if citation else "/"


def wechat_text(asked: Asked, library: Library, link: str, day: date | None = None) -> str:
    """The message, of at most MAX_BYTES.

    link: an absolute address; day: on which documents are in force, today if None.
    Raises ValueError where the link is longer than LONGEST_LINK bytes or is not one word.
    """
    if _size(link) > LONGEST_LINK or link.split() != [link]:
        raise ValueError(f"not a link for a text message: {link[:80]!r}")
    answer = asked.answer
    footer = f"{_GAP}{_LINKS[answer.status]}{link}"
    room = MAX_BYTES - _size(footer)
    if _size(answer.text) <= room:
        return answer.text + footer
    if not answer.citations:
        return _lines(answer, room) + footer
    return _shortened(answer, library, room, day or beijing.today()) + footer


def _lines(answer: Answer, room: int) -> str:
    """The finding and as many whole lines behind it as fit: each is an option to choose or a provision nearby."""
    text = _finding(answer, min(room, _LONGEST_FINDING))
    for line in answer.text.removeprefix(answer.finding).split("\n")[1:]:
        longer = f"{text}\n{line}"
        if _size(longer) > room:
            break
        text = longer
    return text.rstrip()


def _shortened(answer: Answer, library: Library, room: int, day: date) -> str:
    """The finding and the quotations, best first."""
    finding = _finding(answer, _LONGEST_FINDING)
    left = room - _size(finding) - _size(_GAP + _omitted(len(answer.citations)))
    quoted = [(each, source_words(each.citation, library, day)) for each in answer.citations]
    blocks = _blocks(quoted, left)
    missing = len(quoted) - len(blocks)
    return _GAP.join((finding, *blocks, *([_omitted(missing)] if missing else [])))


def _blocks(quoted: Sequence[tuple[Quotation, str]], left: int) -> list[str]:
    """Quotations with their sources in that many bytes.

    As many as there is room for get a share each; then the first get what the others leave, and short ones behind them
    what is left of that.
    """
    blocks: list[str] = []
    count = max(1, min(len(quoted), left // _LEAST_BLOCK))
    for place, (quotation, source) in enumerate(quoted[:count]):
        block = _block(quotation, source, left // (count - place) - _size(_GAP))
        if not block:
            return blocks
        left -= _size(_GAP + block)
        blocks.append(block)
    for place, block in enumerate(blocks):
        blocks[place] = _block(*quoted[place], _size(block) + left)
        left -= _size(blocks[place]) - _size(block)
    for quotation, source in quoted[count:]:
        block = _whole(quotation, source)
        left -= _size(_GAP + block)
        if left < 0:
            break
        blocks.append(block)
    return blocks


def _omitted(count: int) -> str:
    return f"（另有{count}处引文，篇幅所限，没有列出。）"


def _finding(answer: Answer, room: int) -> str:
    """The finding, or as many of its sentences as fit; a quotation within it is not broken."""
    if _size(answer.finding) <= room:
        return answer.finding
    kept = ""
    for end in _sentence_ends(answer.finding):
        if _size(answer.finding[:end]) > room:
            break
        kept = answer.finding[:end]
    return kept or _IN_SHORT[answer.status]


def _sentence_ends(finding: str) -> list[int]:
    """Where sentences end outside 「 」."""
    ends, inside = [], False
    for place, sign in enumerate(finding):
        inside = sign == "「" or (inside and sign != "」")
        if sign == "。" and not inside:
            ends.append(place + 1)
    return ends


def _whole(quotation: Quotation, source: str) -> str:
    return f"「{quotation.quote}」\n——{source}"


def _block(quotation: Quotation, source: str, room: int) -> str:
    """A quotation and its citation: whole, else cut to sentences, else the citation alone, else nothing."""
    whole = _whole(quotation, source)
    if _size(whole) <= room:
        return whole
    words = _excerpt(quotation, room - _size(f"（节录）「」\n——{source}"))
    cut = f"（节录）「{words}」\n——{source}" if words else f"{_TOO_LONG}\n——{source}"
    return cut if _size(cut) <= room else ""


def _excerpt(quotation: Quotation, room: int) -> str:
    """Whole sentences in one run, around the first that is marked; empty where not even that one fits."""
    quote = quotation.quote
    spans = sentences(quote, 0, len(quote))
    first = last = _marked(spans, [start for start, _ in quotation.marks])
    if not spans or _size(_run(quote, spans, first, last)) > room:
        return ""
    while last + 1 < len(spans) and _size(_run(quote, spans, first, last + 1)) <= room:
        last += 1
    while first > 0 and _size(_run(quote, spans, first - 1, last)) <= room:
        first -= 1
    return _run(quote, spans, first, last)


def _marked(spans: Sequence[Span], marks: Sequence[int]) -> int:
    """The sentence in which the first mark begins; the first where nothing is marked."""
    return next((place for place, (_, end) in enumerate(spans) if marks and marks[0] < end), 0)


def _run(quote: str, spans: Sequence[Span], first: int, last: int) -> str:
    return quote[spans[first][0] : spans[last][1]]


def _size(text: str) -> int:
    return len(text.encode())
