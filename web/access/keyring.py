"""The keys that were shown lately. Argon2 is asked once for each; after that a keyed digest is compared."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from time import monotonic

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from cachetools import TTLCache

from web.store.keys import TOKEN, Key, Keys, UnknownKey

MOST = 4096
"""Keys remembered."""
REMEMBERED = 3600.0
"""Seconds after which a secret is checked against its hash again."""
READ_AGAIN = 5.0
"""Seconds after which a key is read again: as long at most does one that was revoked go on working."""
AT_ONCE = 2
"""Secrets checked at the same time: each takes 19 MiB and 20 ms of one core."""


class KeyRing:
    """Tells keys by their tokens. Lives in one event loop. timer: seconds, from any moment on."""

    def __init__(self, keys: Keys, timer: Callable[[], float] = monotonic) -> None:
        self._keys = keys
        self._pepper = secrets.token_bytes(32)
        self._digests: TTLCache[str, bytes] = TTLCache(MOST, REMEMBERED, timer=timer)
        self._read: TTLCache[str, Key] = TTLCache(MOST, READ_AGAIN, timer=timer)
        self._checking = CapacityLimiter(AT_ONCE)

    async def recognise(self, token: str) -> Key | None:
        """The key of a token that was checked before; None where it must be checked."""
        said = TOKEN.fullmatch(token)
        digest = self._digests.get(said[1]) if said else None
        if said is None or digest is None or not hmac.compare_digest(digest, self._digest(token)):
            return None
        if (key := self._read.get(said[1])) is not None:
            return key
        try:
            key = await run_sync(self._keys.find, said[1])
        except UnknownKey:  # it was deleted
            self._digests.pop(said[1], None)
            return None
        self._read[key.key_id] = key
        return key

    async def check(self, token: str) -> Key:
        """The key of a token. Slow. Raises UnknownKey."""
        key = await run_sync(self._keys.check, token, limiter=self._checking)
        self._digests[key.key_id] = self._digest(token)
        self._read[key.key_id] = key
        return key

    def _digest(self, token: str) -> bytes:
        return hmac.digest(self._pepper, token.encode(), "sha256")
