"""How often: windows of a minute, quotas of a day, several processes, Redis, and pages that lose nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic, sleep, time

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from corpus.library import Library
from tests.conftest import REPOSITORY
from tests.houses import NOON, Clock, Opening, refused
from tests.houses import opened as opened
from tests.postgres import database_url as database_url
from tests.scripted import ASK, DOCTORS, Scripted
from web.access.admission import READINGS
from web.access.settings import AccessSettings
from web.access.windows import MOST_MOMENTS, RETRY, Allowance, Windows
from web.app import create_app
from web.store import open_store
from web.store.keys import Keys

PAGE = {"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "same-origin"}


def left(response: Response) -> tuple[int, ...]:
    return tuple(int(response.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))


# Keys


def test_a_key_has_so_many_requests_in_any_minute(opened: Opening) -> None:
    with opened(AccessSettings("none")) as house:
        token = house.token("ask", per_minute=3)
        assert left(house.ask(token)) == (3, 2, 60)
        house.clock.advance(seconds=30)
        assert left(house.ask(token)) == (3, 1, 30)
        assert left(house.ask(token)) == (3, 0, 30)
        response = house.ask(token)
        assert "30 秒后" in refused(response, 429, "too_many_requests")["detail"]
        assert (response.headers["retry-after"], left(response)) == ("30", (3, 0, 30))
        house.clock.advance(seconds=30)  # the first one leaves the window, the other two do not
        assert left(house.ask(token)) == (3, 0, 30)
        assert house.ask(token).status_code == 429
        assert house.ask(house.token("ask", per_minute=3)).status_code == 200  # another key's are its own


def test_a_day_has_so_many_requests_and_ends_at_midnight_in_beijing(opened: Opening) -> None:
    with opened(AccessSettings("none")) as house:
        key, token = house.keys.create("小程序", ["ask"], per_day=2)
        assert left(house.ask(token)) == (2, 1, 12 * 3600)
        assert house.ask(token).status_code == 200
        response = house.ask(token)
        refused(response, 429, "daily_quota_exceeded")
        assert (response.headers["retry-after"], left(response)) == ("43200", (2, 0, 43200))
        house.clock.advance(hours=12)
        assert house.ask(token).status_code == 200
        days = [(use.day, use.requests) for use in house.keys.usage(key.key_id, 3)]
        assert days == [(date(2030, 2, 28), 0), (date(2030, 3, 1), 2), (date(2030, 3, 2), 1)]


def test_refused_requests_are_not_counted_and_bad_ones_are(opened: Opening) -> None:
    with opened(AccessSettings("none")) as house:
        key, token = house.keys.create("小程序", ["ask"], per_day=5)
        shown = {"authorization": f"Bearer {token}"}
        house.client.post(ASK, content="{", headers=shown)
        house.client.get("/api/v1/search?q=护士", headers=shown)  # not allowed
        assert house.keys.usage(key.key_id, 1)[0].requests == 1


def test_a_quota_survives_a_restart(opened: Opening) -> None:
    with opened(AccessSettings("none")) as house:
        token = house.token("ask", per_day=2)
        assert [house.ask(token).status_code for _ in range(2)] == [200, 200]
    with opened(AccessSettings("none")) as house:
        refused(house.ask(token), 429, "daily_quota_exceeded")


_COUNT = """
import sys
from web.store import open_store
store = open_store(sys.argv[1])
key = store.keys.find(sys.argv[2])
print(sum(store.keys.count(key) is not None for _ in range(300)))
"""


def test_two_processes_share_a_quota_to_the_last_request(database_url: str) -> None:
    store = open_store(database_url)
    key, _ = store.keys.create("小程序", ["ask"], per_day=400)
    command = [sys.executable, "-c", _COUNT, database_url, key.key_id]
    workers = [subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    granted = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(granted) == 400
    assert store.keys.usage(key.key_id, 1)[0].requests == 400
    store.close()


def test_threads_share_a_quota_to_the_last_request(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'shared.db'}")
    key, _ = store.keys.create("小程序", ["ask"], per_day=100)
    with ThreadPoolExecutor(8) as pool:
        granted = [*pool.map(lambda _: store.keys.count(key), range(150))]
    assert sorted(each for each in granted if each is not None) == [*range(1, 101)]
    assert store.keys.count(key, 1) is None
    store.close()


def test_several_at_once_are_counted_all_or_none(opened: Opening) -> None:
    with opened(AccessSettings()) as house:
        key, _ = house.keys.create("小程序", ["batch"], per_day=10)
        assert [house.keys.count(key, 7), house.keys.count(key, 4), house.keys.count(key, 3)] == [7, None, 10]
        assert house.keys.count(key, 11) is None


def test_a_batch_counts_as_its_questions(opened: Opening) -> None:
    batch = "/api/v1/ask/batch"
    three = {"questions": [{"question": DOCTORS}] * 3}
    with opened(AccessSettings("none")) as house:
        key, token = house.keys.create("小程序", ["batch"], per_minute=5, per_day=100)
        shown = {"authorization": f"Bearer {token}"}
        assert house.client.post(batch, json=three, headers=shown).status_code == 200
        assert house.keys.usage(key.key_id, 1)[0].requests == 3
        refused(house.client.post(batch, json=three, headers=shown), 429, "too_many_requests")
        small = {"authorization": f"Bearer {house.token('batch', per_minute=2)}"}
        response = house.client.post(batch, json=three, headers=small)
        assert "一次最多 2 个问题" in refused(response, 429, "too_many_requests")["detail"]


# Addresses


def test_an_address_has_so_many_questions_and_more_pages(opened: Opening) -> None:
    with opened(AccessSettings(per_minute=2)) as house:
        assert left(house.ask()) == (2, 1, 60)
        assert house.ask().status_code == 200
        refused(house.ask(), 429, "too_many_requests")
        reads = [house.client.get("/api/v1/suggestions?q=护士").status_code for _ in range(2 * READINGS + 1)]
        assert reads == [200] * 2 * READINGS + [429]
        assert house.ask(house.token("ask")).status_code == 200  # a key counts for itself


@pytest.mark.parametrize(
    "path",
    [
        "/?c={conversation}",
        "/answers/{answer}",
        "/ledger.xlsx",
        "/ledger.csv",
        "/api/v1/requirements.ics",
        "/api/v1/export",
    ],
)
def test_what_takes_as_long_as_an_answer_counts_as_one(opened: Opening, path: str) -> None:
    with opened(AccessSettings(per_minute=2)) as house:
        asked = house.ask().json()
        address = path.format(conversation=asked["conversation_id"], answer=asked["answer_id"])
        assert [house.client.get(address).status_code for _ in range(2)] == [200, 429]
        assert [house.client.get(page).status_code for page in ("/", "/library?=")] == [200, 200]


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
    ],
)
def test_addresses_are_told_apart(library: Library, tmp_path: Path, first: str, second: str, are_one: bool) -> None:
    from web.access.admission import open_access

    store = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    app = create_app(Scripted(library), store, access=open_access(AccessSettings(per_minute=1), store))
    statuses = [
        TestClient(app, client=(address, 50000)).post(ASK, json={"question": DOCTORS}).status_code
        for address in (first, second)
    ]
    assert statuses == ([200, 429] if are_one else [200, 200])
    store.close()


def test_health_and_static_files_are_never_counted(opened: Opening) -> None:
    with opened(AccessSettings(per_minute=1)) as house:
        for path in ("/healthz", "/readyz", "/static/yiyang.css", "/metrics"):
            responses = [house.client.get(path) for _ in range(READINGS + 2)]
            assert {response.status_code for response in responses} == {200}
            assert all("ratelimit-limit" not in response.headers for response in responses)


def test_a_page_that_is_refused_gives_the_question_back(opened: Opening) -> None:
    typed = '\n养老机构 <b>消防</b> & "演练"多久一次？'
    form = {"question": typed, "conversation": "0" * 32, "region": "北京市"}
    with opened(AccessSettings(per_minute=1)) as house:
        house.client.post("/ask", data=form, headers=PAGE)
        response = house.client.post("/ask", data=form, headers=PAGE)
        again = house.client.post("/ask", data=form, headers=PAGE | {"x-fragment": "1"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "60")
    assert "请在 60 秒后重试" in response.text
    escaped = "\n\n养老机构 &lt;b&gt;消防&lt;/b&gt; &amp; &#34;演练&#34;多久一次？</textarea>"
    assert escaped in response.text.replace("\r\n", "\n")
    assert f'name="conversation" value="{"0" * 32}"' in response.text
    assert 'name="region" value="北京市"' in response.text
    assert "60 秒后" in refused(again, 429, "too_many_requests")["detail"]  # the script keeps the question itself


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"question=" + b"a" * 200_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_all_the_same(opened: Opening, content: bytes, kind: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield content  # no length is announced

    with opened(AccessSettings(per_minute=1)) as house:
        house.ask()
        response = house.client.post("/ask", content=pieces(), headers=PAGE | {"content-type": kind})
        assert (response.status_code, "请求过于频繁" in response.text) == (429, True)


def test_bodies_reach_the_route_as_they_were_sent(opened: Opening) -> None:
    question = "消防演练多久一次？" * 20
    with opened(AccessSettings("none")) as house:
        shown = {"authorization": f"Bearer {house.token('ask')}", "content-type": "application/json"}

        def pieces() -> Iterator[bytes]:
            body = json.dumps({"question": question}).encode()
            for start in range(0, len(body), 7):
                yield body[start : start + 7]

        response = house.client.post(ASK, content=pieces(), headers=shown)
        assert (response.status_code, response.json()["interpreted_question"]) == (200, question)
        large = house.client.post(ASK, content=b"x" * 70_000, headers=shown)
        refused(large, 413, "payload_too_large")


# Windows


def test_memory_forgets_the_oldest_windows_where_there_are_too_many() -> None:
    clock = Clock()
    windows = Windows(clock=clock.seconds)

    async def scenario() -> None:
        await windows.take("first", 10)
        await windows.take("heavy", MOST_MOMENTS, MOST_MOMENTS - 1)
        assert (await windows.look("first", 10)).remaining == 9
        await windows.take("last", 10)
        assert (await windows.look("first", 10)).remaining == 10
        assert (await windows.look("last", 10)).remaining == 9
        clock.advance(seconds=60)
        assert (await windows.look("heavy", MOST_MOMENTS)).remaining == MOST_MOMENTS
        assert await windows.take("heavy", MOST_MOMENTS, MOST_MOMENTS) == Allowance(MOST_MOMENTS, 0, 60)

    asyncio.run(scenario())


def test_windows_move_as_the_library_says_they_do() -> None:
    """Against the library's own storage, which goes by the system's time."""
    from limits import RateLimitItemPerSecond
    from limits.aio.storage import MemoryStorage
    from limits.aio.strategies import MovingWindowRateLimiter

    from web.access.windows import BoundedMemory

    async def scenario() -> None:
        item = RateLimitItemPerSecond(4)
        ours, theirs = MovingWindowRateLimiter(BoundedMemory(time)), MovingWindowRateLimiter(MemoryStorage())
        for cost in (1, 1, 3, 2, 1, 1, 4, 1, 2, 2, 1, 1, 1, 1):
            assert await ours.hit(item, "a", cost=cost) == await theirs.hit(item, "a", cost=cost)
            mine, other = await ours.get_window_stats(item, "a"), await theirs.get_window_stats(item, "a")
            assert mine.remaining == other.remaining
            assert mine.reset_time == pytest.approx(other.reset_time, abs=0.01)
            await asyncio.sleep(0.13)

    asyncio.run(scenario())


@contextmanager
def redis_server(tmp_path: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        until = monotonic() + 10
        while monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0", server
        server.terminate()


async def hang_up(windows: Windows) -> None:
    """End the connections to Redis, which last as long as a server."""
    assert windows._redis is not None
    await windows._redis.storage.bridge.storage.aclose()  # type: ignore[attr-defined]  # the client of redis-py


def test_several_servers_count_together_in_redis(tmp_path: Path) -> None:
    async def scenario(url: str) -> None:
        one, other = Windows(url), Windows(url)
        assert await one.take("key:a", 3) == Allowance(3, 2, 60)
        assert (await other.take("key:a", 3, 2)).remaining == 0
        assert not (await one.take("key:a", 3)).granted
        assert not (await other.look("key:a", 3)).granted
        assert (await other.take("key:b", 3)).granted
        await hang_up(one)
        await hang_up(other)

    with redis_server(tmp_path) as (url, _):
        asyncio.run(scenario(url))


def test_where_redis_fails_memory_counts_until_it_is_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(NOON)

    async def scenario() -> None:
        with redis_server(tmp_path) as (url, server):
            windows = Windows(url, clock.seconds)
            assert (await windows.take("a", 2)).granted
            server.terminate()
            server.wait(10)
            assert [(await windows.take("a", 2)).granted for _ in range(3)] == [True, True, False]
            assert len(caplog.records) == 1  # told once, not at every request
            port = int(url.rpartition(":")[2].partition("/")[0])
        with redis_server(tmp_path, port):
            assert not (await windows.take("a", 2)).granted
            clock.advance(seconds=RETRY)
            assert (await windows.take("a", 2)).granted
            await hang_up(windows)

    caplog.set_level(logging.WARNING)
    asyncio.run(scenario())


def test_a_redis_that_hangs_costs_a_moment_once(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            windows = Windows(f"redis://127.0.0.1:{silent.getsockname()[1]}")
            began = monotonic()
            assert (await windows.take("a", 2)).granted
            first, began = monotonic() - began, monotonic()
            assert (await windows.take("a", 2)).granted
            assert first < 3
            assert monotonic() - began < 0.1
            await hang_up(windows)

    asyncio.run(scenario())


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis", "127.0.0.1:6379"])
def test_an_address_of_redis_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="YIYANG_REDIS_URL"):
        AccessSettings(redis_url=url)


def test_a_port_of_redis_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="YIYANG_REDIS_URL"):
        Windows("redis://127.0.0.1:many/0")


def test_a_password_of_redis_that_was_not_quoted_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="%40") as refusal:
        Windows("redis://:ge@hei:m@127.0.0.1/0")
    assert "hei" not in str(refusal.value)


def test_where_the_database_fails_nobody_is_let_in_by_a_key(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the disk is gone"))

    with opened(AccessSettings("none")) as house:
        token = house.token("ask")
        assert house.ask(token).status_code == 200
        monkeypatch.setattr(Keys, "count", fail)
        refused(house.ask(token), 503, "not_ready")
