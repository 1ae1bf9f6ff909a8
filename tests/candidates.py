"""A home with a notice of its own, and a candidate in which that notice was revised."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.holdings import Holdings, library_at
from corpus.receiving import receive
from index.storage import build_index, open_index, serving
from index.switching import state_of
from tests.fakes import HashingEncoder
from tests.papers import NOTICE, NOTICE_ID, REVISED, written
from web.admin.work.candidate import Candidate, lay_out, write_candidate

ENCODER = HashingEncoder()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With the notice added, indexed and serving."""
    at = tmp_path / "home"
    add(at, written(tmp_path, "通知.txt", NOTICE))
    build_index(at, library_at(at), ENCODER)
    return at


def add(home: Path, path: Path) -> None:
    """Into the holdings; no index is built."""
    Holdings(home).add(receive(path, library_at(home)))


def revised(home: Path) -> tuple[Path, Candidate]:
    """A candidate in which the notice has a second version."""
    folder = home / "publications" / "p"
    made_from = state_of(home)
    copy = lay_out(home, folder)
    add(copy, written(home.parent, "修订.txt", REVISED))
    [version] = [each.version for each in Holdings(copy).history(NOTICE_ID) if each.counts]
    index = build_index(copy, library_at(copy), ENCODER)
    candidate = Candidate(made_from, NOTICE_ID, version, index)
    write_candidate(folder, candidate)
    return folder, candidate


def text_served(home: Path) -> str:
    """What a server that starts now serves: the library and its index fit, or this raises."""
    serving(home)
    library = library_at(home)
    open_index(home, library, ENCODER)
    return library.get(NOTICE_ID).text
