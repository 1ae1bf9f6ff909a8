"""The desk: a question asked in its conversation and recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from assistant.answers import (
    Filters,
)
from assistant.answers import Turn as Said
from corpus.library import UnknownDocument
from tests.scripted import (
    DOCTORS,
    FAULT,
    NURSES,
    NURSES_IN_FULL,
    VAGUE,
    Scripted,
)
from tests.scripted import scripted as scripted
from tests.sqlite import store as store
from web.asking import Desk
from web.store import Store
from web.store.conversations import CONTEXT, HISTORY, UnknownAnswer, UnknownConversation
from web.store.tables import turns


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
