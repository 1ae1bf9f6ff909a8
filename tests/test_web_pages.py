"""The pages as a browser without script gets them: forms, escaping, documents, errors, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import Library
from corpus.provisions import Metadata, PolicyDocument, Provision
from tests.pages import BROWSER, INJECTIONS, Element, read
from tests.scripted import (
    DOCTORS,
    ELSEWHERE,
    FAULT,
    MISSING,
    NURSES,
    NURSES_IN_FULL,
    SECRET,
    SUBSIDY,
    VAGUE,
    WHOLE,
    Scripted,
)
from web.app import create_app
from web.assets import FOR_A_WHILE, FOR_GOOD
from web.pages.marking import LONG, pieces, stretches
from web.pages.outlines import outline
from web.pages.turns import EXAMPLES
from web.store import open_store


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('pages') / 'yiyang.db'}")
    app = create_app(Scripted(library), store)
    with TestClient(app, raise_server_exceptions=False, headers=BROWSER) as client:
        yield client
    store.close()


def submit(client: TestClient, question: str, conversation: str = "") -> Element:
    """Ask as a form does, and follow to the page that results."""
    response = client.post("/ask", data={"question": question, "conversation": conversation})
    assert response.status_code == 200, response.text
    return read(response.text)


def quoted(turn: Element) -> list[str]:
    """The quotations of a turn, without the words that fold them."""
    for block in turn.all("blockquote"):
        for fold in block.all("details"):
            fold.inside = [each for each in fold.inside if not (isinstance(each, Element) and each.tag == "summary")]
    return [block.text for block in turn.all("blockquote")]


# Asking without script


def test_nothing_is_suggested_without_script(client: TestClient) -> None:
    page = read(client.get("/").text)
    panel = page.one("ul", role="listbox")
    assert panel.inside == []
    assert "hidden" in page.one("div", class_="suggestions").attributes
    assert "role" not in page.one("textarea").attributes


def test_the_empty_page_invites_a_question(client: TestClient) -> None:
    page = read(client.get("/").text)
    assert page.one("html").attributes["lang"] == "zh-Hans"
    assert [each.attributes["value"] for each in page.all("button", name="question")] == [*EXAMPLES]
    assert page.one("textarea").attributes["name"] == "question"
    assert page.one("label", for_="question").text == "您的问题"
    assert page.all("article") == []


def test_a_form_asks_and_lands_on_its_answer(client: TestClient) -> None:
    response = client.post("/ask", data={"question": DOCTORS}, follow_redirects=False)
    assert response.status_code == 303
    address, _, fragment = response.headers["location"].partition("#")
    turn = read(client.get(address).text).one("article", id=fragment)
    assert turn.one("h2").text == f"问：{DOCTORS}"
    assert turn.one("p", class_="badge").text == "文件有明文"
    assert turn.one("p", class_="finding").text == "「1名主执业点医师」。"
    assert turn.one("mark").text == "1名主执业点医师"


def test_an_answer_reads_finding_then_quotation_then_source(client: TestClient) -> None:
    turn = submit(client, DOCTORS).one("article", class_="turn")
    order = [
        each
        for each in turn.walk()
        if each.tag in {"blockquote", "cite"} or "finding" in each.attributes.get("class", "")
    ]
    assert [each.tag for each in order] == ["p", "blockquote", "cite"]
    source = turn.one("p", class_="source")
    assert source.text == "《关于进一步深化长宁区养老服务医养结合发展的实施方案》（长民〔2025〕2号）二、（一）2."


def test_the_source_opens_the_document_at_the_words_quoted(client: TestClient) -> None:
    turn = submit(client, DOCTORS).one("article", class_="turn")
    address, _, fragment = turn.one("p", class_="source").one("a").attributes["href"].partition("#")
    page = read(client.get(address).text)
    article = page.one("section", id=fragment)
    assert "cited" in article.attributes["class"]
    assert article.one("mark").text == quoted(turn)[0]
    assert [each.attributes["id"] for each in page.all("section", class_="cited")] == ["2.1.2"]


def test_a_conversation_goes_on_without_script(client: TestClient) -> None:
    page = submit(client, DOCTORS)
    conversation = page.one("form", class_="composer-inner").one("input", name="conversation").attributes["value"]
    page = submit(client, NURSES, conversation)
    assert [each.one("h2").text for each in page.all("article", class_="turn")] == [f"问：{DOCTORS}", f"问：{NURSES}"]
    assert f"按「{NURSES_IN_FULL}」理解" in page.text


@pytest.mark.parametrize("conversation", ["0" * 32, "nonsense", "'", "../"])
def test_a_conversation_that_is_gone_does_not_stop_a_question(client: TestClient, conversation: str) -> None:
    page = submit(client, DOCTORS, conversation)
    assert len(page.all("article", class_="turn")) == 1
    assert "原来的对话已经不在了" in client.get("/", params={"c": conversation}).text


@pytest.mark.parametrize(
    ("question", "badge", "words"),
    [
        (SUBSIDY, "文件有涉及，未写明", MISSING),
        (ELSEWHERE, "文件中没有找到", "相近条文，未回答所问"),
        (VAGUE, "请再说具体一点", "您想了解哪一方面？"),
    ],
)
def test_each_outcome_says_what_it_is(client: TestClient, question: str, badge: str, words: str) -> None:
    turn = submit(client, question).one("article", class_="turn")
    assert turn.one("p", class_="badge").text == badge
    assert words in turn.text


def test_options_are_questions_to_tap_within_the_conversation(client: TestClient) -> None:
    form = submit(client, VAGUE).one("form", class_="clarification")
    assert form.attributes["action"] == "/ask"
    assert [each.attributes["value"] for each in form.all("button", name="question")] == [DOCTORS, WHOLE]
    assert len(form.one("input", name="conversation").attributes["value"]) == 32


def test_a_near_miss_is_not_shown_as_a_quotation(client: TestClient) -> None:
    turn = submit(client, ELSEWHERE).one("article", class_="turn")
    assert turn.all("blockquote") == []
    assert turn.one("section", class_="related").one("p", class_="snippet").text == "签约覆盖率不低于80%"


def test_a_long_quotation_is_folded_and_whole(client: TestClient, library: Library) -> None:
    turn = submit(client, WHOLE).one("article", class_="turn")
    document = library.get("changning-2025-2")
    assert turn.all("details", class_="fold") != []
    assert quoted(turn) == [document.whole_text(document.find("2.1.4")).strip()]


@pytest.mark.parametrize(("question", "status"), [("", 422), ("  ", 422), ("问" * 501, 422), ("医\x00生", 422)])
def test_a_question_refused_is_given_back_with_the_reason(client: TestClient, question: str, status: int) -> None:
    response = client.post("/ask", data={"question": question})
    page = read(response.text)
    assert response.status_code == status
    assert page.one("p", id="refusal").text
    assert "hidden" not in page.one("p", id="refusal").attributes
    assert page.one("textarea").attributes["aria-invalid"] == "true"
    assert page.one("textarea").text.strip() == question.strip()


def test_the_script_gets_a_piece_of_the_page_or_a_problem(client: TestClient) -> None:
    asked = client.post("/ask", data={"question": DOCTORS}, headers={"x-fragment": "1"})
    assert read(asked.text).one("article").attributes["data-conversation"]
    assert "<html" not in asked.text
    refused = client.post("/ask", data={"question": " "}, headers={"x-fragment": "1"})
    assert (refused.status_code, refused.json()["code"]) == (422, "empty_question")


def test_thanks_for_feedback_without_script(client: TestClient) -> None:
    form = submit(client, DOCTORS).one("form", action="/feedback")
    sent = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    assert "已记下，谢谢。" in client.post("/feedback", data={**sent, "verdict": "up"}).text
    assert client.post("/feedback", data={**sent, "verdict": "sideways"}).status_code == 422
    assert client.post("/feedback", data={**sent, "answer": "0" * 32, "verdict": "up"}).status_code == 404


# What a question is narrowed down by


def chips(page: Element) -> dict[str, str]:
    """The chips shown, by the field that each clears."""
    shown = [each for each in page.all("a", class_="chip") if "hidden" not in each.attributes]
    return {each.attributes["data-chip"]: each.all("span")[1].text for each in shown}


def test_regions_are_offered_level_by_level_the_nation_first(client: TestClient) -> None:
    options = read(client.get("/").text).one("select", name="region").all("option")
    assert [(each.attributes["value"], each.text) for each in options] == [
        ("", "不限"),
        ("全国", "全国"),
        ("上海市", "上海市"),
        ("上海市长宁区", "\u3000长宁区"),
        ("北京市", "北京市"),
        ("北京市大兴区", "\u3000大兴区"),
        ("**市**区", "某市某区（文件隐去名称）"),
    ]


def test_a_scope_goes_from_the_form_to_the_answer_the_address_and_the_chips(client: TestClient) -> None:
    sent = {"question": DOCTORS, "region": "上海市", "as_of": "2026-01-02", "today": "2026-02-03"}
    response = client.post("/ask", data=sent)
    page = read(response.text)
    assert response.url.params["region"] == "上海市"
    assert "只在上海市的文件中查找，按2026年1月2日的规定。" in page.text
    assert chips(page) == {"region": "上海市", "as_of": "按2026年1月2日"}
    reopened = read(client.get("/", params={"c": response.url.params["c"]}).text)
    assert chips(reopened) == chips(page)
    (chip,) = (each for each in page.all("a", class_="chip") if each.attributes["data-chip"] == "region")
    cleared = read(client.get(chip.attributes["href"]).text)
    assert chips(cleared) == {"as_of": "按2026年1月2日"}
    assert len(cleared.all("article", class_="turn")) == 1


def test_a_document_says_more_than_a_region(client: TestClient) -> None:
    page = read(client.get("/", params={"region": "上海市", "document": "daxing-2026-22"}).text)
    assert list(chips(page)) == ["document"]
    assert page.all("p", class_="notice") == []


def test_an_option_is_asked_within_the_same_scope(client: TestClient) -> None:
    page = read(client.post("/ask", data={"question": VAGUE, "region": "上海市"}).text)
    form = page.all("form", class_="clarification")[0]
    assert form.one("input", name="region").attributes["value"] == "上海市"


def test_nothing_found_in_a_scope_is_asked_again_without(client: TestClient) -> None:
    page = read(client.post("/ask", data={"question": ELSEWHERE, "region": "上海市"}).text)
    form = page.one("form", class_="clarification")
    assert "不等于别处没有规定" in form.text
    again = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    assert chips(read(client.post("/ask", data={**again, "question": ELSEWHERE}).text)) == {}
    assert "不等于别处没有规定" not in submit(client, ELSEWHERE).text


def test_the_day_on_which_a_page_was_opened_is_no_choice(client: TestClient) -> None:
    sent = {"question": DOCTORS, "as_of": "2025-01-02", "today": "2025-01-02"}
    assert "只在" not in client.post("/ask", data=sent).text
    assert "日的规定。" not in client.post("/ask", data=sent).text


@pytest.mark.parametrize(
    "fields",
    [
        {"region": "火星"},
        {"region": "市"},
        {"document": "nowhere-1"},
        {"document": "../x"},
        {"as_of": "2026-02-30"},
        {"as_of": "20260101"},
        {"as_of": "昨天"},
        {"region": "<b>" * 1000},
    ],
)
def test_a_scope_that_is_not_to_be_had_is_told_and_nothing_typed_is_lost(
    client: TestClient, fields: dict[str, str]
) -> None:
    page = read(client.get("/", params=fields).text)
    assert "已不作限定" in page.one("p", class_="notice").text
    response = client.post("/ask", data={"question": DOCTORS, **fields})
    page = read(response.text)
    assert response.status_code == 422
    assert page.one("textarea").text == DOCTORS
    assert chips(page) == {}
    asked = client.post("/ask", data={"question": DOCTORS, **fields}, headers={"x-fragment": "1"})
    assert asked.json()["code"] == "invalid_request"


# Escaping


@pytest.mark.parametrize("words", INJECTIONS)
def test_words_of_a_question_stay_words(client: TestClient, words: str) -> None:
    client.cookies.clear()  # what was asked before is listed beside
    plain = submit(client, "无害的问题")
    client.cookies.clear()
    page = submit(client, words)
    assert page.one("article").one("h2").text == f"问：{words}"
    assert [each.tag for each in page.walk()] == [each.tag for each in plain.walk()]
    assert not [name for each in page.walk() for name in each.attributes if name.startswith("on")]


@pytest.mark.parametrize("words", INJECTIONS)
def test_words_refused_stay_words(client: TestClient, words: str) -> None:
    typed = words + "问" * 501
    page = read(client.post("/ask", data={"question": typed}).text)
    assert page.one("textarea").text == typed


@pytest.mark.parametrize("words", INJECTIONS)
def test_words_of_an_address_stay_words(client: TestClient, words: str) -> None:
    page = read(client.get(f"/documents/{quote(words, safe='')}").text)
    assert page.all("img") == []
    assert len(page.all("script")) == 1


# Documents


def test_a_document_is_shown_whole_with_its_outline(client: TestClient, library: Library) -> None:
    for document in library:
        page = read(client.get(f"/documents/{document.document_id}").text)
        shown = page.all("section", class_="provision")
        assert [each.attributes["id"] for each in shown] == [each.article_id for each in document.walk()]
        squeezed = "".join("".join(each.text for each in shown).split())
        assert squeezed == "".join(document.text.split())
        links = [each.attributes["href"] for each in page.one("nav", class_="outline").all("a")]
        articles = [link for link in links if link not in ("#references", "#cited-by")]
        assert articles == [f"#{each.article_id}" for each in document.walk()]
        anchors = {each.attributes["id"] for each in page.all("section")}
        assert {link[1:] for link in links} <= anchors
        assert all(each.text.strip() for each in page.one("nav", class_="outline").all("a"))


def test_what_a_document_does_not_print_is_said_to_be_unstated(client: TestClient) -> None:
    facts = read(client.get("/documents/anonymous-district-plan").text).one("dl", class_="facts")
    shown = {each.one("dt").text: each.one("dd").text for each in facts.all("div")}
    assert (shown["文号"], shown["成文日期"], shown["地区"]) == ("文件未注明", "文件未注明", "某市某区（文件隐去名称）")
    assert "印发日期" not in shown


def test_a_range_over_several_articles_is_marked_in_each(client: TestClient, library: Library) -> None:
    document = library.get("changning-2025-2")
    whole = document.find("2.1")
    page = read(client.get(f"/documents/changning-2025-2?start={whole.start}&end={whole.subtree_end}").text)
    assert [each.attributes["id"] for each in page.all("section", class_="cited")] == [
        "2.1",
        *(f"2.1.{number}" for number in range(1, 6)),
    ]
    marked = "".join("".join(each.text.split()) for each in page.all("mark"))
    assert marked == "".join(document.whole_text(whole).split())


@pytest.mark.parametrize(
    "query",
    [
        "start=x&end=y",
        "start=-5&end=9",
        "start=5",
        "end=5",
        "start=9&end=5",
        "start=5&end=5",
        "start=99999999999999999999&end=999999999999999999999",
        "start=9000000&end=9000001",
        "start=1e3&end=2e3",
        "start=１０&end=２０",
        "start=%00&end=%ff",
        "start=1&start=2&end[]=3",
    ],
)
def test_a_range_that_is_nonsense_is_ignored(client: TestClient, query: str) -> None:
    response = client.get(f"/documents/changning-2025-2?{query}")
    assert response.status_code == 200
    assert read(response.text).all("mark") == []


def test_a_range_past_the_end_is_clamped(client: TestClient, library: Library) -> None:
    text = library.get("changning-2025-2").text
    page = read(client.get(f"/documents/changning-2025-2?start={len(text) - 5}&end=99999999").text)
    assert "".join(each.text for each in page.all("mark")) == text[-5:].strip()


# Errors, headers, files


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "没有这个地址"),
        ("/documents/nowhere-1", 404, "没有这份文件"),
        ("/ask", 405, "这个地址不能直接打开"),
    ],
)
def test_a_browser_gets_error_pages_in_chinese(client: TestClient, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert read(response.text).one("h1").text == words


def test_readers_are_told_nothing_of_programs(client: TestClient) -> None:
    gone = read(client.get("/documents/nowhere-1").text).one("p", class_="lead").text
    assert gone == "文件库中没有这份文件，可能已经移出，或地址不完整。"
    form = {"content-type": "application/x-www-form-urlencoded"}
    large = client.post("/ask", content=iter([b"question=", b"a" * 70_000]), headers=form)
    announced = client.post("/ask", data={"question": "a" * 70_000})
    for refused in (large, announced):
        assert (refused.status_code, read(refused.text).one("h1").text) == (413, "内容太长")
    assert "/api/" in client.get("/api/v1/documents/nowhere-1").json()["detail"]


def test_an_address_with_control_characters_is_not_repeated(client: TestClient) -> None:
    assert "\x00" not in client.get("/answers/%00").text


def test_a_fault_gets_a_page_without_particulars(client: TestClient) -> None:
    response = client.post("/ask", data={"question": FAULT})
    assert response.status_code == 500
    assert read(response.text).one("h1").text == "服务出错"
    assert SECRET not in response.text


def test_programs_get_problems_where_browsers_get_pages(client: TestClient) -> None:
    assert client.get("/nothing", headers={"accept": "*/*"}).json()["code"] == "not_found"
    assert client.get("/api/v1/nothing").json()["code"] == "not_found"


def test_a_broken_form_is_refused(client: TestClient) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/ask", content=b"--y\r\n\r\n", headers=kind).status_code in {400, 422}
    assert client.post("/ask", files={"question": b"a file"}).status_code == 422


@pytest.mark.parametrize("path", ["/", "/documents", "/docs", "/nothing", "/api/v1/documents", "/static/yiyang.css"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/", "/documents", "/documents/daxing-2026-22?start=500&end=600", "/docs", "/nothing"]
)
def test_pages_obey_their_own_policy(client: TestClient, path: str) -> None:
    page = read(client.get(path).text)
    assert page.all("style") == []
    assert {each.text for each in page.all("script")} == {""}
    for each in page.walk():
        assert not {"style", "onclick", "onload"} & set(each.attributes)
        assert not each.attributes.get("src", "").startswith(("http", "//"))
        assert each.tag == "a" or not each.attributes.get("href", "").startswith(("http", "//"))
    ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))


def test_files_are_kept_for_good_under_their_fingerprint_only(client: TestClient) -> None:
    page = read(client.get("/").text)
    addresses = [each.attributes["href"] for each in page.all("link")]
    addresses += [each.attributes["src"] for each in page.all("script")]
    assert len(addresses) >= 5
    for address in addresses:
        assert client.get(address).headers["cache-control"] == FOR_GOOD
        assert client.get(address.partition("?")[0]).headers["cache-control"] == FOR_A_WHILE
        assert client.get(f"{address}0").headers["cache-control"] == FOR_A_WHILE


def test_nothing_is_taken_from_elsewhere() -> None:
    static = Path(__file__).resolve().parents[1] / "web" / "static"
    for path in static.iterdir():
        words = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|@import|\burl\(|\bimport\b", words), path


def test_the_reference_lists_every_operation_and_code(client: TestClient) -> None:
    text = read(client.get("/docs").text).text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in text
    for words in ("question_too_long", "document_sha256", "interpreted_question", "必填"):
        assert words in text


def test_the_reference_says_what_a_field_may_be_and_has_no_empty_table(client: TestClient) -> None:
    page = read(client.get("/docs").text)
    assert "answered / unspecified / clarify / not_found" in page.text
    assert "question / heading" in page.text
    assert "现行有效 / 尚未施行 / 已修改 / 已废止 / 已失效" in page.text
    assert all(each.all("td") for each in page.all("table"))


# Marking and folding

ranges = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=5)
texts = st.text(st.sampled_from("医养结合机构，。；\n 1"), max_size=500)


@given(text=texts, marks=ranges, strong=ranges)
def test_pieces_are_the_text_and_mark_what_was_asked(
    text: str, marks: list[tuple[int, int]], strong: list[tuple[int, int]]
) -> None:
    cut = pieces(text, (0, len(text)), marks, strong)
    assert "".join(piece.text for piece in cut) == text
    marked = [piece.marked for piece in cut for _ in piece.text]
    assert marked == [any(start <= at < end for start, end in marks) for at in range(len(text))]
    bold = [piece.strong for piece in cut for _ in piece.text]
    assert bold == [any(start <= at < end for start, end in strong) for at in range(len(text))]


@given(text=texts, marks=ranges)
def test_folding_loses_nothing_and_never_hides_a_mark(text: str, marks: list[tuple[int, int]]) -> None:
    parts = stretches(text, marks)
    assert "".join(piece.text for part in parts for piece in part.pieces) == text
    assert [part.length for part in parts] == [sum(len(piece.text) for piece in part.pieces) for part in parts]
    assert not [piece for part in parts if part.folded for piece in part.pieces if piece.marked]
    if len(text) <= LONG:
        assert not [part for part in parts if part.folded]


def test_a_long_text_is_folded_around_its_mark() -> None:
    text = "甲" * 200 + "。要紧的字句。" + "乙" * 200
    parts = stretches(text, [(203, 205)])
    assert [part.folded for part in parts] == [True, False, True]
    assert "".join(piece.text for piece in parts[1].pieces) == "要紧的字句。"


# The outline


def outlined(*provisions: tuple[str, str, str, str | None, str]) -> list[str]:
    """The outline of a document of these provisions: article_id, label, heading, parent and own text."""
    text, made = "", []
    for article_id, label, heading, parent, own in provisions:
        level = 1 if parent is None else 2
        made.append(
            Provision(article_id, label, heading, level, parent, len(text), len(text) + len(own), len(text) + len(own))
        )
        text += own
    document = PolicyDocument("paper", Metadata("某办法"), text, tuple(made))
    return [f"{entry.article_id} {entry.words}" for entry in outline(document)]


def test_a_heading_that_is_all_there_is_stands_in_the_outline_once() -> None:
    assert outlined(
        ("t1", "法律责任", "法律责任", None, "法律责任\n"),
        ("t2", "教 育", "教 育", None, "教 育\n"),
        ("c1", "第一章", "总　　则", None, "第一章　总　　则\n"),
        ("1", "第一条", "", "c1", "第一条　为了规范服务。\n"),
        ("2~2", "一、", "申请类别", None, "一、申请类别\n"),
        ("a1:0", "附件1", "申请表", None, "附件1\n申请表\n"),
        ("a1:1", "附件1一、", "填表说明", "a1:0", "一、填表说明\n"),
        ("end", "文末", "", None, "某局\n"),
    ) == [
        "t1 法律责任",
        "t2 教 育",
        "c1 第一章 总则",
        "1 第一条 为了规范服务。",
        "2~2 一、申请类别",
        "a1:0 附件1 申请表",
        "a1:1 一、填表说明",
        "end 文末",
    ]


def test_paragraphs_and_items_of_an_article_are_left_to_the_text_unless_they_have_a_heading() -> None:
    assert outlined(
        ("6", "第六条", "", None, "第六条　缴费标准如下：\n"),
        ("6.1", "第六条（一）", "职工", "6", "（一）职工。\n"),
        ("6.2", "第六条（二）", "", "6", "（二）居民按年缴费，财政补助。\n"),
        ("6.3", "第六条第三款", "", "6", "其他人员另行规定。\n"),
        ("7", "二、", "办理", None, "二、办理\n"),
        ("7.1", "二、1.", "", "7", "1.到窗口办理，或者在网上办理。\n"),
        ("7.t1", "二、续段", "", "7", "办理时限另行公布。\n"),
    ) == ["6 第六条 缴费标准如下：", "6.1 （一）职工", "7 二、办理", "7.1 1.到窗口办理，或者在网上办理。"]
