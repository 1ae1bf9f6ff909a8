"""References over HTTP and on the pages: what a document names, what names it, and what the library lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from corpus.__main__ import commands
from corpus.holdings import library_at
from corpus.library import Library, library_of
from tests.conftest import SHARED
from tests.pages import BROWSER, Element, read
from tests.papers import document_of
from tests.scripted import Scripted, assert_problem, assert_shape, serve
from web import schemas
from web.pages.facts import Words, facts_of
from web.pages.relations import Relation, documents_naming, texts_named

MISSING = "/api/v1/references/missing"
REFERENCE_FIELDS = {
    "document_id": str,
    "document_title": str,
    "article_id": str,
    "label": str,
    "words": str,
    "start": int,
    "end": int,
    "url": str,
    "title": str,
    "document_number": (str, type(None)),
    "own": bool,
    "paper": bool,
    "in_library": bool,
    "target": (dict, type(None)),
    "candidates": list,
}
TARGET_FIELDS = {
    "document_id": str,
    "title": str,
    "document_number": (str, type(None)),
    "article_id": (str, type(None)),
    "label": (str, type(None)),
    "url": str,
    "revised": bool,
    "warning": (str, type(None)),
}
NAMED_FIELDS = {"document_id": str, "title": str, "document_number": (str, type(None)), "url": str}

LAW = """\
中华人民共和国甲法
（2010年3月1日全国人民代表大会常务委员会通过　2020年6月1日全国人民代表大会常务委员会修订）
第一章　总则
第一条　为了规范养老服务，制定本法。
第二条　养老机构应当备案。
第三条　本法自2020年8月1日起施行。
"""
RULES = """\
某市养老服务办法
某政发〔2015〕1号
某市人民政府
2015年3月1日
第一条　根据《中华人民共和国甲法》，制定本办法。
第二条　养老机构依照《中华人民共和国甲法》第二条备案，取得《备案证书》。
第三条　医务室依照《乙标准》（国卫发〔2014〕5号）设置，并符合本办法第二条和第三条。
第四条　本办法自2015年5月1日起施行。
"""
NEXT = """\
某市养老服务办法
某政发〔2022〕9号
某市人民政府
2022年3月1日
第一条　养老机构依照《中华人民共和国甲法》第二条备案。
第二条　医务室依照《乙标准》设置，护理站依照《〈丙法〉实施办法》设置。
第三条　本办法自2022年5月1日起施行。《某市养老服务办法》（某政发〔2015〕1号）同时废止。
"""
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def made_up() -> Library:
    """A law revised in 2020; rules of a city from 2015 that name it, and those that took their place in 2022."""
    place = {"region": "广东省广州市"}
    return library_of(
        (
            document_of("law", LAW, region="全国"),
            document_of("rules-2015", RULES, **place),
            document_of("rules-2022", NEXT, **place),
        )
    )


@pytest.fixture(scope="module")
def shipped(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def client(made_up: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(made_up), tmp_path_factory.mktemp("made-up"))


def references(client: TestClient, document_id: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/documents/{document_id}/references")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


# Over HTTP: both directions


def test_every_reference_of_the_shipped_documents_has_the_contract_and_is_verbatim(
    shipped: TestClient, library: Library
) -> None:
    for document in library:
        found = references(shipped, document.document_id)
        assert (found["document_id"], found["index_version"]) == (document.document_id, "scripted-1")
        for each in (*found["references"], *found["cited_by"]):
            assert_shape(each, REFERENCE_FIELDS)
            text = library.get(each["document_id"]).text
            assert text[each["start"] : each["end"]] == each["words"]
            assert each["url"].endswith(f"?start={each['start']}&end={each['end']}#{each['article_id']}")
            assert each["in_library"] == bool(each["target"] or each["candidates"])
            if each["target"]:
                assert_shape(each["target"], TARGET_FIELDS)


def test_what_one_document_names_the_other_is_named_by(shipped: TestClient, library: Library) -> None:
    every = [references(shipped, document.document_id) for document in library]
    outgoing = [
        each
        for found in every
        for each in found["references"]
        if each["target"] and each["target"]["document_id"] != found["document_id"]
    ]
    incoming = [each for found in every for each in found["cited_by"]]
    assert outgoing
    assert sorted(outgoing, key=str) == sorted(incoming, key=str)
    assert {each["document_id"] for each in references(shipped, "national-2024-40")["cited_by"]} == {"national-2025-8"}


def test_a_reference_leads_to_the_article_and_warns_where_its_number_may_have_changed(client: TestClient) -> None:
    of_article = [each for each in references(client, "rules-2015")["references"] if each["article_id"] == "2"]
    to_law, certificate = of_article
    assert to_law["words"] == "《中华人民共和国甲法》第二条"
    assert to_law["target"] == {
        "document_id": "law",
        "title": "中华人民共和国甲法",
        "document_number": None,
        "article_id": "2",
        "label": "第二条",
        "url": "/documents/law#2",
        "revised": True,
        "warning": schemas.REVISED,
    }
    assert (certificate["title"], certificate["paper"], certificate["in_library"]) == ("备案证书", True, False)


def test_a_reference_written_after_the_revision_carries_no_warning(client: TestClient) -> None:
    (to_law,) = (each for each in references(client, "rules-2022")["references"] if each["article_id"] == "1")
    assert (to_law["target"]["article_id"], to_law["target"]["revised"], to_law["target"]["warning"]) == (
        "2",
        False,
        None,
    )


def test_places_that_a_document_names_of_itself_are_its_own(client: TestClient) -> None:
    own = [each for each in references(client, "rules-2015")["references"] if each["own"]]
    assert [(each["words"], each["target"]["url"]) for each in own] == [
        ("本办法第二条", "/documents/rules-2015#2"),
        ("第三条", "/documents/rules-2015#3"),
    ]
    assert references(client, "rules-2022")["cited_by"] == []


def test_where_it_is_not_clear_which_is_meant_all_are_named(made_up: Library, tmp_path: Path) -> None:
    twice = [
        document_of(name, f"关于养老工作的通知\n{number}\n{body}\n2020年1月1日\n一、做好工作。\n", region=region)
        for name, number, body, region in (
            ("one", "甲发〔2020〕1号", "甲市民政局", "甲市"),
            ("two", "乙发〔2020〕1号", "乙市民政局", "乙市"),
        )
    ]
    citing = document_of("three", "某县办法\n2021年1月1日\n第一条　参照《关于养老工作的通知》执行。\n")
    client = next(serve(Scripted(library_of((*twice, citing))), tmp_path))
    (found,) = references(client, "three")["references"]
    assert (found["in_library"], found["target"]) == (True, None)
    assert [each["document_id"] for each in found["candidates"]] == ["one", "two"]
    assert_shape(found["candidates"][0], NAMED_FIELDS)
    page = read(client.get("/documents/three").text).one("section", id="references")
    assert "库中有几份，不能确定是哪一份" in page.text
    assert [each.attributes["href"] for each in page.all("a")][:2] == ["/documents/one", "/documents/two"]


def test_the_examples_are_those_of_one_real_reference(shipped: TestClient) -> None:
    models = shipped.get("/openapi.json").json()["components"]["schemas"]
    shown = {name: field["examples"][0] for name, field in models["ReferenceOut"]["properties"].items()}
    (real,) = references(shipped, "national-2024-40")["cited_by"]
    target = {name: field["examples"][0] for name, field in models["TargetOut"]["properties"].items()}
    assert real == {**shown, "target": target}


# Over HTTP: what is missing


def test_what_is_missing_is_listed_most_named_first(shipped: TestClient, library: Library) -> None:
    found = shipped.get(MISSING, params={"limit": 200}).json()
    counts = [each["count"] for each in found["missing"]]
    assert found["total"] == len(counts) == len(library.links.missing()) > 20
    assert counts == sorted(counts, reverse=True)
    titles = [each["title"] for each in found["missing"]]
    assert "养老机构医务室基本标准（试行）" in titles
    assert "医疗机构执业许可证" not in titles  # a certificate
    assert "关于促进医养结合服务高质量发展的指导意见" not in titles  # at hand
    for each in found["missing"]:
        assert each["cited_by"]
        assert_shape(each["cited_by"][0], NAMED_FIELDS)


def test_the_examples_are_those_of_one_real_missing_text(shipped: TestClient) -> None:
    models = shipped.get("/openapi.json").json()["components"]["schemas"]
    shown = {name: field["examples"][0] for name, field in models["MissingOut"]["properties"].items()}
    found = shipped.get(MISSING).json()
    assert {**found["missing"][0], "cited_by": []} == shown
    assert models["MissingList"]["properties"]["total"]["examples"] == [found["total"]]


def test_a_page_of_what_is_missing(shipped: TestClient) -> None:
    everything = shipped.get(MISSING, params={"limit": 200}).json()["missing"]
    assert shipped.get(MISSING, params={"limit": 3, "offset": 2}).json()["missing"] == everything[2:5]
    assert shipped.get(MISSING, params={"offset": 2**53 - 1}).json()["missing"] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/documents/nowhere-1/references", "unknown_document"),
        ("/api/v1/documents/%00/references", "unknown_document"),
        (f"{MISSING}?limit=0", "invalid_request"),
        (f"{MISSING}?limit=201", "invalid_request"),
        (f"{MISSING}?offset=-1", "invalid_request"),
        (f"{MISSING}?colour=red", "invalid_request"),
        ("/api/v1/references", "not_found"),
    ],
)
def test_bad_requests_get_their_problem(shipped: TestClient, path: str, code: str) -> None:
    assert_problem(shipped.get(path), code)


# What the page says


def words(each: Words) -> str:
    return f"{each.text} {each.url}" if each.url else each.text


def told(relations: tuple[Relation, ...]) -> list[tuple[str, list[str], bool]]:
    return [
        (
            words(each.name),
            [" > ".join((words(place.article), *map(words, place.meant))) for place in each.places],
            each.revised,
        )
        for each in relations
    ]


def test_texts_named_are_told_once_each_with_every_place(made_up: Library) -> None:
    assert told(texts_named("rules-2015", made_up)) == [
        ("《中华人民共和国甲法》 /documents/law", ["第一条 #1", "第二条 #2 > 第二条 /documents/law#2"], True),
        ("《乙标准》（国卫发〔2014〕5号）", ["第三条 #3"], False),
    ]
    assert told(texts_named("rules-2022", made_up))[:3] == [
        ("《中华人民共和国甲法》 /documents/law", ["第一条 #1 > 第二条 /documents/law#2"], False),
        ("《乙标准》", ["第二条 #2"], False),
        ("《〈丙法〉实施办法》", ["第二条 #2"], False),
    ]
    assert texts_named("law", made_up) == ()


def test_documents_naming_a_document_lead_to_the_words(made_up: Library) -> None:
    (newer, older) = documents_naming("law", made_up)
    assert newer.name == Words("《某市养老服务办法》（某政发〔2022〕9号）", "/documents/rules-2022")
    text = made_up.get("rules-2015").text
    start = text.index("《中华人民共和国甲法》第二条")
    assert told((older,)) == [
        (
            "《某市养老服务办法》（某政发〔2015〕1号） /documents/rules-2015",
            [
                f"第一条 /documents/rules-2015?start={text.index('《')}&end={text.index('》') + 1}#1",
                f"第二条 /documents/rules-2015?start={start}&end={start + 14}#2 > 第二条 #2",
            ],
            True,
        )
    ]


def page_of(client: TestClient, document_id: str) -> Element:
    response = client.get(f"/documents/{document_id}", headers=BROWSER)
    assert response.status_code == 200
    return read(response.text)


def test_the_page_lists_what_is_named_and_says_what_is_not_there(client: TestClient) -> None:
    items = page_of(client, "rules-2015").one("section", id="references").all("li")
    law, standard = items
    assert law.all("a")[0].attributes["href"] == "/documents/law"
    assert "见第一条、第二条（指第二条）" in law.text
    assert law.one("p", class_="caution").text.startswith("所指文件此后重新制定或修订过")
    assert standard.one("span", class_="absent").text == "库中没有"
    assert standard.all("p", class_="caution") == []


def test_the_page_lists_what_names_it(client: TestClient) -> None:
    page = page_of(client, "law")
    assert page.all("section", id="references") == []
    items = page.one("section", id="cited-by").all("li")
    assert ["见第一条（指本文件第二条）" in each.text for each in items] == [True, False]
    places = [href for each in items[1].all("a") if "start=" in (href := each.attributes["href"])]
    assert places
    for place in places:
        address, _, fragment = place.partition("#")
        cited = read(client.get(address, headers=BROWSER).text).one("section", id=fragment)
        assert "甲法" in cited.one("mark").text


def test_words_in_the_text_lead_where_they_point(client: TestClient) -> None:
    page = page_of(client, "rules-2015")
    leads = [
        (each.text, each.attributes["href"])
        for part in page.all("section", class_="provision")
        for each in part.all("a")
    ]
    assert leads == [
        ("《中华人民共和国甲法》", "/documents/law"),
        ("《中华人民共和国甲法》第二条", "/documents/law"),  # revised since: not to the article of that number
        ("本办法第二条", "#2"),  # and not «第三条», where it stands itself
    ]
    assert [each.attributes["href"] for each in page_of(client, "rules-2022").one("section", id="1").all("a")] == [
        "/documents/law#2"
    ]


def test_words_that_lead_somewhere_can_be_marked_as_well(client: TestClient, made_up: Library) -> None:
    text = made_up.get("rules-2022").text
    start = text.index("养老机构依照")
    page = read(client.get(f"/documents/rules-2022?start={start}&end={start + 15}", headers=BROWSER).text)
    article = page.one("section", id="1")
    assert "".join(each.text for each in article.all("mark")) == text[start : start + 15]
    assert article.one("a").one("mark").text == text[start + 6 : start + 15]


# What the head of the page says


def facts(library: Library, document_id: str, today: date = TODAY) -> dict[str, list[str]]:
    found = facts_of(library.get(document_id), library, today)
    return {each.name: ["".join(map(words, line)) for line in each.lines] for each in found}


def test_a_document_that_was_repealed_names_what_did_it(made_up: Library) -> None:
    text = made_up.get("rules-2022").text
    start = text.index("《某市养老服务办法》")
    status, cause = facts(made_up, "rules-2015")["时效"]
    assert status == "已废止"
    assert cause.startswith("2022年5月1日起由《某市养老服务办法》（某政发〔2022〕9号） /documents/rules-2022?start=")
    assert cause.endswith("#3废止")
    assert f"start={start}&" in cause
    assert facts(made_up, "rules-2015", date(2022, 4, 30))["时效"][0] == "现行有效"


def test_a_version_that_was_replaced_names_the_next(made_up: Library) -> None:
    older = document_of(
        "law-2010",
        LAW.replace("　2020年6月1日全国人民代表大会常务委员会修订", "").replace("2020年8月", "2010年8月"),
        region="全国",
    )
    both = made_up.with_document(older)
    assert facts(both, "law-2010")["时效"] == [
        "已修改",
        "2020年8月1日起由《中华人民共和国甲法》（2020年6月1日） /documents/law代替",
    ]
    assert facts(both, "law")["时效"] == ["现行有效"]


def test_a_single_article_that_was_repealed_is_told(made_up: Library) -> None:
    notice = document_of(
        "notice",
        "关于调整养老服务政策的通知\n某政发〔2023〕3号\n某市人民政府\n2023年2月1日\n"
        "一、《某市养老服务办法》（某政发〔2022〕9号）第二条同时废止。\n",
        region="广东省广州市",
    )
    status, cause = facts(made_up.with_document(notice), "rules-2022")["时效"]
    assert status == "已修改"
    assert cause.startswith("第二条2023年2月1日起由《关于调整养老服务政策的通知》（某政发〔2023〕3号）")
    assert cause.endswith("#1废止")


def test_dates_lists_and_addressees_are_told_where_there_are_any(made_up: Library) -> None:
    bare = facts(made_up, "rules-2022")
    assert [*bare] == ["文号", "发文机关", "成文日期", "施行日期", "地区", "时效"]
    document = made_up.get("rules-2022")
    full = replace(
        document,
        metadata=replace(
            document.metadata,
            printed_on=date(2022, 3, 5),
            published_on=date(2022, 3, 6),
            expires_on=date(2027, 4, 30),
            addressees="各区民政局",
            annexes=("申请表", "流程图"),
        ),
    )
    told = facts(library_of((full,)), "rules-2022")
    assert (told["成文日期"], told["印发日期"], told["施行日期"], told["有效期至"]) == (
        ["2022年3月1日"],
        ["2022年3月5日"],
        ["2022年5月1日"],
        ["2027年4月30日"],
    )
    assert (told["主送"], told["附件"]) == (["各区民政局"], ["申请表", "流程图"])
    assert facts(library_of((full,)), "rules-2022", date(2027, 5, 1))["时效"] == ["已失效"]


def test_the_date_of_a_statute_says_what_was_done_on_it(made_up: Library) -> None:
    told = facts(made_up, "law")
    assert told["修订日期"] == ["2020年6月1日"]
    assert told["施行日期"] == ["2020年8月1日"]
    assert "成文日期" not in told


# Real statutes, added to a home

REAL = (
    "药品管理法(2019-08-26).txt",
    "药品管理法实施条例(2019-03-02).txt",
    "传染病防治法(2013-06-29).txt",
    "中华人民共和国传染病防治法_20250430.txt",
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The shipped documents and four statutes that name and replace each other."""
    files = [SHARED / "library" / "national" / name for name in REAL]
    if not all(path.exists() for path in files):
        pytest.skip("../shared/library is not on this machine")
    home = tmp_path_factory.mktemp("home")
    added = CliRunner().invoke(commands, ["add", "--no-index", "--home", str(home), *map(str, files)])
    assert added.exit_code == 0, added.output
    library = library_at(home)
    assert len(library) == 9
    yield from serve(Scripted(library), tmp_path_factory.mktemp("real"))


def id_of(client: TestClient, title: str, issued_on: str | None = None) -> str:
    listed = client.get("/api/v1/documents").json()["documents"]
    found = [each for each in listed if each["title"] == title and issued_on in (None, each["issued_on"])]
    assert len(found) == 1
    return str(found[0]["document_id"])


def test_real_rules_name_their_law_with_articles_that_may_have_moved(real: TestClient) -> None:
    rules, law = id_of(real, "中华人民共和国药品管理法实施条例"), id_of(real, "中华人民共和国药品管理法")
    to_articles = [
        each["target"]
        for each in references(real, rules)["references"]
        if each["target"] and each["target"]["document_id"] == law and each["target"]["article_id"]
    ]
    assert len(to_articles) > 10
    assert all(each["revised"] and each["warning"] for each in to_articles)
    assert rules in {each["document_id"] for each in references(real, law)["cited_by"]}
    page = page_of(real, rules)
    assert page.one("section", id="references").all("p", class_="caution") != []
    in_text = [each.attributes["href"] for part in page.all("section", class_="provision") for each in part.all("a")]
    assert f"/documents/{law}" in in_text
    assert "#20" in in_text


def test_a_real_statute_that_was_replaced_says_by_which(real: TestClient) -> None:
    older, newer = (id_of(real, "中华人民共和国传染病防治法", day) for day in ("2013-06-29", "2025-04-30"))
    shown = {each.one("dt").text: each.one("dd") for each in page_of(real, older).one("dl").all("div")}
    assert shown["时效"].text == "已修改2025年9月1日起由《中华人民共和国传染病防治法》（2025年4月30日）代替"
    assert shown["时效"].one("a").attributes["href"] == f"/documents/{newer}"
    assert shown["修正日期"].text == "2013年6月29日"
    listed = {each["document_id"]: each["standing"] for each in real.get("/api/v1/documents").json()["documents"]}
    assert (listed[older], listed[newer]) == ("已修改", "现行有效")


def test_the_outline_of_a_real_statute_has_its_chapters_and_articles_and_not_every_paragraph(real: TestClient) -> None:
    law = id_of(real, "中华人民共和国传染病防治法", "2025-04-30")
    outline = page_of(real, law).one("nav", class_="outline")
    entries = {each.attributes["href"]: each.text for each in outline.all("a")}
    assert entries["#c1"] == "第一章 总则"
    assert entries["#1"].startswith("第一条 为了预防")
    assert "#3.2" not in entries
    assert "#cited-by" not in entries  # nothing names it
    whole = page_of(real, law)
    assert {each.attributes["id"] for each in whole.all("section", class_="provision")} >= {"c1", "3", "3.2"}
    assert all(
        each.attributes["href"][1:] in {s.attributes["id"] for s in whole.all("section")} for each in outline.all("a")
    )


def test_what_the_statutes_lack_is_on_the_shelf(real: TestClient) -> None:
    page = read(real.get("/library", headers=BROWSER).text)
    lacking = page.one("section", id="missing")
    first = lacking.all("li")[0]
    assert "《药品生产质量管理规范》" in first.text
    counts = [int(re.search(r"提到 (\d+) 次", each.text)[1]) for each in lacking.all("li")]  # type: ignore[index]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 5
    assert "《中华人民共和国药品管理法》" not in [each.text for each in lacking.all("p", class_="name")]
