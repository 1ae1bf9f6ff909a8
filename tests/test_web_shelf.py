"""The list of documents: how it is grouped, narrowed down, and what it says is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.library import Library, library_of
from corpus.provisions import Metadata, PolicyDocument, Provision
from tests.pages import BROWSER, Element, read
from tests.scripted import Scripted, serve
from web.pages.shelf import BY_DATE, NO_REGION, Order, Shelf, Wish, shelf_of

TODAY = date(2026, 6, 1)


def paper(document_id: str, title: str, region: str | None = None, **facts: Any) -> PolicyDocument:
    text = f"{title}\n"
    whole = Provision("0", "文首", "", 1, None, 0, len(text), len(text))
    return PolicyDocument(document_id, Metadata(title, region=region, **facts), text, (whole,))


@pytest.fixture(scope="module")
def papers() -> Library:
    return library_of(
        (
            paper("law", "中华人民共和国甲法", "全国", issued_on=date(2020, 1, 1)),
            paper("province", "广东省养老条例", "广东省", issued_on=date(2019, 1, 1)),
            paper(
                "city",
                "广州市养老办法",
                "广东省广州市",
                document_number="穗府办规〔2021〕19号",
                issuers=("广州市人民政府办公厅",),
                issued_on=date(2021, 1, 1),
                expires_on=date(2025, 12, 31),
            ),
            paper("district", "天河区助餐通知", "广东省广州市天河区", effective_on=date(2030, 1, 1)),
            paper("shanghai", "上海市养老条例", "上海市", names=("上海办法",)),
            paper("hidden", "某区方案", "**市**区"),
            paper("nowhere", "常见问题"),
        )
    )


def titles(shelf: Shelf) -> dict[str, list[str]]:
    return {group.name: [row.title.text for row in group.rows] for group in shelf.groups}


def test_national_documents_come_first_then_provinces_by_size_and_the_unplaced_last(papers: Library) -> None:
    shelf = shelf_of(papers, Wish(), TODAY)
    assert titles(shelf) == {
        "全国": ["中华人民共和国甲法"],
        "广东省": ["广州市养老办法", "广东省养老条例", "天河区助餐通知"],
        "**市**区": ["某区方案"],
        "上海市": ["上海市养老条例"],
        NO_REGION: ["常见问题"],
    }
    assert (shelf.shown, shelf.total) == (7, 7)
    assert shelf.regions == ("全国", "广东省", "**市**区", "上海市", NO_REGION)
    assert shelf.standings == ("现行有效", "尚未施行", "已失效")


def test_a_row_says_number_place_day_and_standing(papers: Library) -> None:
    _, guangdong, *_, unplaced = shelf_of(papers, Wish(), TODAY).groups
    city, province, district = guangdong.rows
    assert (city.number, city.region, city.issued, city.standing, city.in_force) == (
        "穗府办规〔2021〕19号",
        "广州市",
        "2021年1月1日",
        "已失效",
        False,
    )
    assert (province.region, province.number, province.standing, province.in_force) == ("广东省", "", "现行有效", True)
    assert (district.region, district.standing) == ("广州市天河区", "尚未施行")
    assert (unplaced.rows[0].region, unplaced.rows[0].issued) == ("", "")
    assert city.title.url == "/documents/city"
    assert shelf_of(papers, Wish(), date(2025, 12, 31)).groups[1].rows[0].standing == "现行有效"


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (Wish("养老"), ["广州市养老办法", "广东省养老条例", "上海市养老条例"]),
        (Wish("养老 条例"), ["广东省养老条例", "上海市养老条例"]),
        (Wish("条例养老"), []),
        (Wish("穗府办规2021 19号"), ["广州市养老办法"]),
        (Wish("穗府办规[2021]19号"), ["广州市养老办法"]),
        (Wish("市人民政府办公厅"), ["广州市养老办法"]),
        (Wish("上海办法"), ["上海市养老条例"]),  # what people call it
        (Wish("養老條例"), ["广东省养老条例", "上海市养老条例"]),
        (Wish("天河"), ["天河区助餐通知"]),
        (Wish("。"), None),
        (Wish(region="广东省"), ["广州市养老办法", "广东省养老条例", "天河区助餐通知"]),
        (Wish(region="广东"), []),
        (Wish(region=NO_REGION), ["常见问题"]),
        (Wish(standing="已失效"), ["广州市养老办法"]),
        (Wish("养老", "广东省", "现行有效"), ["广东省养老条例"]),
        (Wish(standing="有效"), []),
    ],
)
def test_a_wish_takes_what_it_says(papers: Library, wish: Wish, found: list[str] | None) -> None:
    shelf = shelf_of(papers, wish, TODAY)
    assert [title for rows in titles(shelf).values() for title in rows] == (
        found
        if found is not None
        else [title for rows in titles(shelf_of(papers, Wish(), TODAY)).values() for title in rows]
    )
    assert shelf.total == 7
    assert len(shelf.regions) == 5  # what can be asked for stays


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order.NEWEST, ["广州市养老办法", "中华人民共和国甲法", "广东省养老条例"]),
        (Order.OLDEST, ["广东省养老条例", "中华人民共和国甲法", "广州市养老办法"]),
    ],
)
def test_by_date_the_list_is_one_and_what_has_no_date_comes_last(
    papers: Library, order: Order, found: list[str]
) -> None:
    shelf = shelf_of(papers, Wish(order=order), TODAY)
    assert [*titles(shelf)] == [BY_DATE]
    assert titles(shelf)[BY_DATE][:3] == found
    assert set(titles(shelf)[BY_DATE][3:]) == {"天河区助餐通知", "上海市养老条例", "某区方案", "常见问题"}
    regions = {row.title.text: row.region for row in shelf.groups[0].rows}
    assert regions["广州市养老办法"] == "广东省广州市"  # whole: no heading says the province
    assert shelf.regions[0] == "全国"


def test_what_is_missing_is_narrowed_down_by_words_only(library: Library) -> None:
    everything = shelf_of(library, Wish(), TODAY).lacks
    assert len(everything) == len(library.links.missing())
    assert shelf_of(library, Wish(region="全国"), TODAY).lacks == everything
    found = shelf_of(library, Wish("医务室 标准"), TODAY)
    assert [each.name for each in found.lacks] == ["《养老机构医务室基本标准（试行）》"]
    assert (found.lacks[0].count, found.lacks[0].more) == (2, 0)
    assert [each.url for each in found.lacks[0].named_by] == ["/documents/changning-2025-2"]


def test_a_text_that_many_name_counts_those_it_does_not_list(library: Library) -> None:
    texts = [f"某{name}区办法\n第一条　依照《乙法》执行。\n" for name in "甲乙丙丁戊"]
    citing = [
        replace(
            paper(f"paper-{number}", "某办法"),
            text=text,
            provisions=(Provision("0", "文首", "", 1, None, 0, len(text), len(text)),),
        )
        for number, text in enumerate(texts)
    ]
    (lack,) = shelf_of(library_of(tuple(citing)), Wish(), TODAY).lacks
    assert (lack.name, lack.count, len(lack.named_by), lack.more) == ("《乙法》", 5, 3, 2)


# The page


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("shelf"))


def page_of(client: TestClient, **query: str) -> Element:
    response = client.get("/library", params=query, headers=BROWSER)
    assert response.status_code == 200
    return read(response.text)


def addresses(page: Element) -> list[str]:
    return [each.one("a").attributes["href"] for each in page.all("td", class_="title")]


def test_the_page_lists_every_document_with_its_columns(client: TestClient, library: Library) -> None:
    page = page_of(client)
    assert sorted(addresses(page)) == sorted(f"/documents/{document.document_id}" for document in library)
    assert [each.text for each in page.all("th")[:5]] == ["标题", "文号", "地区", "成文日期", "时效"]
    row = next(each for each in page.all("tr") if "长民" in each.text)
    assert [each.text for each in row.all("td")][1:] == ["长民〔2025〕2号", "长宁区", "2025年1月2日", "现行有效"]
    unstated = next(each for each in page.all("tr") if "**市**区" in each.text)
    assert [each.text for each in unstated.all("td")][1:4] == ["未注明", "某市某区（文件隐去名称）", "未注明"]


def test_the_page_is_narrowed_down_by_a_form_without_script(client: TestClient) -> None:
    form = page_of(client).one("form", role="search")
    assert (form.attributes["action"], form.attributes["method"]) == ("/library", "get")
    assert [each.attributes["name"] for each in (*form.all("input"), *form.all("select"))] == [
        "q",
        "region",
        "standing",
        "sort",
    ]
    page = page_of(client, q="医养", region="北京市", standing="现行有效")
    assert addresses(page) == ["/documents/daxing-2026-22"]
    assert page.one("p", role="status").text == "找到 1 份。看全部文件"
    chosen = [each.attributes["value"] for each in page.all("option") if "selected" in each.attributes]
    assert (page.one("input", name="q").attributes["value"], chosen) == ("医养", ["北京市", "现行有效", "region"])


def test_the_page_is_put_by_date_where_asked(client: TestClient) -> None:
    page = page_of(client, sort="newest", region="全国")
    assert addresses(page) == ["/documents/national-2024-40", "/documents/national-2025-8"]
    assert next(each.text for each in page.all("h2")) == "按日期2 份"
    assert "selected" in page.one("option", value="newest").attributes
    assert addresses(page_of(client, sort="无")) == addresses(page_of(client))


def test_the_former_address_leads_on_with_its_query(client: TestClient) -> None:
    response = client.get("/documents?q=%E5%85%BB&region=%E5%85%A8%E5%9B%BD", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (
        308,
        "/library?q=%E5%85%BB&region=%E5%85%A8%E5%9B%BD",
    )
    assert client.get("/documents", follow_redirects=False).headers["location"] == "/library"


def test_where_nothing_is_found_the_page_says_so(client: TestClient) -> None:
    page = page_of(client, q="没有这样的文件")
    assert addresses(page) == []
    assert page.one("p", role="status").text.startswith("没有找到这样的文件。")
    assert page.all("section", id="missing") == []


def test_what_is_missing_is_listed_in_two_parts(client: TestClient, library: Library) -> None:
    section = page_of(client).one("section", id="missing")
    shown, folded = section.all("ol")
    assert len(shown.all("li")) == 20
    assert len(folded.all("li")) == len(library.links.missing()) - 20
    assert folded.attributes["start"] == "21"
    assert "提到 2 次，见" in shown.all("li")[0].text


def test_control_characters_are_refused(client: TestClient) -> None:
    response = client.get("/library", params={"q": "a\x00"}, headers=BROWSER)
    assert response.status_code == 422
    assert read(response.text).one("h1").text == "含有不可见的控制字符"


@given(words=st.text(max_size=150), region=st.text(max_size=20), standing=st.text(max_size=20))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_wish_gets_a_page(client: TestClient, words: str, region: str, standing: str) -> None:
    query = {
        "q": words.encode("utf-8", "replace"),
        "region": region.encode("utf-8", "replace"),
        "standing": standing.encode("utf-8", "replace"),
    }
    response = client.get("/library", params=query, headers=BROWSER)
    assert response.status_code in (200, 422)
    assert len(read(response.text).all("script")) == 1
