"""The database behind the store: SQLite in WAL mode unless told otherwise, PostgreSQL by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select


class Database:
    """An engine, and one writer at a time where the engine knows no better. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all that is written inside is kept, or none of it."""
        with self._writing, self.engine.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Raises sqlalchemy's OperationalError where the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Connect, and bring the tables up to date."""
    from web.migrations import upgrade

    engine = create_engine(url, **_options(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    upgrade(engine)
    return Database(engine)


def in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone; they were written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _options(url: str) -> dict[str, Any]:
    return {} if make_url(url).get_backend_name() == "sqlite" else {"pool_pre_ping": True}


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
