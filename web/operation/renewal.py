"""Another index, or an office's changed glossary, serves without a restart: noticed or told, opened beside the one that
serves, then put in its place."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter, time

import structlog

from assistant.glossary import OWN
from index.storage import IndexUnavailable, serving
from index.switching import CURRENT
from web.operation.memory import give_back, proportional_bytes
from web.operation.metrics import Metrics
from web.operation.opening import CannotOpen, Opened
from web.operation.serving import Serving

LOOKS_EVERY = 1.0
"""Seconds between two looks at which index serves and at the office's glossary; a look is one stat of each file."""
MEASURES_EVERY = 15.0
"""Seconds between two measurements of memory, each of which walks the process's maps."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
"""Seconds until an index that cannot be opened is tried again; twice as long every time."""
FRESH = 60.0
"""Seconds: a glossary that was changed so shortly before may have been read by the first app as it was before."""
_log = structlog.get_logger(__name__)

Mark = tuple[int, int, int]
"""What tells a file from what it was: inode, size, and nanoseconds of its last change."""


class Renewal:
    """Watches which index serves, in a thread of its own, and lets the app over it serve.

    open_app is called in that thread, while the app before goes on serving; where it raises, that app stays, and it is
    tried again.
    """

    def __init__(
        self, home: Path, first: Opened, serves: Serving, open_app: Callable[[], Opened], metrics: Metrics
    ) -> None:
        self._home, self._serves, self._open_app, self._metrics = home, serves, open_app, metrics
        self._version = first.version
        self._pointer = home / "index" / CURRENT
        self._mark = _mark(self._pointer)
        self._glossary = home / OWN
        self._glossary_mark = _settled(_mark(self._glossary))
        self._try_again_at, self._pause = None if self._is_current() else monotonic(), FIRST_PAUSE
        self._left: weakref.ref[object] | None = None
        self._measured_at = -MEASURES_EVERY
        self._woken, self._told, self._stopped = threading.Event(), False, False

    def run(self) -> None:
        """Until told to stop."""
        while not self._stopped:
            self._measure()
            self._woken.wait(LOOKS_EVERY)
            self._woken.clear()
            if not self._stopped and (self._told or self._is_due()):
                self._told = False
                self._renew()
            self._release()

    def tell(self) -> None:
        """Open anew, whether or not another index serves. May be called by a signal's handler."""
        self._told = True
        self._woken.set()

    def stop(self) -> None:
        self._stopped = True
        self._woken.set()

    def _is_due(self) -> bool:
        mark = _mark(self._pointer)
        if mark != self._mark:
            self._mark, self._try_again_at, self._pause = mark, None, FIRST_PAUSE
            return not self._is_current()
        if _mark(self._glossary) != self._glossary_mark and self._try_again_at is None:
            return True
        return self._try_again_at is not None and monotonic() >= self._try_again_at

    def _is_current(self) -> bool:
        """Whether the index that serves is the one in use, or there is none to take its place."""
        try:
            return serving(self._home)[0] == self._version
        except IndexUnavailable:
            return True

    def _renew(self) -> None:
        began, glossary_mark = perf_counter(), _mark(self._glossary)
        try:
            opened = self._open_app()
        except Exception as error:  # the outer boundary: whatever is wrong with the new one, the old one serves on
            self._try_again_at = monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._metrics.reloaded(succeeded=False)
            why = {"reason": str(error)} if isinstance(error, CannotOpen) else {"exc_info": error}
            _log.warning("another index cannot be opened; the one before serves on", index=self._version, **why)
            return
        self._left = weakref.ref(self._serves.app)
        self._serves.app, self._version, self._glossary_mark = opened.app, opened.version, glossary_mark
        self._try_again_at, self._pause = None, FIRST_PAUSE
        self._metrics.reloaded(succeeded=True)
        _log.info("another index serves", index=opened.version, seconds=round(perf_counter() - began, 2))

    def _release(self) -> None:
        """Give the memory of the app before back, once the last request to it is answered."""
        if self._left is not None:
            give_back()
            self._left = self._left if self._left() else None

    def _measure(self) -> None:
        if monotonic() - self._measured_at >= MEASURES_EVERY and (taken := proportional_bytes()) is not None:
            self._metrics.memory(taken)
            self._measured_at = monotonic()


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _settled(mark: Mark | None) -> Mark | None:
    """The mark of a file; none, so that it is looked at once more, where it was changed just now."""
    return mark if mark is None or mark[2] < (time() - FRESH) * 1e9 else None
