"""The door of an office in which nothing works: an administration of an empty home, and who comes to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.library import Library
from tests.offices import PASSWORD, WHO, sign_in
from tests.pages import BROWSER
from tests.scripted import Scripted
from web.admin.administration import Administration, administration_of
from web.admin.passwords import hashed
from web.app import create_app
from web.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With one account."""
    opened = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    opened.accounts.add(WHO, hashed(PASSWORD, WHO))
    yield opened
    opened.close()


@pytest.fixture
def administration(tmp_path: Path, store: Store) -> Administration:
    """Of an empty home; nothing works in it."""
    return administration_of(tmp_path, store)


@pytest.fixture
def visitor(library: Library, store: Store, administration: Administration) -> Iterator[TestClient]:
    """A browser that has not signed in."""
    app = create_app(Scripted(library), store, administration=administration)
    with TestClient(app, headers=BROWSER, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    """A browser that has signed in."""
    assert sign_in(visitor).status_code == 303
    return visitor
