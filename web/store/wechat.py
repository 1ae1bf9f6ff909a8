"""Which conversation a WeChat user is in, and which answer each message got, for all processes alike.

Users and messages are kept by hashes that only this server can make: the database names nobody.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from web.store.conversations import CONTEXT
from web.store.database import Database, in_utc
from web.store.tables import wechat_messages, wechat_signatures, wechat_users

REMEMBERED = timedelta(minutes=1)
"""How long a message is known again: the platform delivers it three times within fifteen seconds."""
SIGNED = timedelta(minutes=11)
"""How long a signature is known again: longer than it is fresh."""
GIVEN_UP = timedelta(seconds=10)
"""How long after a process took a message another one may: the first has died."""


def pseudonym(secret: bytes, *words: str) -> str:
    """64 hexadecimal digits, the same for the same words and secret, from which nobody gets back to the words."""
    return hmac.new(secret, "\0".join(words).encode("utf-8", "surrogatepass"), sha256).hexdigest()


class WeChat:
    """Users and messages, by their pseudonyms; times are given, in UTC. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def conversation_of(self, user: str, now: datetime) -> str | None:
        """The conversation that a user was in less than CONTEXT ago."""
        recent = (wechat_users.c.user == user) & (wechat_users.c.used_at > now - CONTEXT)
        with self._database.reading() as connection:
            return connection.scalar(select(wechat_users.c.conversation_id).where(recent))

    def enter(self, user: str, conversation_id: str, now: datetime) -> None:
        """The user is in this conversation from now on. Of two messages at once either's will do."""
        place = {"conversation_id": conversation_id, "used_at": now}
        with suppress(IntegrityError), self._database.writing() as connection:
            known = update(wechat_users).where(wechat_users.c.user == user)
            if not connection.execute(known.values(**place)).rowcount:
                connection.execute(insert(wechat_users), {"user": user, **place})

    def forget(self, now: datetime) -> None:
        """Those who have not asked for CONTEXT are nobody's business any more."""
        with self._database.writing() as connection:
            connection.execute(delete(wechat_users).where(wechat_users.c.used_at <= now - CONTEXT))
            connection.execute(delete(wechat_signatures).where(wechat_signatures.c.seen_at <= now - SIGNED))

    def first_use(self, signature: str, message: str, now: datetime) -> tuple[str, datetime]:
        """The message that a signature came with first, and when: to whichever process."""
        known = wechat_signatures.c.signature == signature
        wanted = select(wechat_signatures.c.message, wechat_signatures.c.seen_at).where(known)
        with suppress(IntegrityError), self._database.writing() as connection:  # another process may be as quick
            connection.execute(delete(wechat_signatures).where(wechat_signatures.c.seen_at <= now - SIGNED))
            if connection.execute(wanted).first() is None:
                use = {"signature": signature, "message": message, "seen_at": now}
                connection.execute(insert(wechat_signatures), use)
        with self._database.reading() as connection:
            first = connection.execute(wanted).one()
        return first.message, in_utc(first.seen_at)

    def take(self, message: str, now: datetime) -> bool:
        """Whether the message is the caller's to answer; another process has it, or had it, where not."""
        with self._database.writing() as connection:
            old = wechat_messages.c.taken_at <= now - REMEMBERED
            stuck = (
                (wechat_messages.c.message == message)
                & wechat_messages.c.answer_id.is_(None)
                & (wechat_messages.c.taken_at <= now - GIVEN_UP)
            )
            connection.execute(delete(wechat_messages).where(old | stuck))
        try:
            with self._database.writing() as connection:
                connection.execute(insert(wechat_messages), {"message": message, "taken_at": now})
        except IntegrityError:
            return False
        return True

    def answered(self, message: str, answer_id: str) -> None:
        """The message got this answer."""
        with self._database.writing() as connection:
            own = wechat_messages.c.message == message
            connection.execute(update(wechat_messages).where(own).values(answer_id=answer_id))

    def leave(self, message: str) -> None:
        """The message could not be answered: its next delivery may fare better."""
        with self._database.writing() as connection:
            connection.execute(delete(wechat_messages).where(wechat_messages.c.message == message))

    def answer_of(self, message: str) -> str | None:
        """The id of the answer that a message got; None as long as it has none. Raises KeyError where it was left."""
        wanted = select(wechat_messages.c.answer_id).where(wechat_messages.c.message == message)
        with self._database.reading() as connection:
            rows: Sequence[str | None] = connection.scalars(wanted).all()
        if not rows:
            raise KeyError(message)
        return rows[0]
