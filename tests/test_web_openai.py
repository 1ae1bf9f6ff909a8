"""The chat interface of existing front ends, spoken by OpenAI's own client to a running server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessageParam

from assistant.pipeline import Assistant
from corpus.citations import Citation
from corpus.library import Library
from tests.loopback import serving
from tests.watched import Watched
from web.asking import Desk
from web.limits import BodyLimit
from web.openai import openai_router
from web.openai.chat import HISTORY
from web.operation.metrics import Metrics
from web.problems import Problem, install
from web.store import Store, open_store

CHAT = "/v1/chat/completions"
DOCTORS = "养老机构内设医务室至少配几名医生？"
NURSES = "那护士呢？"
SUBSIDY = "给家庭医生补助多少钱？"
ELSEWHERE = "朝阳区的签约率是多少？"
USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@dataclass(frozen=True)
class Service:
    """A running server, a client of it, and what is behind it."""

    address: str
    client: openai.OpenAI
    watched: Watched
    store: Store

    def ask(self, *messages: str, **parameters: Any) -> Any:
        return self.client.chat.completions.create(model="yiyang", messages=user(*messages), **parameters)

    def refused(self, **body: Any) -> Any:
        """The error of a request that is not taken."""
        with pytest.raises(openai.APIStatusError) as caught:
            self.client.chat.completions.create(**({"model": "yiyang", "messages": user(DOCTORS)} | body))
        return caught.value


def user(*questions: str) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": question} for question in questions]


def application(watched: Watched, store: Store, **included: Any) -> FastAPI:
    app = FastAPI(separate_input_output_schemas=False)
    metrics = Metrics()
    metrics.serves(watched.index_version, len(watched.library))
    app.include_router(openai_router(Desk(watched, store), metrics), **included)
    install(app, lambda request, problem: None)
    app.add_middleware(BodyLimit)
    return app


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('openai') / 'yiyang.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running(assistant: Assistant, store: Store) -> Iterator[Service]:
    watched = Watched(assistant)
    with (
        serving(application(watched, store)) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client,
    ):
        yield Service(address, client, watched, store)


@pytest.fixture
def service(running: Service) -> Service:
    running.watched.asked.clear()
    running.watched.histories.clear()
    return running


@pytest.fixture(scope="module")
def direct(assistant: Assistant, store: Store) -> Iterator[TestClient]:
    with TestClient(application(Watched(assistant), store), raise_server_exceptions=False) as client:
        yield client


# Answers


def test_there_is_one_model(service: Service) -> None:
    assert [model.id for model in service.client.models.list()] == ["yiyang"]
    assert service.client.models.retrieve("yiyang").owned_by == "yiyang"
    with pytest.raises(openai.NotFoundError) as caught:
        service.client.models.retrieve("gpt-4o")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


def test_a_question_is_answered_with_its_citations(service: Service, library: Library) -> None:
    completion = service.ask(DOCTORS)
    message = completion.choices[0].message
    answer = service.watched.assistant.ask(DOCTORS)
    assert (message.role, message.content, message.status) == ("assistant", answer.text, "answered")
    assert "——《关于进一步深化长宁区养老服务医养结合发展的实施方案》" in message.content
    assert (completion.choices[0].finish_reason, completion.model, completion.object) == (
        "stop",
        "yiyang",
        "chat.completion",
    )
    assert completion.system_fingerprint == service.watched.index_version
    assert completion.usage.model_dump(exclude_none=True) == USAGE
    assert_verbatim(message.citations, library)


def assert_verbatim(citations: list[dict[str, Any]], library: Library) -> None:
    assert citations
    for shown in citations:
        place = (shown[name] for name in ("document_id", "article_id", "start", "end", "document_sha256"))
        assert Citation(*place).quote(library.get(shown["document_id"])) == shown["quote"]
        assert all(shown["start"] <= start < end <= shown["end"] for start, end in shown["highlights"])


@pytest.mark.parametrize(("question", "status"), [(ELSEWHERE, "not_found"), ("政策", "clarify")])
def test_other_outcomes_are_answers_too(service: Service, question: str, status: str) -> None:
    message = service.ask(question).choices[0].message
    assert (message.status, message.citations) == (status, [])
    assert message.content


def test_an_answer_can_be_rated(service: Service) -> None:
    completion = service.ask(DOCTORS)
    answer_id = completion.choices[0].message.answer_id
    assert completion.id == f"chatcmpl-{answer_id}"
    assert len(service.store.verdicts.add(answer_id, "up")) == 32


def test_the_same_question_gets_the_same_words(service: Service) -> None:
    first, second = (service.ask(DOCTORS).choices[0].message for _ in range(2))
    assert (first.content, first.citations) == (second.content, second.citations)


# Conversations


def test_a_follow_up_leans_on_the_questions_before(service: Service) -> None:
    first = service.ask(DOCTORS).choices[0].message.content
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": DOCTORS},
        {"role": "assistant", "content": first},
        {"role": "user", "content": [{"type": "text", "text": "那护士"}, {"type": "text", "text": "呢？"}]},
    ]
    completion = service.client.chat.completions.create(model="yiyang", messages=messages)
    assert "1名注册护士" in (completion.choices[0].message.content or "").split("\n")[0]
    assert service.watched.histories[-1] == (DOCTORS,)


def test_only_the_latest_questions_are_answered_again(service: Service) -> None:
    earlier = [f"第{number}项要求是什么？" for number in range(40)]
    service.ask(*earlier, NURSES)
    assert service.watched.asked == [*earlier[-HISTORY:], NURSES]
    assert [len(history) for history in service.watched.histories] == [*range(HISTORY + 1)]


def test_an_earlier_question_that_was_refused_does_not_spoil_the_rest(service: Service) -> None:
    service.ask(DOCTORS, "问" * 501, " ", NURSES)
    assert service.watched.asked == [DOCTORS, NURSES]


def test_only_the_last_question_is_recorded(service: Service, tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'own.db'}")
    client = TestClient(application(service.watched, opened))
    client.post(CHAT, json={"model": "yiyang", "messages": user(DOCTORS, NURSES)})
    answer_id = client.post(CHAT, json={"model": "yiyang", "messages": user(DOCTORS)}).json()["id"][9:]
    assert opened.verdicts.add(answer_id, "down")
    opened.close()
    with sqlite3.connect(tmp_path / "own.db") as connection:
        rows = connection.execute("SELECT question, interpreted_question FROM turns ORDER BY created_at").fetchall()
    connection.close()
    assert rows == [(NURSES, "养老机构内设医务室至少配几名护士？"), (DOCTORS, DOCTORS)]


# Streams


@pytest.mark.parametrize("question", [DOCTORS, ELSEWHERE, "政策", "长宁方案讲了什么？"])
def test_a_stream_adds_up_to_the_whole_answer(service: Service, question: str) -> None:
    whole = service.ask(question).choices[0].message
    chunks = [*service.ask(question, stream=True)]
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert deltas[0].role == "assistant"
    assert (deltas[-1].citations, deltas[-1].status) == (whole.citations, whole.status)
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert {(chunk.object, chunk.model) for chunk in chunks} == {("chat.completion.chunk", "yiyang")}


def test_usage_comes_last_where_it_is_asked_for(service: Service) -> None:
    *chunks, last = service.ask(DOCTORS, stream=True, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage.model_dump(exclude_none=True) == USAGE
    assert all(chunk.usage is None for chunk in chunks)
    assert [*service.ask(DOCTORS, stream=True)][-1].usage is None


def test_a_stream_is_sent_as_events_that_no_proxy_holds_back(service: Service) -> None:
    body = {"model": "yiyang", "messages": user(DOCTORS), "stream": True}
    with Client() as client, client.stream("POST", f"{service.address}{CHAT}", json=body) as response:
        events = response.read().decode().split("\n\n")
        assert response.headers["content-type"].startswith("text/event-stream")
        assert (response.headers["cache-control"], response.headers["x-accel-buffering"]) == ("no-cache", "no")
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(json.loads(event.removeprefix("data: "))["choices"] for event in events[:-2])


def test_the_asynchronous_client_works_too(service: Service) -> None:
    async def ask() -> str:
        async with openai.AsyncOpenAI(base_url=f"{service.address}/v1", api_key="any", max_retries=0) as client:
            stream = await client.chat.completions.create(model="yiyang", messages=user(DOCTORS), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(ask()) == service.watched.assistant.ask(DOCTORS).text


# What is ignored, and what is refused


def test_what_steers_a_language_model_is_ignored(service: Service) -> None:
    plain = service.ask(DOCTORS).choices[0].message.content
    steered = service.ask(
        DOCTORS,
        temperature=1.9,
        top_p=0.1,
        max_tokens=1,
        seed=3,
        stop=["。"],
        n=1,
        user="u",
        tools=[],
        logprobs=False,
        response_format={"type": "text"},
        modalities=["text"],
        tool_choice="none",
        extra_body={"chat_id": "x"},
    )
    assert steered.choices[0].message.content == plain


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("tools", [TOOL], "不调用工具"),
        ("functions", [{"name": "f", "parameters": {}}], "不调用工具"),
        ("tool_choice", "required", "不调用工具"),
        ("function_call", {"name": "f"}, "不调用工具"),
        ("n", 2, "只有一个回答"),
        ("logprobs", True, "没有概率"),
        ("top_logprobs", 3, "没有概率"),
        ("modalities", ["text", "audio"], "只接受文字"),
        ("audio", {"voice": "alloy", "format": "wav"}, "只接受文字"),
        ("response_format", {"type": "json_object"}, "不能改成其他格式"),
        ("web_search_options", {}, "不检索互联网"),
    ],
)
def test_what_is_not_served_is_refused_clearly(service: Service, name: str, value: Any, words: str) -> None:
    for stream in (False, True):
        error = service.refused(**{name: value}, stream=stream)
        assert (error.status_code, error.code, error.param) == (400, "unsupported_parameter", name)
        assert error.type == "invalid_request_error"
        assert words in error.body["message"]
        assert f"请去掉 {name} 后重试" in error.body["message"]
    assert service.watched.asked == []


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"file_id": "f"}},
    ],
)
def test_images_and_the_like_are_refused(service: Service, part: dict[str, Any]) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": DOCTORS}, part]}]
    error = service.refused(messages=messages)
    assert (error.status_code, error.code, error.param) == (400, "unsupported_value", "messages.0")
    assert f"只接受文字。请去掉 messages.0 中的 {part['type']}。" in error.body["message"]


@pytest.mark.parametrize(
    ("messages", "status", "code", "param"),
    [
        ([], 422, "invalid_request", "messages"),
        ([{"role": "robot", "content": "x"}], 422, "invalid_request", "messages.0.role"),
        ([{"role": "user", "content": 3}], 422, "invalid_request", "messages.0.content.str"),
        ([{"role": "assistant", "content": "x"}], 400, "invalid_value", "messages.0"),
        ([{"role": "tool", "content": "x", "tool_call_id": "t"}], 400, "unsupported_value", "messages.0"),
        ([{"role": "user", "content": "  "}], 422, "empty_question", None),
        ([{"role": "user"}], 422, "empty_question", None),
        ([{"role": "user", "content": "问" * 501}], 422, "question_too_long", None),
        ([{"role": "user", "content": "a\x1bb"}], 422, "control_characters", None),
    ],
)
def test_messages_that_cannot_be_answered_are_told_why(
    service: Service, messages: list[Any], status: int, code: str, param: str | None
) -> None:
    error = service.refused(messages=messages)
    assert (error.status_code, error.code, error.param, error.type) == (status, code, param, "invalid_request_error")
    assert not error.body["message"].isascii()


def test_another_model_is_not_there(service: Service) -> None:
    error = service.refused(model="gpt-4o")
    assert isinstance(error, openai.NotFoundError)
    assert error.body == {
        "message": "没有名为「gpt-4o」的模型，请用 yiyang。",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b"\xff", "application/json", 400, "invalid_json"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"[]", "application/json", 422, "invalid_request"),
    ],
)
def test_bodies_that_are_none_are_refused_in_the_same_form(
    direct: TestClient, content: bytes, kind: str, status: int, code: str
) -> None:
    response = direct.post(CHAT, content=content, headers={"content-type": kind})
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(("code", "status", "kind"), [("not_ready", 503, "server_error"), ("bad_request", 400, None)])
def test_problems_of_dependencies_are_told_in_the_same_form(
    assistant: Assistant, store: Store, code: str, status: int, kind: str | None
) -> None:
    """Such as keys and limits, which the application adds to the router."""

    def refuse() -> None:
        raise Problem(code, headers={"Retry-After": "7"})

    client = TestClient(application(Watched(assistant), store, dependencies=[Depends(refuse)]))
    response = client.post(CHAT, json={"model": "yiyang", "messages": user(DOCTORS)})
    assert (response.status_code, response.headers["retry-after"]) == (status, "7")
    assert response.json()["error"]["type"] == (kind or "invalid_request_error")
    assert client.get("/v1/models").status_code == status


def test_a_fault_tells_nothing_of_itself(service: Service) -> None:
    service.watched.faults.append(RuntimeError("secret particulars"))
    error = service.refused()
    assert isinstance(error, openai.InternalServerError)
    assert "secret" not in error.message
    again = service.client.with_options(max_retries=2)  # the server has hung up
    assert again.chat.completions.create(model="yiyang", messages=user(DOCTORS)).choices


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "model": st.just("yiyang") | values,
        "messages": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "role": st.sampled_from(["user", "assistant", "system", "tool", "robot"]) | values,
                    "content": values | st.lists(st.fixed_dictionaries({"type": st.text(max_size=5), "text": values})),
                },
            ),
            max_size=4,
        )
        | values,
        "stream": st.booleans() | values,
        "stream_options": values,
        "tools": values,
        "n": values,
        "modalities": values,
        "tool_choice": values,
        "response_format": values,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=requests)
def test_no_request_ends_in_a_fault(direct: TestClient, body: dict[str, Any]) -> None:
    response = direct.post(CHAT, json=body)
    assert response.status_code in {200, 400, 404, 422}
    if response.status_code != 200:
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_every_field_has_a_description_and_an_example(direct: TestClient) -> None:
    description = direct.get("/openapi.json").json()
    models = description["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, model in models.items()
        if not name.startswith(("HTTPValidation", "Validation"))
        for field, schema in model.get("properties", {}).items()
        if not schema.get("description") or not schema.get("examples")
    ]
    assert {"ChatRequest", "Completion", "ErrorOut"} <= set(models)
    assert bare == []
    assert "text/event-stream" in description["paths"][CHAT]["post"]["responses"]["200"]["content"]
