"""How often was tried what may be tried so many times only: counters for `limits` that a restart does not reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from limits.storage import Storage
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from web.store.database import Database, in_utc
from web.store.tables import attempts


class Attempts(Storage):
    """Counters in fixed windows. Keys are kept hashed: they hold names and addresses of people."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more within the window of `expiry` seconds; returns how many there are now."""
        try:
            return self._incr(_hash(key), expiry, amount)
        except IntegrityError:  # another server began the window at the same moment
            return self._incr(_hash(key), expiry, amount)

    def _incr(self, key: str, expiry: int, amount: int) -> int:
        now = datetime.now(UTC)
        mine = attempts.c.key == key
        with self._database.writing() as connection:
            connection.execute(delete(attempts).where(attempts.c.expires_at <= now))
            more = update(attempts).where(mine).values(count=attempts.c.count + amount)
            if connection.execute(more).rowcount == 0:
                row = {"key": key, "count": amount, "expires_at": now + timedelta(seconds=expiry)}
                connection.execute(insert(attempts), row)
            return int(connection.execute(select(attempts.c.count).where(mine)).scalar_one())

    def get(self, key: str) -> int:
        found = self._row(key)
        return 0 if found is None else found[0]

    def get_expiry(self, key: str) -> float:
        """Seconds since the epoch at which the window ends; now where none is open."""
        found = self._row(key)
        return (datetime.now(UTC) if found is None else found[1]).timestamp()

    def check(self) -> bool:
        self._database.ping()
        return True

    def reset(self) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(attempts)).rowcount

    def clear(self, key: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(attempts).where(attempts.c.key == _hash(key)))

    def _row(self, key: str) -> tuple[int, datetime] | None:
        query = select(attempts.c.count, attempts.c.expires_at).where(attempts.c.key == _hash(key))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None or in_utc(row.expires_at) <= datetime.now(UTC):
            return None
        return row[0], in_utc(row[1])


def _hash(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
