"""/compare: sides asked apart, by the same decision as the question by itself, each cell verbatim and cited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answers import Filters, Status
from assistant.pipeline import Assistant
from corpus.figures.hard_figures import FigureKind
from corpus.library import Library, library_of
from tests.pages import BROWSER, INJECTIONS, Element, read
from tests.scripted import Scripted, serve
from web.exports.choosing import Figures
from web.pages.compare import EXAMPLES, asking_of, compare_url
from web.pages.comparison import Comparison, compare
from web.pages.marking import Stretch
from web.pages.sides import MOST_SIDES, Side, SideKind, filters_of, sides_meant, subject_alone

TODAY = date(2026, 6, 1)
DAXING, CHANGNING, HIDDEN = "daxing-2026-22", "changning-2025-2", "anonymous-district-plan"


def document(document_id: str) -> Side:
    return Side(SideKind.DOCUMENT, document_id)


def region(name: str) -> Side:
    return Side(SideKind.REGION, name)


def whole(parts: tuple[Stretch, ...]) -> str:
    return "".join(piece.text for stretch in parts for piece in stretch.pieces)


@pytest.fixture(scope="module")
def figures(library: Library) -> Figures:
    return Figures(library)


def compared(assistant: Assistant, figures: Figures, subject: str, *sides: Side) -> Comparison:
    return compare(subject, sides, assistant, figures, TODAY)


# The comparison


@pytest.mark.parametrize(
    "subject", ["家庭医生签约", "压疮新发生率", "养老机构内设医务室至少配几名医生？", "双向转诊", "火星移民补助"]
)
def test_a_cell_is_decided_as_the_question_is_by_itself(assistant: Assistant, figures: Figures, subject: str) -> None:
    sides = [document(each) for each in assistant.library.documents]
    found = compared(assistant, figures, subject, *sides)
    for side, cell in zip(sides, found.cells, strict=True):
        answer = assistant.ask(subject, filters=Filters(document_ids=(side.value,)))
        assert cell.status is answer.status
        text = assistant.library.get(side.value).text
        assert [whole(quote.stretches) for quote in cell.quotes] == [each.quote for each in answer.citations]
        for quote, each in zip(cell.quotes, answer.citations, strict=True):
            assert each.citation.document_id == side.value
            assert text[each.citation.start : each.citation.end] == whole(quote.stretches)
            assert quote.source.url.startswith(f"/documents/{side.value}?start={each.citation.start}&end=")


def test_what_a_document_does_not_rule_is_said_so(assistant: Assistant, figures: Figures) -> None:
    found = compared(assistant, figures, "压疮新发生率", document(DAXING), document(CHANGNING))
    assert "控制在5%以内" in found.cells[0].copied
    assert (found.cells[1].status, found.cells[1].said, found.cells[1].quotes) == (
        Status.NOT_FOUND,
        "该文件没有规定。",
        (),
    )
    near = compared(assistant, figures, "双向转诊", document(DAXING)).cells[0]
    assert near.said == "该文件没有直接规定。"
    assert near.near
    assert near.quotes == ()
    whole_region = compared(assistant, figures, "压疮新发生率", region("上海市")).cells[0]
    assert whole_region.said == "该地区的文件没有规定。"


def test_what_no_rule_means_is_told_where_a_side_has_none(client: TestClient) -> None:
    sides = [("document", DAXING), ("document", CHANGNING)]
    gap = client.get("/compare", params=[("subject", "压疮新发生率"), *sides]).text
    assert "写有“没有规定”的，是指在该文件中没有查到" in gap
    assert "写有“没有规定”的" not in client.get("/compare", params=[("subject", "家庭医生签约"), *sides]).text


def test_a_subject_dealt_with_but_not_stated_says_what_is_missing(assistant: Assistant, figures: Figures) -> None:
    cell = compared(assistant, figures, "养老机构内设医务室至少配几名医生？", document("national-2024-40")).cells[0]
    assert (cell.status, cell.said) == (Status.UNSPECIFIED, "国家文件有相关的规定，但没有写明人数。")
    assert len(cell.quotes) == 1
    assert cell.copied.startswith("国家文件有相关的规定，但没有写明人数。\n「")


def test_a_region_is_all_of_its_documents(assistant: Assistant, figures: Figures) -> None:
    found = compared(assistant, figures, "安全生产", region("全国"))
    assert found.sides[0].title.text == "2 份文件合看"
    titles = {quote.source.title for quote in found.cells[0].quotes}
    assert titles <= {assistant.library.get(each).metadata.title for each in ("national-2024-40", "national-2025-8")}
    assert found.cells[0].status is Status.ANSWERED


def test_figures_of_one_kind_stand_in_a_row_each_as_printed(assistant: Assistant, figures: Figures) -> None:
    found = compared(
        assistant, figures, "老年人健康管理多久一次", document(DAXING), document(HIDDEN), document(CHANGNING)
    )
    rows = {row.name: row.cells for row in found.figures}
    assert [[each.figure for each in cell] for cell in rows["频次"]] == [
        ["每年为入住养老机构的65岁及以上老年人提供一次"],
        ["每年免费提供一次"],
        [],
    ]
    for row in found.figures:
        assert sum(map(bool, row.cells)) > 1
        for side, cell in zip(found.sides, row.cells, strict=True):
            for each in cell:
                query = parse_qs(urlsplit(each.url).query)
                sentence = assistant.library.get(side.side.value).text[int(query["start"][0]) : int(query["end"][0])]
                assert each.figure in sentence
                assert each.subject in sentence


def test_figures_that_cannot_be_compared_make_no_row(assistant: Assistant, figures: Figures) -> None:
    """大兴 prints 80% here, 长宁 no share: a row with one figure would compare nothing."""
    found = compared(assistant, figures, "家庭医生签约", document(DAXING), document(CHANGNING))
    printed = {entry.kind for entry in figures.of_document(DAXING) if entry.citation.article_id == "2.5"}
    assert printed == {FigureKind.QUANTITY}
    assert [row.name for row in found.figures if row.name.startswith("数量")] == []


def test_a_vague_subject_is_not_searched(assistant: Assistant, figures: Figures) -> None:
    found = compared(assistant, figures, "政策", document(DAXING), document(CHANGNING))
    assert found.is_too_vague
    assert {cell.said for cell in found.cells} == {"所写的事项过于宽泛，没有查找。"}


def test_places_in_the_subject_choose_sides_and_are_not_asked_of_the_others(
    assistant: Assistant, figures: Figures
) -> None:
    subject = "大兴和长宁的家庭医生签约"
    assert subject_alone(subject, assistant.library) == "家庭医生签约"
    sides = sides_meant(subject, assistant, TODAY)
    assert [side.value for side in sides] == [DAXING, CHANGNING]
    found, plain = (compared(assistant, figures, each, *sides) for each in (subject, "家庭医生签约"))
    assert found.cells == plain.cells
    assert (found.understood, plain.understood) == ("家庭医生签约", "")
    assert subject_alone("大兴", assistant.library) == "大兴"


def test_where_nothing_is_chosen_a_small_library_is_compared_whole(assistant: Assistant) -> None:
    assert [side.value for side in sides_meant("医保定点", assistant, TODAY)] == [*assistant.library.documents]


def test_of_a_large_library_the_nearest_are_compared(library: Library) -> None:
    papers = tuple(replace(library.get(DAXING), document_id=f"copy-{number}") for number in range(20))
    large = Scripted(library_of((*library, *papers)))
    sides = sides_meant("医务室", large, TODAY)
    assert [side.value for side in sides] == [CHANGNING]  # what its search finds
    assert len(sides) <= MOST_SIDES


def dated(library: Library, **facts: Any) -> Library:
    base = library.get(CHANGNING)
    return library_of((replace(base, metadata=replace(base.metadata, **facts)),))


@pytest.mark.parametrize(
    ("facts", "as_of"),
    [
        ({}, None),
        ({"expires_on": date(2026, 1, 31)}, date(2026, 1, 31)),
        ({"repealed_on": date(2025, 7, 1)}, date(2025, 6, 30)),
        ({"effective_on": date(2026, 9, 1)}, date(2026, 9, 1)),
    ],
)
def test_a_document_not_in_force_is_asked_as_of_a_day_on_which_it_was(
    library: Library, facts: dict[str, Any], as_of: date | None
) -> None:
    one = dated(library, **facts)
    assert filters_of(document(CHANGNING), one, TODAY) == Filters(document_ids=(CHANGNING,), as_of=as_of)
    if as_of:
        assert one.validity[CHANGNING].in_force(as_of)
        assert not one.validity[CHANGNING].in_force(TODAY)


def test_a_document_that_ended_nobody_knows_when_is_not_asked(library: Library) -> None:
    one = Scripted(dated(library, status="已废止"))
    assert filters_of(document(CHANGNING), one.library, TODAY) is None
    found = compare("医务室", [document(CHANGNING)], one, Figures(one.library), TODAY)
    assert found.cells[0].said == "该文件已不再施行，且没有写明自何日起，不作对照。"
    assert one.heard == []


def test_an_ended_document_says_so_at_its_head(library: Library) -> None:
    one = Scripted(dated(library, repealed_on=date(2025, 7, 1)))
    found = compare("医务室", [document(CHANGNING)], one, Figures(one.library), TODAY)
    assert found.sides[0].note == "已废止，所列为它施行期间的规定"
    ((_, _, filters, _),) = one.heard
    assert filters.as_of == date(2025, 6, 30)


def test_a_title_inside_a_title_has_signs_of_its_own(library: Library) -> None:
    one = Scripted(dated(library, title="关于印发《工作方案》的通知"))
    found = compare("医务室", [document(CHANGNING)], one, Figures(one.library), TODAY)
    assert found.sides[0].title.text == "《关于印发〈工作方案〉的通知》（长民〔2025〕2号）"
    assert found.cells[0].quotes[0].copied.endswith("」——《关于印发〈工作方案〉的通知》（长民〔2025〕2号）二、（一）2.")


# The page


@pytest.fixture(scope="module")
def client(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(assistant, tmp_path_factory.mktemp("compare"))


def page_of(client: TestClient, *pairs: tuple[str, str], status: int = 200) -> Element:
    response = client.get(f"/compare?{urlencode(pairs)}", headers=BROWSER)
    assert response.status_code == status
    return read(response.text)


def test_every_example_has_two_sides_that_rule_on_it(
    assistant: Assistant, figures: Figures, client: TestClient
) -> None:
    links = [each.one("a").attributes["href"] for each in page_of(client).one("section", class_="examples").all("li")]
    assert links == [compare_url(subject, ids) for subject, ids in EXAMPLES]
    for subject, ids in EXAMPLES:
        cells = compared(assistant, figures, subject, *map(document, ids)).cells
        assert sum(cell.status is Status.ANSWERED for cell in cells) > 1, subject


def test_the_page_is_a_table_with_a_column_a_side(client: TestClient) -> None:
    page = page_of(client, ("subject", "家庭医生签约"), ("document", CHANGNING), ("document", DAXING))
    table = page.one("table")
    heads = [each.one("b").text for each in table.one("thead").all("th") if each.all("b")]
    assert heads == ["上海市长宁区", "北京市大兴区"]  # in the order of the address
    cells = table.one("tr", class_="words").all("td")
    assert len(cells) == 2
    quoted = cells[1].one("blockquote")
    text = client.get(f"/api/v1/documents/{DAXING}/text").text
    assert quoted.text in text
    assert quoted.attributes["cite"].startswith(f"/documents/{DAXING}?start=")
    assert "家庭医生签约覆盖率不低于80%" in quoted.text
    assert (
        cells[1].attributes["data-copied"]
        == f"「{quoted.text}」——《{title(client, DAXING)}》（京兴政卫发〔2026〕22号）二、（五）"
    )
    chosen = [each.attributes["value"] for each in page.all("input", type="checkbox") if "checked" in each.attributes]
    assert sorted(chosen) == [CHANGNING, DAXING]
    assert page.one("input", name="subject").attributes["value"] == "家庭医生签约"


def title(client: TestClient, document_id: str) -> str:
    return str(client.get(f"/api/v1/documents/{document_id}").json()["title"])


def test_nothing_is_kept_of_a_comparison(client: TestClient, assistant: Assistant) -> None:
    before = client.get("/history", headers=BROWSER).text
    page_of(client, ("subject", "家庭医生签约"))
    assert client.get("/history", headers=BROWSER).text == before


def test_documents_are_offered_by_province_and_regions_with_several_as_a_whole(client: TestClient) -> None:
    form = page_of(client).one("form", role="search", action="/compare")
    groups = {each.one("legend").text: each.all("input") for each in form.all("fieldset")}
    assert [*groups] == ["全国", "北京市", "上海市", "某市某区（文件隐去名称）"]
    assert [(each.attributes["name"], each.attributes["value"]) for each in groups["全国"]] == [
        ("region", "全国"),
        ("document", "national-2024-40"),
        ("document", "national-2025-8"),
    ]
    assert len(groups["上海市"]) == 1


def test_more_than_six_are_refused_and_stay_chosen(assistant: Assistant, client: TestClient) -> None:
    pairs = [*(("document", each) for each in assistant.library.documents), ("region", "全国"), ("region", "上海市")]
    page = page_of(client, ("subject", "家庭医生签约"), *pairs, status=422)
    assert page.one("p", role="alert").text == "选了 7 项，一次最多对照 6 项，请去掉几项。"
    assert page.all("table") == []
    assert (
        len([each for each in page.all("input", type="checkbox") if "checked" in each.attributes]) == 6
    )  # 上海市 is no box
    assert page.one("input", name="subject").attributes["value"] == "家庭医生签约"


def test_what_is_no_longer_in_the_library_is_told_and_the_rest_compared(client: TestClient) -> None:
    page = page_of(client, ("subject", "医保定点"), ("document", "gone-1"), ("document", DAXING), ("region", "火星"))
    assert page.one("p", class_="notice").text == "有 2 项已不在文件库中，没有列入：gone-1、火星。"
    assert len(page.one("tr", class_="words").all("td")) == 1


def test_a_vague_subject_gets_advice_in_place_of_a_table(client: TestClient) -> None:
    page = page_of(client, ("subject", "政策"))
    assert page.all("table") == []
    assert "「政策」过于宽泛" in page.one("p", class_="notice").text


@pytest.mark.parametrize(
    ("subject", "words"),
    [("x" * 501, "问题有 501 字"), ("医\x00保", "不可见字符 U+0000"), ("医\x1b保", "不可见字符 U+001B")],
)
def test_words_that_cannot_be_asked_are_refused_on_the_page(client: TestClient, subject: str, words: str) -> None:
    page = page_of(client, ("subject", subject), ("document", DAXING), status=422)
    assert words in page.one("p", role="alert").text
    assert [
        each.attributes["value"] for each in page.all("input", type="checkbox") if "checked" in each.attributes
    ] == [DAXING]


@pytest.mark.parametrize("words", INJECTIONS)
def test_what_is_typed_is_shown_as_typed(client: TestClient, words: str) -> None:
    page = page_of(client, ("subject", words), ("document", DAXING), ("document", words))
    assert page.one("input", name="subject").attributes["value"] == words
    assert all("src" in each.attributes for each in page.all("script"))
    assert not page.all("img")


def test_an_address_names_each_side_once_in_its_order(library: Library) -> None:
    pairs = [
        ("document", DAXING),
        ("x", "y"),
        ("region", "全国"),
        ("document", DAXING),
        ("document", ""),
        ("subject", "s"),
    ]
    found = asking_of(pairs, library)
    assert (found.subject, found.sides, found.lost) == ("s", (document(DAXING), region("全国")), ())


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["subject", "document", "region", "q"]), st.one_of(st.text(max_size=60), st.just(DAXING))
        ),
        max_size=12,
    )
)
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_address_gets_a_page(client: TestClient, pairs: list[tuple[str, str]]) -> None:
    encoded = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs])
    response = client.get(f"/compare?{encoded}", headers=BROWSER)
    assert response.status_code in (200, 422)
    read(response.text)
