"""Another index in the place of the one that serves: noticed, told, opened beside it, or left where it cannot be."""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.holdings import library_at
from index.encoder import EncoderError
from index.storage import build_index, serving
from tests.fakes import HashingEncoder
from tests.renewals import Pointed, add_meals, name_of, renewing, until
from tests.renewals import pointed as pointed
from web.operation import opening, renewal
from web.operation.memory import give_back
from web.operation.metrics import Metrics
from web.operation.opening import CannotOpen, Opener
from web.operation.serving import Serving
from web.settings import Settings

# -- the app that serves


@dataclass
class Slow:
    """An app that says its name in two pieces, the second when it is let."""

    name: bytes
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name, "more_body": True})
        self.begun.set()
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": self.name})


def test_a_response_is_finished_by_the_app_that_began_it() -> None:
    async def ask(app: ASGIApp) -> bytes:
        sent: list[bytes] = []

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        async def receive() -> Any:
            raise AssertionError

        await app({"type": "http"}, receive, send)
        return b"".join(sent)

    async def play() -> tuple[bytes, bytes]:
        old, new = Slow(b"old "), Slow(b"new ")
        serves = Serving(old)
        first = asyncio.create_task(ask(serves))
        await old.begun.wait()
        serves.app = new
        new.go_on.set()
        second = await ask(serves)
        old.go_on.set()
        return await first, second

    assert asyncio.run(play()) == (b"old old ", b"new new ")


# -- noticing, telling, trying again


def test_another_index_is_noticed_and_the_one_before_let_go(pointed: Pointed) -> None:
    with renewing(pointed) as (_, serves):
        pointed.point("second")
        until(lambda: name_of(serves) == "second")
        second = weakref.ref(serves.app)
        pointed.point("first")
        until(lambda: name_of(serves) == "first")
        until(lambda: second() is None)
    assert pointed.opened == ["second", "first"]


def test_nothing_is_opened_where_nothing_changed(pointed: Pointed) -> None:
    with renewing(pointed):
        sleep(0.1)
        pointed.point("first")  # built again, and the same
        sleep(0.1)
    assert pointed.opened == []


def test_an_index_that_came_while_the_first_was_opened_is_not_missed(pointed: Pointed) -> None:
    pointed.point("second")
    with renewing(pointed) as (_, serves):
        until(lambda: name_of(serves) == "second")


def test_a_pointer_that_is_gone_changes_nothing(pointed: Pointed) -> None:
    with renewing(pointed) as (_, serves):
        (pointed.home / "index" / "current").unlink()
        sleep(0.1)
        assert name_of(serves) == "first"
        pointed.point("second")
        until(lambda: name_of(serves) == "second")


def test_told_it_opens_anew_what_serves(pointed: Pointed) -> None:
    with renewing(pointed) as (renews, serves):
        before = serves.app
        renews.tell()
        until(lambda: serves.app is not before)
    assert pointed.opened == ["first"]


@pytest.mark.parametrize("fault", [CannotOpen("现有索引与当前的文件不一致"), MemoryError("no memory")])
def test_what_cannot_be_opened_leaves_the_one_before_and_is_tried_again(
    pointed: Pointed, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "FIRST_PAUSE", 0.15)
    pointed.faults.append(fault)
    metrics = Metrics()
    with renewing(pointed, metrics) as (_, serves):
        pointed.point("second")
        until(lambda: pointed.opened == ["second"])
        sleep(0.03)
        assert name_of(serves) == "first"
        until(lambda: name_of(serves) == "second")
    assert pointed.opened == ["second", "second"]
    text = metrics.render().decode()
    assert 'yiyang_index_reloads_total{result="failed"} 1.0' in text
    assert 'yiyang_index_reloads_total{result="done"} 1.0' in text


def test_a_failure_is_forgotten_where_the_index_before_serves_again(
    pointed: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "FIRST_PAUSE", 0.1)
    pointed.faults.append(CannotOpen("x"))
    with renewing(pointed) as (_, serves):
        pointed.point("second")
        until(lambda: pointed.opened == ["second"])
        pointed.point("first")
        sleep(0.3)
        assert name_of(serves) == "first"
    assert pointed.opened == ["second"]


# -- opening, over a real index by a stand-in for the encoder


@pytest.fixture
def hashing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A home with an index; the encoders that were loaded."""
    loaded: list[str] = []

    def load(setting: str, home: Path) -> HashingEncoder:
        if setting == "none":
            raise EncoderError("没有这个模型")
        loaded.append(setting)
        return HashingEncoder()

    monkeypatch.setattr(opening, "load_encoder", load)
    build_index(tmp_path, library_at(tmp_path), HashingEncoder())
    return loaded


def documents(app: ASGIApp) -> int:
    return int(TestClient(app).get("/readyz").json()["documents"])


def test_a_second_app_shares_encoder_store_metrics_and_limits(
    hashing: list[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    metrics = Metrics()
    opener = Opener(Settings(home=tmp_path, database_url="", address_per_minute=3), metrics)
    first = opener.open()
    assert documents(first.app) == 5
    client = TestClient(first.app)
    asked = client.post("/api/v1/ask", json={"question": "助餐点每日供餐几次？"}).json()
    add_meals(tmp_path, tmp_path_factory.mktemp("added"))
    build_index(tmp_path, library_at(tmp_path), HashingEncoder())
    second = opener.open()
    assert documents(second.app) == 6
    assert second.version == serving(tmp_path)[0] != first.version
    assert hashing == [""]
    follow_up = {"question": "多久自查一次？", "conversation_id": asked["conversation_id"]}
    answer = TestClient(second.app).post("/api/v1/ask", json=follow_up)
    assert answer.json()["index_version"] != asked["index_version"]
    assert answer.headers["ratelimit-remaining"] == "1"
    text = metrics.render().decode()
    assert 'route="/api/v1/ask",status="200"} 2.0' in text
    assert f'yiyang_index_documents{{version="{asked["index_version"]}"}} 0.0' in text
    opener.close()


def test_an_app_that_is_left_is_freed(hashing: list[str], tmp_path: Path) -> None:
    opener = Opener(Settings(home=tmp_path, database_url=""), Metrics())
    opened = opener.open()
    TestClient(opened.app).post("/api/v1/ask", json={"question": "消防演练多久一次？"})
    TestClient(opened.app).get("/", headers={"accept": "text/html"})
    left = weakref.ref(opened.app)
    del opened
    give_back()
    assert left() is None
    opener.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"encoder": "none"}, "没有这个模型"),
        ({"wechat_token": "!"}, "微信设置有误"),
        ({"database_url": "sqlite:////dev/null/yiyang.db"}, "无法打开数据库"),
        ({"home": Path("/nowhere")}, "make setup"),
    ],
)
def test_why_nothing_can_be_opened_is_told(
    hashing: list[str], tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(CannotOpen, match=words):
        Opener(Settings(**{"home": tmp_path, "database_url": "", **settings}), Metrics()).open()


def test_an_index_made_by_another_encoder_is_told(hashing: list[str], tmp_path: Path) -> None:
    build_index(tmp_path, library_at(tmp_path), HashingEncoder("other@test"))
    with pytest.raises(CannotOpen, match="向量模型"):
        Opener(Settings(home=tmp_path, database_url=""), Metrics()).open()
