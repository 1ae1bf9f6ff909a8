"""The store's schema, version by version; brought up to date whenever the store is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, Engine, text

WAITS = 60
"""Seconds that a process waits for another one that is migrating the same SQLite file."""
_LOCK = 0x7969_7961_6E67
"""Names this program's migrations among PostgreSQL's advisory locks: «yiyang» in ASCII."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration up to a revision that the database has not seen, all of them or none.

    Of several processes that do so at once, one does and the others wait. Needs no alembic.ini beside the working
    directory. Raises sqlalchemy's DBAPIError, alembic's CommandError where the database is newer than the program, and
    filelock's Timeout.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process migrates in."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
        return
    with _file_lock(engine.url.database), engine.connect() as connection:
        # A table that is made anew and dropped would take with it what refers to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 begins no transaction for tables
        yield connection
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _file_lock(database: str | None) -> AbstractContextManager[object]:
    """Held while a file is opened for the first time and migrated; a database in memory has one process only.

    A folder that is not there is left to SQLite to complain of: FileLock would make it.
    """
    if not database or database == ":memory:" or database.startswith("file:") or not Path(database).parent.is_dir():
        return nullcontext()
    return FileLock(f"{database}.lock", timeout=WAITS)
