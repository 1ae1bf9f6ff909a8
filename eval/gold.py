"""Gold questions: what is asked, and what a right answer must cite.

One JSON object a line. Nothing is scored against a gold file with a mistake in it: every mistake is collected and
reported with its file and line, so that one reading is enough to mend them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.library import Library
from eval.words import occurs

FIELDS = ("id", "type", "turns", "gold", "need_all", "must_include", "must_include_any", "expect", "note")
SHOWN_PROBLEMS = 20


class Expect(StrEnum):
    """The outcome a question should have."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    CLARIFY_OR_ANSWERED = "clarify_or_answered"


@dataclass(frozen=True, slots=True, order=True)
class ArticleRef:
    """An article of a document; printed `document_id#article_id`, which is also its docno in qrels and runs."""

    document_id: str
    article_id: str

    def __str__(self) -> str:
        return f"{self.document_id}#{self.article_id}"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One question with its judgements; several turns are a dialogue of which the last is scored.

    gold              the articles that answer it: any of them will do, all of them where need_all
    must_include      words that the quotes must hold, every one
    must_include_any  words of which the quotes must hold at least one
    """

    id: str
    type: str
    turns: tuple[str, ...]
    gold: tuple[ArticleRef, ...] = ()
    need_all: bool = False
    must_include: tuple[str, ...] = ()
    must_include_any: tuple[str, ...] = ()
    expect: Expect = Expect.ANSWERED

    @property
    def deciding_words(self) -> tuple[str, ...]:
        return self.must_include + self.must_include_any

    @property
    def answerable(self) -> bool:
        return self.expect is Expect.ANSWERED

    @property
    def unanswerable(self) -> bool:
        return self.expect is Expect.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a gold file; line counts from 1, 0 stands for the whole file."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path} 第 {self.line} 行：{self.reason}" if self.line else f"{self.path}：{self.reason}"


class GoldError(ValueError):
    """A gold file that cannot be scored against; str() lists the first problems, one a line, in Chinese."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        lines = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(f"……另有 {len(problems) - SHOWN_PROBLEMS} 处问题")
        super().__init__("\n".join(lines))
        self.problems = problems


class _Mistake(Exception):
    """What is wrong with one line, in Chinese."""


def read_gold(path: Path, library: Library | None = None) -> tuple[GoldQuestion, ...]:
    """The questions of a gold file, in order; with a library, documents, articles and words are checked against it.

    Raises GoldError with every problem found.
    """
    questions, problems = survey_gold(path, library)
    if problems:
        raise GoldError(problems)
    return questions


def survey_gold(path: Path, library: Library | None = None) -> tuple[tuple[GoldQuestion, ...], tuple[Problem, ...]]:
    """The sound questions of a gold file and the problems of the others. Raises GoldError where none is sound."""
    questions: dict[str, GoldQuestion] = {}
    problems: list[Problem] = []
    for number, line in _lines(path):
        try:
            question = _question(line)
            if question.id in questions:
                raise _Mistake(f"题号 {question.id} 重复")
        except _Mistake as error:
            problems.append(Problem(path, number, str(error)))
            continue
        found = [Problem(path, number, reason) for reason in _faults(question, library)]
        problems += found
        if not found:
            questions[question.id] = question
    if not questions:
        raise GoldError(tuple(problems) or (Problem(path, 0, "文件中没有题目"),))
    return tuple(questions.values()), tuple(problems)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something, numbered from 1. Split at line feeds only: U+2028 may stand inside a string."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise GoldError((Problem(path, 0, "找不到该文件"),)) from None
    except IsADirectoryError:
        raise GoldError((Problem(path, 0, "这是一个文件夹，不是题目文件"),)) from None
    except UnicodeDecodeError as error:
        raise GoldError((Problem(path, 0, f"不是 UTF-8 编码（第 {error.start} 字节处无法识别）"),)) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _question(line: str) -> GoldQuestion:
    """Raises _Mistake."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise _Mistake(f"不是完整的 JSON（第 {error.colno} 个字符附近）") from None
    if not isinstance(record, dict):
        raise _Mistake("每行应为一个 JSON 对象")
    unknown = [name for name in record if name not in FIELDS and not name.startswith("_")]
    if unknown:
        raise _Mistake(f"不认识的字段 {'、'.join(unknown)}；可用字段为 {'、'.join(FIELDS)}")
    need_all = record.get("need_all", False)
    if not isinstance(need_all, bool):
        raise _Mistake("need_all 应为 true 或 false")
    return GoldQuestion(
        id=_word(record, "id"),
        type=_word(record, "type"),
        turns=_words(record, "turns", required=True),
        gold=_articles(record.get("gold", [])),
        need_all=need_all,
        must_include=_words(record, "must_include"),
        must_include_any=_words(record, "must_include_any"),
        expect=_expect(_word(record, "expect")),
    )


def _word(record: dict[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _Mistake(f"{name} 应为非空的字符串")
    return value.strip()


def _words(record: dict[str, object], name: str, required: bool = False) -> tuple[str, ...]:
    values = record.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise _Mistake(f"{name} 应为由非空字符串组成的数组")
    if required and not values:
        raise _Mistake(f"{name} 至少应有一项")
    return tuple(values)


def _expect(value: str) -> Expect:
    try:
        return Expect(value)
    except ValueError:
        raise _Mistake(f"expect 不能是 {value}；应为 {'、'.join(Expect)} 之一") from None


def _articles(values: object) -> tuple[ArticleRef, ...]:
    if not isinstance(values, list):
        raise _Mistake('gold 应为数组，每项形如 {"doc": "…", "article": "…"}')
    refs = tuple(_article(value) for value in values)
    if len(set(refs)) != len(refs):
        raise _Mistake("gold 中有重复的条目")
    return refs


def _article(value: object) -> ArticleRef:
    if not isinstance(value, dict) or set(value) != {"doc", "article"}:
        raise _Mistake('gold 的每项应形如 {"doc": "…", "article": "…"}')
    return ArticleRef(_word(value, "doc"), _word(value, "article"))


def _faults(question: GoldQuestion, library: Library | None) -> Iterator[str]:
    if question.answerable and not question.gold:
        yield "expect 为 answered，但 gold 为空"
    if question.need_all and len(question.gold) < 2:
        yield "need_all 为 true 时，gold 至少应有两项"
    if library is None:
        return
    missing = tuple(_missing(question.gold, library))
    yield from missing
    if question.gold and not missing:
        texts = [_whole_text(ref, library) for ref in question.gold]
        for words in question.deciding_words:
            if not any(occurs(words, text) for text in texts):
                yield f"标准条目的原文中没有“{words}”"


def _missing(refs: tuple[ArticleRef, ...], library: Library) -> Iterator[str]:
    for ref in refs:
        if ref.document_id not in library:
            yield f"文件库中没有 {ref.document_id}"
        elif not library.get(ref.document_id).has(ref.article_id):
            yield f"{ref.document_id} 中没有条目 {ref.article_id}"


def _whole_text(ref: ArticleRef, library: Library) -> str:
    document = library.get(ref.document_id)
    return document.whole_text(document.find(ref.article_id))
