"""Where uploads are read and publications carried out: one thread, one thing after another, over the tables.

The tables say what is to be done, so nothing is lost when the server stops; what was being done then is found at the
next start as cut off. Of several servers over one home one works, the first to take the lock.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time

from filelock import FileLock, Timeout

from index.switching import finish_switch
from web.admin.work.candidate import read_candidate, serves
from web.admin.work.children import Child, ChildFailed, GivenUp, run_child
from web.admin.work.folders import Folders
from web.admin.work.publishing import Publishing
from web.store import Store
from web.store.audit import Action
from web.store.publications import Publication, State
from web.store.uploads import Upload, UploadState

_LOOKS_EVERY = 2.0
"""Seconds between two looks for work that another server was given."""
_AFTER_A_FAULT = 5.0
"""Seconds until it goes on after a fault: the database may be away, or the disk full."""
_READING = 300
"""Seconds that reading an upload may take, its reader's own limits apart."""
_LEFT_OVER = 6 * 3600
"""Seconds after which a file that was never received whole is swept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, and what it is called in the log."""

    name: str
    do: Callable[[], None]


class Workshop:
    """The one that works. Outlives reloads of the app; start it once, close it at the end."""

    def __init__(self, home: Path, store: Store, encoder: str = "", gold: Path | None = None) -> None:
        self.folders = Folders(home)
        self._store = store
        self._publishing = Publishing(home, store, encoder, gold, self._goes_on)
        self._stopping, self._wanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="workshop", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wanted.set()

    def close(self) -> None:
        """Stop; what is being done is cut off, and found so at the next start."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._guarded(Task("taking turns", self._take_turn))
            self._stopping.wait(_LOOKS_EVERY)

    def _take_turn(self) -> None:
        self.folders.root.mkdir(parents=True, exist_ok=True)
        with suppress(Timeout), FileLock(self.folders.root / ".lock").acquire(timeout=0):
            self._work()

    def _work(self) -> None:
        """With the lock held: first what was cut off, then whatever comes. A fault cuts off what it meets."""
        is_settled = False
        while not self._stopping.is_set():
            task = self._next() if is_settled else Task("recovery", self._recover)
            if task is not None:
                is_settled = self._guarded(task)
                continue
            self._wanted.wait(_LOOKS_EVERY)
            self._wanted.clear()

    def _guarded(self, task: Task) -> bool:
        """The outer boundary of the thread: a fault of one task must not end it. Whether there was none."""
        try:
            task.do()
        except Exception:
            log.exception("%s failed", task.name)
            self._stopping.wait(_AFTER_A_FAULT)
            return False
        return True

    def _next(self) -> Task | None:
        try:
            if (upload := self._store.uploads.next_queued()) is not None:
                return Task("reading an upload", lambda: self._read(upload))
            if (publication := self._store.publications.next_queued()) is not None:
                return Task("publishing", lambda: self._publishing.carry_on(publication))
        except Exception:  # the database may be away for a while
            log.exception("looking for work failed")
        return None

    def _read(self, upload: Upload) -> None:
        uploads = self._store.uploads
        if not uploads.move(upload.id, (UploadState.QUEUED,), UploadState.READING):
            return
        asked = self.folders.reading_of(upload)
        child = Child(("web.admin.work.receiving", asked), _READING)
        to, message = UploadState.READY, ""
        try:
            run_child(child, lambda stage, done, total: None, self._goes_on)
        except GivenUp:
            to = UploadState.INTERRUPTED
        except ChildFailed as failure:
            to, message = UploadState.FAILED, str(failure)
            if failure.complaints:
                log.warning("reading upload %s: %s", upload.id, failure.complaints)
        uploads.move(upload.id, (UploadState.READING,), to, message=message)

    def _recover(self) -> None:
        finish_switch(self.folders.home)
        self._store.uploads.interrupt()
        for publication in self._store.publications.running():
            self._settle(publication)
        self._sweep()

    def _settle(self, publication: Publication) -> None:
        """What a stop cut off: done where its candidate serves, else interrupted. What is served is whole."""
        candidate = read_candidate(self.folders.publication(publication.id))
        is_switched = publication.state is State.SWITCHING and candidate is not None
        if is_switched and candidate is not None and serves(self.folders.home, candidate):
            self._publishing.settle(publication, candidate)
        else:
            moved = self._store.publications.move(publication.id, (publication.state,), State.INTERRUPTED)
            if not moved:
                self._store.publications.move(publication.id, (publication.state,), State.CANCELLED)
                self._store.audit.record(publication.account, Action.CANCELLED, publication.title)

    def _sweep(self) -> None:
        """Folders of what is over, and files that never came whole."""
        open_ones = {each.id for each in self._store.publications.open()}
        for folder in self.folders.publications():
            if folder.name not in open_ones:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self.folders.unfinished():
            if folder.stat().st_mtime < time() - _LEFT_OVER:
                shutil.rmtree(folder, ignore_errors=True)
