"""How long conversations are kept: by the server itself, and by the command."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, update

from tests.conftest import REPOSITORY
from tests.postgres import database_url as database_url
from tests.postgres import store as store
from tests.scripted import ANSWER
from web.settings import Settings
from web.store import Store
from web.store.conversations import UnknownConversation
from web.store.retention import BATCH, Retention, forget
from web.store.tables import conversations, feedback, turns

NOW = datetime.now(UTC)


def asked(store: Store, *days_ago: float) -> str:
    """The id of a conversation with a turn for each of these."""
    conversation: str | None = None
    for days in days_ago:
        conversation, answer_id = store.conversations.record(replace(ANSWER, question=str(days)), "v1", conversation)
        store.verdicts.add(answer_id, "up")
        with store.database.writing() as connection:
            moment = NOW - timedelta(days=days)
            connection.execute(update(turns).where(turns.c.id == answer_id).values(created_at=moment))
    assert conversation is not None
    with store.database.writing() as connection:
        began = update(conversations).where(conversations.c.id == conversation)
        connection.execute(began.values(created_at=NOW - timedelta(days=days_ago[0])))
    return conversation


def left(store: Store) -> tuple[int, int, int]:
    """How many conversations, turns and verdicts there are."""
    with store.database.reading() as connection:
        counted = [
            connection.scalar(select(func.count()).select_from(each)) for each in (conversations, turns, feedback)
        ]
    return counted[0] or 0, counted[1] or 0, counted[2] or 0


def test_what_nobody_has_gone_on_with_is_deleted_whole(store: Store) -> None:
    old, recent = asked(store, 200, 190), asked(store, 3)
    gone_on_with = asked(store, 400, 1)
    assert forget(store.database, NOW - timedelta(days=180)) == 1
    assert left(store) == (2, 3, 3)
    with pytest.raises(UnknownConversation):
        store.conversations.turns(old)
    assert len(store.conversations.turns(recent)) == 1
    assert len(store.conversations.turns(gone_on_with)) == 2


def test_the_day_itself_stays(store: Store) -> None:
    asked(store, 10)
    assert forget(store.database, NOW - timedelta(days=10)) == 0
    assert forget(store.database, NOW - timedelta(days=10) + timedelta(seconds=1)) == 1
    assert left(store) == (0, 0, 0)


def test_more_than_a_batch_is_deleted_while_others_write(store: Store) -> None:
    with store.database.writing() as connection:
        rows = [{"id": f"{number:032}", "created_at": NOW - timedelta(days=300)} for number in range(2 * BATCH + 5)]
        connection.execute(conversations.insert(), rows)
    kept = asked(store, 1)
    assert forget(store.database, NOW - timedelta(days=180)) == 2 * BATCH + 5
    assert len(store.conversations.turns(kept)) == 1


@pytest.mark.parametrize(("days", "remain"), [(180, 1), (1000, 2), (0, 2)])
def test_the_server_forgets_by_itself(database_url: str, store: Store, days: int, remain: int) -> None:
    asked(store, 365)
    asked(store, 1)
    retention = Retention(database_url, days)
    retention.start()
    until = monotonic() + 10
    while left(store)[0] != remain and monotonic() < until:
        sleep(0.05)
    retention.stop()
    assert left(store)[0] == remain


def test_a_database_that_is_away_does_not_end_the_server() -> None:
    retention = Retention("postgresql://nobody@127.0.0.1:1/none", 180)
    retention.start()
    sleep(0.3)
    retention.stop()


def test_half_a_year_is_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YIYANG_KEEP_DAYS", raising=False)
    assert Settings().keep_days == 180
    monkeypatch.setenv("YIYANG_KEEP_DAYS", "0")
    assert Settings().keep_days == 0


def run(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web", "forget", *arguments],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "YIYANG_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_says_how_many(store: Store, database_url: str) -> None:
    asked(store, 100)
    asked(store, 100, 99)
    asked(store, 1)
    day = (NOW - timedelta(days=50)).date().isoformat()
    done = run("--before", day, url=database_url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "已删除 2 段对话。\n", "")
    assert left(store)[0] == 1


def test_the_command_tells_of_a_database_that_is_away() -> None:
    done = run("--before", "2026-01-01", url="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("无法连接数据库 127.0.0.1:1/none")
    assert "Traceback" not in done.stderr
