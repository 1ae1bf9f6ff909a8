"""The HTTP interface: the contract field by field, every problem, and nothing that ends in a 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from assistant.pipeline import Assistant
from corpus.library import Library
from tests.scripted import (
    ASK,
    DOCTORS,
    ELSEWHERE,
    FAULT,
    NURSES,
    NURSES_IN_FULL,
    SECRET,
    SUBSIDY,
    VAGUE,
    Scripted,
    assert_problem,
    assert_shape,
    assert_verbatim,
    serve,
)
from web.limits import MAX_BODY
from web.problems import KINDS
from web.store import Store

VERIFY = "/api/v1/verify"
FEEDBACK = "/api/v1/feedback"
SEARCH = "/api/v1/search"
HEX = "0" * 32
SHA = "0" * 64
TESTS = Path(__file__).parent

ANSWER_FIELDS = {
    "status": str,
    "answer": str,
    "citations": list,
    "clarification": (dict, type(None)),
    "related": list,
    "interpreted_question": str,
    "question_type": str,
    "confidence": (int, float),
    "conversation_id": str,
    "answer_id": str,
    "index_version": str,
    "elapsed_ms": (int, float),
}
CITATION_FIELDS = {
    "document_id": str,
    "title": str,
    "document_number": (str, type(None)),
    "issuers": list,
    "issued_on": (str, type(None)),
    "region": (str, type(None)),
    "article_id": str,
    "label": str,
    "headings": list,
    "quote": str,
    "start": int,
    "end": int,
    "highlights": list,
    "document_sha256": str,
    "url": str,
}
RELATED_FIELDS = {"document_id": str, "article_id": str, "title": str, "label": str, "snippet": str, "url": str}


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Over the scripted assistant."""
    yield from serve(Scripted(library), tmp_path_factory.mktemp("scripted"))


@pytest.fixture(scope="module")
def real(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Over the real assistant."""
    yield from serve(assistant, tmp_path_factory.mktemp("real"))


def ask(client: TestClient, question: str, **others: Any) -> dict[str, Any]:
    response = client.post(ASK, json={"question": question, **others})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


# The contract


@pytest.mark.parametrize("question", [DOCTORS, SUBSIDY, ELSEWHERE, VAGUE])
def test_an_answer_has_exactly_the_fields_of_the_contract(client: TestClient, question: str) -> None:
    answer = ask(client, question)
    assert_shape(answer, ANSWER_FIELDS)
    for citation in answer["citations"]:
        assert_shape(citation, CITATION_FIELDS)
        assert_verbatim(client, citation)
    for related in answer["related"]:
        assert_shape(related, RELATED_FIELDS)


def test_an_answer_says_what_the_assistant_said(client: TestClient) -> None:
    answer = ask(client, DOCTORS)
    citation = answer["citations"][0]
    assert (answer["status"], answer["question_type"], answer["confidence"]) == ("answered", "quantity", 0.9)
    assert (citation["document_id"], citation["article_id"], citation["label"]) == (
        "changning-2025-2",
        "2.1.2",
        "二、（一）2.",
    )
    assert (citation["document_number"], citation["issued_on"]) == ("长民〔2025〕2号", "2025-01-02")
    assert "主要任务" in citation["headings"]
    assert [citation["quote"][s - citation["start"] : e - citation["start"]] for s, e in citation["highlights"]] == [
        "1名主执业点医师"
    ]
    assert citation["url"] == f"/documents/changning-2025-2?start={citation['start']}&end={citation['end']}#2.1.2"
    assert citation["quote"] in answer["answer"]


def test_each_status_brings_what_belongs_to_it(client: TestClient) -> None:
    assert ask(client, SUBSIDY)["status"] == "unspecified"
    assert ask(client, VAGUE)["clarification"]["options"][0] == DOCTORS
    nowhere = ask(client, ELSEWHERE)
    assert (nowhere["citations"], nowhere["related"][0]["snippet"]) == ([], "签约覆盖率不低于80%")


def test_a_conversation_goes_on_under_its_id(client: TestClient) -> None:
    first = ask(client, DOCTORS)
    second = ask(client, NURSES, conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert second["answer_id"] != first["answer_id"]
    assert second["interpreted_question"] == NURSES_IN_FULL


@pytest.mark.parametrize(
    "body",
    [
        {"filters": None},
        {"filters": {}},
        {"filters": {"region": None, "document_ids": None, "as_of": None}},
        {"filters": {"region": "某个没有的地方"}},
        {"filters": {"document_ids": ["changning-2025-2"], "as_of": "2026-01-01"}},
        {"filters": {"as_of": "0001-01-01"}},
        {"filters": {"as_of": "9999-12-31"}},
        {"conversation_id": None, "limit": 10},
    ],
)
@pytest.mark.parametrize("over", ["client", "real"])
def test_requests_that_are_in_order(over: str, body: dict[str, Any], request: pytest.FixtureRequest) -> None:
    assert_shape(ask(request.getfixturevalue(over), DOCTORS, **body), ANSWER_FIELDS)


def test_invisible_marks_are_dropped_and_line_breaks_kept(client: TestClient) -> None:
    answer = ask(client, "\ufeff养老\u200b机构\r\n几\u202e名\t\u2066医生\u2069\u200f ")
    assert answer["interpreted_question"] == "养老机构\n几名\t医生"


@pytest.mark.parametrize("length", [1, 500])
def test_questions_of_any_allowed_length(client: TestClient, length: int) -> None:
    assert ask(client, "问" * length)["interpreted_question"] == "问" * length


def test_search_gives_places_and_scores(client: TestClient) -> None:
    found = client.get(SEARCH, params={"q": "医务室 医师", "limit": 1, "document_id": "changning-2025-2"}).json()
    assert set(found) == {"hits", "index_version", "elapsed_ms"}
    hit = found["hits"][0]
    assert (hit["document_id"], hit["article_id"], hit["snippet"]) == (
        "changning-2025-2",
        "2.1.2",
        "至少配置1名主执业点医师",
    )
    assert hit["score"] == 0.5


def test_documents_are_listed_and_described(client: TestClient, library: Library) -> None:
    listed = client.get("/api/v1/documents").json()["documents"]
    assert [each["document_id"] for each in listed] == [document.document_id for document in library]
    for each in listed:
        described = client.get(f"/api/v1/documents/{each['document_id']}").json()
        provisions = described.pop("provisions")
        assert described == each
        assert [each["start"] for each in provisions[1:]] == [each["end"] for each in provisions[:-1]]
        assert provisions[-1]["end"] == each["characters"]


def test_a_text_is_the_canonical_text_byte_for_byte(client: TestClient, library: Library) -> None:
    for document in library:
        response = client.get(f"/api/v1/documents/{document.document_id}/text")
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.content == document.text.encode()
        assert response.headers["etag"] == f'"{document.sha256}"'


def test_a_provision_is_given_whole(client: TestClient, library: Library) -> None:
    document = library.get("changning-2025-2")
    given_back = client.get("/api/v1/documents/changning-2025-2/provisions/2.1").json()
    assert given_back["text"] == document.own_text(document.find("2.1"))
    assert given_back["whole_text"] == document.whole_text(document.find("2.1"))
    assert given_back["children"] == ["2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5"]


# Checking a citation


def claim_of(client: TestClient) -> dict[str, Any]:
    citation = ask(client, DOCTORS)["citations"][0]
    return {name: citation[name] for name in ("document_id", "article_id", "start", "end", "quote", "document_sha256")}


def test_a_citation_can_be_checked_by_anyone(client: TestClient) -> None:
    assert client.post(VERIFY, json=claim_of(client)).json() == {"valid": True, "reason": None}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quote": "至少配置2名主执业点医师"}, "不一致"),
        ({"document_id": "nowhere-1"}, "没有这份文件"),
        ({"document_id": "daxing-2026-22"}, "版本不同"),
        ({"article_id": "9.9.9"}, "没有条目"),
        ({"article_id": "2.1.3"}, "超出条目"),
        ({"start": 0}, "超出条目"),
        ({"end": 2**53 - 1}, "超出条目"),
        ({"start": 1050, "end": 1040}, "超出条目"),
        ({"document_sha256": SHA}, "版本不同"),
    ],
)
def test_a_citation_that_does_not_hold_is_told_why(client: TestClient, change: dict[str, Any], reason: str) -> None:
    outcome = client.post(VERIFY, json={**claim_of(client), **change}).json()
    assert outcome["valid"] is False
    assert reason in outcome["reason"]


def test_feedback_on_an_answer(client: TestClient) -> None:
    answer_id = ask(client, DOCTORS)["answer_id"]
    response = client.post(FEEDBACK, json={"answer_id": answer_id, "verdict": "down", "reason": "答非所问"})
    assert response.status_code == 201
    assert len(response.json()["feedback_id"]) == 32


# Problems

CITED = {"document_id": "x", "article_id": "1", "start": 0, "end": 1, "quote": "x", "document_sha256": SHA}
JSON = {"content-type": "application/json"}


def question(words: object, **others: object) -> dict[str, Any]:
    return {"json": {"question": words, **others}}


def raw(content: bytes | str, kind: str = "application/json") -> dict[str, Any]:
    return {"content": content, "headers": {"content-type": kind}}


PROBLEMS: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", ASK, question(""), "empty_question"),
    ("POST", ASK, question(" \n\t　"), "empty_question"),
    ("POST", ASK, question("\u200b\ufeff"), "empty_question"),
    ("POST", ASK, question("问" * 501), "question_too_long"),
    ("POST", ASK, question("问" * 10_000), "question_too_long"),
    ("POST", ASK, question("几名\x00医生"), "control_characters"),
    ("POST", ASK, question("几名\x1b[31m医生"), "control_characters"),
    ("POST", ASK, question("几名\x9f医生"), "control_characters"),
    ("POST", ASK, raw('{"question": "几名\\ud83d医生"}'), "control_characters"),
    ("POST", ASK, question(None), "invalid_request"),
    ("POST", ASK, question(["医生"]), "invalid_request"),
    ("POST", ASK, question(5), "invalid_request"),
    ("POST", ASK, {"json": {}}, "invalid_request"),
    ("POST", ASK, {"json": []}, "invalid_request"),
    ("POST", ASK, {"json": "医生"}, "invalid_request"),
    ("POST", ASK, raw("null"), "invalid_request"),
    ("POST", ASK, raw(""), "invalid_request"),
    ("POST", ASK, question("医生", limit=0), "invalid_request"),
    ("POST", ASK, question("医生", limit=11), "invalid_request"),
    ("POST", ASK, question("医生", limit=2.5), "invalid_request"),
    ("POST", ASK, question("医生", limit="3"), "invalid_request"),
    ("POST", ASK, question("医生", limit=True), "invalid_request"),
    ("POST", ASK, question("医生", limit=10**30), "invalid_request"),
    ("POST", ASK, raw('{"question": "医生", "limit": NaN}'), "invalid_request"),
    ("POST", ASK, raw('{"question": "医生", "limit": -Infinity}'), "invalid_request"),
    ("POST", ASK, raw('{"question": "医生", "limit": 1e999}'), "invalid_request"),
    ("POST", ASK, question("医生", colour="red"), "invalid_request"),
    ("POST", ASK, raw('{"question": "医生", "\\ud800\\u202e": 1}'), "invalid_request"),
    ("POST", ASK, question("医生", conversation_id="1"), "invalid_request"),
    ("POST", ASK, question("医生", conversation_id=f"{HEX}\n"), "invalid_request"),
    ("POST", ASK, question("医生", conversation_id=HEX.replace("0", "０")), "invalid_request"),
    ("POST", ASK, question("医生", conversation_id=HEX), "unknown_conversation"),
    ("POST", ASK, question("医生", filters=[]), "invalid_request"),
    ("POST", ASK, question("医生", filters={"regoin": "上海"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"region": ""}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"region": "上\x00海"}), "control_characters"),
    ("POST", ASK, question("医生", filters={"document_ids": []}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"document_ids": "changning-2025-2"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"document_ids": ["changning-2025-2", "nowhere-1"]}), "unknown_document"),
    ("POST", ASK, question("医生", filters={"document_ids": ["../etc/passwd"]}), "unknown_document"),
    ("POST", ASK, question("医生", filters={"as_of": "2026-02-30"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"as_of": "99999-01-01"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"as_of": "0000-01-01"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"as_of": "2026-W01-1"}), "invalid_request"),
    ("POST", ASK, question("医生", filters={"as_of": 0}), "invalid_request"),
    ("POST", ASK, raw("{"), "invalid_json"),
    ("POST", ASK, raw('{"question": "医生",}'), "invalid_json"),
    ("POST", ASK, raw(b'{"question": "\xff\xfe"}'), "invalid_json"),
    ("POST", ASK, raw("[" * 60_000), "invalid_json"),
    ("POST", ASK, raw('{"question": ' + "[" * 20_000 + "]" * 20_000 + "}"), "invalid_json"),
    ("POST", ASK, raw('{"question": "医生", "limit": ' + "9" * 5_000 + "}"), "invalid_json"),
    ("POST", ASK, raw("question=x", "application/x-www-form-urlencoded"), "unsupported_media_type"),
    ("POST", ASK, raw('{"question": "医生"}', "text/plain"), "unsupported_media_type"),
    ("POST", ASK, raw('{"question": "医生"}', "application/jsonx"), "unsupported_media_type"),
    ("POST", ASK, {"content": b'{"question": "x"}'}, "unsupported_media_type"),
    ("POST", ASK, raw(b" " * (MAX_BODY + 1)), "payload_too_large"),
    ("POST", ASK, {"content": (b" " * 1024 for _ in range(65)), "headers": JSON}, "payload_too_large"),
    ("POST", ASK, {"content": b"{}", "headers": {**JSON, "content-length": "9" * 30}}, "payload_too_large"),
    ("GET", ASK, {}, "method_not_allowed"),
    ("DELETE", "/api/v1/documents", {}, "method_not_allowed"),
    ("GET", "/api/v1/nothing", {}, "not_found"),
    ("GET", "/nothing", {}, "not_found"),
    ("GET", "/static/nothing.js", {}, "not_found"),
    ("GET", "/static/..%2fsettings.py", {}, "not_found"),
    ("GET", "/api/v1/documents/nowhere-1", {}, "unknown_document"),
    ("GET", "/api/v1/documents/%00%ff", {}, "unknown_document"),
    ("GET", "/api/v1/documents/nowhere-1/text", {}, "unknown_document"),
    ("GET", "/api/v1/documents/nowhere-1/provisions/1", {}, "unknown_document"),
    ("GET", "/api/v1/documents/changning-2025-2/provisions/9.9", {}, "unknown_article"),
    ("GET", f"/api/v1/documents/changning-2025-2/provisions/{'9' * 3000}", {}, "unknown_article"),
    ("GET", SEARCH, {}, "invalid_request"),
    ("GET", f"{SEARCH}?q=", {}, "empty_question"),
    ("GET", f"{SEARCH}?q=%00", {}, "control_characters"),
    ("GET", f"{SEARCH}?q=x&limit=99999999999999999999999", {}, "invalid_request"),
    ("GET", f"{SEARCH}?q=x&limit=nan", {}, "invalid_request"),
    ("GET", f"{SEARCH}?q=x&as_of=never", {}, "invalid_request"),
    ("GET", f"{SEARCH}?q=x&colour=red", {}, "invalid_request"),
    ("GET", f"{SEARCH}?q=x&document_id=nowhere-1", {}, "unknown_document"),
    ("POST", VERIFY, {"json": {}}, "invalid_request"),
    ("POST", VERIFY, {"json": {**CITED, "start": 2**53}}, "invalid_request"),
    ("POST", VERIFY, {"json": {**CITED, "start": -1}}, "invalid_request"),
    ("POST", VERIFY, {"json": {**CITED, "end": 10**40}}, "invalid_request"),
    ("POST", VERIFY, {"json": {**CITED, "document_sha256": "G" * 64}}, "invalid_request"),
    ("POST", FEEDBACK, {"json": {"answer_id": HEX, "verdict": "up"}}, "unknown_answer"),
    ("POST", FEEDBACK, {"json": {"answer_id": HEX, "verdict": "meh"}}, "invalid_request"),
    ("POST", FEEDBACK, {"json": {"answer_id": "x", "verdict": "up"}}, "invalid_request"),
    ("POST", FEEDBACK, {"json": {"answer_id": HEX, "verdict": "up", "reason": "x" * 501}}, "invalid_request"),
    ("POST", FEEDBACK, {"json": {"answer_id": HEX, "verdict": "up", "reason": "\x00"}}, "control_characters"),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "code"), PROBLEMS, ids=[f"{n}-{each[3]}" for n, each in enumerate(PROBLEMS)]
)
def test_bad_input_gets_its_problem(
    client: TestClient, method: str, path: str, sent: dict[str, Any], code: str
) -> None:
    assert_problem(client.request(method, path, **sent), code)


def test_every_code_is_tried_here_or_in_the_tests_of_its_subject() -> None:
    here = {code for *_, code in PROBLEMS} | {"internal_error", "not_ready", "bad_request"}
    others = "".join(each.read_text() for each in TESTS.glob("test_*.py") if each != Path(__file__))
    untried = [code for code in KINDS if code not in here and code not in others and KINDS[code][1] not in others]
    assert untried == []


def test_a_problem_names_every_field_that_is_wrong(client: TestClient) -> None:
    sent = {"question": 5, "limit": 99, "filters": {"as_of": "x", "colour": 1}, "extra\u202e" + "x" * 99: 1}
    problem = assert_problem(client.post(ASK, json=sent), "invalid_request")
    wrong = {error["field"]: error["message"] for error in problem["errors"]}
    assert wrong["question"] == "应为字符串"
    assert wrong["limit"] == "不得大于 10"
    assert wrong["filters.as_of"] == "应为 YYYY-MM-DD 格式的日期"
    assert wrong["filters.colour"] == "没有这个字段，请删去"
    assert wrong["extra�" + "x" * 54 + "…"] == "没有这个字段，请删去"


def test_a_method_not_allowed_says_which_are(client: TestClient) -> None:
    assert client.put(ASK).headers["allow"] == "POST"


def test_a_fault_tells_no_particulars(client: TestClient) -> None:
    response = client.post(ASK, json={"question": FAULT})
    assert_problem(response, "internal_error")
    assert SECRET not in response.text
    assert "Traceback" not in response.text


def test_a_store_that_does_not_answer_makes_the_server_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    assert client.get("/readyz").json()["status"] == "ready"
    monkeypatch.setattr(Store, "ping", locked)
    response = client.get("/readyz")
    assert_problem(response, "not_ready")
    assert response.headers["retry-after"] == "5"


# Nothing ends in a 5xx

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
asks = st.fixed_dictionaries(
    {"question": json_values | st.text(max_size=40)},
    optional={
        "conversation_id": json_values,
        "limit": json_values | st.integers(1, 10),
        "filters": json_values
        | st.fixed_dictionaries({}, optional=dict.fromkeys(("region", "document_ids", "as_of"), json_values)),
        "extra": json_values,
    },
)
fuzz = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def assert_sound(response: Any) -> None:
    assert response.status_code < 500, response.text
    if response.status_code != 200:
        assert_problem(response, response.json()["code"])


@fuzz
@given(body=asks | json_values)
def test_any_json_is_answered_or_refused(real: TestClient, body: Any) -> None:
    assert_sound(real.post(ASK, content=json.dumps(body), headers=JSON))


@fuzz
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered_or_refused(real: TestClient, body: bytes) -> None:
    assert_sound(real.post(ASK, content=body, headers=JSON))


@fuzz
@given(words=st.text(min_size=1, max_size=500))
def test_any_words_can_be_asked(real: TestClient, words: str) -> None:
    assert_sound(real.post(ASK, json={"question": words}))


@fuzz
@given(claim=st.fixed_dictionaries(dict.fromkeys(CITED, json_values)))
def test_any_claim_is_checked_or_refused(real: TestClient, claim: dict[str, Any]) -> None:
    assert_sound(real.post(VERIFY, content=json.dumps(claim), headers=JSON))


# The real assistant behind it


@pytest.mark.parametrize(
    "question", [DOCTORS, "长宁方案第14条", "消防演练多久一次？", "朝阳区的签约率是多少？", "大兴和长宁有什么不同？"]
)
def test_real_answers_are_verbatim_and_check_out(real: TestClient, question: str) -> None:
    answer = ask(real, question)
    assert_shape(answer, ANSWER_FIELDS)
    for citation in answer["citations"]:
        assert_verbatim(real, citation)
        claim = {name: citation[name] for name in CITED}
        assert real.post(VERIFY, json=claim).json() == {"valid": True, "reason": None}


def test_the_question_of_the_readme(real: TestClient) -> None:
    citation = ask(real, DOCTORS)["citations"][0]
    assert (citation["document_id"], citation["article_id"]) == ("changning-2025-2", "2.1.2")
    assert "至少配置1名主执业点医师和1名注册护士" in citation["quote"]


def test_the_same_question_gives_the_same_answer(real: TestClient) -> None:
    own = ("conversation_id", "answer_id", "elapsed_ms")
    first, second = (ask(real, DOCTORS) for _ in range(2))
    assert {k: v for k, v in first.items() if k not in own} == {k: v for k, v in second.items() if k not in own}


def test_real_search_keeps_to_its_filters(real: TestClient) -> None:
    found = real.get(SEARCH, params={"q": "家庭医生签约", "limit": 5, "document_id": "daxing-2026-22"}).json()["hits"]
    assert found
    assert {hit["document_id"] for hit in found} == {"daxing-2026-22"}


# The description, and what those who run it need


def test_every_field_has_a_description_and_an_example(client: TestClient) -> None:
    models = client.get("/openapi.json").json()["components"]["schemas"]
    ours = {name: model for name, model in models.items() if not name.startswith(("HTTPValidation", "Validation"))}
    bare = [
        f"{name}.{field}"
        for name, model in ours.items()
        for field, schema in model.get("properties", {}).items()
        if not schema.get("description") or not schema.get("examples")
    ]
    assert len(ours) > 12
    assert bare == []


def test_the_examples_of_a_citation_are_true(client: TestClient) -> None:
    models = client.get("/openapi.json").json()["components"]["schemas"]
    claim = {name: schema["examples"][0] for name, schema in models["VerifyRequest"]["properties"].items()}
    assert client.post(VERIFY, json=claim).json() == {"valid": True, "reason": None}
    shown = {name: schema["examples"][0] for name, schema in models["CitationOut"]["properties"].items()}
    answer = ask(client, DOCTORS)["citations"][0]
    assert {**answer, **{name: shown[name] for name in ("quote", "end", "url")}} == shown


def test_metrics_count_answers_and_requests_by_route(client: TestClient) -> None:
    ask(client, VAGUE)
    client.get("/api/v1/documents/changning-2025-2")
    client.request("BREW", "/api/v1/documents/changning-2025-2")
    text = client.get("/metrics").text
    assert 'yiyang_answers_total{question_type="general",status="clarify"}' in text
    assert 'route="/api/v1/documents/{document_id}",status="200"' in text
    assert 'yiyang_index_documents{version="scripted-1"} 5.0' in text
    assert "changning" not in text
    assert "BREW" not in text


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json() == {"status": "ready", "index_version": "scripted-1", "documents": 5}
