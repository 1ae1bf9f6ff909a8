"""/ledger: the hard figures as a page that is narrowed down without script, and its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from corpus.figures.ledger import ledger
from corpus.library import Library, library_of
from tests.pages import BROWSER, INJECTIONS, Element, read
from tests.papers import paper
from tests.scripted import Scripted, serve
from web.pages.ledger import ON_A_PAGE


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Over a document with 120 figures."""
    text = "".join(f"{number}.每月至少开展{number}次检查。\n" for number in range(1, 121))
    yield from serve(Scripted(library_of((paper(text),))), tmp_path_factory.mktemp("long"))


def page_of(client: TestClient, **query: Any) -> Element:
    response = client.get("/ledger", params=query, headers=BROWSER)
    assert response.status_code == 200, response.text
    return read(response.text)


def rows(page: Element) -> list[Element]:
    return page.one("tbody").all("tr") if page.all("tbody") else []


def figures(page: Element) -> list[str]:
    return [each.one("td", class_="figure").text for each in rows(page)]


def test_every_figure_is_listed_and_cited_to_its_words(client: TestClient, library: Library) -> None:
    page, entries = page_of(client), ledger(library)
    assert page.one("h2", id="result").text == f"共 {len(entries)} 条"
    assert figures(page) == [entry.figure for entry in entries]
    for row, entry in zip(rows(page), entries, strict=True):
        sentence = row.one("blockquote")
        text = library.get(entry.citation.document_id).text
        assert sentence.text == entry.quote == text[entry.citation.start : entry.citation.end]
        assert "".join(each.text for each in sentence.all("mark")) == entry.figure
        assert sentence.attributes["cite"] == row.one("p", class_="source").one("a").attributes["href"]
        assert entry.subject in row.one("td", class_="subject").text


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"words": "消防 培训"}, ["每月至少组织1次", "每半年至少开展1次"]),
        ({"frequency": "half_year"}, ["每半年至少开展1次"]),
        ({"frequency": ["week", "half_year"], "sort": "frequency"}, ["每周", "每半年至少开展1次"]),
        ({"region": "北京市大兴区", "kind": "quantity"}, ["不低于80%", "控制在5%以内"]),
        ({"force": "禁止"}, ["3年内"]),
        ({"subject": "签约覆盖率"}, ["不低于80%"]),
        (
            {"document_id": "changning-2025-2", "kind": ["frequency", "quantity"]},
            ["至少配置1名", "1名", "每周", "每年一次"],
        ),
    ],
)
def test_a_form_without_script_narrows_it_down(client: TestClient, query: dict[str, Any], wanted: list[str]) -> None:
    page = page_of(client, **query)
    assert figures(page) == wanted
    ticked = [
        (each.attributes["name"], each.attributes["value"])
        for each in page.all("input", type="checkbox")
        if "checked" in each.attributes
    ]
    asked = [
        (name, value) for name, values in query.items() for value in ([values] if isinstance(values, str) else values)
    ]
    boxes = {"document_id", "kind", "frequency", "force"}
    assert sorted(ticked) == sorted(pair for pair in asked if pair[0] in boxes)
    for name in ("words", "subject"):
        assert page.one("input", id=name).attributes["value"] == query.get(name, "")


def test_paper_says_what_the_list_is_narrowed_down_by(client: TestClient) -> None:
    told = page_of(client, region="北京市大兴区", words="至少", kind="frequency").one("p", class_="print-only").text
    assert told.endswith("打印自医养问策。筛选条件：原句中含“至少”；地区北京市大兴区；类别频次。")
    assert "筛选条件" not in page_of(client).one("p", class_="print-only").text


def test_fields_left_empty_do_not_narrow(client: TestClient, library: Library) -> None:
    query = "words=&subject=+&region=&sort=document&page="
    page = read(client.get(f"/ledger?{query}", headers=BROWSER).text)
    assert len(figures(page)) == len(ledger(library))


def test_a_value_counts_what_choosing_it_leaves(client: TestClient) -> None:
    page = page_of(client, region="北京市大兴区")
    for box in page.all("label", class_="choice"):
        field = box.one("input").attributes
        count = int(box.one("small").text.removesuffix(" 条"))
        left = page_of(client, region="北京市大兴区", **{field["name"]: field["value"]})
        assert len(rows(left)) == count > 0
    offered = [each.text for each in page.one("select", id="region").all("option")]
    assert offered == [
        "全部地区",
        "全国（16 条）",
        "北京市大兴区（15 条）",
        "上海市长宁区（8 条）",
        "某市某区（文件隐去名称）（10 条）",
    ]


def test_pages_are_turned_without_script(long: TestClient) -> None:
    seen: list[str] = []
    url = "/ledger?words=检查"
    for number in (1, 2, 3):
        page = read(long.get(url, headers=BROWSER).text)
        assert page.one("h2", id="result").text == f"共 120 条，第 {number} 页，共 3 页"
        seen += figures(page)
        following = page.all("a", rel="next")
        url = following[0].attributes["href"] if following else ""
    assert url == ""
    assert seen == [f"每月至少开展{number}次" for number in range(1, 121)]
    assert len(rows(page_of(long, page="2"))) == ON_A_PAGE


@pytest.mark.parametrize(("page", "number"), [("0", 1), ("-1", 1), ("x", 1), ("99", 3), ("9" * 400, 1), ("٣", 1)])
def test_a_page_that_is_not_there_is_the_nearest(long: TestClient, page: str, number: int) -> None:
    assert f"第 {number} 页" in page_of(long, page=page).one("h2", id="result").text


def test_the_files_hold_exactly_the_rows_listed(client: TestClient) -> None:
    page = page_of(client, region="北京市大兴区", kind=["frequency", "quantity"], sort="subject")
    wanted = figures(page)
    links = [each.attributes["href"] for each in page.one("p", class_="files").all("a")]
    workbook, sheet = (client.get(each).content for each in links)
    cells = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    assert [row[6].value for row in cells.iter_rows(min_row=2)] == wanted
    assert [row[18] for row in csv.reader(io.StringIO(sheet.decode("utf-8-sig")))][1:] == wanted


def test_the_calendar_form_carries_what_was_chosen(client: TestClient) -> None:
    page = page_of(client, region="北京市大兴区", frequency=["month", "half_year"])
    form = page.one("form", action="/ledger.ics")
    assert "其中定期事项 3 项" in form.text
    fields = [(each.attributes["name"], each.attributes["value"]) for each in form.all("input", type="hidden")]
    assert sorted(fields) == [("frequency", "half_year"), ("frequency", "month"), ("region", "北京市大兴区")]
    response = client.get("/ledger.ics", params=[*fields, ("start", "2026-07-01")])
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert {str(event.decoded("dtstart")) for event in events} == {"2026-07-01"}
    assert len(events) == 3


def test_what_a_calendar_leaves_out_is_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    library = library_of((paper("一、每月至少开展1次检查。\n二、每年至少开展7次讲座。\n"),))
    for client in serve(Scripted(library), tmp_path_factory.mktemp("left-out")):
        assert "另有 1 项的频次排不进日历。" in page_of(client).one("form", action="/ledger.ics").text


def test_more_than_a_file_holds_is_told_in_place_of_the_links(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.ledger.MAX_ROWS", 10)
    page = page_of(client)
    assert page.one("p", class_="notice").text == "一次最多导出 10 条，请再加筛选条件。"
    assert page.all("p", class_="files") == []


def test_where_nothing_fits_the_page_says_so(client: TestClient) -> None:
    page = page_of(client, words="没有这样的话")
    assert page.one("h2", id="result").text == "没有符合条件的要求"
    assert (page.all("table"), page.all("p", class_="files")) == ([], [])
    assert page.one("a", class_="plain").attributes["href"] == "/ledger"


def test_no_link_loses_a_filter(long: TestClient) -> None:
    page = page_of(long, words="检查 每月", kind="frequency", sort="subject")
    for link in (page.one("a", rel="next"), *page.one("p", class_="files").all("a")):
        query = parse_qsl(urlsplit(link.attributes["href"]).query)
        assert {("words", "检查 每月"), ("kind", "frequency"), ("sort", "subject")} <= {*query}


@pytest.mark.parametrize(
    ("query", "status"),
    [("kind=number", 422), ("sort=x", 422), ("words=%00", 422), (f"words={'x' * 51}", 422), ("document_id=gone", 404)],
)
@pytest.mark.parametrize("path", ["/ledger", "/ledger.csv", "/ledger.xlsx", "/ledger.ics"])
def test_what_cannot_be_asked_gets_an_error_page(client: TestClient, path: str, query: str, status: int) -> None:
    response = client.get(f"{path}?{query}", headers=BROWSER)
    assert response.status_code == status
    assert read(response.text).one("h1").text


def test_a_day_that_no_calendar_begins_on_gets_an_error_page(client: TestClient) -> None:
    response = client.get("/ledger.ics?start=1888-01-01", headers=BROWSER)
    assert response.status_code == 422
    assert "起始日期应在 2000-01-01 至 2099-12-31 之间。" in response.text


@pytest.mark.parametrize("words", [each for each in INJECTIONS if len(each) <= 50])
def test_what_is_typed_is_shown_as_typed(client: TestClient, words: str) -> None:
    page = page_of(client, words=words, subject=words)
    assert page.one("input", id="words").attributes["value"] == words
    assert all("src" in each.attributes for each in page.all("script"))


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["words", "subject", "region", "kind", "force", "frequency", "sort", "page", "x"]),
            st.one_of(st.text(max_size=20), st.sampled_from(["month", "frequency", "禁止", "大兴", "2"])),
        ),
        max_size=8,
    )
)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_address_gets_a_page(client: TestClient, pairs: list[tuple[str, str]]) -> None:
    encoded = [(name, value.encode("utf-8", "replace").decode()) for name, value in pairs]
    response = client.get("/ledger", params=encoded, headers=BROWSER)  # type: ignore[arg-type]
    assert response.status_code in (200, 422)
    read(response.text)
