"""What goes wrong around the workshop: the database is away, the disk full. Nothing stays behind half done for ever."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from corpus.library import Library
from index.storage import switch_to
from tests.candidates import home as home
from tests.candidates import revised, text_served
from tests.offices import PASSWORD, SAME_SITE, WHO, sign_in, token_in
from tests.pages import BROWSER
from tests.scripted import Scripted
from web.admin.administration import Administration, administration_of
from web.admin.passwords import hashed
from web.admin.wording import moment
from web.admin.work import publishing, workshop
from web.admin.work.candidate import serves
from web.admin.work.children import Child, ChildFailed, run_child
from web.admin.work.publishing import Publishing
from web.admin.work.telling import FAILED
from web.app import create_app
from web.store import Store, open_store
from web.store.publications import Kind, State
from web.store.uploads import UploadState

AWAY = OperationalError("SELECT 1", None, Exception("the database is away"))
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{home / 'yiyang.db'}")
    opened.accounts.add(WHO, hashed(PASSWORD, WHO))
    yield opened
    opened.close()


@pytest.fixture
def administration(home: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Administration]:
    """Not at work yet; soon patient again after a fault."""
    monkeypatch.setattr(workshop, "_AFTER_A_FAULT", 0.05)
    monkeypatch.setattr(workshop, "_LOOKS_EVERY", 0.05)
    made = administration_of(home, store)
    yield made
    made.close()


@pytest.fixture
def client(library: Library, store: Store, administration: Administration) -> Iterator[TestClient]:
    app = create_app(Scripted(library), store, administration=administration)
    with TestClient(app, headers=BROWSER, follow_redirects=False) as client:
        assert sign_in(client).status_code == 303
        yield client


def until(is_so: Callable[[], bool]) -> None:
    patience = monotonic() + 20
    while not is_so():
        assert monotonic() < patience, "it takes too long"
        sleep(0.02)


def failing(error: Exception, times: int, then: Callable[..., Any]) -> Callable[..., Any]:
    """What raises so many times, and then does what it should."""
    left = [times]

    def call(*given: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return then(*given, **named)

    return call


def test_an_upload_that_a_fault_cut_off_can_be_read_again(
    store: Store, administration: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be «解析中» until the next start of the server, and nobody could do anything about it."""
    monkeypatch.setattr(workshop, "run_child", failing(AWAY, 1, lambda *given: 0))
    store.uploads.add("1" * 32, "通知.txt", 9, WHO)
    administration.start()
    until(lambda: store.uploads.get("1" * 32).state is UploadState.INTERRUPTED)
    assert store.uploads.move("1" * 32, (UploadState.INTERRUPTED,), UploadState.QUEUED)
    until(lambda: store.uploads.get("1" * 32).state is UploadState.READY)


def test_a_publication_that_a_fault_cut_off_can_begin_anew(
    store: Store, administration: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "run_child", failing(AWAY, 1, lambda *given: 0))
    store.publications.add("2" * 32, Kind.WITHDRAW, "daxing-2026-22", "通知", WHO)
    recover, faults = type(store.uploads).interrupt, list[int]()

    def away_once_more(uploads: Any) -> int:  # the first time is the start of the server
        faults.append(len(faults))
        if len(faults) == 2:
            raise AWAY
        return recover(uploads)

    monkeypatch.setattr(type(store.uploads), "interrupt", away_once_more)
    administration.start()
    until(lambda: store.publications.get("2" * 32).state is State.INTERRUPTED)


def test_a_folder_that_cannot_be_written_to_stops_the_workshop_until_it_can(
    home: Path, store: Store, administration: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "run_child", lambda *given: 0)
    (home / "uploads").write_text("in the way")
    administration.start()
    store.uploads.add("1" * 32, "通知.txt", 9, WHO)
    sleep(0.3)
    assert store.uploads.get("1" * 32).state is UploadState.QUEUED
    (home / "uploads").unlink()
    until(lambda: store.uploads.get("1" * 32).state is UploadState.READY)


def test_a_database_that_is_away_for_a_moment_does_not_end_what_is_being_built(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publications.add("2" * 32, Kind.WITHDRAW, "daxing-2026-22", "通知", WHO)
    publication, asked = store.publications.get("2" * 32), list[bool]()

    def looked_at_twice(child: Child, tell: object, is_wanted: Callable[[], bool]) -> NoReturn:
        monkeypatch.setattr(type(store.publications), "get", failing(AWAY, 1, type(store.publications).get))
        asked.extend(is_wanted() for _ in range(2))
        store.publications.cancel("2" * 32)
        asked.append(is_wanted())
        raise ChildFailed("genug")

    monkeypatch.setattr(publishing, "run_child", looked_at_twice)
    Publishing(home, store, "", None, lambda: True).carry_on(publication)
    assert asked == [True, True, False]


def test_a_child_is_listened_to_though_its_progress_cannot_be_kept(tmp_path: Path) -> None:
    """Nobody else reads what it says: it would stand still when the pipe is full, and its reason would be lost."""

    def tell(stage: str, done: int, total: int) -> NoReturn:
        raise AWAY

    missing = {"home": str(tmp_path), "file": str(tmp_path / "通知.txt"), "facts": {}, "report": str(tmp_path / "r")}
    child = Child(("web.admin.work.receiving", json.dumps(missing)), 60)
    with pytest.raises(ChildFailed, match="没有这个文件"):
        run_child(child, tell, lambda: True)


def test_a_child_that_takes_too_much_memory_says_so(tmp_path: Path) -> None:
    greedy = "from web.admin.work.telling import work; work(lambda asked: print(len(bytes(2 << 30))), 1 << 30)"
    with subprocess.Popen(
        [sys.executable, "-c", greedy, "{}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert "超过上限" in json.loads(child.stdout.readline())["failed"]
        assert child.wait(20) == FAILED


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_disk_that_is_full_while_switching_ends_in_one_or_the_other(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """What is written down happens, and is told so; what is not has failed, and can be tried again."""
    folder, candidate = revised(home)
    folder.rename(folder.with_name("3" * 32))
    store.publications.add("3" * 32, Kind.RESTORE, candidate.document_id, "通知", WHO)

    def full(*given: Any) -> NoReturn:
        if when == "after":
            switch_to(*given)
        raise FULL

    monkeypatch.setattr(publishing, "switch_to", full)
    assert store.publications.move("3" * 32, (State.QUEUED,), State.EVALUATING)
    carrying = Publishing(home, store, "", None, lambda: True)
    monkeypatch.setattr(carrying, "_candidate", lambda publication: candidate)
    monkeypatch.setattr(carrying, "_passes", lambda *given: True)
    carrying.carry_on(store.publications.get("3" * 32))
    done = store.publications.get("3" * 32)
    assert serves(home, candidate) is (when == "after")
    assert done.state is (State.DONE if when == "after" else State.FAILED)
    assert ("磁盘" in done.message) is (when == "before")
    assert ("不少于4次" if when == "after" else "不少于2次") in text_served(home)


@pytest.mark.parametrize("script", [False, True])
def test_a_file_that_the_disk_does_not_take_is_told_and_leaves_nothing(
    client: TestClient, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    token, script_header = token_in(client.get("/admin/uploads").text), {"x-fragment": "1"} if script else {}

    def send() -> str:
        file = {"file": ("通知.txt", b"x" * (2 << 20))}  # so large that it goes through a temporary file
        answer = client.post("/admin/uploads", data={"csrf": token}, files=file, headers={**SAME_SITE, **script_header})
        assert answer.status_code == 507
        return answer.text

    with monkeypatch.context() as patched:
        patched.setattr("starlette.datastructures.UploadFile.write", failing(FULL, 99, print))
        assert "服务器磁盘无法写入" in send()
    with monkeypatch.context() as patched:
        patched.setattr("web.admin.work.folders.os.fsync", failing(FULL, 99, print))
        assert "服务器磁盘无法写入" in send()
    assert [each.name for each in (home / "uploads").glob("*")] == []
    with monkeypatch.context() as patched:
        patched.setattr(type(store.uploads), "add", failing(AWAY, 99, print))
        file = {"file": ("通知.txt", b"x")}
        assert client.post("/admin/uploads", data={"csrf": token}, files=file, headers=SAME_SITE).status_code == 503
    assert [each.name for each in (home / "uploads").glob("*")] == []
    assert store.uploads.pending() == ()


def test_times_are_those_of_beijing_wherever_the_server_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    told = moment(datetime(2026, 1, 1, 20, 30, tzinfo=UTC))
    monkeypatch.undo()
    time.tzset()
    assert told == "2026-01-02 04:30"
