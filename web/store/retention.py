"""How long conversations are kept."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from time import sleep

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.exc import SQLAlchemyError

from web.store.database import Database, DatabaseUnavailable, open_database
from web.store.tables import conversations, turns
from web.store.wechat import WeChat

BATCH = 200
"""Conversations deleted in one transaction."""
PAUSE = 0.05
"""Seconds between two batches, in which others write."""
EVERY = timedelta(days=1)
AFTER_A_FAULT = timedelta(minutes=10)
_log = structlog.get_logger(__name__)


def forget(database: Database, before: datetime) -> int:
    """Delete the conversations in which nothing was asked since; with them go their turns and what was said of those.

    Returns how many there were. Whatever was deleted when this is cut off stays so, whole.
    """
    since = exists().where(turns.c.conversation_id == conversations.c.id, turns.c.created_at >= before)
    old = select(conversations.c.id).where(conversations.c.created_at < before, ~since).limit(BATCH)
    forgotten = 0
    while True:
        with database.writing() as connection:
            ids = connection.scalars(old.with_for_update(skip_locked=True)).all()
            connection.execute(delete(conversations).where(conversations.c.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < BATCH:
            return forgotten
        sleep(PAUSE)


class Retention:
    """Forgets what is older than `days` at once and then once a day, in a thread of its own; 0 days keeps for good.

    It opens the database for itself, so that one process does this however many answer.
    """

    def __init__(self, url: str, days: int) -> None:
        self._url, self._days = url, days
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once what is being deleted is deleted."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        wait = timedelta(0)
        while not self._stopped.wait(wait.total_seconds()):
            try:
                self._forget()
                wait = EVERY
            except (SQLAlchemyError, DatabaseUnavailable) as error:
                _log.warning("old conversations could not be deleted", error=type(error).__name__)
                wait = AFTER_A_FAULT

    def _forget(self) -> None:
        now = datetime.now(UTC)
        database = open_database(self._url)
        try:
            WeChat(database).forget(now)
            if self._days and (forgotten := forget(database, now - timedelta(days=self._days))):
                _log.info("old conversations deleted", conversations=forgotten, days=self._days)
        finally:
            database.close()
