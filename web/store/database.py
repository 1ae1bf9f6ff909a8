"""The database behind the store: SQLite in WAL mode unless told otherwise, PostgreSQL by its URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from alembic.util import CommandError
from filelock import Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

_ALONE = 0x7969_616C_6F6E
"""Names transactions that go on alone among PostgreSQL's advisory locks: «yialon» in ASCII."""
CONNECTS_WITHIN = 5
"""Seconds in which PostgreSQL has to answer."""
# The first one counts for the second already: two processes may open a fresh database at once. The last one writes over
# what is deleted wherever that costs no further page.
_PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=FAST")
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_EXAMPLES = "例如 postgresql://用户:密码@主机:5432/库名，或 sqlite:////目录/yiyang.db"


class DatabaseUnavailable(ValueError):
    """A database that cannot be opened as it is set; the message says what to do, in Chinese."""


class Database:
    """An engine, and one writer at a time where the engine knows no better. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._writing = Lock() if self._is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[Connection]:
        """One transaction: all that is written inside is kept, or none of it.

        alone: no other of these goes on meanwhile, so that what is found missing first is still missing when it is
        added. On SQLite every one is alone.
        """
        with self._writing, self.engine.begin() as connection:
            if self._is_sqlite:  # else what is read first may be out of date when it is written by: «locked»
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif alone:
                connection.execute(select(func.pg_advisory_xact_lock(_ALONE)))
            yield connection

    def ping(self) -> None:
        """Raises sqlalchemy's OperationalError where the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Connect, and bring the tables up to date. Several processes may do so at once. Raises DatabaseUnavailable."""
    from web.migrations import upgrade

    engine = _engine(_address(url))
    _keep_private(engine.url)
    try:
        upgrade(engine)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError | CommandError | OSError):
            raise DatabaseUnavailable(_why(error, engine.url)) from error
        raise
    return Database(engine)


def in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone; they were written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnavailable(f"YIYANG_DATABASE_URL 不是数据库地址，{_EXAMPLES}。") from error
    address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
    if address.drivername.split("+")[0] not in ("sqlite", "postgresql"):
        raise DatabaseUnavailable(f"YIYANG_DATABASE_URL 只能是 PostgreSQL 或 SQLite 的地址，{_EXAMPLES}。")
    return address


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, hide_parameters=True)
            event.listen(engine, "connect", _set_up_sqlite)
            return engine
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": CONNECTS_WITHIN}
        )
    except (NoSuchModuleError, ArgumentError) as error:
        raise DatabaseUnavailable(f"YIYANG_DATABASE_URL 不是数据库地址，{_EXAMPLES}。") from error
    except ModuleNotFoundError as error:
        raise DatabaseUnavailable("没有安装 PostgreSQL 的驱动，请运行 pip install 'yiyang[postgresql]'。") from error


def _keep_private(url: URL) -> None:
    """A file that is not there yet is made for its owner alone, for it holds what people ask. SQLite gives the files
    that it puts beside it the same mode, and says itself what is wrong with a place where none can be made."""
    path = url.database or ""
    if url.get_backend_name() == "sqlite" and path not in ("", ":memory:") and not path.startswith("file:"):
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _why(error: Exception, url: URL) -> str:
    """What is wrong, without the password of the URL."""
    if isinstance(error, CommandError):
        return "数据库由更新的版本建立，请使用同一版本的程序，或换一个数据库。"
    if isinstance(error, Timeout):
        return "另一个进程正在更新数据库，等候超时，请稍后重试。"
    if url.get_backend_name() == "sqlite":
        reason = getattr(error, "orig", None) or error
        return f"无法打开数据库文件 {url.database}（{reason}）。请检查目录是否存在、可否写入、磁盘是否已满。"
    place = f"{url.host or '本机'}:{url.port or 5432}/{url.database or ''}"
    if isinstance(error, DBAPIError) and not isinstance(error, OperationalError):
        return f"数据库 {place} 无法更新（{str(error.orig).splitlines()[0]}）。请检查用户是否有建表的权限。"
    return f"无法连接数据库 {place}。请检查 YIYANG_DATABASE_URL 中的地址、用户、密码和库名，以及数据库是否已启动。"


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
