"""A gold question as it is filled in, and what the suite would find wrong with it: checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from starlette.datastructures import FormData

from assistant.answers import QuestionType, Status
from corpus.library import Library
from web.masking import masked
from web.problems import echo
from web.wording import WordingError, clean_question, clean_words

TYPES: Mapping[str, str] = {
    "numeric": "数量",
    "permission": "能否、应否",
    "responsibility": "谁负责",
    "deadline": "期限",
    "procedure": "办法与条件",
    "list": "有哪些",
    "fact": "文件信息",
    "lookup": "查条文",
    "comparison": "对照",
    "outline": "概要",
    "colloquial": "口语",
    "typo": "错别字",
    "dialogue": "追问",
    "vague": "笼统",
    "unanswerable": "文件没有规定",
}
"""The types of the suite's own questions (eval/gold)."""
EXPECTED: Mapping[str, str] = {
    "answered": "应当答出",
    "not_found": "应当说明文件中没有",
    "clarify_or_answered": "可以反问，也可以答出",
}
_BY_QUESTION_TYPE: Mapping[QuestionType, str] = {
    QuestionType.QUANTITY: "numeric",
    QuestionType.GENERAL: "colloquial",
}
MOST_TURNS, MOST_WORDS, MOST_ARTICLES = 10, 20, 20
LONGEST_WORDS, LONGEST_NOTE = 200, 500
"""Characters."""


class NotSound(ValueError):
    """A question that the suite would refuse; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. articles: «document_id#article_id», in the order they were chosen in.

    words, any_words  a line each; every one of the first must stand in the quotations, one of the second
    """

    turns: str = ""
    type: str = "colloquial"
    expect: str = "answered"
    articles: tuple[str, ...] = ()
    need_all: bool = False
    words: str = ""
    any_words: str = ""
    note: str = ""

    @classmethod
    def of_form(cls, form: FormData) -> Self:
        said = {key: value for key, value in form.multi_items() if isinstance(value, str)}
        chosen = [value for value in form.getlist("articles") if isinstance(value, str)]
        return cls(
            said.get("turns", ""),
            said.get("type", ""),
            said.get("expect", ""),
            tuple(dict.fromkeys(chosen))[:MOST_ARTICLES],
            "need_all" in said,
            said.get("words", ""),
            said.get("any_words", ""),
            said.get("note", ""),
        )

    @property
    def question(self) -> str:
        """The last turn, which is scored; empty where there is none."""
        return next(reversed(_lines(self.turns)), "")


def draft_of(turns: Sequence[str], status: Status, question_type: QuestionType) -> Draft:
    """What to begin with, of a question that was asked after others and had that outcome."""
    kind = _BY_QUESTION_TYPE.get(question_type, question_type.value)
    return Draft("\n".join(" ".join(turn.split()) for turn in turns), "dialogue" if len(turns) > 1 else kind)


def record_of(draft: Draft, library: Library) -> dict[str, Any]:
    """The question as the suite reads it, without an id. Raises NotSound."""
    try:
        record: dict[str, Any] = {
            "type": _one_of(draft.type, TYPES, "类型"),
            "turns": [masked(clean_question(turn)) for turn in _several(draft.turns, MOST_TURNS, "问题")],
            "gold": [_article(each, library) for each in draft.articles],
            "need_all": draft.need_all,
            "must_include": _words(draft.words),
            "must_include_any": _words(draft.any_words),
            "expect": _one_of(draft.expect, EXPECTED, "期望的结果"),
        }
        if note := masked(clean_words(draft.note)):
            record["note"] = note
    except WordingError as error:
        raise NotSound(str(error)) from None
    for reason in _faults(record, library):
        raise NotSound(reason)
    return record


def holds(text: str, words: str) -> bool:
    """Whether words stand in a text verbatim; blank space may differ, for documents break lines inside sentences."""
    return "".join(words.split()) in "".join(text.split())


def whole_text(each: Mapping[str, str], library: Library) -> str:
    """The words of an article with all below it."""
    document = library.get(each["doc"])
    return document.whole_text(document.find(each["article"]))


def _faults(record: Mapping[str, Any], library: Library) -> Iterator[str]:
    gold, words = record["gold"], [*record["must_include"], *record["must_include_any"]]
    if not record["turns"]:
        yield "请写下问题。"
    if len(record.get("note", "")) > LONGEST_NOTE:
        yield f"备注请控制在 {LONGEST_NOTE} 字以内。"
    if record["expect"] == "answered" and not gold:
        yield "应当答出的题目，请选出正确的条目。"
    if record["expect"] == "not_found" and (gold or words):
        yield "应当说明没有的题目，不要选条目，也不要填必含的词。"
    if record["need_all"] and len(gold) < 2:
        yield "“须全部引用”至少要选两个条目。"
    if words and not gold:
        yield "填了必含的词，请选出它们所在的条目。"
    texts = [whole_text(each, library) for each in gold]
    yield from (
        f"所选条目的原文中没有「{echo(each)}」，请逐字照抄。"
        for each in words
        if not any(holds(text, each) for text in texts)
    )


def _article(printed: str, library: Library) -> dict[str, str]:
    document_id, _, article_id = printed.partition("#")
    if document_id not in library:
        raise NotSound(f"文件库中没有「{echo(document_id)}」。")
    if not library.get(document_id).has(article_id):
        raise NotSound(f"{document_id} 中没有条目「{echo(article_id)}」。")
    return {"doc": document_id, "article": article_id}


def _words(written: str) -> list[str]:
    lines = [clean_words(line) for line in _several(written, MOST_WORDS, "必含的词")]
    if any(len(line) > LONGEST_WORDS for line in lines):
        raise NotSound(f"必含的词每行请控制在 {LONGEST_WORDS} 字以内。")
    return lines


def _several(written: str, most: int, name: str) -> list[str]:
    lines = _lines(written)
    if len(lines) > most:
        raise NotSound(f"{name}至多 {most} 行。")
    return lines


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _one_of(value: str, options: Mapping[str, str], name: str) -> str:
    if value not in options:
        raise NotSound(f"请选择{name}。")
    return value
