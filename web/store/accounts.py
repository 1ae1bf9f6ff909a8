"""Accounts of those who keep the library. A password is kept as an argon2id hash only, made by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from web.store.database import Database, in_utc
from web.store.tables import accounts, sessions

LONGEST_NAME = 40
"""Characters."""


class AccountTaken(ValueError):
    """There is an account of that name; the message is in Chinese."""


class UnknownAccount(KeyError):
    """There is no account of that name."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who may enter; a disabled account may not, but what it did stays under its name. id: 32 hexadecimal digits."""

    id: str
    name: str
    password_hash: str
    created_at: datetime
    disabled: bool


class Accounts:
    """The accounts by name. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, password_hash: str) -> Account:
        """Raises AccountTaken."""
        account = Account(uuid4().hex, name, password_hash, datetime.now(UTC), disabled=False)
        row = {
            "id": account.id,
            "name": name,
            "password_hash": password_hash,
            "created_at": account.created_at,
            "disabled_at": None,
        }
        try:
            with self._database.writing() as connection:
                connection.execute(insert(accounts), row)
        except IntegrityError:
            raise AccountTaken(f"已有名为「{name}」的账号") from None
        return account

    def named(self, name: str) -> Account | None:
        """The account of that name, disabled ones as well."""
        with self._database.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
        return None if row is None else _account(row)

    def all(self) -> tuple[Account, ...]:
        """Every account, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.created_at, accounts.c.name)).all()
        return tuple(map(_account, rows))

    def any_enabled(self) -> bool:
        """Whether anybody can enter."""
        usable = select(func.count()).select_from(accounts).where(accounts.c.disabled_at.is_(None))
        with self._database.reading() as connection:
            return bool(connection.scalar(usable))

    def rehash(self, account_id: str, password_hash: str) -> None:
        """Keep the same password under newer parameters; sessions go on."""
        with self._database.writing() as connection:
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash))

    def set_password(self, name: str, password_hash: str) -> None:
        """Another password, which ends every session of the account and enables it. Raises UnknownAccount."""
        self._change(name, {"password_hash": password_hash, "disabled_at": None})

    def disable(self, name: str) -> None:
        """Let the account in no more, and end its sessions. Raises UnknownAccount."""
        self._change(name, {"disabled_at": datetime.now(UTC)})

    def _change(self, name: str, values: dict[str, object]) -> None:
        with self._database.writing() as connection:
            account_id = connection.scalar(select(accounts.c.id).where(accounts.c.name == name))
            if account_id is None:
                raise UnknownAccount(name)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))
            connection.execute(delete(sessions).where(sessions.c.account_id == account_id))


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        password_hash=row.password_hash,
        created_at=in_utc(row.created_at),
        disabled=row.disabled_at is not None,
    )
