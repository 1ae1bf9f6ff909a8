"""What the server keeps: one room a kind of thing, all in one database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from web.store.accounts import Accounts
from web.store.attempts import Attempts
from web.store.audit import Audit
from web.store.conversations import Conversations
from web.store.database import Database, open_database
from web.store.history import History
from web.store.keys import Keys
from web.store.publications import Publications
from web.store.queue import Queue
from web.store.sessions import Sessions
from web.store.trials import Trials
from web.store.uploads import Uploads
from web.store.usage import Usage
from web.store.verdicts import Verdicts
from web.store.wechat import WeChat


@dataclass(frozen=True)
class Store:
    """The rooms of a database. Close it when done."""

    database: Database

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.database)

    @cached_property
    def history(self) -> History:
        return History(self.database)

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self.database)

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.database)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.database)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.database)

    @cached_property
    def attempts(self) -> Attempts:
        return Attempts(self.database)

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self.database)

    @cached_property
    def publications(self) -> Publications:
        return Publications(self.database)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.database)

    @cached_property
    def wechat(self) -> WeChat:
        return WeChat(self.database)

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.database)

    @cached_property
    def trials(self) -> Trials:
        return Trials(self.database)

    @cached_property
    def usage(self) -> Usage:
        return Usage(self.database)

    def ping(self) -> None:
        """Raises sqlalchemy's OperationalError where the database does not answer."""
        self.database.ping()

    def close(self) -> None:
        self.database.close()


def open_store(url: str) -> Store:
    """Connect, bring the tables up to date, and hand out the store. Raises DatabaseUnavailable."""
    return Store(open_database(url))
