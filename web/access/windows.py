"""So many requests a minute, counted in a moving window: by the library `limits`, in memory or in Redis."""

from __future__ import annotations

import logging
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import time
from typing import Any

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

MOST_MOMENTS = 200_000
"""Requests remembered in memory, all windows together: 50 MB at worst, when each is of another address."""
PATIENCE = 0.3
"""Seconds that Redis has for an answer."""
RETRY = 10.0
"""Seconds for which memory counts after Redis has failed, before it is tried again."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: reset is in how many whole seconds the next request becomes free again."""

    limit: int
    remaining: int
    reset: int
    granted: bool = True


class Windows:
    """Moving windows of a minute, under names. For one event loop.

    redis_url: empty to count in memory. clock: Unix time in seconds, for windows in memory. Raises ValueError, in
    Chinese, where there is no client for Redis or its address is none.
    """

    def __init__(self, redis_url: str = "", clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._memory = MovingWindowRateLimiter(BoundedMemory(clock))
        self._redis = _in_redis(redis_url) if redis_url else None
        self._memory_until = 0.0

    async def take(self, name: str, per_minute: int, cost: int = 1) -> Allowance:
        """Use up cost requests, all or none; granted says which."""

        async def hit(windows: MovingWindowRateLimiter) -> Allowance:
            item = RateLimitItemPerMinute(per_minute)
            granted = await windows.hit(item, name, cost=cost)
            return await self._left(windows, item, name, granted)

        return await self._counted(hit)

    async def look(self, name: str, per_minute: int) -> Allowance:
        """What is left, with nothing used up; granted where that is anything."""

        async def see(windows: MovingWindowRateLimiter) -> Allowance:
            item = RateLimitItemPerMinute(per_minute)
            return await self._left(windows, item, name, await windows.test(item, name))

        return await self._counted(see)

    async def _left(
        self, windows: MovingWindowRateLimiter, item: RateLimitItemPerMinute, name: str, granted: bool
    ) -> Allowance:
        reset_at, remaining = await windows.get_window_stats(item, name)
        return Allowance(item.amount, max(0, remaining), max(1, ceil(reset_at - self._clock())), granted)

    async def _counted(self, count: Callable[[MovingWindowRateLimiter], Any]) -> Allowance:
        """In Redis where it answers, else in memory: a server that counts for itself is better than one that fails."""
        if self._redis is None or self._clock() < self._memory_until:
            allowance: Allowance = await count(self._memory)
            return allowance
        try:
            allowance = await count(self._redis)
        except _failures(self._redis) as error:
            _log.warning("Redis does not answer (%s); limits are counted in memory", type(error).__name__)
            self._memory_until = self._clock() + RETRY
            allowance = await count(self._memory)
        return allowance


class BoundedMemory(MemoryStorage):
    """Moments of requests by window, the oldest windows forgotten where there are too many.

    The library's own storage in memory is not bounded, goes through all windows again and again, each in a thread, and
    takes its time from the system.
    """

    STORAGE_SCHEME: list[str] = []  # noqa: RUF012  # as the library declares it; this one is not chosen by URL

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._moments: OrderedDict[str, array[float]] = OrderedDict()
        self._total = 0

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Note amount requests now, unless limit would be passed within expiry seconds."""
        moments, now = self._fresh(key, expiry), self._clock()
        if len(moments) + amount > limit:
            return False
        moments.extend([now] * amount)
        self._moments[key] = moments
        self._moments.move_to_end(key)
        self._total += amount
        while self._total > MOST_MOMENTS:
            self._total -= len(self._moments.popitem(last=False)[1])
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest request in the window was made, or now; and how many there are."""
        moments = self._fresh(key, expiry)
        return (moments[0] if moments else self._clock()), len(moments)

    def _fresh(self, key: str, expiry: int) -> array[float]:
        """The moments of a window, those before it dropped; they ascend."""
        moments = self._moments.get(key)
        if moments is None:
            return array("d")
        stale = bisect_right(moments, self._clock() - expiry)
        if stale:
            del moments[:stale]
            self._total -= stale
        if not moments:
            del self._moments[key]
        return moments


def _in_redis(url: str) -> MovingWindowRateLimiter:
    try:
        storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix="yiyang",
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
        )
    except Exception as error:  # whose words repeat the address, password and all
        raise ValueError(
            f"YIYANG_REDIS_URL 无法使用（{type(error).__name__}）。应形如 redis://:密码@主机:6379/0，"
            "密码中的 @ : / 等符号要写成 %40 %3A %2F。"
        ) from error
    return MovingWindowRateLimiter(storage)


def _failures(windows: MovingWindowRateLimiter) -> tuple[type[Exception], ...]:
    kinds = windows.storage.base_exceptions
    return (*kinds, OSError) if isinstance(kinds, tuple) else (kinds, OSError)
