"""The desk: a question asked in its conversation and recorded. Also the scripted assistant that other web tests use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

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
from corpus.library import Library, UnknownDocument
from web.asking import Desk
from web.store import Store, open_store
from web.store.conversations import CONTEXT, HISTORY, UnknownAnswer, UnknownConversation
from web.store.tables import turns

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
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    yield opened
    opened.close()


@pytest.fixture
def scripted(library: Library) -> Scripted:
    return Scripted(library)


@pytest.fixture
def desk(scripted: Scripted, store: Store) -> Desk:
    return Desk(scripted, store)


def test_a_first_question_opens_a_conversation_without_history(desk: Desk, scripted: Scripted) -> None:
    asked = desk.ask(DOCTORS)
    assert scripted.heard == [(DOCTORS, (), Filters(), 3)]
    assert len(asked.conversation_id) == len(asked.answer_id) == 32
    assert asked.index_version == "scripted-1"
    assert asked.elapsed_ms > 0


def test_a_follow_up_is_asked_with_the_questions_as_understood(desk: Desk, scripted: Scripted) -> None:
    first = desk.ask(DOCTORS)
    second = desk.ask(NURSES, first.conversation_id)
    third = desk.ask(VAGUE, first.conversation_id)
    assert second.conversation_id == third.conversation_id == first.conversation_id
    heard = [tuple(turn.question for turn in history) for _, history, _, _ in scripted.heard]
    assert heard == [(), (DOCTORS,), (DOCTORS, NURSES_IN_FULL)]
    assert scripted.heard[1][1] == (Said.of(first.answer),)


def test_history_is_bounded_and_keeps_the_latest(desk: Desk, scripted: Scripted) -> None:
    conversation = desk.ask("问题0").conversation_id
    for number in range(1, HISTORY + 5):
        desk.ask(f"问题{number}", conversation)
    heard = [turn.question for turn in scripted.heard[-1][1]]
    assert heard == [f"问题{number}" for number in range(4, HISTORY + 4)]


def test_filters_and_limit_are_handed_on(desk: Desk, scripted: Scripted) -> None:
    filters = Filters(region="上海市长宁区", document_ids=("changning-2025-2",))
    desk.ask(DOCTORS, filters=filters, limit=7)
    assert scripted.heard == [(DOCTORS, (), filters, 7)]


def test_unknown_ids_are_refused_before_anything_is_asked(desk: Desk, scripted: Scripted) -> None:
    with pytest.raises(UnknownConversation):
        desk.ask(DOCTORS, "0" * 32)
    with pytest.raises(UnknownDocument):
        desk.ask(DOCTORS, filters=Filters(document_ids=("nowhere-1",)))
    assert scripted.heard == []


def test_a_fault_leaves_no_turn_behind(desk: Desk) -> None:
    conversation = desk.ask(DOCTORS).conversation_id
    with pytest.raises(RuntimeError):
        desk.ask(FAULT, conversation)
    assert [turn.question for turn in desk.store.conversations.turns(conversation)] == [DOCTORS]


def test_a_conversation_recalled_gives_the_same_answers(desk: Desk) -> None:
    first = desk.ask(DOCTORS)
    second = desk.ask(NURSES, first.conversation_id)
    recalled = desk.recall(first.conversation_id)
    assert [each.answer for each in recalled] == [first.answer, second.answer]
    assert [each.answer_id for each in recalled] == [first.answer_id, second.answer_id]


def test_a_conversation_recalled_keeps_its_filters(desk: Desk, scripted: Scripted) -> None:
    filters = Filters("上海市长宁区", ("changning-2025-2",), date(2026, 1, 2))
    first = desk.ask(DOCTORS, filters=filters, limit=2)
    desk.recall(first.conversation_id)
    assert scripted.heard[-1] == (DOCTORS, (), filters, 2)


def test_an_answer_is_given_again_by_its_id(desk: Desk, scripted: Scripted) -> None:
    first = desk.ask(DOCTORS)
    second = desk.ask(NURSES, first.conversation_id, Filters("上海市"))
    again = desk.answered(second.answer_id)
    assert (again.answer, again.filters) == (second.answer, second.filters)
    assert (again.conversation_id, again.answer_id) == (first.conversation_id, second.answer_id)
    assert scripted.heard[-1][1] == (Said.of(first.answer),)
    with pytest.raises(UnknownAnswer):
        desk.answered("0" * 32)


def test_a_conversation_of_yesterday_is_not_leaned_on_and_says_so(desk: Desk, scripted: Scripted) -> None:
    first = desk.ask(DOCTORS)
    assert not first.lapsed
    assert not desk.ask(NURSES, first.conversation_id).lapsed
    long_ago = datetime.now(UTC) - CONTEXT - timedelta(minutes=1)
    with desk.store.database.writing() as connection:
        connection.execute(update(turns).values(created_at=long_ago))
    asked = desk.ask(NURSES, first.conversation_id)
    assert asked.lapsed
    assert scripted.heard[-1][1] == ()
