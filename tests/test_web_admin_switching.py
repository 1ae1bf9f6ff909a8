"""What serves changes as one step: killed at any instant, a home is what it was or what it was to become."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.holdings import Holdings, library_at
from index import switching
from index.storage import build_index, serving, switch_to
from index.switching import LibraryChanged, Switch, finish_switch, state_of
from tests.candidates import ENCODER, add, revised, text_served
from tests.candidates import home as home
from tests.papers import NOTICE, NOTICE_ID, written
from web.admin.work.candidate import read_candidate, serves, switch_of


class Killed(BaseException):
    """The process is gone at this point."""


def test_a_candidate_opens_as_a_home_does_and_touches_nothing(home: Path) -> None:
    before, files = state_of(home), snapshot(home)
    folder, candidate = revised(home)
    assert "不少于4次" in text_served(folder / "home")
    assert "不少于2次" in text_served(home)
    assert state_of(home) == before
    assert {path: size for path, size in snapshot(home).items() if "publications" not in path} == files
    assert read_candidate(folder) == candidate
    assert not serves(home, candidate)


def snapshot(home: Path) -> dict[str, int]:
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock" and path.name != ".lock")
    return {str(path.relative_to(home)): path.stat().st_size for path in files}


def test_a_candidate_comes_to_serve_with_its_document(home: Path) -> None:
    folder, candidate = revised(home)
    switch_to(home, switch_of(home, folder, candidate), candidate.made_from)
    assert "不少于4次" in text_served(home)
    assert serves(home, candidate)
    assert [each.counts for each in Holdings(home).history(NOTICE_ID)] == [False, True]
    assert serving(home)[0] == candidate.index_version
    # what was linked is still where it was, and building again changes nothing
    assert build_index(home, library_at(home), ENCODER) == candidate.index_version


def test_killed_at_any_instant_it_is_one_or_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = [*killed_at_every_step(tmp_path, monkeypatch)]
    assert outcomes[0] == "old"
    assert outcomes[-1] == "new"
    assert outcomes == sorted(outcomes, key=["old", "new"].index)
    assert outcomes.count("new") >= 5


def killed_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What serves after a kill before the first step of a switch, the second, and so on to its end."""
    for step in range(60):
        home = tmp_path / str(step) / "home"
        add(home, written(home.parent, "通知.txt", NOTICE))
        build_index(home, library_at(home), ENCODER)
        folder, candidate = revised(home)
        with monkeypatch.context() as patched:
            count_down(patched, step)
            try:
                switch_to(home, switch_of(home, folder, candidate), candidate.made_from)
                finished = True
            except Killed:
                finished = False
        served = "new" if "不少于4次" in text_served(home) else "old"
        assert serves(home, candidate) is (served == "new")
        assert state_of(home) == candidate.made_from or served == "new"
        yield served
        if finished:
            return
    pytest.fail("a switch has more steps than are tried")


def count_down(patched: pytest.MonkeyPatch, steps: int) -> None:
    """Let so many changes of the file system happen; the next one kills."""
    left = [steps]

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def killing(*given: Any, **named: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return change(*given, **named)

        return killing

    for name in ("open", "replace", "rename", "unlink", "mkdir"):
        patched.setattr(Path, name, counted(getattr(Path, name)))
    patched.setattr(os, "fsync", counted(os.fsync))


def test_building_finishes_what_was_decided_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, candidate = revised(home)
    with monkeypatch.context() as patched:
        patched.setattr(switching, "point", lambda root, version: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            switch_to(home, switch_of(home, folder, candidate), candidate.made_from)
    assert build_index(home, library_at(home), ENCODER) == candidate.index_version
    assert "不少于4次" in text_served(home)


def test_a_library_that_changed_meanwhile_is_left_alone(home: Path) -> None:
    folder, candidate = revised(home)
    Holdings(home).remove(NOTICE_ID)
    changed = state_of(home)
    with pytest.raises(LibraryChanged, match="有变化"):
        switch_to(home, switch_of(home, folder, candidate), candidate.made_from)
    assert state_of(home) == changed
    assert not (home / "index" / ".switching.json").exists()


def test_nothing_decided_is_nothing_to_finish(home: Path) -> None:
    before = snapshot(home)
    finish_switch(home)
    assert snapshot(home) == before


def test_what_is_written_down_names_everything(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    switch = Switch((("a", "b"),), {NOTICE_ID: None}, "0123")
    with monkeypatch.context() as patched:
        patched.setattr(switching, "_move", lambda source, target: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            switching.carry_out(home, switch, state_of(home))
    told = json.loads((home / "index" / ".switching.json").read_text("utf-8"))
    assert told == {"moves": [["a", "b"]], "counts": {NOTICE_ID: None}, "version": "0123"}
