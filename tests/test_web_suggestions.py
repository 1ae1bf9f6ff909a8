"""What is offered while one types: what is found, in which order, what never is, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.anticipated import AnticipatedQuestion
from corpus.library import Library, library_of
from tests.scripted import Scripted, assert_problem, assert_shape, serve
from web import suggestions
from web.suggestions import LONGEST_TYPED, SuggestionKind, Suggestions, key_of, suggestions_of

SUGGESTIONS = "/api/v1/suggestions"
TODAY = date(2026, 6, 1)
FIELDS = {"text": str, "kind": str, "document_id": str, "article_id": str, "url": str}


@pytest.fixture(scope="module")
def offered(library: Library) -> Suggestions:
    return suggestions_of(library)


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("suggestions"))


def over(library: Library, *questions: tuple[str, str] | AnticipatedQuestion) -> Suggestions:
    """Suggestions over one document with these questions, given with their articles."""
    anticipated = tuple(
        each if isinstance(each, AnticipatedQuestion) else AnticipatedQuestion(*each) for each in questions
    )
    alone = library_of((library.get("changning-2025-2"),))
    return suggestions_of(replace(alone, anticipated={"changning-2025-2": anticipated}))


def texts(found: Suggestions, typed: str, limit: int = 8, today: date = TODAY) -> list[str]:
    return [each.text for each in found.matching(typed, limit, today)]


# What is found


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("消防", ["消防责任制怎么落实"]),
        ("护士几名", ["注册护士配几名"]),  # the words in another order
        ("医务室要配几个医生才行呢", ["养老院的医务室最少得配几个大夫？"]),  # with words that nobody anticipated
        ("消防演练多久一", ["大兴消防演练频次怎么规定"]),  # broken off
        ("醫務室", ["医务室人员配备底线"]),  # traditional characters
        ("  医务室，", ["医务室人员配备底线"]),
        ("家庭医生签约", ["协同推动家庭医生签约服务"]),  # a heading
        ("长宁 补贴", ["长宁补贴办法要改吗？"]),
    ],
)
def test_what_is_typed_finds_what_is_meant(offered: Suggestions, typed: str, among: list[str]) -> None:
    assert set(among) <= set(texts(offered, typed))


@pytest.mark.parametrize("typed", ["", " ", "？", "吗", "今天天气怎么样", "zheng", "朝阳区游泳馆", "问" * 80, "\u0300"])
def test_where_nothing_is_meant_nothing_is_offered(offered: Suggestions, typed: str) -> None:
    assert texts(offered, typed) == []


def test_what_is_too_long_to_complete_is_left_alone(offered: Suggestions) -> None:
    typed = "消防" + " " * (LONGEST_TYPED - 2)
    assert texts(offered, typed) != []
    assert texts(offered, f"{typed} ") == []


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("护士", "护士注册有什么条件？", "注册护士有什么条件？"),  # begins as typed
        ("护士注册", "护士注册有什么条件？", "护士注册有什么条件，诊疗科目有什么条件？"),  # is nearly typed
    ],
)
def test_of_two_that_have_what_is_typed_the_nearer_goes_first(
    library: Library, typed: str, first: str, second: str
) -> None:
    assert texts(over(library, ("2.1.1", second), ("2.1.2", first)), typed)[:2] == [first, second]


def test_rare_words_say_more_than_common_ones(library: Library) -> None:
    common = [("2.1.1", f"养老机构{word}怎么办？") for word in ("收费", "用地", "招人", "评级", "改建", "备案")]
    found = over(library, *common, ("2.1.2", "护士在养老机构能注册吗？"))
    assert texts(found, "养老机构护士")[0] == "护士在养老机构能注册吗？"


def test_of_two_ways_to_ask_the_plain_one_goes_first(library: Library) -> None:
    found = over(library, ("2.1.2", "医务室里头得有几位大夫坐着？"), ("2.1.2", "医务室配置几名注册护士和医师？"))
    assert texts(found, "医务室") == ["医务室配置几名注册护士和医师？", "医务室里头得有几位大夫坐着？"]


def test_a_question_goes_before_a_heading_as_near(library: Library) -> None:
    found = over(library, ("2.1.4", "签约服务机制靠什么来强化？"))
    kinds = [(each.text, each.kind) for each in found.matching("签约服务机制", 8, TODAY)]
    assert kinds[:2] == [
        ("签约服务机制靠什么来强化？", SuggestionKind.QUESTION),
        ("强化签约服务机制", SuggestionKind.HEADING),
    ]


# What never is


def test_the_same_is_not_offered_twice(offered: Suggestions) -> None:
    for typed in ("消防", "养老机构", "医务室", "大兴", "签约", "补贴", "示范"):
        keys = [key_of(text) for text in texts(offered, typed, 20)]
        assert len(keys) == len(set(keys))


def test_what_only_signs_tell_apart_is_the_same(library: Library) -> None:
    found = over(
        library, ("2.1.2", "医务室配几名护士？"), ("2.1.3", "医务室配几名护士"), ("2.1.4", "醫務室配幾名護士呢？")
    )
    assert texts(found, "医务室") == ["医务室配几名护士？"]


def test_one_article_does_not_fill_the_list(library: Library) -> None:
    ways = ["医务室配几名护士？", "医务室的人员标准是什么？", "医务室要请多少位医师？", "医务室开张前缺什么人？"]
    found = over(library, *(("2.1.2", each) for each in ways), ("2.1.3", "医务室谁来指导？"))
    articles = [each.article_id for each in found.matching("医务室", 8, TODAY)]
    assert sorted(articles) == ["2.1.2", "2.1.2", "2.1.3"]


def test_what_no_document_answers_is_not_offered(library: Library) -> None:
    unanswered = {key_of(each.question) for asked in library.anticipated.values() for each in asked if not each.stated}
    stated = {key_of(each.question) for asked in library.anticipated.values() for each in asked if each.stated}
    keys = {key_of(each.text) for each in suggestions_of(library).offered if each.kind is SuggestionKind.QUESTION}
    assert unanswered
    assert keys
    assert keys <= stated
    assert not keys & (unanswered - stated)


@pytest.mark.parametrize(
    "question",
    [
        "这份通知是几号文？",
        "该方案谁发的？",
        "落款写的是哪天？",
        "补贴写在哪部分？",
        "第三条说什么？",
        "啥时候发补贴？",
        "补贴给不？",
    ],
)
def test_what_is_not_fit_to_be_asked_alone_is_not_offered(library: Library, question: str) -> None:
    found = over(library, ("2.4.15", question), ("2.4.15", "补贴是不是按月发给机构？"))
    assert texts(found, "补贴") == ["补贴是不是按月发给机构？"]
    assert texts(found, question) in ([], ["补贴是不是按月发给机构？"])


def test_what_is_no_longer_in_force_is_not_offered(library: Library) -> None:
    document = library.get("changning-2025-2")
    ended = replace(document, metadata=replace(document.metadata, repealed_on=date(2026, 6, 1)))
    asked = (AnticipatedQuestion("2.1.2", "医务室配几名护士？"),)
    found = suggestions_of(replace(library_of((ended,)), anticipated={"changning-2025-2": asked}))
    assert texts(found, "医务室", today=date(2026, 5, 31)) == ["医务室配几名护士？"]
    assert texts(found, "医务室", today=date(2026, 6, 1)) == []


def test_a_heading_in_use_everywhere_is_not_offered(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = library_of((library.get("daxing-2026-22"),))
    assert texts(suggestions_of(alone), "做好传染病防控") == ["做好传染病防控"]
    monkeypatch.setattr(suggestions, "_USUAL", 2)
    both = library_of((library.get("daxing-2026-22"), library.get("national-2024-40")))
    assert "做好传染病防控" not in texts(suggestions_of(both), "做好传染病防控")


def test_a_library_without_questions_or_headings_offers_nothing() -> None:
    assert suggestions_of(library_of(())).matching("医务室", 8, TODAY) == ()


# How it behaves


def test_four_thousand_questions_are_searched_in_less_than_five_milliseconds(library: Library) -> None:
    shipped = [each for asked in library.anticipated.values() for each in asked]
    many = [
        AnticipatedQuestion("2.1.2", f"{number}{each.question}"[:80])
        for number, each in enumerate((shipped * 3)[:6000])
    ]
    found = over(library, *many)
    assert len(found.offered) >= 4000
    for typed in ("医", "养老机构", "医务室要配几个医生才行呢", "养老机构消防演练多久要组织一次" * 5):
        took = []
        for _ in range(7):
            began = perf_counter()
            found.matching(typed, 8, TODAY)
            took.append(perf_counter() - began)
        assert min(took) < 0.005, typed


@given(typed=st.text(max_size=120) | st.text(st.sampled_from("医务室护士养老机构补贴几名？ "), max_size=120))
@settings(deadline=None)
def test_anything_may_be_typed(offered: Suggestions, typed: str) -> None:
    found = offered.matching(typed, 8, TODAY)
    assert len(found) <= 8
    assert found == offered.matching(typed, 8, TODAY)


# Over HTTP


def get(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    response = client.get(SUGGESTIONS, params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["suggestions"]
    return found


def test_suggestions_have_the_fields_of_the_contract_and_lead_to_their_article(
    client: TestClient, library: Library
) -> None:
    found = get(client, q="消防")
    assert len(found) == 8
    for each in found:
        assert_shape(each, FIELDS)
        assert library.get(each["document_id"]).has(each["article_id"])
        assert each["url"] == f"/documents/{each['document_id']}#{each['article_id']}"
    assert get(client, q="消防", limit=3) == found[:3]


def test_the_example_of_the_reference_is_a_real_suggestion(client: TestClient) -> None:
    models = client.get("/openapi.json").json()["components"]["schemas"]
    shown = {name: field["examples"][0] for name, field in models["SuggestionOut"]["properties"].items()}
    assert shown in get(client, q="消防演练")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "invalid_request"),
        ("q=", "empty_question"),
        ("q=%00", "control_characters"),
        (f"q={'x' * 501}", "question_too_long"),
        ("q=x&limit=0", "invalid_request"),
        ("q=x&limit=21", "invalid_request"),
        ("q=x&limit=many", "invalid_request"),
        ("q=x&colour=red", "invalid_request"),
    ],
)
def test_bad_requests_get_their_problem(client: TestClient, query: str, code: str) -> None:
    assert_problem(client.get(f"{SUGGESTIONS}?{query}"), code)
