"""The store, on SQLite and on PostgreSQL: migrations, turns in order, feedback, several threads and processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Table, create_engine, delete, inspect, select, text
from sqlalchemy.exc import IntegrityError

from assistant.answers import Filters
from tests.conftest import REPOSITORY
from tests.postgres import USER, cluster
from tests.postgres import database_url as database_url
from tests.postgres import store as store
from tests.scripted import ANSWER
from web.migrations import upgrade
from web.settings import Settings
from web.store import Store, open_store
from web.store.conversations import HISTORY, UnknownAnswer, UnknownConversation
from web.store.database import DatabaseUnavailable, open_database
from web.store.publications import Kind, UnderWay
from web.store.secret import LENGTH, NAME, SecretError, server_secret
from web.store.tables import conversations, feedback, metadata, turns
from web.store.verdicts import UnknownFeedback


def rows(store: Store, table: Table, *columns: str) -> Sequence[Any]:
    """The rows of a table, oldest first, as plain tuples."""
    chosen = [table.c[column] for column in columns]
    with store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*chosen).order_by(table.c.created_at))]


def at_once(count: int, code: str, *arguments: str) -> list[str]:
    """What each of several processes prints that run the same code at the same time."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * count, said
    return [out.strip() for out, _ in said]


# Opening


def test_the_migrations_make_the_tables_that_the_store_uses(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_needs_nothing_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = open_store("sqlite:///here.db")
    opened.ping()
    opened.close()
    assert (tmp_path / "here.db").exists()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "一个 100% 文件夹"
    folder.mkdir()
    opened = open_store(f"sqlite:///{folder / 'store.db'}")
    opened.ping()
    opened.close()


def test_sqlite_writes_ahead_and_keeps_foreign_keys(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with opened.database.engine.connect() as connection:
        pragmas = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == ["wal", 1, 1, 5000]
    opened.close()


def test_what_people_ask_is_for_the_owner_of_the_file_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    store = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    store.conversations.record(ANSWER, "v1")
    os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("yiyang.db*") if path.suffix != ".lock"}
    assert modes == {"yiyang.db": 0o600, "yiyang.db-wal": 0o600, "yiyang.db-shm": 0o600}
    store.close()


def test_of_several_who_want_to_change_a_document_at_once_one_may(store: Store) -> None:
    together = Barrier(8)

    def ask(number: int, document_id: str) -> bool:
        together.wait()
        try:
            store.publications.add(f"{document_id}{number:030}", Kind.WITHDRAW, document_id, "通知", "王芳")
        except UnderWay:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for document_id in ("a", "b", "c", "d", "e"):
            assert sum(pool.map(ask, range(8), [document_id] * 8)) == 1


def test_postgresql_is_reached_by_psycopg_whatever_the_url_calls_it() -> None:
    url = cluster().database()
    for scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        opened = open_store(url.replace("postgresql", scheme, 1))
        assert opened.database.engine.driver == "psycopg"
        opened.close()


SECRET = "geheim-4711"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("", "不是数据库地址"),
        ("yiyang.db", "不是数据库地址"),
        ("mysql://db/x", "只能是 PostgreSQL 或 SQLite"),
        (f"postgresql://a:{SECRET}@db:port/x", "不是数据库地址"),
        (f"postgresql://a:{SECRET}@127.0.0.1:1/x", "无法连接数据库 127.0.0.1:1/x"),
        ("sqlite:////nowhere/at/all/x.db", "无法打开数据库文件 /nowhere/at/all/x.db"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_chinese(url: str, named: str) -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        open_store(url)
    assert named in str(raised.value)
    assert SECRET not in str(raised.value)


def test_a_wrong_password_is_told_without_it() -> None:
    url = cluster().database().replace(cluster().password, SECRET)
    with pytest.raises(DatabaseUnavailable, match="用户、密码") as raised:
        open_store(url)
    assert SECRET not in str(raised.value)


def test_a_user_without_rights_is_told() -> None:
    url = cluster().database()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE reader_of_{engine.url.database} LOGIN PASSWORD '{SECRET}'"))
    engine.dispose()
    reader = url.replace(f"{USER}:{cluster().password}", f"reader_of_{engine.url.database}:{SECRET}")
    with pytest.raises(DatabaseUnavailable, match="建表的权限") as raised:
        open_store(reader)
    assert SECRET not in str(raised.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("这不是数据库。" * 500)
    with pytest.raises(DatabaseUnavailable, match=r"无法打开数据库文件 .*store\.db"):
        open_store(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_database_of_a_newer_program_is_told_and_left_alone(store: Store, database_url: str) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="更新的版本"):
        open_database(database_url)
    with store.database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


# The first opening, by several at once or cut off

_OPEN = """
import sys
from web.store import open_store
store = open_store(sys.argv[1])
store.ping()
store.close()
print("up")
"""


def test_several_servers_open_a_fresh_database_at_once(database_url: str) -> None:
    assert at_once(4, _OPEN, database_url) == ["up"] * 4
    opened = open_store(database_url)
    with opened.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    opened.close()


def test_a_migration_that_is_cut_off_leaves_nothing(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = command.upgrade

    def cut_off(*arguments: Any) -> None:
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", cut_off)
    with pytest.raises(KeyboardInterrupt):
        open_database(database_url)
    monkeypatch.undo()
    opened = open_database(database_url)
    assert "turns" in inspect(opened.engine).get_table_names()
    opened.close()


def test_what_was_kept_survives_the_migrations(database_url: str) -> None:
    """From the first version, in which a conversation had no more than its turns, to the latest."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    upgrade(engine, "0001")
    moment, filters = "2026-01-02 03:04:05", '{"region": null, "document_ids": null, "as_of": null}'
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO conversations VALUES ('{'c' * 32}', '{moment}')"))
        turn = f"'{'t' * 32}', '{'c' * 32}', 0, 'Q', 'Q', 'answered', 'quantity', 'v1', '{filters}', 3, '{moment}'"
        connection.exec_driver_sql(f"INSERT INTO turns VALUES ({turn})")
        connection.execute(text(f"INSERT INTO feedback VALUES ('{'f' * 32}', '{'t' * 32}', 'up', NULL, '{moment}')"))
    engine.dispose()
    again = open_store(database_url)
    assert [turn.question for turn in again.conversations.turns("c" * 32)] == ["Q"]
    assert rows(again, feedback, "id", "answer_id") == [("f" * 32, "t" * 32)]
    again.close()


def test_of_several_verdicts_on_an_answer_the_latest_survives(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    upgrade(engine, "0008")
    verdict = "INSERT INTO feedback (id, answer_id, verdict, reason, created_at) VALUES (:id, :answer, 'up', NULL, :at)"
    said = [("1" * 32, "2026-01-02"), ("1" * 32, "2026-01-04"), ("1" * 32, "2026-01-03"), ("2" * 32, "2026-01-01")]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO conversations (id, created_at) VALUES ('{'c' * 32}', '2026-01-01')")
        for position, answer_id in enumerate(("1" * 32, "2" * 32)):
            connection.exec_driver_sql(
                "INSERT INTO turns (id, conversation_id, position, question, interpreted_question, status,"
                " question_type, index_version, filters, cited, shown_at_most, created_at) VALUES"
                f" ('{answer_id}', '{'c' * 32}', {position}, 'Q', 'Q', 'answered', 'quantity', 'v1', '{{}}', '[]', 3,"
                " '2026-01-01')"
            )
        for number, (answer_id, day) in enumerate(said):
            connection.execute(text(verdict), {"id": f"{number:032}", "answer": answer_id, "at": f"{day} 00:00:00"})
    upgrade(engine)
    query = text("SELECT id, answer_id FROM feedback ORDER BY id")
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            (f"{1:032}", "1" * 32),
            (f"{3:032}", "2" * 32),
        ]
    another = {"id": f"{4:032}", "answer": "1" * 32, "at": "2026-01-05 00:00:00"}
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(verdict), another)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        import_module("web.migrations.versions.v0009_verdicts").downgrade()
    with engine.begin() as connection:
        connection.execute(text(verdict), another)
    (index,) = inspect(engine).get_indexes("feedback")
    assert (index["name"], bool(index["unique"])) == ("ix_feedback_answer_id", False)
    engine.dispose()


# Turns


def test_a_turn_is_kept_with_everything_said_of_it(store: Store) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    names = ("id", "conversation_id", "position", "question", "interpreted_question", "status", "question_type")
    assert rows(store, turns, *names, "index_version") == [
        (answer_id, conversation_id, 0, ANSWER.question, ANSWER.interpreted_question, "answered", "quantity", "v1")
    ]
    assert rows(store, conversations, "id") == [(conversation_id,)]


def test_a_turn_is_read_back_as_it_was_asked(store: Store) -> None:
    filters = Filters("上海市长宁区", ("changning-2025-2",), date(2026, 1, 2))
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1", filters=filters, limit=7)
    (turn,) = store.conversations.turns(conversation_id)
    assert (turn.answer_id, turn.question, turn.filters, turn.limit) == (answer_id, ANSWER.question, filters, 7)
    assert turn.is_recent


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


def test_a_conversation_deleted_meanwhile_takes_no_more_turns(store: Store) -> None:
    conversation_id, _ = store.conversations.record(ANSWER, "v1")
    with store.database.writing() as connection:
        connection.execute(delete(conversations))
    assert rows(store, turns, "id") == []
    with pytest.raises(UnknownConversation):
        store.conversations.record(ANSWER, "v1", conversation_id)
    assert rows(store, turns, "id") == []


def test_it_survives_being_closed_and_opened(store: Store, database_url: str) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    store.close()
    again = open_store(database_url)
    assert [turn.answer_id for turn in again.conversations.turns(conversation_id)] == [answer_id]
    again.close()


def test_an_answer_has_one_verdict_the_latest(store: Store) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    _, other = store.conversations.record(ANSWER, "v1", conversation_id)
    first = store.verdicts.add(answer_id, "down", "不是我要的条款")
    ((at,),) = rows(store, feedback, "created_at")
    assert store.verdicts.add(answer_id, "up") == first
    assert rows(store, feedback, "id", "answer_id", "verdict", "reason") == [(first, answer_id, "up", None)]
    ((later,),) = rows(store, feedback, "created_at")
    assert later > at
    second = store.verdicts.add(other, "down", "不全")
    assert second != first
    given = store.verdicts.of_conversation(conversation_id)
    assert {each: (said.feedback_id, said.verdict, said.reason) for each, said in given.items()} == {
        answer_id: (first, "up", ""),
        other: (second, "down", "不全"),
    }
    with pytest.raises(UnknownAnswer):
        store.verdicts.add("0" * 32, "up")


@pytest.mark.parametrize("words", ["", "0" * 31, "0" * 31 + "\0", "0" * 32 + "\n", "\0", "\ud800", "' OR 1=1 --"])
def test_what_is_no_id_is_unknown_and_never_asked_for(store: Store, words: str) -> None:
    for turns_of in (store.conversations.turns, partial(store.history.find, "x"), partial(store.history.delete, "x")):
        with pytest.raises(UnknownConversation):
            turns_of(words)
    for answer_of in (store.conversations.turns_to, partial(store.verdicts.add, verdict="up")):
        with pytest.raises(UnknownAnswer):
            answer_of(words)
    for verdict_of in (store.verdicts.get, partial(store.verdicts.explain, reason="不全")):
        with pytest.raises(UnknownFeedback):
            verdict_of(words)
    store.verdicts.withdraw(words)
    assert store.verdicts.of_conversation(words) == {}


# At the same time


def test_threads_write_at_the_same_time_without_losing_a_turn(store: Store) -> None:
    conversation_id, _ = store.conversations.record(ANSWER, "v1")
    with ThreadPoolExecutor(8) as pool:
        kept = [*pool.map(lambda _: store.conversations.record(ANSWER, "v1", conversation_id), range(200))]
    assert len({answer_id for _, answer_id in kept}) == 200
    assert sorted(position for (position,) in rows(store, turns, "position")) == [*range(201)]


def test_verdicts_at_the_same_time_are_one(store: Store) -> None:
    for _ in range(5):
        _, answer_id = store.conversations.record(ANSWER, "v1")
        together = Barrier(8)

        def judge(number: int, answer_id: str = answer_id, together: Barrier = together) -> str:
            together.wait()
            return store.verdicts.add(answer_id, "down" if number % 2 else "up", str(number))

        with ThreadPoolExecutor(8) as pool:
            (feedback_id,) = {*pool.map(judge, range(8))}
        verdict = store.verdicts.get(feedback_id)
        assert verdict.verdict == ("down" if int(verdict.reason) % 2 else "up")
    assert len(rows(store, feedback, "id")) == 5


_RECORD = """
import sys
from assistant.answers import Answer, QuestionType, Status
from web.store import open_store
answer = Answer(Status.ANSWERED, QuestionType.QUANTITY, "问", "问", "答", "答")
store = open_store(sys.argv[1])
for _ in range(40):
    store.conversations.record(answer, "v1", sys.argv[2])
store.close()
"""


def test_processes_write_at_the_same_time_without_losing_a_turn(store: Store, database_url: str) -> None:
    conversation_id, _ = store.conversations.record(ANSWER, "v1")
    at_once(3, _RECORD, database_url, conversation_id)
    assert sorted(position for (position,) in rows(store, turns, "position")) == [*range(121)]


def test_readers_are_not_held_up_by_a_writer(store: Store) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    with store.database.writing() as connection:
        connection.execute(delete(turns))
        with ThreadPoolExecutor(1) as pool:
            (turn,) = pool.submit(store.conversations.turns, conversation_id).result(timeout=5)
    assert turn.answer_id == answer_id


# The server's secret

_SECRET = """
import sys
from pathlib import Path
from web.store.secret import server_secret
print(server_secret(Path(sys.argv[1])).hex())
"""


def test_the_secret_is_made_once_however_many_ask_for_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = at_once(4, _SECRET, str(home))
    assert len({*said}) == 1
    assert server_secret(home).hex() == said[0]
    assert len(server_secret(home)) == LENGTH
    assert (home / NAME).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in home.iterdir()} == {NAME, f"{NAME}.lock"}
    assert server_secret(tmp_path / "other") != server_secret(home)


def test_a_secret_half_written_by_a_killed_server_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / f".{NAME}-killed").write_bytes(b"half")
    assert len(server_secret(tmp_path)) == LENGTH
    assert not (tmp_path / f".{NAME}-killed").exists()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (LENGTH + 1)])
def test_a_file_that_is_no_secret_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(SecretError, match="已损坏"):
        server_secret(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretError, match="无法读写"):
        server_secret(tmp_path / "file")


def test_the_account_of_wechat_hashes_with_the_secret_of_the_server(tmp_path: Path) -> None:
    site, token = "https://wen.example.cn", "yiyang2026"
    settings = Settings(home=tmp_path, public_url=site, wechat_token=token, wechat_app_id="wx0123456789abcdef")
    assert settings.wechat is not None
    assert settings.wechat.secret == server_secret(tmp_path)
    assert repr(settings.wechat.secret) not in repr(settings.wechat)
