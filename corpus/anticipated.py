"""Anticipated questions: what people would ask an article, in their words. Further keys to it, never quoted.

Data beside the documents, one file a document: questions/{document_id}.jsonl, a JSON object with article_id and
question a line; `"stated": false` where the article deals with the subject and no document answers the question. A
document without a file works as well, it is only harder to find.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.provisions import PolicyDocument

QUESTIONS = Path(__file__).with_name("questions")
LONGEST = 80
"""Characters of one question."""


class AnticipatedError(ValueError):
    """A file of questions that cannot be used; the message names file and line, in Chinese."""


@dataclass(frozen=True, slots=True)
class AnticipatedQuestion:
    """A question that an article answers, or, where it is not stated, one that it calls up and leaves open."""

    article_id: str
    question: str
    stated: bool = True


def read_anticipated(document: PolicyDocument, directory: Path = QUESTIONS) -> tuple[AnticipatedQuestion, ...]:
    """The questions anticipated for a document, in the order of the file; none where there is no file.

    Raises AnticipatedError.
    """
    path = directory / f"{document.document_id}.jsonl"
    if not path.exists():
        return ()
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AnticipatedError(f"{path.name} 读不出来：{error}") from error
    return tuple(_read(lines, document, path.name))


def _read(lines: list[str], document: PolicyDocument, name: str) -> Iterator[AnticipatedQuestion]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            article_id, question = fields["article_id"], fields["question"].strip()
            stated = fields.get("stated", True)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise AnticipatedError(f"{name} 第 {number} 行应有 article_id 和 question") from None
        if not isinstance(stated, bool):
            raise AnticipatedError(f"{name} 第 {number} 行：stated 应为 true 或 false")
        if not isinstance(article_id, str) or not document.has(article_id):
            raise AnticipatedError(f"{name} 第 {number} 行：文件里没有条目 {article_id}")
        if not 1 < len(question) <= LONGEST:
            raise AnticipatedError(f"{name} 第 {number} 行：问题应在 2 到 {LONGEST} 字之间")
        if question in seen:
            raise AnticipatedError(f"{name} 第 {number} 行：问题重复：{question}")
        seen.add(question)
        yield AnticipatedQuestion(article_id, question, stated)
