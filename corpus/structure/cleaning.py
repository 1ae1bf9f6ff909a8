"""From a source text to canonical text, by small named steps in a fixed order.

Cleaning drops layout only. Whatever is dropped besides white space is listed as an artefact, so that
source - artefacts - white space == canonical - white space can be checked for any document (`conserved`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.structure.markers import read_marker
from corpus.structure.wrapping import unwrapped


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something that is layout and not text: its kind and the characters dropped."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Canonical text, one paragraph a line, and what was dropped from the source, in order of dropping."""

    text: str
    dropped: tuple[Artefact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A pattern whose match is dropped but for its group `kept`, if it has one."""

    kind: str
    pattern: re.Pattern[str]


# Before these words ** may hide a name: «**市**区», «**省».
_HIDABLE = frozenset("省市区县州旗镇乡村")
_MARKS = (
    # byte-order marks, zero-width signs, soft hyphens
    _Mark("invisible", re.compile("[\ufeff\u200b-\u200f\u2060\u00ad]")),
    # left by Word: [bookmark: _GoBack]
    _Mark("bookmark", re.compile(r"\[bookmark: [^\]\n]*\]")),
    # ### 一、加强质量管理
    _Mark("markdown heading", re.compile(r"^[ \t\u3000]*#{1,6}(?=[ \t])", re.MULTILINE)),
    # [消防法](#)
    _Mark("markdown link", re.compile(r"\[(?P<kept>[^\[\]\n]+)\]\([^()\s]*\)")),
    # <!-- INFO END -->
    _Mark("comment", re.compile(r"<!--[^<>\n]{0,500}-->")),
    # — 3 —; －3－, alone on a line
    _Mark(
        "page number",
        re.compile(r"^[ \t\u3000]*[—–－-]{1,2}[ \t\u3000]*\d{1,4}[ \t\u3000]*[—–－-]{1,2}[ \t\u3000]*$", re.MULTILINE),
    ),
)
_BOLD = "markdown bold"
# **关于印发…的通知**
_EMPHASIS = re.compile(r"\*\*")

# A paragraph is complete: a full stop, closing marks behind it, perhaps a bracket after it (the bodies in charge).
_COMPLETE = re.compile(r"(?:[。！？!?；;：:…]|\.{3})(?:[”’」』）)》\]]*|[（(][^（）()]*[）)])$")
# A line of the document's head: «发 布 日 期:2024.12.12».
_FIELD = re.compile(r"[^，。；：:]{2,14}[：:][^\S\n]*\S")
# A date or an annex list stands on its own.
_STANDS_ALONE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|附\s*件")
_SENTENCE_SIGNS = re.compile(r"[，。；]")
# Brackets are printed mixed: （一)
_FULL_WIDTH = str.maketrans("()", "（）")
_SHORTEST_BROKEN = 20
_OPEN_WITHIN = 80
_TAIL, _LINES_LOOKED_AT = 400, 40
"""Characters and lines of a paragraph's end that decide whether it is broken."""


def clean(source: str) -> Cleaned:
    """Canonical text of a source text."""
    cleaned = Cleaned(source)
    for step in STEPS:
        cleaned = step(cleaned)
    return cleaned


def conserved(source: str, cleaned: Cleaned) -> bool:
    """Whether cleaning lost nothing: the same characters on both sides, white space and artefacts apart."""
    dropped = "".join(artefact.text for artefact in cleaned.dropped)
    kept, given = _without_space(cleaned.text), _without_space(source)
    return _is_subsequence(kept, given) and sorted(kept + _without_space(dropped)) == sorted(given)


def unify_line_ends(cleaned: Cleaned) -> Cleaned:
    """Every sort of line end as one line feed."""
    return Cleaned(re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x1c-\x1e\x85]", "\n", cleaned.text), cleaned.dropped)


def drop_marks(cleaned: Cleaned) -> Cleaned:
    """Take out the artefacts of the table above."""
    for mark in _MARKS:
        cleaned = _drop(mark, cleaned)
    return cleaned


def drop_bold(cleaned: Cleaned) -> Cleaned:
    """Take out **, but for those that hide a name; those that stand in pairs around words hide none."""
    dropped: list[Artefact] = []
    lines = []
    for line in cleaned.text.split("\n"):
        places = [match.start() for match in _EMPHASIS.finditer(line)]
        hiding = set() if _are_pairs(line, places) else {at for at in places if line[at + 2 : at + 3] in _HIDABLE}
        marks = [at for at in places if at not in hiding]
        dropped.extend(Artefact(_BOLD, "**") for _ in marks)
        bounds = zip([0, *(at + 2 for at in marks)], [*marks, len(line)], strict=True)
        lines.append("".join(line[start:end] for start, end in bounds))
    return Cleaned("\n".join(lines), (*cleaned.dropped, *dropped))


def _are_pairs(line: str, places: Sequence[int]) -> bool:
    """Whether the marks open and close bold words by turns: **市级统筹** does, **市**区 does not."""
    if not places or len(places) % 2:
        return False
    pairs = zip(places[::2], places[1::2], strict=True)
    return all(
        len(words := line[start + 2 : end]) > 1 and words == words.strip() and line[end + 2 : end + 3] not in _HIDABLE
        for start, end in pairs
    )


def trim_lines(cleaned: Cleaned) -> Cleaned:
    """One paragraph a line, no blank lines, no space at either end."""
    lines = (line.strip() for line in cleaned.text.split("\n"))
    return Cleaned("\n".join(line for line in lines if line), cleaned.dropped)


def join_wrapped_lines(cleaned: Cleaned) -> Cleaned:
    """Take out the line feeds of a text that is broken at the edge of its page."""
    groups = unwrapped(
        cleaned.text.split("\n"),
        is_complete=lambda line: _COMPLETE.search(line[-_TAIL:]) is not None,
        opens=lambda line: read_marker(line) is not None,
    )
    return Cleaned("\n".join(map(_joined, groups)), cleaned.dropped)


def _joined(lines: Sequence[str]) -> str:
    words = [line.strip() for line in lines]
    return "".join((words[0], *(_joint(before, after) + after for before, after in pairwise(words))))


def join_broken_lines(cleaned: Cleaned) -> Cleaned:
    """Take out the line feeds that a page break put inside a sentence."""
    paragraphs: list[list[str]] = []
    has_signs = False
    for line in cleaned.text.split("\n"):
        if paragraphs and _is_broken(paragraphs[-1], has_signs) and not _opens_paragraph(line):
            paragraphs[-1].append(_joint(paragraphs[-1][-1], line) + line)
        else:
            paragraphs.append([line])
            has_signs = False
        has_signs = has_signs or _SENTENCE_SIGNS.search(line) is not None
    return Cleaned("\n".join(map("".join, paragraphs)), cleaned.dropped)


STEPS: tuple[Callable[[Cleaned], Cleaned], ...] = (
    unify_line_ends,
    drop_marks,
    drop_bold,
    join_wrapped_lines,
    trim_lines,
    join_broken_lines,
)


def _drop(mark: _Mark, cleaned: Cleaned) -> Cleaned:
    dropped: list[Artefact] = []

    def replace(match: re.Match[str]) -> str:
        kept: str = match.groupdict().get("kept") or ""
        before, _, after = match[0].partition(kept) if kept else (match[0], "", "")
        dropped.extend(Artefact(mark.kind, part) for part in (before, after) if part)
        return kept

    text = mark.pattern.sub(replace, cleaned.text)
    return Cleaned(text, (*cleaned.dropped, *dropped))


def _is_broken(lines: Sequence[str], has_signs: bool) -> bool:
    """Whether a paragraph, as its lines so far, stops in the middle of a sentence. Only its end is looked at."""
    tail = "".join(lines[-_LINES_LOOKED_AT:])[-_TAIL:]
    if _COMPLETE.search(tail):
        return False
    if tail.endswith(("，", "、", ",")) or _leaves_open(tail):
        return True
    return has_signs and len(tail) >= _SHORTEST_BROKEN


def _leaves_open(paragraph: str) -> bool:
    """Whether it ends inside 《…》 or （…） opened near its end."""
    tail = paragraph[-_OPEN_WITHIN:].translate(_FULL_WIDTH)
    return any(tail.rfind(left) > tail.rfind(right) for left, right in ("《》", "（）", "〔〕"))


def _opens_paragraph(line: str) -> bool:
    return any((read_marker(line), _FIELD.match(line), _STANDS_ALONE.match(line)))


def _joint(before: str, after: str) -> str:
    """What goes between two lines: a space between Latin words, nothing in Chinese."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return " " if latin else ""


def _without_space(text: str) -> str:
    return "".join(text.split())


def _is_subsequence(short: str, long: str) -> bool:
    signs = iter(long)
    return all(sign in signs for sign in short)
