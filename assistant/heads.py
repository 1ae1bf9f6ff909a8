"""Facts of a document's head and foot, cited where they are printed: who issued it, its number, its dates, its annexes.

Terms are those of GB/T 9704-2012: 发文机关, 发文字号, 主送机关, 成文日期, 附件说明, 附注.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers import Clarification, QuestionType, Status
from assistant.composition import MOST_OPTIONS, Block, Draft, block
from assistant.questions import Field, Understanding
from corpus.library import Library
from corpus.provisions import CLOSING, PREAMBLE, PolicyDocument, Provision
from corpus.relations.references import references
from corpus.structure.sentences import Span

Finder = Callable[[PolicyDocument, Provision], tuple[Span, ...]]
"""Where a fact is printed in one of a document's unnumbered parts."""

_ADDRESSEES = re.compile(r"^[^，。；\n]{2,80}[：:]$", re.MULTILINE)
_ANNEXES = re.compile(r"^附\s*件[^\n]*", re.MULTILINE)
_NOTE = re.compile(r"[（(]此件[^（）()\n]*[）)]")
_EFFECTIVE = re.compile(r"生\s*效\s*日\s*期[：:]\s*[\d.年月日]+|自[^，。\n]{2,20}起(?:施行|执行|生效)")


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact of the head: its name, how a question asks for it of a document, and where to find it."""

    name: str
    asking: str
    find: Finder


def answer_head(asked: Understanding, library: Library) -> Draft | None:
    """The draft for a question about a document's head; None for any other question."""
    if asked.type is not QuestionType.FACT or not asked.fields:
        return None
    documents = [library.get(document_id) for document_id in asked.document_ids if document_id in library]
    facts = [_FACTS[each] for each in asked.fields]
    return _state(documents[0], facts) if documents else _which(facts[0], library)


def _state(document: PolicyDocument, facts: Sequence[_Fact]) -> Draft:
    """The facts, each from the first part that prints it; unspecified where none is printed."""
    found = {fact.name: _found(document, fact) for fact in facts}
    stated = {name: printed for name, printed in found.items() if printed is not None}
    lacking = tuple(name for name, printed in found.items() if printed is None)
    slots: dict[str, object] = {"document": document.metadata, "fields": tuple(stated), "lacking": lacking}
    if stated:
        blocks = tuple(stated.values())
        return Draft(Status.ANSWERED, QuestionType.FACT, "fact", blocks, slots, confidence=1.0)
    head = document.find(PREAMBLE)
    shown = (block(document, head, whole_lines(document, head.start, head.start)),)
    return Draft(Status.UNSPECIFIED, QuestionType.FACT, "no_such_field", shown, slots, confidence=1.0)


def _found(document: PolicyDocument, fact: _Fact) -> Block | None:
    for part in (document.find(part) for part in (PREAMBLE, CLOSING) if document.has(part)):
        marked = fact.find(document, part)
        if marked:
            return block(document, part, whole_lines(document, marked[0][0], marked[-1][1]), marked)
    return None


def _which(fact: _Fact, library: Library) -> Draft:
    options = tuple(f"《{document.metadata.title}》{fact.asking}" for document in library)[:MOST_OPTIONS]
    clarification = Clarification(f"您问的是哪份文件的{fact.name}？", options)
    return Draft(Status.CLARIFY, QuestionType.FACT, "clarify", clarification=clarification)


def _metadata(values: Callable[[PolicyDocument], tuple[str, ...]]) -> Finder:
    """Finds values of the manifest where they are printed, whatever white space is between their characters."""

    def find(document: PolicyDocument, part: Provision) -> tuple[Span, ...]:
        patterns = (re.compile(r"\s*".join(map(re.escape, value))) for value in values(document))
        found = (pattern.search(document.text, part.start, part.end) for pattern in patterns)
        return tuple(sorted(match.span() for match in found if match))

    return find


def _pattern(pattern: re.Pattern[str]) -> Finder:
    def find(document: PolicyDocument, part: Provision) -> tuple[Span, ...]:
        match = pattern.search(document.text, part.start, part.end)
        return (match.span(),) if match else ()

    return find


def _basis(document: PolicyDocument, part: Provision) -> tuple[Span, ...]:
    """The texts named in the last paragraph of the part that names any: «根据《…》《…》等文件精神»."""
    named = [(each.start, each.end) for each in references(document) if each.article_id == part.article_id]
    if not named:
        return ()
    paragraph = document.text.rfind("\n", 0, named[-1][0])
    return tuple(span for span in named if span[0] > paragraph)


def _issued_on(document: PolicyDocument) -> tuple[str, ...]:
    day = document.metadata.issued_on
    if day is None:
        return ()
    return (f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}")


def _optional(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


_FACTS: Mapping[Field, _Fact] = {
    Field.TITLE: _Fact("标题", "全称叫什么？", _metadata(lambda document: (document.metadata.title,))),
    Field.ISSUERS: _Fact("发文机关", "是谁发的？", _metadata(lambda document: document.metadata.issuers)),
    Field.DOCUMENT_NUMBER: _Fact(
        "文号", "的文号是多少？", _metadata(lambda document: _optional(document.metadata.document_number))
    ),
    Field.ISSUED_ON: _Fact("成文日期", "是什么时候发的？", _metadata(_issued_on)),
    Field.EFFECTIVE_ON: _Fact("生效日期", "从哪天起生效？", _pattern(_EFFECTIVE)),
    Field.STATUS: _Fact("时效", "现在还有效吗？", _metadata(lambda document: _optional(document.metadata.status))),
    Field.BASIS: _Fact("制定依据", "是根据什么文件制定的？", _basis),
    Field.ADDRESSEES: _Fact("主送机关", "是发给哪些单位的？", _pattern(_ADDRESSEES)),
    Field.ANNEXES: _Fact("附件", "有什么附件？", _pattern(_ANNEXES)),
    Field.PUBLICITY: _Fact("公开方式", "是不是公开的？", _pattern(_NOTE)),
}


def whole_lines(document: PolicyDocument, start: int, end: int) -> Span:
    """The lines that a range touches, from the first one's start to the last one's end."""
    last = document.text.find("\n", end)
    return document.text.rfind("\n", 0, start) + 1, last if last >= 0 else len(document.text)
