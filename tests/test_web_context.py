"""What a conversation is taken up from: the articles cited are kept with each turn, and stop counting after a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import web.migrations as migrations
from assistant.pipeline import Assistant
from web.asking import Desk
from web.store import Store, open_store
from web.store.conversations import CONTEXT

DOCTORS = "养老机构内设医务室至少配几名医生？"
WHOLE = "原文给我看看"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def age(path: Path, by: timedelta) -> None:
    """Make every turn older."""
    with sqlite3.connect(path) as connection:
        moment = (datetime.now(UTC) - by).replace(tzinfo=None)
        connection.execute("UPDATE turns SET created_at = ?", (moment.isoformat(sep=" "),))


def test_what_was_cited_survives_a_restart(path: Path, store: Store, assistant: Assistant) -> None:
    first = Desk(assistant, store).ask(DOCTORS)
    reopened = open_store(f"sqlite:///{path}")
    (turn,) = reopened.conversations.turns(first.conversation_id)
    assert turn.said.cited == (("changning-2025-2", "2.1.2"),)
    again = Desk(assistant, reopened).ask(WHOLE, first.conversation_id)
    assert again.answer.citations[0].citation.article_id == "2.1.2"
    reopened.close()


@pytest.mark.parametrize(
    ("by", "leans"), [(CONTEXT - timedelta(minutes=1), True), (CONTEXT + timedelta(minutes=1), False)]
)
def test_a_turn_can_be_leaned_on_for_a_while_only(
    by: timedelta, leans: bool, path: Path, store: Store, assistant: Assistant
) -> None:
    desk = Desk(assistant, store)
    first = desk.ask(DOCTORS)
    age(path, by)
    follow_up = desk.ask("那护士呢？", first.conversation_id)
    assert ("医务室" in follow_up.answer.interpreted_question) is leans
    assert len(store.conversations.turns(first.conversation_id)) == 2


def test_a_conversation_from_before_the_column_is_read_on(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(path) as old:
        moment = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
        old.execute("INSERT INTO conversations VALUES (?, ?)", ("c" * 32, moment))
        filters = '{"region": null, "document_ids": null, "as_of": null}'
        row = ("t" * 32, "c" * 32, 0, DOCTORS, DOCTORS, "answered", "quantity", "v1", filters, 3, moment)
        old.execute(f"INSERT INTO turns VALUES ({','.join('?' * len(row))})", row)
    opened = open_store(f"sqlite:///{path}")
    (turn,) = opened.conversations.turns("c" * 32)
    assert (turn.said.question, turn.said.cited) == (DOCTORS, ())
    opened.close()
