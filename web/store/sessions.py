"""Sessions of those who have signed in. Only the hash of a session's token is kept, so a copy of the database opens
no door; deleting a row ends the session at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, or_, select, update

from web.store.database import Database, in_utc
from web.store.tables import accounts, sessions

LONGEST = timedelta(hours=8)
"""A working day: after that one signs in again, however busy."""
IDLE = timedelta(minutes=60)
"""A counter left alone for longer is somebody else's."""
_NOTED_EVERY = timedelta(minutes=1)
"""last_seen_at is not written more often."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. id is the SHA-256 of the token, 64 hexadecimal digits; account is the account's name."""

    id: str
    account_id: str
    account: str
    expires_at: datetime


class Sessions:
    """The sessions that are open. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, account_id: str) -> str:
        """Begin a session; returns the token for the cookie. What has run out is swept."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = {
            "id": _hash(token),
            "account_id": account_id,
            "created_at": now,
            "last_seen_at": now,
            "expires_at": now + LONGEST,
        }
        with self._database.writing() as connection:
            over = or_(sessions.c.expires_at <= now, sessions.c.last_seen_at <= now - IDLE)
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), row)
        return token

    def find(self, token: str, *, renew: bool = True) -> Session | None:
        """The session of a token; None where it is over or its account is disabled.

        renew: whether somebody uses it, which is noted, so that it goes on; a page that asks by itself does not.
        """
        now, wanted = datetime.now(UTC), _hash(token)
        columns = (sessions, accounts.c.name)
        query = select(*columns).join(accounts).where(sessions.c.id == wanted, accounts.c.disabled_at.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None or in_utc(row.expires_at) <= now or in_utc(row.last_seen_at) <= now - IDLE:
            return None
        if renew and in_utc(row.last_seen_at) <= now - _NOTED_EVERY:
            with self._database.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.id == wanted).values(last_seen_at=now))
        return Session(row.id, row.account_id, row.name, in_utc(row.expires_at))

    def close(self, session_id: str) -> None:
        """End a session; one that is over already is no error."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.id == session_id))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
