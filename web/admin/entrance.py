"""Who is let in: names, passwords, and how often they may be tried."""

from __future__ import annotations

import unicodedata
from time import time

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from web.admin.passwords import matches, refreshed
from web.store import Store
from web.store.accounts import LONGEST_NAME, Account
from web.store.audit import NOBODY, Action

PER_ACCOUNT = RateLimitItemPerMinute(5, 15)
"""Failures for one name from one address: five in a quarter of an hour."""
PER_ADDRESS = RateLimitItemPerMinute(30, 15)
"""Tries from one address, whatever the names: an office shares one."""


class NotLetIn(Exception):
    """Not let in; the message is for the person who tried, in Chinese. retry_after: seconds, 0 where at once."""

    def __init__(self, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadName(ValueError):
    """A name that no account can have; the message is in Chinese."""


def clean_name(name: str) -> str:
    """The name of an account as it is kept. Raises BadName."""
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise BadName(f"账号名应为 1 至 {LONGEST_NAME} 个可见字符")
    return plain


class Entrance:
    """Lets people in and out, and writes down who came and who was refused."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._limiter = FixedWindowRateLimiter(store.attempts)

    def enter(self, name: str, password: str, address: str) -> str:
        """The token of a new session. Raises NotLetIn: an unknown name, a wrong password and a disabled account get the
        same answer after the same work."""
        plain = unicodedata.normalize("NFC", name).strip()
        keys = ("sign-in", plain, address)
        self._count(keys, address)
        # a name that no account can have is not asked for: PostgreSQL takes no NUL
        account = self._store.accounts.named(plain) if plain.isprintable() else None
        is_right = matches(password, account.password_hash if account else None)
        if account is None or account.disabled or not is_right:
            self._note_refusal(account, address)
            raise NotLetIn("账号或密码不对。")
        if (newer := refreshed(password, account.password_hash)) is not None:
            self._store.accounts.rehash(account.id, newer)
        self._limiter.clear(PER_ACCOUNT, *keys)
        self._store.audit.record(account.name, Action.SIGNED_IN, f"来自 {address}")
        return self._store.sessions.open(account.id)

    def _count(self, keys: tuple[str, ...], address: str) -> None:
        """Counted before the password is looked at, so that trying many at once gains nothing; by address first: one
        that is refused leaves no counter behind for each name that it makes up."""
        tried = ((PER_ADDRESS, ("sign-in", address)), (PER_ACCOUNT, keys))
        for limit, identifiers in tried:
            if not self._limiter.hit(limit, *identifiers):
                wait = max(1, int(self._limiter.get_window_stats(limit, *identifiers).reset_time - time()))
                raise NotLetIn(f"登录尝试过多，请 {-(-wait // 60)} 分钟后再试。", wait)

    def _note_refusal(self, account: Account | None, address: str) -> None:
        """Never what was typed for a name that is none: it may be a password in the wrong box."""
        who = f"账号「{account.name}」{'（已停用）' if account.disabled else ''}" if account else "不存在的账号"
        self._store.audit.record(NOBODY, Action.SIGN_IN_FAILED, f"{who}，来自 {address}")
