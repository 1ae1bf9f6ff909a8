"""«为什么是这条»: the reasons for an answer, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.answers import Answer, QuestionType, Reasons, Status, Word
from assistant.sureness import Reliability, Sureness, reliability_of
from corpus.library import Library
from corpus.titles import titled
from web.pages.marking import Stretch, stretches

SOUGHT: Mapping[QuestionType, str] = {
    QuestionType.QUANTITY: "数量、比例或次数",
    QuestionType.PERMISSION: "能不能、是否必须",
    QuestionType.RESPONSIBILITY: "由谁负责",
    QuestionType.DEADLINE: "时间或期限",
    QuestionType.PROCEDURE: "办法、步骤或条件",
    QuestionType.LIST: "包括哪些",
    QuestionType.FACT: "文件本身的情况",
    QuestionType.LOOKUP: "查看指定的条文",
    QuestionType.COMPARISON: "比较异同",
    QuestionType.OUTLINE: "主要内容",
    QuestionType.GENERAL: "一般询问",
}
_SURENESS: Mapping[Sureness, str] = {Sureness.HIGH: "高", Sureness.MIDDLE: "中", Sureness.LOW: "低"}
# What was right in the outcomes counted, and what to do where few were.
_MEANING: Mapping[Status, tuple[str, str]] = {
    Status.ANSWERED: ("排在最前的条文正是所问", "请对照原文再用"),
    Status.UNSPECIFIED: ("文件确实没有写明", "请换个说法再问，或看相近条文"),
    Status.NOT_FOUND: ("文件确实没有规定", "请换个说法再问，或看相近条文"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something understood or found, by its name."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ReasonsView:
    """Why an answer is what it is.

    lines    what was understood of the question, and which of its words were found
    clause   the first quotation with those words marked; empty where none was found
    """

    lines: tuple[Line, ...]
    clause: tuple[Stretch, ...]


def reasons_view(answer: Answer, library: Library) -> ReasonsView | None:
    """None where an answer has no reasons."""
    reasons = answer.reasons
    if reasons is None:
        return None
    return ReasonsView(
        (*_understood(answer, reasons, library), *_met(answer, reasons, library), *_sure(answer, reasons)),
        _clause(answer, reasons),
    )


def _understood(answer: Answer, reasons: Reasons, library: Library) -> Iterator[Line]:
    how = "，承接上文补全" if reasons.completed else ""
    yield Line("所理解的问题", f"{answer.interpreted_question}{how}")
    if reasons.corrections:
        yield Line("按读音改正", "、".join(f"「{typed}」作「{meant}」" for typed, meant in reasons.corrections))
    yield Line("问的是", SOUGHT[reasons.sought])
    if reasons.places:
        yield Line("所指地区", "、".join(reasons.places))
    if reasons.document_ids:
        titles = (library.get(each).metadata.title for each in reasons.document_ids)
        yield Line("所指文件", "、".join(titled(title) for title in titles))
    if reasons.articles:
        yield Line("所指条目", "、".join(reasons.articles))


def _met(answer: Answer, reasons: Reasons, library: Library) -> Iterator[Line]:
    if reasons.words and answer.citations:
        text = library.get(answer.citations[0].citation.document_id).text
        met = [words for each in reasons.words if (words := _found(each, text))]
        missed = [f"「{each.asked}」" for each in reasons.words if not each.found and not each.above]
        if met:
            yield Line("条文中找到", "；".join(met))
        if missed:
            yield Line("条文中没有", "、".join(missed))
    added = [f"「{each.asked}」也查「{'」「'.join(each.added)}」" for each in reasons.words if each.added]
    if added:
        yield Line("其他说法", "；".join(added))


def _found(word: Word, text: str) -> str:
    """«「医生」作「医师」», «「机构」见于标题»; empty where it was not found."""
    if not word.found:
        return f"「{word.asked}」见于标题" if word.above else ""
    printed = dict.fromkeys(text[start:end] for start, end in word.found)
    return f"「{word.asked}」" if word.asked in printed else f"「{word.asked}」作「{'」「'.join(printed)}」"


def _clause(answer: Answer, reasons: Reasons) -> tuple[Stretch, ...]:
    marks = [span for word in reasons.words for span in word.found]
    if not marks or not answer.citations:
        return ()
    first = answer.citations[0]
    offset = first.citation.start
    return stretches(first.quote, [(start - offset, end - offset) for start, end in marks])


def _sure(answer: Answer, reasons: Reasons) -> Iterator[Line]:
    reliability = reliability_of(answer)
    if reliability is not None:
        yield Line("把握", _sureness(answer.status, reliability))
    elif not reasons.searched and answer.status is Status.ANSWERED:
        yield Line("把握", "高。按所指的文件和条目直接查到，没有经过挑选。")


def _sureness(status: Status, reliability: Reliability) -> str:
    right, advice = _MEANING[status]
    told = f"{_SURENESS[reliability.sureness]}。据测评，同样情形每 100 问，约有 {round(reliability.right * 100)} 问"
    return f"{told}{right}{'；' + advice if reliability.sureness is Sureness.LOW else ''}。"
