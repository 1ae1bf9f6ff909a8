"""Keys of programs: what they may do, how much, until when, and how much each has asked.

A key is `yy_<id>_<secret>`. The id is public: it finds the key and names it in lists. Of the secret only an Argon2id
hash is kept, so that a copy of the database opens nothing. Days are those of Beijing, where the users are.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from web.beijing import BEIJING, day_of
from web.store.database import Database, in_utc
from web.store.tables import key_usage, keys

SCOPES = {
    "ask": "提问、输入提示、评价回答",
    "search": "检索条目",
    "documents": "读文件、条目、硬性要求，核对引文",
    "batch": "批量提问",
    "export": "导出全部条目",
    "metrics": "读运行指标",
}
"""What a key can be allowed, with what that is."""
PER_MINUTE = 600
"""Requests a minute of a key for which nothing else was said."""
MOST_PER_MINUTE = 100_000
MOST_PER_DAY = 1_000_000_000
LONGEST_NAME = 80
"""Characters."""
USE_NOTED = timedelta(minutes=1)
"""How far last_used_at may lag behind: it is written at most that often."""
# The id, of 48 random bits, then the secret, of 192.
TOKEN = re.compile(r"yy_([0-9a-f]{12})_[0-9a-f]{48}", re.ASCII)
# OWASP's least for Argon2id. Guessing at 192 random bits is hopeless at any cost: a dearer hash would only slow down
# those who hold a key.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

Standing = Literal["valid", "expired", "revoked"]


class UnknownKey(LookupError):
    """No key has this id, or its secret is another."""


class InvalidKey(ValueError):
    """A key cannot be made like that; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret.

    scopes        some of SCOPES, in their order
    per_minute    requests a minute at most
    per_day       requests a day at most; None where there is no limit
    expires_on    the last day on which it is valid; None where it does not expire
    last_used_at  up to USE_NOTED behind
    """

    key_id: str
    name: str
    scopes: tuple[str, ...]
    per_minute: int
    per_day: int | None
    created_at: datetime
    expires_on: date | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def standing(self, today: date) -> Standing:
        """Whether it opens anything on a day of Beijing."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_on is not None and today > self.expires_on else "valid"


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """Requests of a key on a day of Beijing."""

    day: date
    requests: int


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Keys:
    """The keys of a database. Safe to use from several threads and processes. clock: the time, with its zone."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database, self._clock = database, clock
        self._count = _counting(database.engine.dialect.name)

    def create(
        self,
        name: str,
        scopes: Iterable[str],
        expires_on: date | None = None,
        per_minute: int = PER_MINUTE,
        per_day: int | None = None,
    ) -> tuple[Key, str]:
        """A new key and its token, which is told here and never again. Raises InvalidKey."""
        name, asked_for = name.strip(), frozenset(scopes)
        _check(name, asked_for, per_minute, per_day)
        moment = self._clock()
        if expires_on is not None and expires_on < day_of(moment):
            raise InvalidKey("失效日期已经过去，请填今天或以后的日期。")
        key_id = secrets.token_hex(6)
        token = f"yy_{key_id}_{secrets.token_hex(24)}"
        granted = tuple(scope for scope in SCOPES if scope in asked_for)
        key = Key(key_id, name, granted, per_minute, per_day, moment, expires_on, None, None)
        row = {
            "id": key_id,
            "name": name,
            "secret_hash": _HASHER.hash(token),
            "scopes": list(granted),
            "per_minute": per_minute,
            "per_day": per_day,
            "created_at": moment,
            "expires_on": expires_on,
        }
        with self._database.writing() as connection:
            connection.execute(insert(keys), row)
        return key, token

    def all(self) -> tuple[Key, ...]:
        """Every key ever made, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created_at.desc(), keys.c.id)).all()
        return tuple(_key(row) for row in rows)

    def find(self, key_id: str) -> Key:
        """Raises UnknownKey."""
        return _key(self._row(key_id))

    def check(self, token: str) -> Key:
        """The key that a token is, expired and revoked ones too. Takes some 20 ms. Raises UnknownKey."""
        said = TOKEN.fullmatch(token)
        if said is None:
            raise UnknownKey
        row = self._row(said[1])
        try:
            _HASHER.verify(row.secret_hash, token)
        except VerifyMismatchError:
            raise UnknownKey(said[1]) from None
        return _key(row)

    def revoke(self, key_id: str) -> Key:
        """From now on it opens nothing; revoking it again changes nothing. Raises UnknownKey."""
        mark = update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=self._clock())
        with self._database.writing() as connection:
            connection.execute(mark)
        return self.find(key_id)

    def count(self, key: Key, requests: int = 1) -> int | None:
        """Add to the requests of today; returns their number, or None, with nothing added, where that is too many.

        Exact over all processes: the database adds and compares in one statement.
        """
        moment, most = self._clock(), key.per_day or MOST_PER_DAY
        if requests > most:
            return None
        added = {"key": key.key_id, "on": day_of(moment), "more": requests, "most": most}
        with self._database.writing() as connection:
            total: int | None = connection.execute(self._count, added).scalar()
            if total is not None and _is_noted_late(key.last_used_at, moment):
                connection.execute(_note_use(key.key_id, moment))
        return total

    def usage(self, key_id: str, days: int) -> tuple[DayOfUse, ...]:
        """The requests of the last so many days, today last, days without any too. Raises UnknownKey."""
        today = day_of(self._clock())
        since = today - timedelta(days=days - 1)
        used = select(key_usage.c.day, key_usage.c.requests).where(
            key_usage.c.key_id == self.find(key_id).key_id, key_usage.c.day >= since
        )
        with self._database.reading() as connection:
            counts = {row.day: row.requests for row in connection.execute(used)}
        each = (since + timedelta(days=number) for number in range(days))
        return tuple(DayOfUse(day, counts.get(day, 0)) for day in each)

    def today(self) -> date:
        return day_of(self._clock())

    def seconds_left_today(self) -> int:
        """Whole seconds until midnight in Beijing, when counts begin anew; at least 1."""
        moment = self._clock().astimezone(BEIJING)
        midnight = datetime.combine(moment.date() + timedelta(days=1), time.min, BEIJING)
        return max(1, ceil((midnight - moment).total_seconds()))

    def _row(self, key_id: str) -> Row[Any]:
        with self._database.reading() as connection:
            row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
        if row is None:
            raise UnknownKey(key_id)
        return row


def _check(name: str, scopes: frozenset[str], per_minute: int, per_day: int | None) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidKey(f"请给密钥起一个 1 至 {LONGEST_NAME} 字的名称，例如使用它的单位或程序。")
    if not scopes or not scopes <= SCOPES.keys():
        raise InvalidKey(f"权限应为下列一项或几项：{'、'.join(SCOPES)}。")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise InvalidKey(f"每分钟次数应在 1 至 {MOST_PER_MINUTE} 之间。")
    if per_day is not None and not 1 <= per_day <= MOST_PER_DAY:
        raise InvalidKey(f"每日次数应在 1 至 {MOST_PER_DAY} 之间；不限时不填。")


def _key(row: Row[Any]) -> Key:
    return Key(
        row.id,
        row.name,
        tuple(row.scopes),
        row.per_minute,
        row.per_day,
        in_utc(row.created_at),
        row.expires_on,
        in_utc(row.revoked_at) if row.revoked_at else None,
        in_utc(row.last_used_at) if row.last_used_at else None,
    )


def _counting(dialect: str) -> Any:
    """Add :more to the requests of :key on :on unless they would pass :most; gives their number, or no row."""
    insertion = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insertion(key_usage).values(
        key_id=bindparam("key"), day=bindparam("on"), requests=bindparam("more", type_=key_usage.c.requests.type)
    )
    total = key_usage.c.requests + statement.excluded.requests
    return statement.on_conflict_do_update(
        index_elements=[key_usage.c.key_id, key_usage.c.day],
        set_={"requests": total},
        where=total <= bindparam("most", type_=key_usage.c.requests.type),
    ).returning(key_usage.c.requests)


def _is_noted_late(noted: datetime | None, moment: datetime) -> bool:
    return noted is None or noted <= moment - USE_NOTED


def _note_use(key_id: str, moment: datetime) -> Any:
    """Once for all who were late at the same time."""
    late = or_(keys.c.last_used_at.is_(None), keys.c.last_used_at <= moment - USE_NOTED)
    return update(keys).where(keys.c.id == key_id, late).values(last_used_at=moment)
