"""How much memory this process has, as Linux tells it."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from pathlib import Path

from fastapi.dependencies import models

_ROLLUP = Path("/proc/self/smaps_rollup")


def proportional_bytes(rollup: Path = _ROLLUP) -> int | None:
    """Proportional set size: a page that n processes share counts 1/n in each. None where the system does not say."""
    try:
        lines = rollup.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)


def give_back() -> None:
    """Free what nothing refers to any more, and return to the system what the allocator holds on to."""
    _forget_endpoints()
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)


def _forget_endpoints() -> None:
    """FastAPI remembers of every endpoint what kind of function it is, and so keeps it, and the library it is over."""
    for each in vars(models).values():
        if forget := getattr(each, "cache_clear", None):
            forget()
