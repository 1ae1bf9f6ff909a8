"""What is noted of a request, what is kept of an answer, and whether the server is ready."""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from assistant.answers import Filters
from index.stages import stage, timed
from tests.scripted import ASK, DOCTORS, FAULT, NURSES, SECRET, SUBSIDY, Scripted
from tests.scripted import scripted as scripted
from tests.sqlite import store as store
from web import beijing
from web.app import create_app
from web.asking import Desk
from web.limits import SECURITY_HEADERS
from web.operation.answer_cache import AnswerCache
from web.operation.logs import LogForm, set_up_logs
from web.operation.memory import proportional_bytes
from web.operation.metrics import Metrics
from web.operation.notices import READY, notify
from web.operation.process import server_config
from web.operation.readiness import Readiness
from web.operation.starting import starting_app
from web.problems import Problem
from web.settings import Settings
from web.store import Store

MADE = re.compile(r"[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}")
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client(scripted: Scripted, store: Store) -> Iterator[TestClient]:
    app = create_app(scripted, store, cached_answers=10)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[LogForm], StringIO]]:
    """Sets the logs up, and gives what is written from then on."""
    root = logging.getLogger()
    before, level = root.handlers, root.level

    def set_up(form: LogForm) -> StringIO:
        written = StringIO()
        monkeypatch.setattr(sys, "stderr", written)
        set_up_logs(form)
        return written

    yield set_up
    root.handlers, root.level = before, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


# -- request ids


def test_a_request_gets_an_id_that_can_be_read_out(client: TestClient) -> None:
    ids = {client.get("/healthz").headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20
    assert all(MADE.fullmatch(each) for each in ids)


@pytest.mark.parametrize("offered", ["7d9f2c1e-9b1a-4c7e-8e51-0a1b2c3d4e5f", "a", "gw.01_x-9", "A" * 64])
def test_an_id_from_a_gateway_is_kept(client: TestClient, offered: str) -> None:
    assert client.get("/healthz", headers={"x-request-id": offered}).headers["x-request-id"] == offered


@pytest.mark.parametrize("offered", ["", "A" * 65, "-a", "a b", "a\tb", "<i>", 'a"b', "编号"])
def test_an_id_that_could_do_harm_is_not(client: TestClient, offered: str) -> None:
    response = client.get("/healthz", headers={b"x-request-id": offered.encode()})
    assert MADE.fullmatch(response.headers["x-request-id"])


def test_a_problem_names_its_request(client: TestClient) -> None:
    response = client.post(ASK, json={"question": ""})
    assert response.json()["instance"] == f"urn:yiyang:request:{response.headers['x-request-id']}"


def test_a_fault_has_an_id_to_ask_about_and_every_security_header(client: TestClient) -> None:
    response = client.post(ASK, json={"question": FAULT})
    assert response.status_code == 500
    assert f"编号 {response.headers['x-request-id']}" in response.json()["detail"]
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()


def test_a_fault_shown_in_a_browser_has_the_id_too(client: TestClient) -> None:
    response = client.post("/ask", data={"question": FAULT}, headers=BROWSER)
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text


# -- logs


def test_a_request_is_one_line_without_its_words(client: TestClient, logged: Callable[[LogForm], StringIO]) -> None:
    written = logged("json")
    asked = client.post(ASK, json={"question": DOCTORS})
    client.get("/api/v1/search", params={"q": "养老"})
    client.get("/documents/daxing-2026-22", params={"find": "养老"})
    first, second, third = (line for line in lines(written) if line["message"] == "request")
    assert (first["method"], first["route"], first["status"]) == ("POST", ASK, 200)
    assert first["bytes"] == int(asked.headers["content-length"])
    assert first["request_id"] == asked.headers["x-request-id"]
    assert 0 < first["ms"] < 20_000
    assert (second["route"], third["route"]) == ("/api/v1/search", "/documents/{document_id}")
    assert "address" not in first
    assert not re.search(r"[\u4e00-\u9fff]|testclient", written.getvalue())


def test_an_address_is_logged_where_that_is_asked_for(
    scripted: Scripted, store: Store, logged: Callable[[LogForm], StringIO]
) -> None:
    written = logged("json")
    TestClient(create_app(scripted, store, log_addresses=True)).get("/healthz")
    (line,) = (line for line in lines(written) if line["message"] == "request")
    assert line["address"] == "testclient"


def test_a_database_that_fails_is_logged_with_its_request(
    client: TestClient, store: Store, logged: Callable[[LogForm], StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("select 1", {"question": "身份"}, Exception("connection refused"))

    written = logged("json")
    monkeypatch.setattr(store.database, "ping", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    (line,) = (line for line in lines(written) if line["logger"] == "web.problems")
    assert line["level"] == "error"
    assert line["request_id"] == response.headers["x-request-id"]
    assert "connection refused" in line["exception"]


def test_a_fault_is_logged_with_its_traceback_and_its_request(
    scripted: Scripted, store: Store, logged: Callable[[LogForm], StringIO]
) -> None:
    written = logged("json")
    app = create_app(scripted, store)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(app, Settings()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        connection = HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=20)
        connection.request("POST", ASK, json.dumps({"question": FAULT}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        problem = json.loads(response.read())
        server.should_exit = True
        thread.join(20)
        connection.close()
    (line,) = (line for line in lines(written) if line["logger"] == "uvicorn.error")
    assert response.status == 500
    assert problem["instance"].endswith(line["request_id"])
    assert f"RuntimeError: {SECRET}" in line["exception"]


def test_warnings_and_other_libraries_take_the_same_form(logged: Callable[[LogForm], StringIO]) -> None:
    written = logged("json")
    logging.getLogger("uvicorn.error").error("连接中断 %d", 7)
    logging.getLogger("alembic.runtime.migration").info("not worth a line")
    logging.getLogger("py.warnings").warning("deprecated")
    error, warning = lines(written)
    assert (error["message"], error["logger"], error["level"]) == ("连接中断 7", "uvicorn.error", "error")
    assert (warning["message"], warning["logger"]) == ("deprecated", "py.warnings")
    assert error["timestamp"].endswith("Z")


def test_a_traceback_tells_no_values(logged: Callable[[LogForm], StringIO]) -> None:
    forms: tuple[LogForm, ...] = ("json", "console")
    for form in forms:
        written = logged(form)
        secret = "".join(reversed(SECRET))
        try:
            int(secret and "x")
        except ValueError:
            logging.getLogger("web.test").exception("failed")
        assert "ValueError" in written.getvalue()
        assert secret not in written.getvalue()


def test_a_person_reads_plain_lines(logged: Callable[[LogForm], StringIO]) -> None:
    written = logged("console")
    structlog.get_logger("web.test").info("ready", index="0123")
    assert "ready" in written.getvalue()
    assert "index=0123" in written.getvalue()
    assert "{" not in written.getvalue()


# -- metrics


def sample(text: str, name: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_metrics_tell_stages_cache_index_and_process(client: TestClient) -> None:
    for _ in range(3):
        client.post(ASK, json={"question": DOCTORS})
    text = client.get("/metrics").text
    assert sample(text, 'yiyang_answer_stage_seconds_count{stage="store"}') == 3
    assert sample(text, 'yiyang_answer_cache_total{result="hit"}') == 2
    assert sample(text, 'yiyang_answer_cache_total{result="miss"}') == 1
    assert sample(text, 'yiyang_index_documents{version="scripted-1"}') == 5
    assert sample(text, "yiyang_http_requests_in_progress") == 1  # this one


def test_an_index_that_served_before_is_told_apart() -> None:
    metrics = Metrics()
    metrics.serves("old", 5)
    metrics.serves("new", 6)
    metrics.reloaded(succeeded=True)
    text = metrics.render().decode()
    assert sample(text, 'yiyang_index_documents{version="old"}') == 0
    assert sample(text, 'yiyang_index_documents{version="new"}') == 6
    assert sample(text, 'yiyang_index_reloads_total{result="done"}') == 1


def test_memory_is_read_from_the_system(tmp_path: Path) -> None:
    rollup = tmp_path / "smaps_rollup"
    rollup.write_text("00400000-7ffc ---p 00000000 00:00 0 [rollup]\nRss:   900 kB\nPss:   300 kB\nPss_Dirty: 1 kB\n")
    assert proportional_bytes(rollup) == 300 * 1024
    assert proportional_bytes(tmp_path / "absent") is None


# -- stages


def test_stages_add_up_to_the_whole_without_those_inside() -> None:
    with timed() as seconds:
        with stage("outer"):
            with stage("inner"):
                sum(range(200_000))
            with stage("inner"):
                sum(range(200_000))
        with stage("outer"):
            pass
    assert [*seconds] == ["inner", "outer"]
    assert seconds["inner"] > 10 * seconds["outer"] > 0


def test_a_stage_that_fails_is_timed_and_one_that_nobody_asks_for_is_not() -> None:
    with stage("unasked"):
        pass
    with timed() as seconds:
        with pytest.raises(ValueError, match="x"), stage("failing"):
            raise ValueError("x")
        with stage("after"):
            pass
    with stage("late"):
        pass
    assert [*seconds] == ["failing", "after"]


# -- the cache of answers


@pytest.fixture
def desk(scripted: Scripted, store: Store) -> Desk:
    return Desk(scripted, store, AnswerCache(2))


def test_the_same_question_is_worked_out_once_and_recorded_every_time(desk: Desk, scripted: Scripted) -> None:
    first, second = desk.ask(DOCTORS), desk.ask(DOCTORS)
    assert len(scripted.heard) == 1
    assert first.answer == second.answer
    assert (first.was_cached, second.was_cached) == (False, True)
    assert first.answer_id != second.answer_id
    assert [turn.question for turn in desk.store.conversations.turns(second.conversation_id)] == [DOCTORS]


@pytest.mark.parametrize("changed", [{"limit": 1}, {"filters": Filters(region="北京市")}, {"question": SUBSIDY}])
def test_another_question_another_restriction_another_answer(
    desk: Desk, scripted: Scripted, changed: dict[str, Any]
) -> None:
    desk.ask(DOCTORS)
    desk.ask(**{"question": DOCTORS, **changed})
    assert len(scripted.heard) == 2


def test_a_question_that_leans_on_others_is_kept_with_them(scripted: Scripted, store: Store) -> None:
    desk = Desk(scripted, store, AnswerCache(10))
    conversation = desk.ask(DOCTORS).conversation_id
    assert desk.ask(NURSES, conversation).was_cached is False
    assert desk.ask(NURSES, conversation).was_cached is False  # this time it leans on itself, too
    assert desk.ask(NURSES, desk.ask(SUBSIDY).conversation_id).was_cached is False
    assert desk.ask(NURSES, desk.ask(DOCTORS).conversation_id).was_cached is True


def test_a_conversation_opened_again_is_worked_out_once_more_at_most(scripted: Scripted, store: Store) -> None:
    desk = Desk(scripted, store, AnswerCache(10))
    conversation = desk.ask(DOCTORS).conversation_id
    last = desk.ask(NURSES, conversation)
    desk.recall(conversation)  # a follow-up is asked as it was understood, for the first time
    worked_out = len(scripted.heard)
    assert [each.answer.question for each in desk.recall(conversation)] == [DOCTORS, NURSES]
    assert desk.answered(last.answer_id).answer.text == last.answer.text
    assert len(scripted.heard) == worked_out


def test_tomorrow_is_another_day(desk: Desk, scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = beijing.today() + timedelta(days=1)
    desk.ask(DOCTORS)
    monkeypatch.setattr(beijing, "today", lambda: tomorrow)
    assert desk.ask(DOCTORS).was_cached is False


def test_the_least_recently_asked_goes_first(desk: Desk, scripted: Scripted) -> None:
    for question in (DOCTORS, SUBSIDY, DOCTORS, NURSES, DOCTORS, SUBSIDY):
        desk.ask(question)
    assert [heard[0] for heard in scripted.heard] == [DOCTORS, SUBSIDY, NURSES, SUBSIDY]


def test_a_fault_is_not_kept(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(RuntimeError, match=SECRET):
            desk.ask(FAULT)


# -- readiness


def test_ready_is_a_server_whose_index_has_answered_once(
    scripted: Scripted, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    readiness = Readiness(Desk(scripted, store))
    monkeypatch.setattr("web.operation.readiness.FIRST_QUESTION", FAULT)
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            readiness.check()
        assert refused.value.code == "not_ready"
    monkeypatch.setattr("web.operation.readiness.FIRST_QUESTION", DOCTORS)
    readiness.check()
    readiness.check()
    assert [heard[0] for heard in scripted.heard] == [FAULT, FAULT, DOCTORS]


# -- while starting


@pytest.fixture
def starting() -> TestClient:
    return TestClient(starting_app(Metrics()))


def test_a_server_that_starts_is_alive_and_not_ready(starting: TestClient) -> None:
    assert starting.get("/healthz").json()["status"] == "ok"
    for response in (starting.get("/readyz"), starting.post(ASK, json={"question": DOCTORS}), starting.get("/metrics")):
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["retry-after"] == "2"
        assert response.json()["code"] == "not_ready"
        assert "正在启动" in response.json()["detail"]
        assert SECURITY_HEADERS.items() <= dict(response.headers).items()


def test_a_reader_sees_a_page_that_comes_again(starting: TestClient) -> None:
    response = starting.get("/documents/daxing-2026-22?start=1", headers=BROWSER)
    assert response.status_code == 503
    assert response.headers["refresh"] == "2"
    assert "<h1>服务正在启动</h1>" in response.text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', response.text):
        assert starting.get(address).status_code == 200


def test_what_a_reader_sent_meanwhile_is_not_sent_again(starting: TestClient) -> None:
    response = starting.post("/ask", data={"question": DOCTORS}, headers=BROWSER)
    assert response.status_code == 503
    assert "refresh" not in response.headers
    assert "没有送达" in response.text


# -- the service manager


def test_the_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify(READY)
        assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_without_a_service_manager_nothing_happens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify(READY)
