"""The queue of questions that went wrong: grouped, filtered, decided, and back when asked again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from assistant.answers import Status
from corpus.library import Library
from tests.entrances import administration as administration
from tests.entrances import client as client
from tests.entrances import store as store
from tests.entrances import visitor as visitor
from tests.offices import WHO, answer, asked, send
from tests.postgres import database_url as database_url
from tests.postgres import kept as kept
from tests.scripted import ELSEWHERE
from web.store import Store
from web.store.queue import Decision, Group, Kind, is_key, key_of
from web.store.tables import question_marks

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FEES = "护理费怎么收？"


def titles(page: str) -> list[str]:
    return [
        unescape(each) for each in re.findall(r'href="/admin/questions/[0-9a-f]{32}"><span class="what">([^<]+)', page)
    ]


def only(groups: tuple[Group, ...]) -> Group:
    assert len(groups) == 1
    return groups[0]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (FEES, "护理费怎么收", True),
        (FEES, " 護理費 怎么收??", True),
        ("ＡＩ能用吗", "ai能用吗？", True),
        (FEES, "护理费怎么退？", False),
        ("2.1.2", "212", True),
        ("？", "！", False),
    ],
)
def test_what_is_asked_alike(one: str, other: str, alike: bool) -> None:
    assert (key_of(one) == key_of(other)) is alike


def test_what_went_wrong_waits_and_what_is_alike_is_one_question(kept: Store) -> None:
    asked(kept, FEES, ago=timedelta(hours=3))
    asked(kept, "護理費怎么收", ago=timedelta(hours=2))
    asked(kept, "那护理费呢？", Status.UNSPECIFIED, interpreted="护理费怎么收？", ago=timedelta(hours=1))
    asked(kept, "有着落的问题", Status.ANSWERED)
    group = only(kept.queue.groups(LONG_AGO))
    assert [each.question for each in group.occurrences] == ["那护理费呢？", "護理費怎么收", FEES]
    assert group.kinds == {Kind.NOT_FOUND, Kind.UNSPECIFIED}
    assert group.waits
    assert kept.queue.groups(datetime.now(UTC) - timedelta(minutes=90))[0].occurrences == group.occurrences[:1]


def test_a_thumb_down_brings_an_answered_question_in_with_its_reason(kept: Store) -> None:
    answer_id = asked(kept, "几名医生？", Status.ANSWERED, ago=timedelta(days=40))
    assert kept.queue.groups(LONG_AGO) == ()
    kept.verdicts.add(answer_id, "up", "很好")
    assert kept.queue.groups(LONG_AGO) == ()
    feedback_id = kept.verdicts.add(answer_id, "down", "条文不全：手机 13800138000")
    group = only(kept.queue.groups(datetime.now(UTC) - timedelta(days=7)))
    assert group.kinds == {Kind.DOWN}
    assert group.reasons == ("条文不全：手机 ［电话号码已隐去］",)
    kept.verdicts.add(answer_id, "up")
    assert kept.queue.groups(LONG_AGO) == ()
    assert kept.verdicts.add(answer_id, "down") == feedback_id
    assert only(kept.queue.groups(LONG_AGO)).reasons == ()
    kept.verdicts.withdraw(feedback_id)
    assert kept.queue.groups(LONG_AGO) == ()


def test_decided_questions_come_back_when_asked_again_and_ignored_ones_do_not(kept: Store) -> None:
    key = key_of(FEES)
    asked(kept, FEES, ago=timedelta(hours=1))
    for decision, comes_back in ((Decision.DONE, True), (Decision.GOLD, True), (Decision.IGNORED, False)):
        kept.queue.mark(key, decision, WHO)
        group = only(kept.queue.groups(LONG_AGO))
        assert (group.waits, group.since_mark) == (False, 0)
        assert group.mark is not None
        assert (group.mark.decision, group.mark.who) == (decision, WHO)
        asked(kept, FEES)
        again = only(kept.queue.groups(LONG_AGO))
        assert (again.waits, again.since_mark) == (comes_back, 1)
    assert kept.queue.unmark(key)
    assert not kept.queue.unmark(key)
    assert only(kept.queue.groups(LONG_AGO)).waits


def test_a_decision_keeps_no_words_of_a_question_whose_conversation_is_deleted(kept: Store) -> None:
    conversation_id, _ = kept.conversations.record(answer(FEES), "v")
    kept.history.claim(conversation_id, "somebody")
    kept.queue.mark(key_of(FEES), Decision.DONE, WHO)
    kept.history.delete("somebody", conversation_id)
    assert kept.queue.groups(LONG_AGO) == ()
    with kept.database.reading() as connection:
        assert "护理" not in str(connection.execute(question_marks.select()).all())


# --- the pages


def test_the_list_shows_counts_reasons_and_kinds(client: TestClient, store: Store) -> None:
    for _ in range(3):
        down = asked(store, FEES, ago=timedelta(hours=2))
    store.verdicts.add(down, "down", "找不到")
    asked(store, "<b>粗体</b>？", Status.CLARIFY)
    page = client.get("/admin/questions").text
    assert titles(page) == ["<b>粗体</b>？", FEES]
    assert "共 2 个问题，问过 4 次" in page
    assert ">3 次<" in page
    assert "理由：找不到" in page
    assert "评为没有帮助" in page
    assert "<b>粗体" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["收费？", "大兴的补贴？", "问得含糊", "差评的"]),
        ({"order": "often"}, ["大兴的补贴？", "收费？", "问得含糊", "差评的"]),
        ({"kind": "not_found"}, ["收费？", "大兴的补贴？"]),
        ({"kind": "clarify"}, ["问得含糊"]),
        ({"kind": "down"}, ["差评的"]),
        ({"kind": "nonsense"}, ["收费？", "大兴的补贴？", "问得含糊", "差评的"]),
        ({"words": "补贴"}, ["大兴的补贴？"]),
        ({"words": "收费 补贴"}, []),
        ({"words": "太慢"}, ["差评的"]),
        ({"region": "北京市大兴区"}, ["大兴的补贴？"]),
        ({"region": "上海市长宁区"}, ["收费？"]),
        ({"days": "90"}, ["收费？", "大兴的补贴？", "问得含糊", "差评的", "旧的问题"]),
        ({"days": "7"}, ["收费？", "大兴的补贴？", "问得含糊"]),
        ({"stands": "decided"}, ["处理过的"]),
        ({"stands": "all", "words": "的", "days": "7"}, ["大兴的补贴？", "处理过的"]),
    ],
)
def test_filters_and_orders(client: TestClient, store: Store, query: dict[str, str], found: list[str]) -> None:
    bad = asked(store, "差评的", Status.ANSWERED, ago=timedelta(days=10))
    store.verdicts.add(bad, "down", "太慢")
    with store.database.writing() as connection:
        from web.store.tables import feedback

        connection.execute(update(feedback).values(created_at=datetime.now(UTC) - timedelta(days=9)))
    asked(store, "旧的问题", ago=timedelta(days=60))
    asked(store, "问得含糊", Status.CLARIFY, ago=timedelta(days=3))
    for hours in (1, 2):
        asked(store, "大兴的补贴？", ago=timedelta(hours=hours))
    asked(store, "收费？", region="上海市长宁区")
    asked(store, "处理过的", ago=timedelta(days=2))
    store.queue.mark(key_of("处理过的"), Decision.DONE, WHO)
    page = client.get("/admin/questions", params=query)
    assert page.status_code == 200
    assert titles(page.text) == found


def test_pages_of_twenty(client: TestClient, store: Store) -> None:
    for number in range(23):
        asked(store, f"第{number}个问题", ago=timedelta(minutes=number))
    first, second = (client.get("/admin/questions", params={"page": page}).text for page in ("1", "2"))
    assert titles(first) == [f"第{number}个问题" for number in range(20)]
    assert titles(second) == [f"第{number}个问题" for number in range(20, 23)]
    for beyond in ("3", "99999999", "-1", "x", "²"):
        assert client.get("/admin/questions", params={"page": beyond}).status_code == 200


def test_a_question_shows_its_answer_as_given_now_and_is_decided(client: TestClient, store: Store) -> None:
    answer_id = asked(store, ELSEWHERE)
    key, address = key_of(ELSEWHERE), f"/admin/questions/{key_of(ELSEWHERE)}"
    page = client.get(address).text
    assert "库中没有朝阳区的文件。" in page
    assert f"/answers/{answer_id}" in page
    assert f"/admin/gold/new?answer={answer_id}&amp;key={key}" in page
    assert client.get(f"/answers/{answer_id}").status_code == 200
    assert send(client, f"{address}/decide", address, decision="nonsense").status_code == 422
    assert send(client, f"{address}/decide", address, decision="gold").status_code == 422
    assert only(store.queue.groups(LONG_AGO)).waits
    assert send(client, f"{address}/decide", address, decision="done").headers["location"] == "/admin/questions"
    assert titles(client.get("/admin/questions").text) == []
    assert f"已处理（{WHO}" in client.get("/admin/questions?stands=decided").text
    assert send(client, f"{address}/reopen", address).status_code == 303
    assert titles(client.get("/admin/questions").text) == [ELSEWHERE]
    assert [each.action for each in store.audit.page(WHO, None, 0, 2)] == ["重新打开提问", "处理提问"]


def test_the_log_names_a_question_by_its_number_never_by_its_words(client: TestClient, store: Store) -> None:
    """The log is kept for good, a question until its conversation is deleted."""
    asked(store, ELSEWHERE)
    number, address = key_of(ELSEWHERE)[:12], f"/admin/questions/{key_of(ELSEWHERE)}"
    assert f"编号 {number}" in client.get(address).text
    send(client, f"{address}/decide", address, decision="ignored")
    send(client, f"{address}/reopen", address)
    entries = store.audit.page(WHO, None, 0, 2)
    assert [each.detail for each in entries] == [f"提问编号 {number}", f"已忽略：提问编号 {number}"]
    log = client.get("/admin/log").text
    assert f"已忽略：提问编号 {number}" in log
    assert ELSEWHERE not in log
    asked(store, FEES)
    assert titles(client.get("/admin/questions", params={"words": number}).text) == [ELSEWHERE]
    assert titles(client.get("/admin/questions", params={"words": number[:11]}).text) == []


@pytest.mark.parametrize("words", ["", "0" * 31, "0" * 33, "G" * 32, "0" * 31 + "\0", "0" * 32 + "\n"])
def test_what_is_no_key_of_a_question(words: str) -> None:
    assert is_key(key_of(FEES))
    assert not is_key(words)


def test_a_question_that_is_gone_is_told(client: TestClient, library: Library) -> None:
    answer = client.get(f"/admin/questions/{'0' * 32}")
    assert answer.status_code == 404
    assert "请从问题列表进入" in answer.text
