"""Gold questions made behind the login: checked, kept whole, and scored by the real suite."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from assistant.pipeline import Assistant
from corpus.library import Library
from eval.gold import read_gold
from tests.conftest import REPOSITORY
from tests.entrances import administration as administration
from tests.entrances import client as client
from tests.entrances import store as store
from tests.entrances import visitor as visitor
from tests.offices import SAME_SITE, WHO, send, sign_in, token_in
from tests.pages import BROWSER
from web.admin.administration import Administration
from web.admin.care.gold_file import GoldFile
from web.admin.care.gold_items import Draft, NotSound, record_of
from web.app import create_app
from web.store import Store
from web.store.queue import Decision, key_of

DOCTORS = "养老机构内设医务室至少配几名医生？"
RIGHT, WORDS = "changning-2025-2#2.1.2", "至少配置1名主执业点医师"
SOUND: dict[str, str | list[str]] = {
    "turns": DOCTORS,
    "type": "numeric",
    "expect": "answered",
    "articles": RIGHT,
    "words": WORDS,
    "do": "save",
}


def submit(client: TestClient, **fields: str | list[str]) -> Response:
    token = token_in(client.get("/admin/gold/new").text)
    return client.post("/admin/gold/new", data={"csrf": token, **fields}, headers=SAME_SITE)


def records(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "gold.jsonl").read_text("utf-8").splitlines()]


def test_a_question_is_kept_in_the_format_of_the_suite(
    client: TestClient, administration: Administration, store: Store, library: Library
) -> None:
    assert submit(client, **SOUND, note="窗口常问").headers["location"] == "/admin/gold"
    assert (
        submit(client, turns="朝阳区怎么规定？", type="unanswerable", expect="not_found", do="save").status_code == 303
    )
    two = submit(
        client,
        turns=f"{DOCTORS}\r\n那护士呢？",
        type="dialogue",
        expect="answered",
        articles=[RIGHT, "changning-2025-2#2.1.1"],
        need_all="1",
        any_words="1名注册护士",
        do="save",
    )
    assert two.status_code == 303
    assert records(administration.home)[0] == {
        "id": "own-0001",
        "type": "numeric",
        "turns": [DOCTORS],
        "gold": [{"doc": "changning-2025-2", "article": "2.1.2"}],
        "need_all": False,
        "must_include": [WORDS],
        "must_include_any": [],
        "expect": "answered",
        "note": "窗口常问",
    }
    questions = read_gold(administration.home / "gold.jsonl", library)
    assert [each.id for each in questions] == ["own-0001", "own-0002", "own-0003"]
    assert questions[2].turns == (DOCTORS, "那护士呢？")
    assert questions[2].need_all
    assert [each.action for each in store.audit.page(WHO, None, 0, 3)] == ["新增题目"] * 3


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"turns": " \r\n "}, "请写下问题"),
        ({"turns": "问" * 501}, "500 字以内"),
        ({"turns": "问\r\n" * 11}, "至多 10 行"),
        ({"turns": "坏\x00字"}, "不可见字符"),
        ({"articles": []}, "请选出正确的条目"),
        ({"articles": "nowhere-1#1"}, "文件库中没有「nowhere-1」"),
        ({"articles": "changning-2025-2#99"}, "没有条目「99」"),
        ({"words": "至少配置2名主执业点医师"}, "原文中没有「至少配置2名主执业点医师」"),
        ({"any_words": "没有的话"}, "原文中没有「没有的话」"),
        ({"words": "字" * 201}, "200 字以内"),
        ({"need_all": "1"}, "至少要选两个条目"),
        ({"expect": "not_found"}, "不要选条目"),
        ({"expect": "clarify_or_answered", "articles": []}, "请选出它们所在的条目"),
        ({"expect": "x"}, "请选择期望的结果"),
        ({"type": "x"}, "请选择类型"),
        ({"note": "注" * 501}, "备注请控制在"),
    ],
)
def test_what_the_suite_would_refuse_is_refused_and_nothing_typed_is_lost(
    client: TestClient, administration: Administration, changed: dict[str, str | list[str]], why: str
) -> None:
    fields: dict[str, str | list[str]] = {**SOUND, **changed}
    answer = submit(client, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    if "turns" not in changed:
        assert DOCTORS in answer.text
    if "articles" not in changed:
        assert f'value="{RIGHT}" checked' in answer.text
    assert not (administration.home / "gold.jsonl").exists()


def test_words_may_be_broken_by_lines_but_not_changed(library: Library) -> None:
    draft = Draft(DOCTORS, "numeric", "answered", (RIGHT,), words="至少配置 1 名主执业点医师")
    assert record_of(draft, library)["must_include"] == ["至少配置 1 名主执业点医师"]
    with pytest.raises(NotSound):
        record_of(Draft(DOCTORS, "numeric", "answered", (RIGHT,), words="至少配置１名主执业点医师"), library)


def test_personal_data_is_hidden(client: TestClient, administration: Administration) -> None:
    submit(client, **{**SOUND, "turns": "手机 13800138000 的老人几名医生？"})
    assert records(administration.home)[0]["turns"] == ["手机 ［电话号码已隐去］ 的老人几名医生？"]


def test_searching_and_adding_by_number_keep_the_form(client: TestClient) -> None:
    page = submit(client, **{**SOUND, "articles": [], "sought": "医务室", "do": "search"})
    assert page.status_code == 200
    assert f'value="{RIGHT}"' in page.text
    assert f'value="{RIGHT}" checked' not in page.text
    assert DOCTORS in page.text
    assert WORDS in page.text
    added = submit(client, **{**SOUND, "do": "add", "document": "daxing-2026-22", "article": " 6.20 "})
    assert 'value="daxing-2026-22#6.20" checked' in added.text
    assert f'value="{RIGHT}" checked' in added.text
    refused = submit(client, **{**SOUND, "do": "add", "document": "daxing-2026-22", "article": "99"})
    assert refused.status_code == 422
    assert "没有条目「99」" in refused.text


def test_from_the_queue_with_the_turns_before(
    assistant: Assistant, store: Store, administration: Administration
) -> None:
    with TestClient(
        create_app(assistant, store, administration=administration), headers=BROWSER, follow_redirects=False
    ) as client:
        sign_in(client)
        first = client.post("/api/v1/ask", json={"question": DOCTORS}).json()
        then = client.post(
            "/api/v1/ask", json={"question": "那护士呢？", "conversation_id": first["conversation_id"]}
        ).json()
        key = key_of(then["interpreted_question"])
        page = client.get(f"/admin/gold/new?answer={then['answer_id']}&key={key}").text
        assert f"{DOCTORS}\n那护士呢？</textarea>" in page
        assert '<option value="dialogue" selected' in page
        assert f'value="{RIGHT}"' in page
        alone = client.get(f"/admin/gold/new?answer={first['answer_id']}").text
        assert f">{DOCTORS}</textarea>" in alone
        assert '<option value="numeric" selected' in alone
        assert client.get("/admin/gold/new?answer=nonsense").status_code == 200
        store.verdicts.add(then["answer_id"], "down")
        submit(client, **{**SOUND, "key": key})
    group = next(group for group in store.queue.groups(beginning()) if group.key == key)
    assert group.mark is not None
    assert (group.mark.decision, group.waits) == (Decision.GOLD, False)


def beginning() -> Any:
    from datetime import UTC, datetime

    return datetime(2020, 1, 1, tzinfo=UTC)


def test_list_delete_and_download(client: TestClient, administration: Administration, store: Store) -> None:
    assert client.get("/admin/gold/file").status_code == 404
    for _ in range(3):
        submit(client, **SOUND)
    page = client.get("/admin/gold").text
    assert "共 3 题" in page
    assert f"必含：{WORDS}" in page
    assert send(client, "/admin/gold/own-0002/delete").status_code == 303
    assert send(client, "/admin/gold/own-0002/delete").status_code == 303
    assert [each["id"] for each in records(administration.home)] == ["own-0001", "own-0003"]
    assert [each.detail for each in store.audit.page(WHO, "删除题目", 0, 5)] == ["own-0002"]
    assert DOCTORS not in client.get("/admin/log").text  # which is kept for good
    file = client.get("/admin/gold/file")
    assert "attachment" in file.headers["content-disposition"]
    assert file.content == (administration.home / "gold.jsonl").read_bytes()
    submit(client, **SOUND)
    assert records(administration.home)[-1]["id"] == "own-0004"


def test_lines_broken_by_hand_are_told_and_kept(client: TestClient, administration: Administration) -> None:
    submit(client, **SOUND)
    path = administration.home / "gold.jsonl"
    broken = '{"id": "own-0009", "turns": ["x"'
    odd = '{"id": "mine", "turns": "不是数组", "gold": 3, "type": 5, "must_include": {"a": 1}}'
    path.write_text(path.read_text("utf-8") + f"{broken}\n\n{odd}\n[1]\n", "utf-8")
    page = client.get("/admin/gold")
    assert page.status_code == 200
    assert "第 2、5 行读不出来" in page.text
    assert "共 2 题" in page.text
    submit(client, **SOUND)
    lines = path.read_text("utf-8").splitlines()
    assert lines[1:4] == [broken, odd, "[1]"]
    assert json.loads(lines[4])["id"] == "own-0002"
    path.write_bytes(b"\xff\xfe\x00")
    assert "联系系统管理员" in client.get("/admin/gold").text
    assert submit(client, **SOUND).status_code == 422
    assert path.read_bytes() == b"\xff\xfe\x00"


def test_several_at_once_are_all_kept(tmp_path: Path) -> None:
    def add(number: int) -> str:
        return GoldFile(tmp_path).add({"turns": [str(number)]})

    with ThreadPoolExecutor(4) as pool:
        ids = [*pool.map(add, range(20))]
    assert len(set(ids)) == 20
    assert {record["turns"][0] for record in records(tmp_path)} == {str(number) for number in range(20)}


def test_the_real_suite_scores_the_file(
    client: TestClient, administration: Administration, assistant: Assistant, home: Path
) -> None:
    submit(client, **SOUND)
    submit(client, turns=f"{DOCTORS}\n那护士呢？", type="dialogue", expect="answered", articles=RIGHT, do="save")
    submit(client, **{**SOUND, "articles": "daxing-2026-22#6.20", "words": ""})  # which is not the answer
    out = administration.home / "out.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "eval", "--gold", str(administration.home / "gold.jsonl")),
            *("--json", str(out), "--html", str(administration.home / "out.html"), "--home", str(home)),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored = json.loads(out.read_text("utf-8"))
    right = {each["id"]: each["first_right"] for each in scored["questions"]}
    assert right == {"own-0001": True, "own-0002": True, "own-0003": False}
