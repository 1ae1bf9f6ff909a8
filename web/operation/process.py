"""One process that answers: it listens at once, opens the index, then serves, and renews what it serves."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import structlog
import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from web.operation.connection import BoundedConnection
from web.operation.metrics import Metrics
from web.operation.serving import Serving
from web.operation.starting import starting_app
from web.settings import Settings

if TYPE_CHECKING:
    from web.operation.opening import Opened, Opener
    from web.operation.renewal import Renewal

GRACE = 5
"""Seconds that requests in progress have to finish in when the server is told to stop."""
TRIES_EVERY = 5.0
"""Seconds until an index that could not be opened is tried again, by a process that takes the place of another."""
_log = structlog.get_logger(__name__)


def server_config(app: Callable[..., object], settings: Settings, *, is_factory: bool = False) -> uvicorn.Config:
    """How uvicorn serves in every process. Its logs go where ours go; the access log is our own."""
    return uvicorn.Config(
        app,
        factory=is_factory,
        workers=settings.workers,
        lifespan="off",
        http=BoundedConnection,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )


class Server(uvicorn.Server):
    """Told to stop, it lets requests in progress finish; told again, it leaves at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        for each in HANDLED_SIGNALS:
            signal.signal(each, signal.SIG_DFL)


class House:
    """What a process serves: a page that says that it is starting, then the app over the index, then the next one.

    ready is called once, when the index answers; failed whenever it cannot be opened before that, with a message in
    Chinese: it is tried again until `close`. Both are called in another thread.
    """

    def __init__(self, settings: Settings, ready: Callable[[], None], failed: Callable[[str], None]) -> None:
        self._settings, self._ready, self._failed = settings, ready, failed
        self._metrics = Metrics()
        self.serving = Serving(starting_app(self._metrics, settings.log_addresses))
        self._opener: Opener | None = None
        self._renewal: Renewal | None = None
        self._is_ready, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)

    def open(self) -> None:
        """Open the index in the background."""
        self._thread.start()

    def wait(self) -> None:
        """Until the index answers."""
        self._is_ready.wait()

    def tell(self) -> None:
        """Open the index anew. May be called by a signal's handler."""
        if self._renewal is not None:
            self._renewal.tell()

    def close(self) -> None:
        """Give back what was opened; what is being opened is left to the end of the process."""
        self._closed.set()
        if self._renewal is not None:
            self._renewal.stop()
            self._thread.join(timeout=GRACE)
        if self._opener is not None:
            self._opener.close()

    def _run(self) -> None:
        # slow to import, and the page that says so is there already
        from web.operation.opening import Opener
        from web.operation.renewal import Renewal

        self._opener = Opener(self._settings, self._metrics)
        opened = self._opened(self._opener)
        if opened is None:
            return
        self.serving.app = opened.app
        self._renewal = Renewal(self._settings.home, opened, self.serving, self._opener.open, self._metrics)
        _log.info("ready", index=opened.version)
        self._is_ready.set()
        self._ready()
        self._renewal.run()

    def _opened(self, opener: Opener) -> Opened | None:
        """The first app; None where the house was closed before."""
        from web.operation.opening import CannotOpen

        while not self._closed.is_set():
            try:
                return opener.open()
            except CannotOpen as error:
                self._failed(str(error))
            except Exception:  # the outer boundary of this thread
                _log.exception("the index cannot be opened")
                self._failed("服务无法启动，原因见日志。")
            self._closed.wait(TRIES_EVERY)
        return None


def reload_when_told(house: House) -> None:
    """SIGHUP opens the index anew; in a terminal it says, as ever, that the terminal is gone."""
    if not is_at_terminal():
        signal.signal(signal.SIGHUP, lambda number, frame: house.tell())


def is_at_terminal() -> bool:
    """Whether a person started this, and not a service manager."""
    return sys.stdin is not None and sys.stdin.isatty()


def serve_alone(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> str:
    """Serve in this process until told to stop; returns why the index could not be opened, empty where it could."""
    failures: list[str] = []

    def failed(message: str) -> None:
        failures.append(message)
        server.should_exit = True

    house = House(settings, ready, failed)
    server = Server(server_config(house.serving, settings))
    reload_when_told(house)
    for each in HANDLED_SIGNALS:
        signal.signal(each, _stopped)
    house.open()
    server.run(sockets=[listener])
    house.close()
    return failures[0] if failures else ""


def _stopped(number: int, frame: FrameType | None) -> None:
    """What uvicorn hands a signal back to once it has shut down: nothing is left to do but to leave in order."""
