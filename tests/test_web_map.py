"""The map of which document cites which: the graph, its layout, the picture and the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.library import Library, UnknownDocument
from tests.pages import BROWSER, Element, read
from tests.scripted import Scripted, serve
from web.pages.citation_map import CitationMap, Edge, Node, Tier, around, at_large, citation_map
from web.pages.map_drawing import BOX, LINE, drawing_of, lines_of
from web.pages.map_layout import PASSAGE, components, layout_of
from web.pages.map_view import MapWish, maps_of

TODAY = date(2026, 6, 1)


def node(node_id: str, tier: Tier = Tier.NATIONAL, times: int = 0) -> Node:
    url = None if tier is Tier.MISSING else f"/documents/{node_id}"
    return Node(node_id, node_id, f"《{node_id}》", tier, "现行有效", False, url, times)


def graph(tiers: dict[str, Tier], *edges: tuple[str, str]) -> CitationMap:
    return CitationMap(tuple(node(*each) for each in tiers.items()), tuple(Edge(*edge, 1) for edge in edges))


# The graph


@pytest.fixture(scope="module")
def whole(library: Library) -> CitationMap:
    return citation_map(library, TODAY)


def test_every_document_and_every_missing_text_is_a_node(whole: CitationMap, library: Library) -> None:
    documents = [each.node_id for each in whole.nodes if each.tier is not Tier.MISSING]
    assert documents == [each.document_id for each in library]
    missing = [each for each in whole.nodes if each.tier is Tier.MISSING]
    assert [each.times for each in missing] == [each.count for each in library.links.missing()]
    assert all(each.url is None for each in missing)
    tiers = {each.node_id: each.tier for each in whole.nodes}
    assert tiers["national-2024-40"] is Tier.NATIONAL
    assert tiers["changning-2025-2"] is Tier.LOCAL
    assert tiers["anonymous-district-plan"] is Tier.UNPLACED


def test_every_citation_is_an_edge_with_its_count(whole: CitationMap, library: Library) -> None:
    counted = {(edge.citing, edge.cited): edge.count for edge in whole.edges if edge.count}
    assert counted[("national-2025-8", "national-2024-40")] == len(library.links.incoming["national-2024-40"])
    assert sum(count for count in counted.values() if count) == sum(map(len, library.links.incoming.values()))
    assert all(citing != cited for citing, cited in counted)
    to_missing = [edge for edge in whole.edges if edge.cited.startswith("missing-")]
    assert len(to_missing) == sum(len(each.document_ids) for each in library.links.missing())


def test_at_large_only_what_is_missing_often_is_there(whole: CitationMap, library: Library) -> None:
    often = [each.times for each in at_large(whole, with_missing=True).nodes if each.tier is Tier.MISSING]
    assert often == [each.count for each in library.links.missing() if each.count >= 2]
    assert often != []
    assert [each.node_id for each in at_large(whole, with_missing=False).nodes] == [*library.documents]


def test_around_a_document_are_those_it_cites_and_those_that_cite_it(whole: CitationMap) -> None:
    near = around(whole, "national-2024-40", with_missing=False)
    assert {each.node_id for each in near.nodes} == {"national-2024-40", "national-2025-8"}
    assert [(edge.citing, edge.cited) for edge in near.edges] == [("national-2025-8", "national-2024-40")]
    missing = [each for each in around(whole, "changning-2025-2", with_missing=True).nodes if each.tier is Tier.MISSING]
    assert len(missing) > 4  # those named once as well


# The layout


def test_what_is_cited_stands_before_what_cites_it_and_tiers_in_order() -> None:
    tiers = {
        "law": Tier.NATIONAL,
        "rules": Tier.NATIONAL,
        "province": Tier.PROVINCE,
        "city": Tier.LOCAL,
        "gone": Tier.MISSING,
    }
    laid = layout_of(graph(tiers, ("rules", "law"), ("province", "law"), ("city", "law"), ("city", "gone")))
    assert laid.tiers == (Tier.NATIONAL, Tier.NATIONAL, Tier.PROVINCE, Tier.LOCAL, Tier.MISSING)
    assert laid.columns == {"law": 0, "rules": 1, "province": 2, "city": 3, "gone": 4}
    assert laid.passages(Edge("city", "law", 1)) == (("law", 2), ("law", 1))
    assert laid.passages(Edge("city", "gone", None)) == ()
    assert laid.passages(Edge("rules", "gone", None)) == (("gone", 2), ("gone", 3))


def test_documents_that_cite_each_other_in_a_ring_are_laid_out_too() -> None:
    tiers = dict.fromkeys("abc", Tier.PROVINCE)
    laid = layout_of(graph(tiers, ("a", "b"), ("b", "c"), ("c", "a")))
    assert sorted(laid.columns.values()) == [0, 1, 2]
    assert len(drawing_of(graph(tiers, ("a", "b"), ("b", "c"), ("c", "a"))).curves) == 3


def test_parts_come_largest_first_and_single_nodes_last() -> None:
    parts = components(graph(dict.fromkeys("abcdefg", Tier.LOCAL), ("b", "c"), ("d", "e"), ("e", "f")))
    assert [[each.node_id for each in part.nodes] for part in parts] == [["d", "e", "f"], ["b", "c"], ["a", "g"]]


def test_an_empty_map_is_an_empty_picture() -> None:
    assert layout_of(CitationMap((), ())).columns == {}
    assert drawing_of(CitationMap((), ())).boxes == ()


names = [f"n{number}" for number in range(14)]
maps = st.builds(
    lambda tiers, ties: graph(dict(zip(names, tiers, strict=False)), *dict.fromkeys(ties)),
    st.lists(st.sampled_from(Tier), min_size=len(names), max_size=len(names)),
    st.lists(
        st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda tie: tie[0] != tie[1]), max_size=40
    ),
)


@given(drawn=maps)
@settings(deadline=None, max_examples=60)
def test_no_box_lies_on_another_and_no_citation_passes_through_one(drawn: CitationMap) -> None:
    picture, laid = drawing_of(drawn), layout_of(drawn)
    assert len(picture.boxes) == len(drawn.nodes)
    assert len(picture.curves) == len(drawn.edges)
    for one, other in combinations(picture.boxes, 2):
        assert abs(one.left - other.left) >= BOX[0] or abs(one.top - other.top) >= BOX[1]
    for box in picture.boxes:
        assert 0 <= box.left <= picture.width - BOX[0]
        assert 0 <= box.top <= picture.height - BOX[1]
    for edge in drawn.edges:
        for passage in laid.passages(edge):
            clear = (1 + PASSAGE) / 2 - 1e-6
            at = laid.heights[passage]
            here = [each for each in drawn.nodes if laid.columns[each.node_id] == passage[1]]
            assert all(abs(laid.heights[each.node_id] - at) >= clear for each in here)


@given(drawn=maps)
@settings(deadline=None, max_examples=15)
def test_the_same_map_gets_the_same_picture(drawn: CitationMap) -> None:
    assert drawing_of(drawn) == drawing_of(drawn)


# The picture


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("消防法", ("消防法",)),
        ("一二三四五六七八九", ("一二三四五六七八九",)),
        ("医养结合示范项目工作方案", ("医养结合示范", "项目工作方案")),
        ("一二三四五六七八九十一二三四五六七八九十", ("一二三四五六七八九", "十一二三四五六七…")),
        ("", ()),
    ],
)
def test_a_label_is_set_on_two_lines_at_most(label: str, lines: tuple[str, ...]) -> None:
    assert lines_of(label) == lines


@given(label=st.text(max_size=60))
def test_any_label_fits(label: str) -> None:
    lines = lines_of(label)
    assert len(lines) <= 2
    assert all(len(line) <= 2 * LINE + 2 for line in lines)


def test_a_line_is_wider_the_more_often_one_is_cited() -> None:
    nodes = tuple(node(name) for name in ("a", "b", "c", "d"))
    picture = drawing_of(CitationMap(nodes, (Edge("b", "a", 1), Edge("c", "a", 2), Edge("d", "a", 9))))
    assert [curve.width for curve in picture.curves] == [1, 2, 3]


def test_an_arrow_points_at_the_cited_box() -> None:
    picture = drawing_of(graph({"law": Tier.NATIONAL, "city": Tier.LOCAL}, ("city", "law")))
    law, city = picture.boxes
    assert picture.curves[0].head.startswith(f"M{law.left + BOX[0]:.0f} {law.top + BOX[1] / 2:.0f}L")
    assert picture.curves[0].path.startswith(f"M{city.left:.0f} {city.top + BOX[1] / 2:.0f}C")


# What is asked of it


def test_a_small_library_is_drawn_whole_with_what_it_lacks(library: Library) -> None:
    view = maps_of(library)(MapWish(), TODAY)
    drawn = {box.node.node_id for box in view.drawing.boxes}
    assert set(library.documents) <= drawn
    assert {each for each in drawn if each.startswith("missing-")} != set()
    assert view.is_small
    assert {box.node.node_id for box in maps_of(library)(MapWish(missing=False), TODAY).drawing.boxes} == {
        *library.documents
    }


def test_a_map_is_made_once(library: Library) -> None:
    view = maps_of(library)
    assert view(MapWish(), TODAY) is view(MapWish(), TODAY)
    assert view(MapWish(), TODAY) is not view(MapWish(missing=False), TODAY)


def test_a_document_that_is_not_there_has_no_map(library: Library) -> None:
    with pytest.raises(UnknownDocument):
        maps_of(library)(MapWish("nowhere-1"), TODAY)


# The page


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("map"))


def page_of(client: TestClient, query: str = "") -> Element:
    response = client.get(f"/library/map{query}", headers=BROWSER)
    assert response.status_code == 200, response.text
    return read(response.text)


def nodes_of(page: Element) -> dict[str, Element]:
    svg = page.one("svg", class_="map")
    return {each.attributes["data-node"]: each for each in svg.walk() if "data-node" in each.attributes}


def test_the_picture_has_a_link_for_every_document_and_a_title_for_every_node(
    client: TestClient, library: Library
) -> None:
    nodes = nodes_of(page_of(client))
    for document in library:
        link = nodes[document.document_id]
        assert (link.tag, link.attributes["href"]) == ("a", f"/documents/{document.document_id}")
        assert document.metadata.title.replace("《", "〈").replace("》", "〉") in link.one("title").text
        assert link.attributes["aria-label"] == link.one("title").text
    missing = nodes["missing-0"]
    assert (missing.tag, missing.attributes["role"]) == ("g", "img")
    assert missing.one("title").text.endswith("库中没有，提到 2 次")


def test_the_picture_has_an_edge_for_every_citation_shown(client: TestClient, whole: CitationMap) -> None:
    page = page_of(client, "?missing=0")
    edges = [each for each in page.one("g", class_="edges").all("g") if "data-citing" in each.attributes]
    assert [(each.attributes["data-citing"], each.attributes["data-cited"]) for each in edges] == [
        ("national-2025-8", "national-2024-40")
    ]
    assert all(len(each.all("path")) == 2 for each in edges)


def test_the_same_is_said_in_words(client: TestClient) -> None:
    rows = page_of(client, "?missing=0").one("section", id="in-words").all("tr")[1:]
    said = {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}
    guidance = "《关于促进医养结合服务高质量发展的指导意见》（国卫老龄发〔2024〕40号）"
    plan = "《医养结合示范项目工作方案（2025年版）》（国卫老龄发〔2025〕8号）"
    assert said == {guidance: ["", plan], plan: [guidance, ""]}


def test_the_map_around_a_document_marks_it(client: TestClient) -> None:
    page = page_of(client, "?around=national-2024-40&missing=0")
    assert set(nodes_of(page)) == {"national-2024-40", "national-2025-8"}
    assert "centre" in nodes_of(page)["national-2024-40"].attributes["class"]
    assert "selected" in page.one("option", value="national-2024-40").attributes
    assert page.one("h1").text.endswith("的引用关系")


def test_a_document_without_citations_says_so(client: TestClient) -> None:
    page = page_of(client, "?around=anonymous-district-plan&missing=0")
    assert page.one("p", class_="notice").text == "这份文件没有引用库中别的文件，库中也没有别的文件引用它。"
    assert page.all("svg", class_="map") == []
    assert page.all("section", id="in-words") == []


def test_the_document_page_leads_to_its_map(client: TestClient) -> None:
    page = read(client.get("/documents/changning-2025-2", headers=BROWSER).text)
    assert page.one("ul", class_="take").one("a", href="/library/map?around=changning-2025-2").text == "看引用关系图"


@pytest.mark.parametrize("query", ["?around=nowhere-1", "?around=%00", "?around=" + "x" * 3000])
def test_an_unknown_document_is_not_found(client: TestClient, query: str) -> None:
    response = client.get(f"/library/map{query}", headers=BROWSER)
    assert response.status_code == 404
    assert read(response.text).one("h1").text == "没有这份文件"


@pytest.mark.parametrize("query", ["?missing=x&scope=y", "?scope=all&missing=1", "?missing=%00"])
def test_a_switch_that_is_nonsense_is_left_alone(client: TestClient, query: str) -> None:
    assert nodes_of(page_of(client, query))


def test_the_page_obeys_the_policy(client: TestClient) -> None:
    page = page_of(client)
    assert not [each for each in page.walk() if {"style", "onclick"} & set(each.attributes)]
    ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))


def test_headings_of_the_page_are_in_order(client: TestClient) -> None:
    ranks = [int(each.tag[1]) for each in page_of(client).walk() if each.tag in {"h1", "h2", "h3"}]
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))
