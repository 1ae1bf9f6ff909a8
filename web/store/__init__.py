"""What the server keeps: one room a kind of thing, all in one database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from web.store.conversations import Conversations
from web.store.database import Database, open_database


@dataclass(frozen=True)
class Store:
    """The rooms of a database. Close it when done."""

    database: Database

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.database)

    def ping(self) -> None:
        """Raises sqlalchemy's OperationalError where the database does not answer."""
        self.database.ping()

    def close(self) -> None:
        self.database.close()


def open_store(url: str) -> Store:
    """Connect, bring the tables up to date, and hand out the store."""
    return Store(open_database(url))
