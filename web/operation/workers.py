"""Several processes that answer on one listening socket: uvicorn's supervisor, told how ours start and reload."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from tempfile import TemporaryDirectory
from time import monotonic
from types import FrameType
from typing import NoReturn

import structlog
from prometheus_client.multiprocess import mark_process_dead
from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from web.operation.logs import set_up_logs
from web.operation.metrics import FOLDER
from web.operation.process import GRACE, House, is_at_terminal, reload_when_told, server_config
from web.settings import Settings

PATIENCE = 60
"""Seconds within which a process has to show that it lives; it cannot while it is being started."""
SETTLED = 60.0
"""Seconds after which a worker that ends is no sign that the next one will end as well."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a worker takes the place of one that ended before that; twice as long every time."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Worker:
    """Makes what a worker process serves, in that process. ready is set once any of them has been ready."""

    settings: Settings
    ready: Event

    def __call__(self) -> ASGIApp:
        """The first worker answers at once that the server is starting; a later one listens when it is ready."""
        set_up_logs(self.settings.log)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the supervisor passes it on
        threading.Thread(target=_leave_with_supervisor, daemon=True).start()
        is_first = not self.ready.is_set()
        house = House(self.settings, self.ready.set, _give_up if is_first else _tell_of)
        reload_when_told(house)
        house.open()
        if not is_first:
            house.wait()
        return house.serving


class WorkerProcess(Process):
    """A worker as the supervisor sees it: whether it serves, as it said last, and whether it is to open the index anew
    as soon as it does."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.began_at = monotonic()
        self.serves, self.is_to_reload = False, False
        self._asked_at: float | None = None

    def is_alive(self, timeout: float = PATIENCE) -> bool:
        """Whether it has answered within `timeout` seconds. Never waits for that: uvicorn's own would, all of them, for
        one that has died meanwhile, deaf to the signal that says to stop."""
        if not self.process.is_alive():
            return False
        try:
            while self.parent_conn.poll():
                self.serves = self.parent_conn.recv()
                self._asked_at = None
            if self._asked_at is None:
                self._asked_at = monotonic()
                self.parent_conn.send(b"ping")
        except (OSError, EOFError):
            return False
        return monotonic() - self._asked_at < timeout

    def reload(self) -> None:
        """Where that is wanted. Before it serves, the signal would end it."""
        if self.is_to_reload and self.serves and self.pid is not None:
            self.is_to_reload = False
            os.kill(self.pid, signal.SIGHUP)


class Supervisor(Multiprocess):
    """Starts one worker, the others when that is ready, and another for each that dies; where they die one after
    another, with longer and longer pauses. One that dies before any was ever ready ends the service: nothing is lost.

    SIGHUP has every worker open the index anew; SIGTERM and SIGINT have them finish what they do, and a second one ends
    them at once.
    """

    def __init__(self, config: Config, listener: socket.socket, ready: Event, announce: Callable[[], None]) -> None:
        super().__init__(config, [listener])
        self._ready, self._announce = ready, announce
        self._is_announced = False
        self._pause, self._starts_again_at = 0.0, 0.0
        self.has_failed = False

    def init_processes(self) -> None:
        self._add()

    def keep_subprocess_alive(self) -> None:
        if self.should_exit.is_set():
            return
        for process in [each for each in self._workers if not each.is_alive(PATIENCE)]:
            self._bury(process)
        for process in self._workers:
            process.reload()
        if self._ready.is_set() and monotonic() >= self._starts_again_at:
            self._complete()

    @property
    def _workers(self) -> list[WorkerProcess]:
        return [each for each in self.processes if isinstance(each, WorkerProcess)]

    def _bury(self, process: WorkerProcess) -> None:
        process.kill()  # it may only have stopped answering
        process.join()
        self.processes.remove(process)
        mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
        if not self._ready.is_set():
            self.has_failed = True
            self.should_exit.set()
            if process.exitcode != STARTUP_FAILURE:  # else it has said why
                sys.stderr.write(
                    f"服务进程在启动时异常中止（{_end_of(process)}）。请检查内存是否足够、模型和索引是否完好。\n"
                )
            return
        has_settled = monotonic() - process.began_at >= SETTLED
        self._pause = 0.0 if has_settled else min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self._starts_again_at = monotonic() + self._pause
        _log.warning("a worker ended; another takes its place", worker=process.pid, why=_end_of(process))

    def _complete(self) -> None:
        """Bring the workers up to their number."""
        while len(self.processes) < self.processes_num:
            self._add()
        if not self._is_announced:
            self._is_announced = True
            self._announce()

    def _add(self) -> None:
        process = WorkerProcess(self.config, self.sockets)
        process.start()
        self.processes.append(process)

    def join_all(self) -> None:
        """One that neither finishes nor leaves is ended."""
        for process in self.processes:
            process.process.join(2 * GRACE)
            if process.process.is_alive():
                process.process.kill()
            process.join()

    def terminate_all(self) -> None:
        """Nobody waits at a door behind which nobody is left."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def handle_hup(self) -> None:
        if is_at_terminal():
            self.handle_term()
            return
        for process in self._workers:
            process.is_to_reload = True

    def handle_int(self) -> None:
        self.handle_term()

    def handle_term(self) -> None:
        self.should_exit.set()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._leave_at_once)

    def _leave_at_once(self, number: int, frame: FrameType | None) -> NoReturn:
        for process in self.processes:
            process.process.kill()
        sys.exit(128 + number)


def serve_together(settings: Settings, listener: socket.socket, announce: Callable[[], None]) -> bool:
    """Serve in settings.workers processes until told to stop. False where it cannot begin, as was said by then."""
    if not settings.redis_url:
        _log.warning("without YIYANG_REDIS_URL every worker counts requests for itself", workers=settings.workers)
    with TemporaryDirectory(prefix="yiyang-metrics-") as folder:
        os.environ[FOLDER] = folder
        ready = multiprocessing.get_context("spawn").Event()
        config = server_config(Worker(settings, ready), settings, is_factory=True)
        supervisor = Supervisor(config, listener, ready, announce)
        supervisor.run()
    return not supervisor.has_failed


def _end_of(process: Process) -> str:
    """«SIGKILL», «exit status 1»."""
    code = process.exitcode or 0
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def _give_up(message: str) -> NoReturn:
    """Nothing has been answered yet, so nothing is lost; and a thread can end its process in no other way."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    os._exit(STARTUP_FAILURE)


def _tell_of(message: str) -> None:
    """A worker that takes another's place tries again: the others serve on meanwhile."""
    logging.getLogger(__name__).warning("the index cannot be opened yet: %s", message)


def _leave_with_supervisor() -> None:
    """Nobody would stop or replace this process once its supervisor is gone."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)
