"""GET /api/v1/requirements: the ledger over HTTP, its filters, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from corpus.figures.bounds import Comparator
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import ledger
from corpus.figures.requirements import Force
from corpus.library import Library
from tests.scripted import Scripted, assert_problem, assert_shape, assert_verbatim, serve
from web import schemas
from web.exports.choosing import Order
from web.exports.rhythms import Rhythm

REQUIREMENTS = "/api/v1/requirements"
FIELDS = {
    "kind": str,
    "subject": str,
    "comparator": str,
    "comparator_words": str,
    "number": (int, float, type(None)),
    "upper": (int, float, type(None)),
    "unit": (str, type(None)),
    "basis": (str, type(None)),
    "frequency": (dict, type(None)),
    "deadline": (dict, type(None)),
    "operative": (str, type(None)),
    "force": (str, type(None)),
    "bodies": list,
    "figure": str,
    "citation": dict,
}


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("requirements"))


def listed(client: TestClient, **filters: Any) -> dict[str, Any]:
    response = client.get(REQUIREMENTS, params=filters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_every_requirement_has_the_fields_of_the_contract_and_checks_out(client: TestClient, library: Library) -> None:
    found = listed(client, limit=200)
    assert found["total"] == len(found["requirements"]) == len(ledger(library))
    assert found["index_version"] == "scripted-1"
    for requirement in found["requirements"]:
        assert_shape(requirement, FIELDS)
        assert_verbatim(client, requirement["citation"])
        ((start, end),) = requirement["citation"]["highlights"]
        offset = requirement["citation"]["start"]
        assert requirement["citation"]["quote"][start - offset : end - offset] == requirement["figure"]


def test_a_requirement_in_full(client: TestClient) -> None:
    (requirement,) = listed(client, subject="消防演练")["requirements"]
    citation = requirement.pop("citation")
    assert requirement == {
        "kind": "frequency",
        "subject": "消防演练",
        "comparator": "at_least",
        "comparator_words": "至少",
        "number": 1,
        "upper": None,
        "unit": "次",
        "basis": None,
        "frequency": {"words": "每半年", "number": 0.5, "unit": "年"},
        "deadline": None,
        "operative": None,
        "force": None,
        "bodies": ["区民政局", "区卫生健康委"],
        "figure": "每半年至少开展1次",
    }
    assert (citation["document_id"], citation["article_id"], citation["region"]) == (
        "daxing-2026-22",
        "6.20",
        "北京市大兴区",
    )


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"region": "大兴"}, lambda each: each["citation"]["region"] == "北京市大兴区"),
        ({"region": "全国"}, lambda each: each["citation"]["region"] == "全国"),
        ({"document_id": "changning-2025-2"}, lambda each: each["citation"]["document_id"] == "changning-2025-2"),
        ({"kind": "frequency"}, lambda each: each["kind"] == "frequency"),
        ({"kind": ["deadline", "condition"]}, lambda each: each["kind"] in ("deadline", "condition")),
        ({"force": "禁止"}, lambda each: each["force"] == "禁止"),
        ({"force": ["强制要求", "原则上要求"]}, lambda each: each["force"] in ("强制要求", "原则上要求")),
        ({"subject": "率"}, lambda each: "率" in each["subject"]),
        ({"frequency": "half_year"}, lambda each: (each["frequency"] or {}).get("words") == "每半年"),
        (
            {"frequency": ["month", "other"]},
            lambda each: (each["frequency"] or {}).get("words") in ("每月", "每2年", "每次"),
        ),
        (
            {"words": "消防 培训"},
            lambda each: "消防" in each["citation"]["quote"] and "培训" in each["citation"]["quote"],
        ),
        (
            {"region": "大兴", "kind": "quantity", "subject": "率"},
            lambda each: each["figure"] in ("不低于80%", "控制在5%以内"),
        ),
    ],
)
def test_filters_keep_what_they_say_and_nothing_else(client: TestClient, filters: dict[str, Any], kept: Any) -> None:
    everything = listed(client, limit=200)["requirements"]
    found = listed(client, limit=200, **filters)
    assert found["requirements"] == [each for each in everything if kept(each)]
    assert 0 < found["total"] == len(found["requirements"]) < len(everything)


@pytest.mark.parametrize("sort", ["document", "subject", "frequency", "deadline"])
def test_the_list_is_put_in_order_and_nothing_is_lost(client: TestClient, sort: str) -> None:
    everything, found = (listed(client, limit=200, **query)["requirements"] for query in ({}, {"sort": sort}))
    assert sorted(map(str, found)) == sorted(map(str, everything))
    keys: dict[str, Any] = {
        "document": everything.index,
        "subject": lambda each: each["subject"],
        "frequency": lambda each: (
            ["每周", "每月", "每半年", "每年", "每2年"].index(each["frequency"]["words"])
            if each["frequency"] and each["frequency"]["words"] != "每次"
            else 9
        ),
        "deadline": lambda each: (each["deadline"] or {}).get("last_day") or "9999",
    }
    assert [keys[sort](each) for each in found] == sorted(keys[sort](each) for each in found)


def test_a_page_of_the_list(client: TestClient) -> None:
    everything = listed(client, limit=200)
    page = listed(client, limit=5, offset=10)
    assert page["requirements"] == everything["requirements"][10:15]
    assert page["total"] == everything["total"]
    assert listed(client, offset=2**53 - 1)["requirements"] == []


def test_where_nothing_is_counted_the_list_is_empty(client: TestClient) -> None:
    assert listed(client, subject="没有这样的事项") | {"index_version": ""} == {
        "requirements": [],
        "total": 0,
        "index_version": "",
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("document_id=nowhere-1", "unknown_document"),
        ("document_id=changning-2025-2&document_id=nowhere-1", "unknown_document"),
        ("kind=number", "invalid_request"),
        ("kind=", "invalid_request"),
        (urlencode({"force": "必须"}), "invalid_request"),
        ("limit=0", "invalid_request"),
        ("limit=201", "invalid_request"),
        ("limit=nan", "invalid_request"),
        ("offset=-1", "invalid_request"),
        (f"offset={2**53}", "invalid_request"),
        ("region=", "invalid_request"),
        (f"region={'x' * 51}", "invalid_request"),
        ("region=%00", "control_characters"),
        ("subject=%1B", "control_characters"),
        (f"subject={'x' * 51}", "invalid_request"),
        ("frequency=monthly", "invalid_request"),
        ("words=", "invalid_request"),
        (f"words={'x' * 51}", "invalid_request"),
        ("words=%00", "control_characters"),
        ("sort=number", "invalid_request"),
        ("colour=red", "invalid_request"),
    ],
)
def test_bad_filters_get_their_problem(client: TestClient, query: str, code: str) -> None:
    assert_problem(client.get(f"{REQUIREMENTS}?{query}"), code)


def test_a_bad_filter_is_told_what_it_may_be(client: TestClient) -> None:
    problem = assert_problem(client.get(f"{REQUIREMENTS}?kind=number&limit=500"), "invalid_request")
    told = {error["field"]: error["message"] for error in problem["errors"]}
    assert told["limit"] == "不得大于 200"
    assert told["kind.0"].startswith("只能是")
    assert "frequency" in told["kind.0"]


def test_the_contract_knows_every_kind_comparator_and_force() -> None:
    assert set(get_args(schemas.FigureKindName)) == {kind.value for kind in FigureKind}
    assert set(get_args(schemas.ComparatorName)) == {comparator.value for comparator in Comparator}
    assert set(get_args(schemas.ForceName)) == {force.value for force in Force}
    assert set(get_args(schemas.RhythmName)) == {rhythm.value for rhythm in Rhythm}
    assert set(get_args(schemas.OrderName)) == {order.value for order in Order}


def test_the_examples_are_those_of_one_real_requirement(client: TestClient) -> None:
    models = client.get("/openapi.json").json()["components"]["schemas"]
    shown = {name: field["examples"][0] for name, field in models["RequirementOut"]["properties"].items()}
    (real,) = listed(client, subject="家庭医生签约覆盖率")["requirements"]
    citation = shown.pop("citation")
    assert real["citation"] | citation == real["citation"]
    assert {name: real[name] for name in shown} == shown
    assert models["RequirementList"]["properties"]["total"]["examples"] == [listed(client)["total"]]


def test_the_reference_page_describes_it(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "GET /api/v1/requirements" in page
    assert "quantity / frequency / deadline / condition" in page
