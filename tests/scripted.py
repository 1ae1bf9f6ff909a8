"""An assistant that says what a script says, over the real documents; serving it, and what every answer of it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answers import (
    Answer,
    Clarification,
    Filters,
    QuestionType,
    Quotation,
    Related,
    Status,
)
from assistant.answers import Turn as Said
from assistant.pipeline import SearchHit
from corpus.citations import cite
from corpus.library import Library
from web.app import create_app
from web.asking import Answering
from web.problems import KINDS, MEDIA_TYPE
from web.store import open_store

ASK = "/api/v1/ask"
DOCTORS = "养老机构内设医务室至少配几名医生？"
NURSES = "那护士呢？"
NURSES_IN_FULL = "养老机构内设医务室至少配几名护士？"
SUBSIDY = "补助多少钱？"
ELSEWHERE = "朝阳区的签约率是多少？"
VAGUE = "政策"
WHOLE = "长宁方案第4条"
FAULT = "出错"
SECRET = "secret particulars of the fault"
SENTENCE = "应按照《养老机构医务室基本标准（试行）》至少配置1名主执业点医师和1名注册护士。"
MISSING = "《养老机构医务室基本标准（试行）》"
ANSWER = Answer(Status.ANSWERED, QuestionType.QUANTITY, "那护士呢？", "医务室配几名护士？", "1名。", "1名。")
"""Without a citation, for what only keeps answers."""


def quotation(library: Library, document_id: str, article_id: str, words: str, *marks: str) -> Quotation:
    """Quote `words` (or the whole article, where empty) of a real document, with `marks` marked."""
    document = library.get(document_id)
    provision = document.find(article_id)
    start = document.text.index(words, provision.start) if words else provision.start
    citation = cite(document, provision, start, start + len(words) if words else provision.subtree_end)
    places = [document.text.index(mark, citation.start) for mark in marks]
    highlights = tuple((place, place + len(mark)) for place, mark in zip(places, marks, strict=True))
    return Quotation(citation, citation.quote(document), highlights)


@dataclass(frozen=True)
class Scripted:
    """An assistant that says what the script says, over the real documents, and notes how it was asked."""

    library: Library
    index_version: str = "scripted-1"
    heard: list[tuple[str, tuple[Said, ...], Filters, int]] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        history: tuple[Said, ...] = (),
        filters: Filters = Filters(),  # noqa: B008 - frozen
        limit: int = 3,
    ) -> Answer:
        self.heard.append((question, history, filters, limit))
        if question == FAULT:
            raise RuntimeError(SECRET)
        return self._answer(question)

    def search(self, question: str, *, filters: Filters, limit: int) -> tuple[SearchHit, ...]:
        found = quotation(self.library, "changning-2025-2", "2.1.2", "至少配置1名主执业点医师")
        return (SearchHit(found.citation, found.quote, 0.5),)[:limit]

    def _answer(self, question: str) -> Answer:
        script = {
            NURSES: self._nurses,
            NURSES_IN_FULL: self._nurses,
            SUBSIDY: self._unspecified,
            ELSEWHERE: self._not_found,
            VAGUE: self._clarify,
            WHOLE: self._whole,
        }
        return script.get(question, self._doctors)(question)

    def _doctors(self, question: str) -> Answer:
        doctors = quotation(self.library, "changning-2025-2", "2.1.2", SENTENCE, "1名主执业点医师")
        return self._answered(question, question, "「1名主执业点医师」。", doctors)

    def _nurses(self, question: str) -> Answer:
        nurses = quotation(self.library, "changning-2025-2", "2.1.2", SENTENCE, "1名注册护士")
        return self._answered(question, NURSES_IN_FULL, "「1名注册护士」。", nurses)

    def _whole(self, question: str) -> Answer:
        whole = quotation(self.library, "changning-2025-2", "2.1.4", "")
        return self._answered(question, question, "原文如下。", whole)

    def _unspecified(self, question: str) -> Answer:
        subsidy = quotation(self.library, "daxing-2026-22", "2.6", "给予补助", "给予补助")
        finding = "文件谈到「给予补助」，但没有写明金额。"
        answer = _plain(Status.UNSPECIFIED, question, finding)
        return replace(answer, citations=(subsidy,), missing_texts=(MISSING,))

    def _not_found(self, question: str) -> Answer:
        near = quotation(self.library, "daxing-2026-22", "2.5", "签约覆盖率不低于80%")
        answer = _plain(Status.NOT_FOUND, question, "库中没有朝阳区的文件。")
        return replace(answer, related=(Related(near.citation, near.quote),))

    def _clarify(self, question: str) -> Answer:
        asked_back = Clarification("您想了解哪一方面？", (DOCTORS, WHOLE))
        answer = _plain(Status.CLARIFY, question, asked_back.prompt)
        return replace(answer, question_type=QuestionType.GENERAL, clarification=asked_back)

    def _answered(self, question: str, interpreted: str, finding: str, quoted: Quotation) -> Answer:
        text = f"{finding}\n「{quoted.quote}」"
        return Answer(
            Status.ANSWERED, QuestionType.QUANTITY, question, interpreted, finding, text, (quoted,), confidence=0.9
        )


def _plain(status: Status, question: str, finding: str) -> Answer:
    return Answer(status, QuestionType.QUANTITY, question, question, finding, finding)


@pytest.fixture
def scripted(library: Library) -> Scripted:
    return Scripted(library)


def serve(assistant: Answering, path: Path) -> Iterator[TestClient]:
    """A client of the app over a new store in that folder. What the server raises becomes its answer."""
    store = open_store(f"sqlite:///{path / 'yiyang.db'}")
    with TestClient(create_app(assistant, store), raise_server_exceptions=False) as client:
        yield client
    store.close()


def assert_shape(value: dict[str, Any], fields: dict[str, Any]) -> None:
    """These fields and no others, each of its type or of one of its types."""
    assert set(value) == set(fields)
    for name, kind in fields.items():
        assert isinstance(value[name], kind), name


def assert_verbatim(client: TestClient, citation: dict[str, Any]) -> None:
    """The quotation stands in the text of its document at the places given, and what is marked lies within it."""
    text = client.get(f"/api/v1/documents/{citation['document_id']}/text").content.decode()
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert sha256(text.encode()).hexdigest() == citation["document_sha256"]
    for start, end in citation["highlights"]:
        assert citation["start"] <= start < end <= citation["end"]


def assert_problem(response: Any, code: str) -> dict[str, Any]:
    """A problem of RFC 9457 of that code, in Chinese, under the id of the request; gives it back."""
    status, title, _ = KINDS[code]
    assert response.headers["content-type"] == MEDIA_TYPE
    problem: dict[str, Any] = response.json()
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "code", "instance"}
    assert problem["instance"] == f"urn:yiyang:request:{response.headers['x-request-id']}"
    assert (problem["code"], problem["status"], response.status_code) == (code, status, status)
    assert (problem["type"], problem["title"]) == (f"urn:yiyang:problem:{code}", title)
    assert any("一" <= character <= "鿿" for character in problem["detail"])
    return problem
