"""What a visitor has asked: who sees it, searching, deleting for good; and verdicts on answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from corpus.library import Library
from tests.pages import BROWSER, Element, read
from tests.scripted import ANSWER, DOCTORS, ELSEWHERE, NURSES, NURSES_IN_FULL, Scripted
from web.app import create_app
from web.pages.history import COOKIE, KEPT_FOR, past_list
from web.pages.history import Visitor as Who
from web.store import Store, open_store
from web.store.conversations import CONTEXT, HISTORY, UnknownAnswer, UnknownConversation
from web.store.history import Past
from web.store.tables import turns as asked
from web.store.verdicts import UnknownFeedback

ANNA, BERTA = "a" * 32, "b" * 32
NEWS = "消防演练多久一次？"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "yiyang.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def client(library: Library, store: Store) -> Iterator[TestClient]:
    app = create_app(Scripted(library), store)
    with TestClient(app, raise_server_exceptions=False, headers=BROWSER) as client:
        yield client


def conversation(store: Store, visitor: str, *questions: str) -> str:
    """A conversation of the visitor with these questions; its id."""
    first, *others = questions
    conversation_id, _ = store.conversations.record(replace(ANSWER, question=first), "v1")
    store.history.claim(conversation_id, visitor)
    for question in others:
        store.conversations.record(replace(ANSWER, question=question), "v1", conversation_id)
    return conversation_id


def titles(past: tuple[Past, ...]) -> list[str]:
    return [each.title for each in past]


def listed(page: Element) -> list[str]:
    return [each.text for each in page.all("span", class_="title")]


def ask(client: TestClient, question: str, conversation_id: str = "") -> Element:
    return read(client.post("/ask", data={"question": question, "conversation": conversation_id}).text)


# The store


def test_a_visitor_sees_their_own_conversations_the_latest_first(store: Store) -> None:
    first = conversation(store, ANNA, "甲", "乙")
    conversation(store, ANNA, "丙")
    conversation(store, BERTA, "丁")
    store.conversations.record(replace(ANSWER, question="戊"), "v1")
    past = store.history.past(ANNA)
    assert [(each.title, each.turns) for each in past] == [("丙", 1), ("甲", 2)]
    store.conversations.record(replace(ANSWER, question="己"), "v1", first)
    assert titles(store.history.past(ANNA)) == ["甲", "丙"]
    assert titles(store.history.past("")) == []
    assert all(each.latest_at.tzinfo is not None for each in past)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("医生", ["医生几名"]),
        ("一次", ["消防", "医生几名"]),
        ("%", ["5%以内"]),
        ("_", []),
        ("\\", []),
        ("' OR 1=1", []),
    ],
)
def test_a_search_takes_its_words_as_they_are(store: Store, words: str, found: list[str]) -> None:
    for questions in (("5%以内",), ("医生几名", "多久一次"), ("消防", "几年一次")):
        conversation(store, ANNA, *questions)
    conversation(store, BERTA, "医生 一次 %")
    assert titles(store.history.past(ANNA, words)) == found


def test_a_conversation_that_is_somebodys_stays_theirs(store: Store) -> None:
    owned = conversation(store, ANNA, "甲")
    store.history.claim(owned, BERTA)
    assert titles(store.history.past(ANNA)) == ["甲"]
    assert titles(store.history.past(BERTA)) == []
    with pytest.raises(UnknownConversation):
        store.history.delete(BERTA, owned)
    with pytest.raises(UnknownConversation):
        store.history.find(BERTA, owned)


def test_what_is_deleted_is_gone_with_all_that_was_said_of_it(store: Store, path: Path) -> None:
    doomed, kept = conversation(store, ANNA, "甲", "乙"), conversation(store, ANNA, "丙")
    for turn in store.conversations.turns(doomed):
        store.verdicts.add(turn.answer_id, "down", "不对")
    store.history.delete(ANNA, doomed)
    rows = sqlite3.connect(path)
    counts = [rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("turns", "feedback")]
    rows.close()
    assert counts == [1, 0]
    assert store.history.delete_all(BERTA) == 0
    assert [each.conversation_id for each in store.history.past(ANNA)] == [kept]
    assert store.history.delete_all(ANNA) == 1
    with pytest.raises(UnknownConversation):
        store.conversations.turns(kept)


def test_the_database_holds_no_token(store: Store, path: Path) -> None:
    conversation(store, ANNA, "甲")
    store.close()
    assert ANNA.encode() not in path.read_bytes()


def test_an_answer_is_found_with_the_turns_before_it(store: Store) -> None:
    conversation_id = conversation(store, ANNA, *(str(number) for number in range(HISTORY + 5)))
    last = store.conversations.turns(conversation_id)[-1]
    found, turns = store.conversations.turns_to(last.answer_id)
    assert found == conversation_id
    assert [turn.question for turn in turns] == [str(number) for number in range(4, HISTORY + 5)]
    assert turns[-1] == last
    with store.database.writing() as connection:
        connection.execute(update(asked).values(created_at=datetime.now(UTC) - CONTEXT - timedelta(minutes=1)))
    _, turns = store.conversations.turns_to(last.answer_id)
    assert not any(turn.is_recent for turn in turns)
    assert turns[-1] == store.conversations.turns(conversation_id)[-1]
    with pytest.raises(UnknownAnswer):
        store.conversations.turns_to("0" * 32)


def test_a_verdict_is_explained_and_taken_back(store: Store) -> None:
    conversation_id, answer_id = store.conversations.record(ANSWER, "v1")
    feedback_id = store.verdicts.add(answer_id, "down")
    store.verdicts.explain(feedback_id, "条文不全")
    verdict = store.verdicts.get(feedback_id)
    assert (verdict.answer_id, verdict.conversation_id, verdict.reason) == (answer_id, conversation_id, "条文不全")
    store.verdicts.withdraw(feedback_id)
    store.verdicts.withdraw(feedback_id)
    with pytest.raises(UnknownFeedback):
        store.verdicts.get(feedback_id)
    with pytest.raises(UnknownFeedback):
        store.verdicts.explain(feedback_id, "其他")


# The pages


def test_asking_makes_a_visitor_and_reading_makes_none(client: TestClient) -> None:
    for path in ("/", "/history", "/documents"):
        assert "set-cookie" not in client.get(path).headers
    sent = client.post("/ask", data={"question": DOCTORS}, follow_redirects=False).headers["set-cookie"]
    assert f"{COOKIE}=" in sent
    assert "HttpOnly" in sent
    assert "SameSite=lax" in sent
    assert "Max-Age" not in sent
    assert listed(read(client.get("/history").text)) == [DOCTORS]
    assert listed(read(client.get("/").text)) == [DOCTORS]


def test_a_conversation_is_listed_once_whatever_is_asked_in_it(client: TestClient) -> None:
    page = ask(client, DOCTORS)
    own = page.one("form", class_="composer-inner").one("input", name="conversation").attributes["value"]
    ask(client, NURSES, own)
    ask(client, ELSEWHERE)
    page = read(client.get("/history").text)
    assert listed(page) == [ELSEWHERE, DOCTORS]
    assert ["2 问" in each.text for each in page.all("span", class_="when")] == [False, True]


def test_another_browser_reads_by_link_and_lists_nothing(client: TestClient) -> None:
    page = ask(client, DOCTORS)
    own = page.one("form", class_="composer-inner").one("input", name="conversation").attributes["value"]
    client.cookies.clear()
    assert len(read(client.get("/", params={"c": own}).text).all("article", class_="turn")) == 1
    ask(client, NURSES, own)
    assert listed(read(client.get("/history").text)) == []
    assert client.post("/history/delete", data={"conversation": own}).status_code == 404
    assert len(read(client.get("/", params={"c": own}).text).all("article", class_="turn")) == 2


@pytest.mark.parametrize("value", ["", "x", "a" * 31, "A" * 32, "a" * 33, "a" * 32 + "\x00", "' OR 1=1 --"])
def test_a_cookie_that_is_not_ours_is_nobodys(client: TestClient, value: str) -> None:
    client.headers["cookie"] = f"{COOKIE}={value}"
    assert listed(read(client.get("/history").text)) == []


def test_searching_and_deleting_without_script(client: TestClient) -> None:
    for question in (DOCTORS, ELSEWHERE, NEWS):
        ask(client, question)
    assert listed(read(client.get("/history", params={"q": "签约率"}).text)) == [ELSEWHERE]
    assert "没有问过带有「<b>」的问题" in read(client.get("/history", params={"q": "<b>"}).text).text
    page = read(client.get("/history").text)
    doomed = page.all("li")[0].one("a", class_="tool").attributes["href"]
    page = read(client.get(doomed).text)
    assert f"删除「{NEWS}」？" in page.one("form", class_="confirm").text
    assert listed(page) == [NEWS, ELSEWHERE, DOCTORS]
    sent = {"conversation": page.one("form", class_="confirm").one("input").attributes["value"]}
    assert listed(read(client.post("/history/delete", data=sent).text)) == [ELSEWHERE, DOCTORS]
    assert "删除全部提问记录？" in client.get("/history?delete=all").text
    assert listed(read(client.post("/history/delete", data={"conversation": "all"}).text)) == []


def test_the_script_gets_the_list_alone(client: TestClient) -> None:
    ask(client, DOCTORS)
    part = client.get("/history", headers={"x-fragment": "1"}).text
    assert "<html" not in part
    own = read(part).one("li").attributes["data-conversation"]
    gone = client.post("/history/delete", data={"conversation": own}, headers={"x-fragment": "1"})
    assert (gone.status_code, gone.text) == (204, "")


def test_older_conversations_are_a_page_away(store: Store) -> None:
    for number in range(7):
        conversation(store, ANNA, str(number))
    first = past_list(store, Who(ANNA), most=5)
    assert ([each.title for each in first.past], first.earlier_url) == (["6", "5", "4", "3", "2"], "/history?skip=5")
    second = past_list(store, Who(ANNA), skip=5, most=5)
    assert ([each.title for each in second.past], second.earlier_url) == (["1", "0"], "")


def test_a_visitor_may_be_kept_and_may_leave(client: TestClient) -> None:
    ask(client, DOCTORS)
    kept = client.post("/history/keep", data={"kept": "1"}, follow_redirects=False).headers["set-cookie"]
    assert f"Max-Age={KEPT_FOR}" in kept
    assert listed(read(client.get("/history").text)) == [DOCTORS]
    assert "保留 180 天" in client.get("/history").text
    ask(client, NEWS)
    assert listed(read(client.get("/history").text)) == [NEWS, DOCTORS]
    left = client.post("/history/leave", follow_redirects=False)
    assert '"storage"' in left.headers["clear-site-data"]
    assert listed(read(client.get("/history").text)) == []


@pytest.mark.parametrize(
    "query", ["skip=-1", "skip=99999999", "delete=x", "delete=' OR 1=1", "q=%00", f"q={'问' * 3000}"]
)
def test_nonsense_in_the_address_of_the_list_is_harmless(client: TestClient, query: str) -> None:
    assert client.get(f"/history?{query}").status_code == 200


def test_times_are_told_as_people_in_china_tell_them(store: Store) -> None:
    conversation(store, ANNA, "甲")
    (shown,) = past_list(store, Who(ANNA)).past
    china = datetime.now(UTC) + timedelta(hours=8)
    assert shown.when.startswith(("今天", "昨天"))
    assert shown.when.endswith((f"{china:%M}", f"{china - timedelta(minutes=1):%M}"))


# Verdicts


def turn_of(page: Element) -> Element:
    return page.one("article", class_="turn")


def fields(form: Element) -> dict[str, str]:
    return {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}


def reasons(path: Path) -> list[tuple[str, str | None]]:
    rows = sqlite3.connect(path)
    kept = rows.execute("SELECT verdict, reason FROM feedback ORDER BY rowid").fetchall()
    rows.close()
    return kept


def test_a_bad_answer_is_explained_without_script(client: TestClient, path: Path) -> None:
    form = turn_of(ask(client, DOCTORS)).one("form", action="/feedback")
    page = read(client.post("/feedback", data={**fields(form), "verdict": "down"}).text)
    assert "已记下，谢谢。" in page.text
    why = page.one("form", class_="why")
    assert [each.attributes["value"] for each in why.all("input", type="radio")] == [
        "答非所问",
        "条文不全",
        "已过时",
        "其他",
    ]
    sent = {"cause": "条文不全", "words": "我的手机是13812345678，少了第二款"}
    page = read(client.post(why.attributes["action"], data=sent).text)
    assert page.all("form", class_="why") == []
    ((verdict, reason),) = reasons(path)
    assert verdict == "down"
    assert reason is not None
    assert reason.startswith("条文不全：")
    assert reason.endswith("少了第二款")
    assert "13812345678" not in reason


def test_a_program_that_judges_again_replaces_what_it_said(client: TestClient, path: Path) -> None:
    answer_id = turn_of(ask(client, DOCTORS)).one("form", action="/feedback").one("input", name="answer")
    said = {"answer_id": answer_id.attributes["value"], "verdict": "down", "reason": "不全"}
    first = client.post("/api/v1/feedback", json=said).json()
    again = client.post("/api/v1/feedback", json={**said, "verdict": "up", "reason": None}).json()
    assert first == again
    assert reasons(path) == [("up", None)]


def test_verdicts_stand_when_a_conversation_is_opened_again(client: TestClient, path: Path) -> None:
    turn = turn_of(ask(client, DOCTORS))
    conversation = turn.attributes["data-conversation"]
    client.post("/ask", data={"question": DOCTORS, "conversation": conversation})
    client.post("/feedback", data={**fields(turn.one("form", action="/feedback")), "verdict": "down"})
    client.post("/feedback", data={**fields(turn.one("form", action="/feedback")), "verdict": "up"})
    first, second = read(client.get(f"/?c={conversation}").text).all("article", class_="turn")
    assert "已记下，谢谢。" in first.text
    assert first.all("form", class_="why") == []  # the later word is the one that holds
    assert "已记下" not in second.text
    assert reasons(path) == [("up", None)]


def test_a_verdict_is_taken_back_without_script(client: TestClient, path: Path) -> None:
    form = turn_of(ask(client, DOCTORS)).one("form", action="/feedback")
    page = read(client.post("/feedback", data={**fields(form), "verdict": "up"}).text)
    undo = next(each for each in page.all("form") if each.attributes["action"].endswith("/undo"))
    page = read(client.post(undo.attributes["action"], data=fields(undo)).text)
    assert page.one("form", action="/feedback").all("button")
    assert reasons(path) == []
    assert client.post(undo.attributes["action"], data=fields(undo)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [({}, "invalid_request"), ({"cause": "别的"}, "invalid_request"), ({"words": "字" * 501}, "invalid_request"),
     ({"words": "字\x00"}, "control_characters")],
)  # fmt: skip
def test_a_reason_that_is_none_is_refused(client: TestClient, sent: dict[str, str], code: str) -> None:
    form = turn_of(ask(client, DOCTORS)).one("form", action="/feedback")
    page = read(client.post("/feedback", data={**fields(form), "verdict": "down"}).text)
    refused = client.post(page.one("form", class_="why").attributes["action"], data=sent, headers={"x-fragment": "1"})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert client.post(f"/feedback/{'0' * 32}/reason", data={"cause": "其他"}).status_code == 404


# An answer on a page of its own


def test_an_answer_has_a_page_to_print(client: TestClient) -> None:
    page = ask(client, DOCTORS)
    own = page.one("form", class_="composer-inner").one("input", name="conversation").attributes["value"]
    page = ask(client, NURSES, own)
    second = page.all("article", class_="turn")[1]
    link = next(each for each in second.all("a", class_="tool") if "打印" in each.text)
    alone = read(client.get(link.attributes["href"]).text)
    assert alone.one("h1").text == NURSES
    assert f"按「{NURSES_IN_FULL}」理解" in alone.text
    assert alone.one("mark").text == "1名注册护士"
    assert "1名注册护士" in alone.one("textarea").text
    back, _, turn = alone.one("p", class_="back").one("a").attributes["href"].partition("#")
    assert read(client.get(back).text).one("article", id=turn) is not None


@pytest.mark.parametrize("answer_id", ["0" * 32, "x", "' OR 1=1"])
def test_no_such_answer_is_said_in_chinese(client: TestClient, answer_id: str) -> None:
    response = client.get(f"/answers/{answer_id}")
    assert response.status_code == 404
    assert "已经删除" in response.text


@pytest.mark.parametrize(
    ("host", "has_link"),
    [("wen.example.cn", True), ("127.0.0.1:8000", False), ("localhost", False), ("10.1.2.3", False), ("8.8.8.8", True),
     ("wen.local", False), ("[::1]:80", False)],
)  # fmt: skip
def test_a_copy_has_a_link_only_where_others_can_open_it(client: TestClient, host: str, has_link: bool) -> None:
    client.headers["host"] = host
    turn = turn_of(ask(client, DOCTORS))
    (button,) = (each for each in turn.all("button") if "data-copy" in each.attributes)
    copied = button.attributes["data-copy"]
    assert copied.startswith("「1名主执业点医师」。")
    assert (f"\n\n原文：http://{host}/documents/changning-2025-2?start=" in copied) is has_link


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "10.1.2.3", "forged.example", "a_b", "x" * 400])
def test_a_copy_leads_to_the_address_that_is_set_whatever_the_host(library: Library, store: Store, host: str) -> None:
    app = create_app(Scripted(library), store, public_url="https://wen.example.cn/wen/")
    with TestClient(app, raise_server_exceptions=False, headers={**BROWSER, "host": host}) as client:
        turn = turn_of(ask(client, DOCTORS))
        (button,) = (each for each in turn.all("button") if "data-copy" in each.attributes)
        printed = next(each for each in turn.all("a", class_="tool") if "打印" in each.text)
        alone = read(client.get(printed.attributes["href"]).text)
    link = "\n\n原文：https://wen.example.cn/wen/documents/changning-2025-2?start="
    assert link in button.attributes["data-copy"]
    assert link.strip() in alone.one("textarea").text


@pytest.mark.parametrize("host", ["wen'x.example.cn", f"{'x' * 400}.example.cn"])
def test_a_host_that_is_no_address_leaves_a_copy_without_link(client: TestClient, host: str) -> None:
    client.headers["host"] = host
    turn = turn_of(ask(client, DOCTORS))
    (button,) = (each for each in turn.all("button") if "data-copy" in each.attributes)
    assert "原文：" not in button.attributes["data-copy"]
