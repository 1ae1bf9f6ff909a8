"""A document to read: searching within it, its outline as a tree, its original, its versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from corpus.holdings import Holdings, library_at
from corpus.library import DOCUMENTS, Library
from corpus.originals import Originals
from corpus.provisions import Metadata
from corpus.readers import Format
from tests.conftest import SHARED
from tests.pages import BROWSER, Element, read
from tests.papers import add, word_file
from tests.scripted import Scripted
from web.app import create_app
from web.pages.downloads import CONTENT_TYPES, attachment, file_name
from web.pages.finding import LONGEST_WANTED, find
from web.pages.outlines import OutlineEntry, branches
from web.pages.rendering import SCRIPT
from web.pages.sheet import sections
from web.store import open_store

CHANGNING = "/documents/changning-2025-2"


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('reader') / 'yiyang.db'}")
    with TestClient(create_app(Scripted(library), store), headers=BROWSER) as client:
        yield client
    store.close()


# Searching within a document


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("医务室、医务室。", "医务室", ["医务室", "医务室"]),
        ("设 医 务 室。", "医务室", ["医 务 室"]),
        ("第１００张床", "100张", ["１００张"]),
        ("CCMD－3标准", "ccmd-3", ["CCMD－3"]),
        ("甲乙\n丙", "乙丙", []),  # not across lines
        ("护士和医师", "医师 护士", ["护士", "医师"]),
        ("主执业点医师", "执业点医师 医师", ["执业点医师"]),  # one in another counts once
        ("啊啊啊", "啊啊", ["啊啊"]),
        ("甲", "乙", []),
        ("甲", "  ", []),
        ("甲乙", "甲 甲", ["甲"]),
        ("（试行）", "(试行)", ["（试行）"]),
    ],
)
def test_words_are_found_whatever_their_width_case_or_spacing(text: str, words: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find(text, words).hits] == found


@given(text=st.text(alphabet="甲乙丙 \n　ＡaA（", max_size=60), words=st.text(alphabet="甲乙 aA（", max_size=6))
def test_places_found_are_in_order_and_apart(text: str, words: str) -> None:
    hits = find(text, words).hits
    assert all(0 <= start < end <= len(text) for start, end in hits)
    assert all(before[1] <= after[0] for before, after in pairwise(hits))
    assert all("\n" not in text[start:end] for start, end in hits)


@given(text=st.text(max_size=300), words=st.text(max_size=200), at=st.text(max_size=12))
def test_any_words_can_be_looked_for(text: str, words: str, at: str) -> None:
    found = find(text, words, at)
    assert found.number <= len(found.hits)
    assert len(found.words) <= LONGEST_WANTED
    if found.hits:
        assert 1 <= found.previous <= len(found.hits)
        assert 1 <= found.next <= len(found.hits)


def test_the_place_looked_at_goes_round() -> None:
    text = "甲乙甲乙甲"
    assert [(each.number, each.previous, each.next) for each in (find(text, "甲", at) for at in "123")] == [
        (1, 3, 2),
        (2, 1, 3),
        (3, 2, 1),
    ]
    assert find(text, "甲", "99").number == 3
    assert find(text, "甲", "0").number == 1
    assert find(text, "甲", "x").number == 1


def hits_of(page: Element) -> list[Element]:
    return page.all("mark", class_="hit")


def test_a_search_marks_every_place_without_script(client: TestClient, library: Library) -> None:
    page = read(client.get(f"{CHANGNING}?find=医务室&hit=2").text)
    count = library.get("changning-2025-2").text.count("医务室")
    assert [each.attributes["id"] for each in hits_of(page)] == [f"hit-{number + 1}" for number in range(count)]
    assert {each.text for each in hits_of(page)} == {"医务室"}
    assert [each.attributes["id"] for each in page.all("mark", class_="here")] == ["hit-2"]
    assert page.one("p", role="status").text == f"第 2 处，共 {count} 处"
    assert page.one("a", rel="next").attributes["href"].endswith("&hit=3#hit-3")
    assert page.one("a", rel="prev").attributes["href"].endswith("&hit=1#hit-1")
    form = page.one("form", role="search")
    assert (form.attributes["method"], form.one("input", name="find").attributes["value"]) == ("get", "医务室")


def test_the_links_between_places_lead_there(client: TestClient) -> None:
    page = read(client.get(f"{CHANGNING}?start=10&end=20&find=医 务室").text)
    following = page.one("a", rel="next").attributes["href"]
    assert following.startswith(f"{CHANGNING}?start=10&end=20&find=")
    page = read(client.get(following.partition("#")[0]).text)
    assert [each.attributes["id"] for each in page.all("mark", class_="here")] == ["hit-2"]
    assert page.one("input", name="find").attributes["value"] == "医 务室"
    cleared = next(each for each in page.all("a") if each.text == "清除")
    assert cleared.attributes["href"] == f"{CHANGNING}?start=10&end=20"


def test_a_place_within_a_link_keeps_both(client: TestClient) -> None:
    page = read(client.get("/documents/national-2025-8?find=高质量发展的指导意见").text)
    inside = [each for link in page.all("a") for each in link.all("mark", class_="hit")]
    assert inside != []
    ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("words", ["医务室", "的", "一、 （一）", "《关于", "老年人 医疗"])
def test_a_search_changes_no_word_of_the_text(library: Library, words: str) -> None:
    for document in library:
        hits = find(document.text, words).hits
        shown = sections(document, (30, 300), library.links.outgoing[document.document_id], hits)
        plain = sections(document, None)
        assert [[text_of(line) for line in each.paragraphs] for each in shown] == [
            [text_of(line) for line in each.paragraphs] for each in plain
        ]
        runs = [run for each in shown for line in each.paragraphs for run in line if run.hit]
        opened = [run.hit for run in runs if run.opens]
        assert opened == [*range(1, len(hits) + 1)]
        for number, (start, end) in enumerate(hits, 1):
            found = "".join(piece.text for run in runs if run.hit == number for piece in run.pieces)
            assert found == document.text[start:end]


def text_of(line: tuple[object, ...]) -> str:
    return "".join(piece.text for run in line for piece in run.pieces)  # type: ignore[attr-defined]


def test_where_nothing_is_found_the_page_says_so(client: TestClient) -> None:
    page = read(client.get(f"{CHANGNING}?find=<b>无此词</b>").text)
    assert page.one("p", role="status").text == "本文件中没有“<b>无此词</b>”。"
    assert hits_of(page) == []
    assert page.all("a", rel="next") == []


def test_control_characters_are_refused(client: TestClient) -> None:
    response = client.get(f"{CHANGNING}?find=a%00")
    assert response.status_code == 422


def test_the_script_gets_the_text_alone(client: TestClient) -> None:
    part = client.get(f"{CHANGNING}?find=医务室", headers={SCRIPT: "1"})
    assert part.status_code == 200
    whole = read(client.get(f"{CHANGNING}?find=医务室").text)
    fresh = read(part.text)
    for place in ("places-found", "provisions"):
        assert fresh.one("div", id=place).text == whole.one("div", id=place).text
    assert fresh.all("html") == []


# Outline, headings, what can be done with an article


def entry(article_id: str, level: int) -> OutlineEntry:
    return OutlineEntry(article_id, article_id, level, True)


def test_an_outline_is_a_tree_by_level() -> None:
    tree = branches([entry("0", 1), entry("1", 1), entry("1.1", 2), entry("1.1.1", 3), entry("1.2", 2), entry("2", 1)])
    assert [(each.entry.article_id, len(each.under)) for each in tree] == [("0", 0), ("1", 2), ("2", 0)]
    assert [(each.entry.article_id, len(each.under)) for each in tree[1].under] == [("1.1", 1), ("1.2", 0)]
    assert branches([]) == ()
    deep_first = branches([entry("a", 3), entry("b", 1)])
    assert [each.entry.article_id for each in deep_first] == ["a", "b"]


def test_headings_of_every_document_are_in_order(client: TestClient, library: Library) -> None:
    for document in library:
        page = read(client.get(f"/documents/{document.document_id}").text)
        ranks = [int(each.tag[1]) for each in page.walk() if each.tag in {f"h{rank}" for rank in range(1, 7)}]
        assert ranks.count(1) == 1
        assert ranks[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(ranks))
        assert len(ranks) > 2


def test_every_listed_article_has_its_link(client: TestClient, library: Library) -> None:
    page = read(client.get(CHANGNING).text)
    links = {
        each.one("a").attributes["href"]: each.one("a").attributes["aria-label"]
        for each in page.all("p", class_="tools-of")
    }
    assert links["#2.1.2"] == "二、（一）2.的链接"
    assert {link[1:] for link in links} == {each.article_id for each in library.get("changning-2025-2").walk()}


def test_what_is_printed_names_the_document_and_its_hash(client: TestClient, library: Library) -> None:
    document = library.get("changning-2025-2")
    footer = read(client.get(CHANGNING).text).one("footer")
    assert document.sha256 in footer.text
    printed = footer.one("p", class_="print-only").text
    assert printed.startswith(f"《{document.metadata.title}》（长民〔2025〕2号），")


# Originals of the documents that come with the program


def test_the_original_is_the_file_as_it_came(client: TestClient, library: Library) -> None:
    for document in library:
        page = read(client.get(f"/documents/{document.document_id}").text)
        (link,) = [each.attributes["href"] for each in page.all("a") if each.text == "下载原件"]
        response = client.get(link)
        source = DOCUMENTS / f"{document.document_id}.txt"
        assert response.content == source.read_bytes()
        assert response.headers["content-type"] == "text/plain"
        assert response.headers["etag"] == f'"{sha256(response.content).hexdigest()}"'
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_name_of_the_file_is_number_and_title(client: TestClient) -> None:
    said = client.head(f"{CHANGNING}/original").headers["content-disposition"]
    plain, _, full = said.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="changning-2025-2.txt"'
    assert unquote(full) == "长民〔2025〕2号 关于进一步深化长宁区养老服务医养结合发展的实施方案.txt"


def test_a_file_that_is_known_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(f"{CHANGNING}/original").headers["etag"]
    again = client.get(f"{CHANGNING}/original", headers={"if-none-match": f'W/"x", {etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(f"{CHANGNING}/original", headers={"if-none-match": '"x"'}).status_code == 200


def test_a_part_of_a_file_can_be_had(client: TestClient) -> None:
    part = client.get(f"{CHANGNING}/original", headers={"range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)


@pytest.mark.parametrize(
    ("metadata", "edition", "name"),
    [
        (Metadata("甲办法", "某发〔2020〕1号"), "", "某发〔2020〕1号 甲办法.pdf"),
        (Metadata('甲/乙:丙*?"<>|\\\n办法'), "", "甲乙丙办法.pdf"),
        (Metadata("甲\u202e办法."), "", "甲办法.pdf"),
        (Metadata("甲办法"), "（第2版）", "甲办法（第2版）.pdf"),
        (Metadata("长" * 300), "（第2版）", f"{'长' * 75}（第2版）.pdf"),
    ],
)
def test_a_file_name_is_one_that_every_system_takes(metadata: Metadata, edition: str, name: str) -> None:
    assert file_name(metadata, ".pdf", edition) == name
    assert len(name.encode()) < 255


def test_the_disposition_is_ascii_whatever_the_name() -> None:
    attachment("甲 \"乙'%\n.docx", "x-1.docx").encode("ascii")
    assert set(CONTENT_TYPES) == set(Format)


@pytest.mark.parametrize("path", ["/documents/nowhere-1/original", f"{CHANGNING}/versions/001-x", f"{CHANGNING}/x"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


# Documents that an office added


@dataclass(frozen=True)
class Office:
    home: Path
    client: TestClient
    document_id: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A document in Word of which a second version was added."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    add(home, word_file(folder / "first.docx", 20))
    add(home, word_file(folder / "second.docx", 10))
    library = library_at(home)
    (document_id,) = {*library.documents} - {path.stem for path in DOCUMENTS.glob("*.txt")}
    store = open_store(f"sqlite:///{home / 'yiyang.db'}")
    app = create_app(Scripted(library), store, originals=Originals(home))
    with TestClient(app, headers=BROWSER) as client:
        yield Office(home, client, document_id)
    store.close()


def test_the_original_of_an_added_document_has_its_own_type(office: Office) -> None:
    response = office.client.get(f"/documents/{office.document_id}/original")
    holding = Holdings(office.home).current()[0]
    assert sha256(response.content).hexdigest() == holding.source_sha256
    assert response.headers["etag"] == f'"{holding.source_sha256}"'
    assert response.headers["content-type"] == CONTENT_TYPES[Format.DOCX]
    assert unquote(response.headers["content-disposition"]).endswith("某政发〔2022〕9号 某市养老服务办法.docx")


def test_versions_are_listed_newest_first_and_can_be_read(office: Office) -> None:
    page = read(office.client.get(f"/documents/{office.document_id}").text)
    newer, older = page.one("section", id="versions").all("li")
    assert newer.one("p", class_="name").text.startswith("第 2 版，")
    assert newer.one("p", class_="name").text.endswith("本页所示")
    assert "second.docx" in newer.text
    assert older.one("p", class_="name").text.startswith("第 1 版，")
    assert "本页所示" not in older.text
    text, original = (each.attributes["href"] for each in older.all("a"))
    shown = office.client.get(text)
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert "备案应当在20日内办理" in shown.text
    source = office.client.get(original)
    assert sha256(source.content).hexdigest() == Holdings(office.home).history(office.document_id)[0].source_sha256
    assert unquote(source.headers["content-disposition"]).endswith("某市养老服务办法（第1版）.docx")


def test_the_text_decides_which_file_is_the_original(office: Office) -> None:
    """Another version may count by now; the page still shows the one that the library was read with."""
    document = library_at(office.home).get(office.document_id)
    older, newer = Holdings(office.home).history(office.document_id)
    Holdings(office.home).restore(office.document_id, older.version)
    try:
        found = Originals(office.home).of(document)
        assert found is not None
        assert found.sha256 == newer.source_sha256
    finally:
        Holdings(office.home).restore(office.document_id, newer.version)


def test_an_original_that_is_gone_is_said_to_be_gone(office: Office) -> None:
    source = Holdings(office.home).source(Holdings(office.home).current()[0])
    away = source.rename(source.with_name("elsewhere"))
    try:
        response = office.client.get(f"/documents/{office.document_id}/original")
        assert response.status_code == 404
        assert "这份文件的原件不在库中" in response.text
        page = read(office.client.get(f"/documents/{office.document_id}").text)
        assert not [each for each in page.all("a") if each.text == "下载原件"]
    finally:
        away.rename(source)


def test_a_version_that_is_damaged_does_not_spoil_the_page(office: Office) -> None:
    older = Holdings(office.home).history(office.document_id)[0]
    text = office.home / "documents" / office.document_id / older.version / "text.txt"
    kept = text.read_bytes()
    text.write_bytes(b"\xff\xfe\xff")
    try:
        page = read(office.client.get(f"/documents/{office.document_id}").text)
        assert [each.text for each in page.one("section", id="versions").all("li")[1].all("a")] == ["原件"]
        assert office.client.get(f"/documents/{office.document_id}/versions/{older.version}").status_code == 404
    finally:
        text.write_bytes(kept)


def test_without_a_home_only_what_comes_with_the_program_has_originals(library: Library) -> None:
    found = Originals().of(library.get("daxing-2026-22"))
    assert found is not None
    assert (found.path.name, found.format) == ("daxing-2026-22.txt", Format.TEXT)
    assert Originals().versions("daxing-2026-22") == ()


# A long statute


@pytest.fixture(scope="module")
def statute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """The longest law at hand: 442 provisions."""
    found = sorted((SHARED / "library" / "national").glob("食品安全法(*")) if SHARED.exists() else []
    if not found:
        pytest.skip("../shared/library is not on this machine")
    home = tmp_path_factory.mktemp("statute")
    add(home, found[0])
    library = library_at(home)
    (document_id,) = (each.document_id for each in library if each.metadata.title == "中华人民共和国食品安全法")
    store = open_store(f"sqlite:///{home / 'yiyang.db'}")
    with TestClient(create_app(Scripted(library), store, originals=Originals(home)), headers=BROWSER) as client:
        yield client, document_id
    store.close()


def test_a_long_outline_is_folded_by_chapter(statute: tuple[TestClient, str]) -> None:
    client, document_id = statute
    page = read(client.get(f"/documents/{document_id}").text)
    folds = page.one("nav", class_="outline").all("details")
    assert len(folds) > 8
    assert all("open" not in each.attributes for each in folds)
    assert [each.attributes["href"] for each in folds[0].all("a")][:2] == ["#1", "#2"]
    assert "long" in page.one("div", id="provisions").attributes["class"]


def test_the_page_of_a_long_statute_stays_small(statute: tuple[TestClient, str]) -> None:
    client, document_id = statute
    page = client.get(f"/documents/{document_id}").content
    assert len(page) < 220_000  # 90 kB of it are the words themselves
