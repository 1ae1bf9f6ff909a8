"""Connections that want nothing good, or nothing at all; and people who do everything at once."""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier, Event, Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from sqlalchemy import create_engine, text
from starlette.types import Receive, Scope, Send

from assistant.pipeline import Assistant
from eval.server import HOST
from tests.abused import Abused, abused
from web.operation import connection as bounds
from web.operation.process import server_config
from web.settings import Settings

pytestmark = pytest.mark.xdist_group("abuse")
QUESTION = "养老机构内设医务室至少配几名医生？"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IDLE = 1000
PATIENT = 1.0
"""Seconds that stand for PATIENCE where a test has to wait for its end."""


@pytest.fixture(scope="module")
def server(home: Path, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Abused]:
    with abused(home, tmp_path_factory.mktemp("stress")) as running:
        yield running


def send(port: int, method: str, path: str, value: Any = None, **headers: str) -> tuple[int, bytes]:
    body = None if value is None else json.dumps(value).encode()
    with closing(HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json", **headers} if body else headers)
        response = connection.getresponse()
        return response.status, response.read()


def ask(port: int, question: str = QUESTION, conversation_id: str | None = None) -> tuple[int, dict[str, Any]]:
    status, body = send(port, "POST", "/api/v1/ask", {"question": question, "conversation_id": conversation_id})
    return status, json.loads(body)


def is_well(port: int) -> bool:
    status, answer = ask(port)
    return status == 200 and "1名主执业点医师" in answer["answer"]


def connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=30)


def heard(connection: socket.socket) -> bytes:
    """All until the other side closes."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionError:  # closed with something unread
        pass
    return said


# Connections on which nothing good comes


def test_a_thousand_connections_on_which_nothing_comes_keep_nobody_out(server: Abused) -> None:
    port = server.server.port
    with ExitStack() as held:
        for _ in range(IDLE):
            held.enter_context(connect(port))
        began = monotonic()
        assert is_well(port)
        assert monotonic() - began < 5
    assert is_well(port)


def test_connections_that_are_cut_in_the_middle_leave_nothing_behind(server: Abused) -> None:
    port, whole = server.server.port, json.dumps({"question": QUESTION}).encode()
    head = b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(whole)
    for sent in (b"", b"POST /api", head, head + whole[:9], head + whole):
        for is_reset in (True, False):
            with connect(port) as connection:
                connection.sendall(sent)
                if is_reset:  # RST in place of FIN: a telephone that lost its network
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert is_well(port)
    assert '"level": "error"' not in server.log.read_text("utf-8")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\r\n" * 40_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),  # TLS where none is spoken
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n b\x00c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 1_000_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(20_000)),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda rubbish: repr(rubbish[:40]),
)
def test_what_is_no_request_is_refused_and_the_connection_closed(server: Abused, rubbish: bytes) -> None:
    with connect(server.server.port) as connection:
        try:
            connection.sendall(rubbish)
        except ConnectionError:  # it has heard enough
            return
        said = heard(connection)
    assert not said or said.startswith(b"HTTP/1.1 4")
    assert is_well(server.server.port)


def test_requests_in_one_piece_are_answered_in_order(server: Abused) -> None:
    many, last = 50, b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with connect(server.server.port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * many + last)
        said = heard(connection)
    assert said.count(b"HTTP/1.1 200") == many + 1
    assert said.rindex(b'"status":"ready"') > said.rindex(b'"status":"ok"')


def test_an_upgrade_that_is_not_offered_is_not_made(server: Abused) -> None:
    status, _ = send(
        server.server.port, "GET", "/healthz", Connection="Upgrade", Upgrade="websocket", **{"Sec-WebSocket-Key": "a"}
    )
    assert status == 200


# Connections on which it comes too slowly


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message.get("more_body", False)
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server with our configuration and less patience."""
    monkeypatch.setattr(bounds, "PATIENCE", PATIENT)
    with serving() as port:
        yield port


@contextmanager
def serving() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as listener:
        running = uvicorn.Server(server_config(echo, Settings()))
        running.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        thread = Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not running.started:
            sleep(0.01)
        yield listener.getsockname()[1]
        running.should_exit = True
        thread.join(10)


def closes_within(connection: socket.socket, seconds: float) -> bool:
    readable, _, _ = select.select([connection], [], [], seconds)
    return bool(readable) and heard(connection) == b""


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1234",
    ],
    ids=["nothing", "an empty line", "half a head", "no body", "half a body"],
)
def test_a_request_that_does_not_come_is_not_waited_for(impatient: int, begun: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(begun)
        assert not closes_within(connection, PATIENT / 2)
        assert closes_within(connection, 5 * PATIENT)


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", b"a"),
    ],
    ids=["head", "body"],
)
def test_a_request_that_drips_is_not_waited_for(impatient: int, begun: bytes, drop: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(begun)
        for _ in range(100):
            if closes_within(connection, PATIENT / 10):
                return
            with suppress(ConnectionError):
                connection.sendall(drop)
    pytest.fail("it is still waited for")


def test_a_large_body_over_a_slow_line_is_waited_for(impatient: int) -> None:
    piece, pieces = 10_000, 12
    with connect(impatient) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {piece * pieces}\r\n\r\n".encode())
        for _ in range(pieces):
            connection.sendall(b"a" * piece)
            sleep(PATIENT / 5)
        assert connection.recv(4096).endswith(str(piece * pieces).encode())


def test_a_connection_goes_on_after_an_answer(impatient: int) -> None:
    with closing(HTTPConnection(HOST, impatient, timeout=10)) as connection:
        for body in (b"", b"abc", b"a" * 200_000):
            connection.request("POST", "/", body)
            assert connection.getresponse().read() == str(len(body)).encode()
            sleep(PATIENT * 0.7)


# Everything at once


def test_twenty_ask_in_one_conversation_at_once_and_each_gets_a_place_of_its_own(server: Abused) -> None:
    port, clients = server.server.port, 20
    _, first = ask(port)
    conversation, together = first["conversation_id"], Barrier(clients)

    def one(number: int) -> int:
        together.wait()
        return ask(port, f"消防演练多久一次？（{number}）", conversation)[0]

    with ThreadPoolExecutor(clients) as pool:
        assert set(pool.map(one, range(clients))) == {200}
    query = text("select position from turns where conversation_id = :id order by position")
    engine = create_engine(f"sqlite:///{server.home / 'yiyang.db'}")
    with engine.connect() as database:
        assert [*database.scalars(query, {"id": conversation})] == [*range(clients + 1)]
    engine.dispose()


def test_a_conversation_that_is_deleted_while_people_ask_in_it_is_gone_and_nothing_fails(server: Abused) -> None:
    port, clients, enough = server.server.port, 6, Event()
    with closing(HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("POST", "/ask", urlencode({"question": QUESTION}).encode(), FORM)
        response = connection.getresponse()
        response.read()
    assert response.status == 303
    conversation = (response.headers["location"] or "").partition("c=")[2][:32]
    cookie = response.headers["set-cookie"].partition(";")[0]

    def one(number: int) -> set[int]:
        seen = set()
        while not enough.is_set():
            seen.add(ask(port, f"多久一次？（{number}）", conversation)[0])
        return seen

    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(one, number) for number in range(clients)]
        sleep(0.5)
        body = f"conversation={conversation}".encode()
        with closing(HTTPConnection(HOST, port, timeout=30)) as connection:
            connection.request("POST", "/history/delete", body, {**FORM, "Cookie": cookie})
            deleted = connection.getresponse()
            deleted.read()
        sleep(0.5)
        enough.set()
        assert set().union(*(each.result() for each in asking)) == {200, 404}
    assert deleted.status == 303
    engine = create_engine(f"sqlite:///{server.home / 'yiyang.db'}")
    with engine.connect() as database:
        query = text("select count(*) from turns where conversation_id = :id")
        assert database.scalar(query, {"id": conversation}) == 0
    engine.dispose()
