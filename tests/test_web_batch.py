"""POST /api/v1/ask/batch: a line a question, as if each were asked by itself, and what becomes of the others."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from assistant.answers import Answer
from assistant.pipeline import Assistant
from tests.loopback import serving
from tests.scripted import ASK, DOCTORS, FAULT, NURSES, SECRET, SUBSIDY, Scripted, assert_problem, serve
from tests.scripted import scripted as scripted
from tests.watched import Watched
from tests.watched import watched as watched
from web.app import create_app
from web.limits import LARGER
from web.schemas.batch import MAX_BATCH
from web.store import open_store

BATCH = "/api/v1/ask/batch"
OF_EACH_TIME = ("conversation_id", "answer_id", "elapsed_ms")


@pytest.fixture
def client(scripted: Scripted, tmp_path: Path) -> Iterator[TestClient]:
    yield from serve(scripted, tmp_path)


def batch(client: TestClient, *questions: Any) -> list[dict[str, Any]]:
    response = client.post(BATCH, json={"questions": questions})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.text.endswith("\n")
    return [json.loads(line) for line in response.text.splitlines()]


def test_each_line_is_what_the_question_gets_by_itself(
    assistant: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    questions = [
        {"question": "养老机构内设医务室至少配几名医生？"},
        {"question": "消防演练多久一次？", "filters": {"region": "大兴"}},
        {"question": "家庭医生签约", "limit": 1},
        {"question": "朝阳区的床位补贴是多少？"},
        {"question": "补贴"},
    ]
    for client in serve(assistant, tmp_path_factory.mktemp("batch")):
        lines = batch(client, *questions)
        assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
        assert len({line["response"]["status"] for line in lines}) > 1
        for question, line in zip(questions, lines, strict=True):
            assert line["problem"] is None
            alone = client.post(ASK, json=question).json()
            for name in OF_EACH_TIME:
                alone.pop(name)
                line["response"].pop(name)
            assert line["response"] == alone


def test_one_that_fails_does_not_end_the_others(client: TestClient) -> None:
    lines = batch(
        client,
        {"question": DOCTORS},
        {"question": "   "},
        {"question": FAULT},
        {"question": DOCTORS, "conversation_id": "0" * 32},
        {"question": DOCTORS, "filters": {"document_ids": ["nowhere-1"]}},
        {"question": DOCTORS, "format": "card"},
        "养老机构内设医务室至少配几名医生？",
        None,
        {"question": "x" * 501},
        {"question": SUBSIDY},
    )
    codes = [line["problem"] and line["problem"]["code"] for line in lines]
    assert codes == [
        None,
        "empty_question",
        "internal_error",
        "unknown_conversation",
        "unknown_document",
        "invalid_request",
        "invalid_request",
        "invalid_request",
        "question_too_long",
        None,
    ]
    assert [line["index"] for line in lines] == [*range(10)]
    assert all((line["response"] is None) == (line["problem"] is not None) for line in lines)
    assert lines[5]["problem"]["errors"] == [{"field": "format", "message": "没有这个字段，请删去"}]
    assert SECRET not in json.dumps(lines)


def test_questions_of_one_conversation_follow_each_other(client: TestClient, scripted: Scripted) -> None:
    (first,) = batch(client, {"question": DOCTORS})
    conversation = first["response"]["conversation_id"]
    lines = batch(client, *({"question": NURSES, "conversation_id": conversation} for _ in range(2)))
    assert {line["response"]["conversation_id"] for line in lines} == {conversation}
    assert [len(history) for _, history, _, _ in scripted.heard] == [0, 1, 2]


def test_filters_and_limit_are_handed_on(client: TestClient, scripted: Scripted) -> None:
    batch(client, {"question": DOCTORS, "filters": {"region": "大兴", "as_of": "2026-01-01"}, "limit": 7})
    ((_, _, filters, limit),) = scripted.heard
    assert (filters.region, str(filters.as_of), limit) == ("大兴", "2026-01-01", 7)


def test_the_answers_are_kept_and_can_be_judged(client: TestClient) -> None:
    (line,) = batch(client, {"question": DOCTORS})
    body = {"answer_id": line["response"]["answer_id"], "verdict": "up"}
    assert client.post("/api/v1/feedback", json=body).status_code == 201


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
def test_too_few_or_too_many_are_refused_whole(client: TestClient, scripted: Scripted, count: int) -> None:
    response = client.post(BATCH, json={"questions": [{"question": DOCTORS}] * count})
    assert f"这里有 {count} 个问题" in assert_problem(response, "batch_size")["detail"]
    assert scripted.heard == []


def test_a_hundred_of_the_longest_are_taken(client: TestClient) -> None:
    lines = batch(client, *({"question": "\U00020000" * 500} for _ in range(MAX_BATCH)))  # six bytes a half, escaped
    assert len(lines) == MAX_BATCH
    assert {line["problem"] for line in lines} == {None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_request"),
        (b"[]", "invalid_request"),
        (b"{", "invalid_json"),
        (b'{"questions": 5}', "invalid_request"),
        (b'{"questions": [{"question": "x"}], "limit": 3}', "invalid_request"),
        (b'{"questions": [' + b" " * LARGER[BATCH] + b"]}", "payload_too_large"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(client: TestClient, body: bytes, code: str) -> None:
    assert_problem(client.post(BATCH, content=body, headers={"content-type": "application/json"}), code)


def test_it_wants_json(client: TestClient) -> None:
    response = client.post(BATCH, content=b"{}", headers={"content-type": "text/plain"})
    assert_problem(response, "unsupported_media_type")


def test_the_openapi_document_describes_a_question_and_a_line(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    models = api["components"]["schemas"]
    items = models["BatchRequest"]["properties"]["questions"]["items"]
    assert items == {"$ref": "#/components/schemas/QuestionRequest"}
    content = api["paths"][BATCH]["post"]["responses"]["200"]["content"]
    assert content == {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/BatchLine"}}}
    assert {*batch(client, {"question": DOCTORS})[0]} == {*models["BatchLine"]["properties"]}
    single = models["AskRequest"]["properties"]
    assert models["QuestionRequest"]["properties"] == {name: single[name] for name in single if name != "format"}


# On a real server


@pytest.fixture
def address(watched: Watched, tmp_path: Path) -> Iterator[str]:
    store = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    with serving(create_app(watched, store)) as url:
        yield url
    store.close()


def opened(address: str, count: int) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(address).hostname or "", urlsplit(address).port, timeout=20)
    body = json.dumps({"questions": [{"question": f"第{number}问：消防演练多久一次？"} for number in range(count)]})
    connection.request("POST", BATCH, body, {"content-type": "application/json"})
    return connection


@dataclass
class OneByOne(Watched):
    """Answers a question for each ticket."""

    tickets: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def ask(self, question: str, **context: Any) -> Answer:
        assert self.tickets.acquire(timeout=20)
        return super().ask(question, **context)


def test_a_line_goes_out_before_the_next_question_is_answered(assistant: Assistant, tmp_path: Path) -> None:
    store, slow = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}"), OneByOne(assistant)
    with serving(create_app(slow, store)) as url:
        connection = opened(url, 3)
        slow.tickets.release()
        response = connection.getresponse()
        for number in range(3):
            assert json.loads(response.readline())["index"] == number
            assert len(slow.asked) == number + 1
            slow.tickets.release()
        assert response.read() == b""
        connection.close()
    store.close()


def test_who_hangs_up_is_asked_for_no_longer(address: str, watched: Watched) -> None:
    connection = opened(address, MAX_BATCH)
    response = connection.getresponse()
    response.readline()
    assert connection.sock is not None
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
    response.close()
    seen, settled = -1, monotonic() + 10
    while seen != len(watched.asked) and monotonic() < settled:
        seen = len(watched.asked)
        sleep(0.5)
    assert 1 <= len(watched.asked) < MAX_BATCH


def test_while_a_batch_waits_others_are_answered(address: str, watched: Watched) -> None:
    watched.open.clear()
    connection = opened(address, 2)
    while not watched.asked:
        sleep(0.01)
    other = HTTPConnection(urlsplit(address).hostname or "", urlsplit(address).port, timeout=10)
    other.request("GET", "/healthz")
    assert other.getresponse().status == 200
    watched.open.set()
    assert len(connection.getresponse().read().splitlines()) == 2
    connection.close()
    other.close()
