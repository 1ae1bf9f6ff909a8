"""An office that keeps its library: who signs in, what is sent, and an administration at work on few questions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update

from assistant.answers import Answer, Filters, QuestionType, Status
from assistant.pipeline import Assistant
from index.storage import serving
from tests.conftest import REPOSITORY
from tests.loopback import serving as served
from tests.pages import BROWSER
from web.admin.administration import Administration, administration_of
from web.admin.care import trying
from web.admin.login import PATH
from web.admin.passwords import hashed
from web.app import create_app
from web.store import Store, open_store
from web.store.tables import turns
from web.store.uploads import Upload, UploadState

WHO, PASSWORD = "王芳", "chun-nuan-hua-kai"
SAME_SITE = {"sec-fetch-site": "same-origin"}
"""The headers of a form sent from a page of this site."""
DRILLS = "着火逃生排练多久一次？"
"""In words of no document, until the office puts them into its glossary."""
PATIENCE = 120
"""Seconds."""


# Signing in, and sending


def token_in(page: str) -> str:
    """What the forms of the page are sent with."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(client: TestClient, name: str = WHO, password: str = PASSWORD, **fields: str) -> Response:
    """Fill the form of the door in and send it."""
    token = token_in(client.get(PATH).text)
    return client.post(PATH, data={"csrf": token, "name": name, "password": password, **fields}, headers=SAME_SITE)


def send(client: TestClient, address: str, page: str = "/admin", **fields: str) -> Response:
    """A form, as the page it is on sends it."""
    return client.post(address, data={"csrf": token_in(client.get(page).text), **fields}, headers=SAME_SITE)


# At work


@pytest.fixture
def place(home: Path, assistant: Assistant, tmp_path: Path) -> Path:
    """A home of its own over the model that there is, with the index that there is."""
    at = tmp_path / "home"
    version, _ = serving(home)
    (at / "index").mkdir(parents=True)
    shutil.copytree(home / "index" / version, at / "index" / version)
    (at / "index" / "current").write_text(version, "utf-8")
    (at / "models").symlink_to((home / "models").resolve())
    return at


@pytest.fixture(scope="session")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the suite's questions, so that an evaluation takes seconds: of 大兴 and of what nobody answers."""
    lines = (REPOSITORY / "eval" / "gold" / "reporting.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    of_daxing = [each for each in asked if [ref["doc"] for ref in each.get("gold", [])] == ["daxing-2026-22"]]
    of_nothing = [each for each in asked if each.get("expect") == "not_found"]
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    chosen = [*of_daxing[:8], *of_nothing[:4]]
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in chosen), "utf-8")
    return path


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    """With one account."""
    opened = open_store(f"sqlite:///{place / 'yiyang.db'}")
    opened.accounts.add(WHO, hashed(PASSWORD, WHO))
    yield opened
    opened.close()


@pytest.fixture
def administration(place: Path, store: Store, gold: Path) -> Iterator[Administration]:
    """At work."""
    made = administration_of(place, store, gold=gold)
    made.start()
    yield made
    made.close()


@pytest.fixture
def client(assistant: Assistant, store: Store, administration: Administration) -> Iterator[TestClient]:
    """A browser that has signed in."""
    app = create_app(assistant, store, administration=administration)
    with TestClient(app, headers=BROWSER, follow_redirects=False) as client:
        assert sign_in(client).status_code == 303
        yield client


@pytest.fixture
def desk(assistant: Assistant, store: Store, administration: Administration) -> Iterator[str]:
    """The address of a server with an administration."""
    with served(create_app(assistant, store, administration=administration)) as address:
        yield address


@pytest.fixture(autouse=True)
def few(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials of the glossary are evaluated on `gold`."""
    monkeypatch.setattr(trying, "QUESTIONS", ("--gold", str(gold)))


# What becomes of it


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it; fails where it takes longer than PATIENCE."""
    patience = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < patience, "it takes too long"
        sleep(0.05)


def read(store: Store, upload_id: str) -> Upload:
    """The upload, once it is at rest."""
    until(lambda: store.uploads.get(upload_id).state not in (UploadState.QUEUED, UploadState.READING))
    return store.uploads.get(upload_id)


def actions(store: Store) -> list[str]:
    """Oldest first."""
    return [each.action for each in reversed(store.audit.page(None, None, 0, 100))]


def answer(question: str, status: Status = Status.NOT_FOUND, interpreted: str = "") -> Answer:
    """An answer that has nothing to say."""
    return Answer(status, QuestionType.GENERAL, question, interpreted or question, "没有。", "没有。")


def asked(
    store: Store,
    question: str,
    status: Status = Status.NOT_FOUND,
    *,
    interpreted: str = "",
    region: str | None = None,
    ago: timedelta = timedelta(0),
) -> str:
    """Keep a question as if it had been asked some time ago; returns the answer's id."""
    _, answer_id = store.conversations.record(answer(question, status, interpreted), "v", None, Filters(region))
    with store.database.writing() as connection:
        connection.execute(update(turns).where(turns.c.id == answer_id).values(created_at=datetime.now(UTC) - ago))
    return answer_id
