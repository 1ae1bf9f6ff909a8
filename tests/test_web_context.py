"""What a conversation is taken up from: the articles cited are kept with each turn, and stop counting after a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, update

from assistant.pipeline import Assistant
from tests.postgres import database_url as database_url
from tests.postgres import store as store
from web.asking import Desk
from web.migrations import upgrade
from web.store import Store, open_store
from web.store.conversations import CONTEXT
from web.store.tables import turns

DOCTORS = "养老机构内设医务室至少配几名医生？"
WHOLE = "原文给我看看"


def age(store: Store, by: timedelta) -> None:
    """Make every turn older."""
    with store.database.writing() as connection:
        connection.execute(update(turns).values(created_at=datetime.now(UTC) - by))


def test_what_was_cited_survives_a_restart(database_url: str, store: Store, assistant: Assistant) -> None:
    first = Desk(assistant, store).ask(DOCTORS)
    reopened = open_store(database_url)
    (turn,) = reopened.conversations.turns(first.conversation_id)
    assert turn.said.cited == (("changning-2025-2", "2.1.2"),)
    again = Desk(assistant, reopened).ask(WHOLE, first.conversation_id)
    assert again.answer.citations[0].citation.article_id == "2.1.2"
    reopened.close()


@pytest.mark.parametrize(
    ("by", "leans"), [(CONTEXT - timedelta(minutes=1), True), (CONTEXT + timedelta(minutes=1), False)]
)
def test_a_turn_can_be_leaned_on_for_a_while_only(
    by: timedelta, leans: bool, store: Store, assistant: Assistant
) -> None:
    desk = Desk(assistant, store)
    first = desk.ask(DOCTORS)
    age(store, by)
    follow_up = desk.ask("那护士呢？", first.conversation_id)
    assert ("医务室" in follow_up.answer.interpreted_question) is leans
    assert len(store.conversations.turns(first.conversation_id)) == 2


def test_a_conversation_from_before_the_column_is_read_on(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    upgrade(engine, "0001")
    moment, filters = datetime.now(UTC).isoformat(sep=" "), '{"region": null, "document_ids": null, "as_of": null}'
    row = f"'{'t' * 32}', '{'c' * 32}', 0, '{DOCTORS}', '{DOCTORS}', 'answered', 'quantity', 'v1', '{filters}', 3"
    with engine.begin() as old:
        old.exec_driver_sql(f"INSERT INTO conversations VALUES ('{'c' * 32}', '{moment}')")
        old.exec_driver_sql(f"INSERT INTO turns VALUES ({row}, '{moment}')")
    engine.dispose()
    opened = open_store(database_url)
    (turn,) = opened.conversations.turns("c" * 32)
    assert (turn.said.question, turn.said.cited) == (DOCTORS, ())
    opened.close()
