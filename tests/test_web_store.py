"""The store: migrations, turns in order, feedback, several threads at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from assistant.answers import Answer, QuestionType, Status
from web.migrations import upgrade
from web.store import Store, open_store
from web.store.conversations import HISTORY, UnknownAnswer, UnknownConversation
from web.store.tables import metadata

ANSWER = Answer(Status.ANSWERED, QuestionType.QUANTITY, "那护士呢？", "医务室配几名护士？", "1名。", "1名。")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "一个 100% 文件夹" / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    path.parent.mkdir()
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_migrations_make_the_tables_that_the_store_uses(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_opening_needs_nothing_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = open_store("sqlite:///here.db")
    opened.ping()
    opened.close()
    assert (tmp_path / "here.db").exists()


def test_sqlite_writes_ahead_and_keeps_foreign_keys(store: Store, path: Path) -> None:
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    with store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_turn_is_kept_with_everything_said_of_it(store: Store, path: Path) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    kept = rows(
        path,
        "SELECT id, conversation_id, position, question, interpreted_question, status, question_type, index_version"
        " FROM turns",
    )
    assert kept == [
        (answer_id, conversation_id, 0, ANSWER.question, ANSWER.interpreted_question, "answered", "quantity", "v1")
    ]
    assert rows(path, "SELECT id FROM conversations") == [(conversation_id,)]


def test_turns_are_read_back_in_order_the_latest_ones(store: Store) -> None:
    conversation_id, _ = store.conversations.record(replace(ANSWER, question="0"), "v1")
    for number in range(1, HISTORY + 3):
        store.conversations.record(replace(ANSWER, question=str(number)), "v1", conversation_id)
    store.conversations.record(replace(ANSWER, question="in another conversation"), "v1")
    questions = [turn.question for turn in store.conversations.turns(conversation_id)]
    assert questions == [str(number) for number in range(3, HISTORY + 3)]


@pytest.mark.parametrize("conversation_id", ["0" * 32, "", "' OR 1=1 --"])
def test_an_unknown_conversation_is_told_apart_from_an_empty_one(store: Store, conversation_id: str) -> None:
    store.conversations.record(ANSWER, "v1")
    with pytest.raises(UnknownConversation):
        store.conversations.turns(conversation_id)


def test_it_survives_being_closed_and_opened(store: Store, path: Path) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    store.close()
    again = open_store(f"sqlite:///{path}")
    assert [turn.answer_id for turn in again.conversations.turns(conversation_id)] == [answer_id]
    again.close()


def test_feedback_belongs_to_an_answer(store: Store, path: Path) -> None:
    _, answer_id = store.conversations.record(ANSWER, "v1")
    up = store.conversations.add_feedback(answer_id, "up")
    down = store.conversations.add_feedback(answer_id, "down", "不是我要的条款")
    kept = rows(path, "SELECT id, answer_id, verdict, reason FROM feedback ORDER BY rowid")
    assert kept == [(up, answer_id, "up", None), (down, answer_id, "down", "不是我要的条款")]
    with pytest.raises(UnknownAnswer):
        store.conversations.add_feedback("0" * 32, "up")


def test_threads_write_at_the_same_time_without_losing_a_turn(store: Store, path: Path) -> None:
    conversation_id, _ = store.conversations.record(ANSWER, "v1")
    with ThreadPoolExecutor(8) as pool:
        kept = [*pool.map(lambda _: store.conversations.record(ANSWER, "v1", conversation_id), range(200))]
    assert len({answer_id for _, answer_id in kept}) == 200
    positions = rows(path, "SELECT position FROM turns ORDER BY position")
    assert [position for (position,) in positions] == [*range(201)]
