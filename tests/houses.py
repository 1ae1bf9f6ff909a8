"""A house with keys: a server that lets in whom it should, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from corpus.library import Library
from tests.scripted import ASK, DOCTORS, Scripted
from web.access.admission import Access
from web.access.settings import AccessSettings
from web.access.windows import Windows
from web.app import create_app
from web.problems import KINDS, MEDIA_TYPE
from web.store import Store, open_store
from web.store.keys import Keys

NOON = datetime(2030, 3, 1, 4, 0, tzinfo=UTC)
"""In Beijing."""


@dataclass
class Clock:
    """One time for everything: what expires, what is remembered, what is counted."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class House:
    """A server with a clock that can be moved."""

    client: TestClient
    keys: Keys
    clock: Clock
    store: Store

    def token(self, *scopes: str, **limits: Any) -> str:
        return self.keys.create("某区小程序", scopes or ("ask",), **limits)[1]

    def ask(self, token: str = "", **headers: str) -> Response:
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.post(ASK, json={"question": DOCTORS}, headers=shown | headers)


Opening = Callable[[AccessSettings], AbstractContextManager[House]]


@pytest.fixture
def opened(library: Library, tmp_path: Path) -> Opening:
    """Opens a house with these settings; it is shut when its context is left."""

    @contextmanager
    def open_house(settings: AccessSettings) -> Iterator[House]:
        clock, store = Clock(), open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
        keys = Keys(store.database, clock.now)
        access = Access(settings, keys, Windows(clock=clock.seconds), clock.seconds)
        with TestClient(create_app(Scripted(library), store, access=access)) as client:
            yield House(client, keys, clock, store)
        store.close()

    return open_house


def refused(response: Response, status: int, code: str) -> dict[str, Any]:
    """A problem of that code; gives it back."""
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE), response.text
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] == KINDS[code][1]
    return body
