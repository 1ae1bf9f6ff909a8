"""An office's own entries of the glossary: read, seen at work, evaluated for real, kept, taken back, served at once."""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep, time

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update

from assistant.answers import Status
from assistant.glossary import GlossaryError, glossary_at, load_glossary, load_own, parse_own
from assistant.pipeline import Assistant, open_assistant
from tests.offices import DRILLS, SAME_SITE, WHO, actions, send, token_in, until
from tests.offices import administration as administration
from tests.offices import client as client
from tests.offices import few as few
from tests.offices import gold as gold
from tests.offices import place as place
from tests.offices import store as store
from tests.renewals import Pointed, name_of, renewing
from tests.renewals import pointed as pointed
from web.admin.care import trying
from web.admin.care.glossary_file import PREVIOUS, ChangedMeanwhile, GlossaryFile, as_toml, fingerprint
from web.operation import renewal
from web.operation.metrics import Metrics
from web.operation.opening import Opener
from web.operation.renewal import Renewal
from web.operation.serving import Serving
from web.settings import Settings
from web.store import Store
from web.store.queue import Decision, key_of
from web.store.tables import glossary_trials
from web.store.trials import STALE, Trial, TrialState, TrialUnderWay

pytestmark = pytest.mark.xdist_group("admin-library")
GOOD = {"words": "着火逃生排练", "terms": "消防演练"}
BAD = {"words": "查火灾隐患、防传染病的演习、新发褥疮率上限、消防演习", "terms": "家庭医生签约"}
"""Words of the gold questions, put for something else."""


def submit(client: TestClient, **fields: str) -> Response:
    token = token_in(client.get("/admin/glossary/new").text)
    return client.post("/admin/glossary/new", data={"csrf": token, **fields}, headers=SAME_SITE)


def tried(client: TestClient, store: Store, **fields: str) -> Trial:
    """A trial, once its evaluation is over."""
    answer = submit(client, do="try", **fields)
    assert answer.status_code == 303, answer.text
    trial_id = answer.headers["location"].rpartition("/")[2]
    until(lambda: store.trials.get(trial_id).state is not TrialState.RUNNING)
    return store.trials.get(trial_id)


def keep(client: TestClient, trial: Trial, reason: str = "") -> Response:
    address = f"/admin/glossary/trials/{trial.id}"
    return send(client, f"{address}/keep", address, reason=reason)


# --- the file


@pytest.mark.parametrize(
    "text",
    [
        "[terms",
        '[words]\n"a" = ["b"]',
        "terms = 3",
        '[terms]\n"挂瓶" = "静脉输液"',
        '[terms]\n"挂瓶" = []',
        '[terms]\n"挂瓶" = [1]',
        '[terms]\n"挂瓶" = [""]',
        '[terms]\n"" = ["静脉输液"]',
        '[terms]\n"挂\\u200b瓶" = ["静脉\\u200b输液"]',
        f'[terms]\n"{"长" * 41}" = ["静脉输液"]',
        "[terms]\n" + "".join(f'"词{number}" = ["静脉输液"]\n' for number in range(2001)),
    ],
)
def test_what_is_no_glossary_of_an_office(text: str) -> None:
    with pytest.raises(GlossaryError, match="本单位词表"):
        parse_own(text)


def test_entries_are_normalised_and_go_before_those_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "glossary.toml").write_text('[terms]\n"護 工" = ["护工"]\n"大夫" = ["执业医师", "医生"]\n', "utf-8")
    glossary = glossary_at(tmp_path)
    shipped = load_glossary()
    assert glossary.own == {"护 工": ("护工",), "大夫": ("执业医师", "医生")}
    assert glossary.terms["大夫"] == (
        "执业医师",
        "医生",
        *(set(shipped.terms["大夫"]) - {"医生"} and ("医师", "医务人员")),
    )
    assert glossary.terms["护工"] == shipped.terms["护工"]
    assert (glossary.kinds, glossary.stopwords) == (shipped.kinds, shipped.stopwords)
    assert glossary_at(tmp_path / "none") == shipped


def test_a_damaged_file_is_told_and_the_shipped_glossary_serves(
    place: Path, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    (place / "glossary.toml").write_bytes(b"[terms\n")
    with caplog.at_level(logging.WARNING):
        opened = open_assistant(place)
    assert "本单位词表读不出来" in caplog.text
    assert "先只用随程序提供的词表" in caplog.text
    assert opened.glossary == assistant.glossary
    assert opened.index_version == assistant.index_version


def test_the_version_of_answers_changes_with_the_entries_and_back(place: Path, assistant: Assistant) -> None:
    own = {"着火逃生排练": ("消防演练",)}
    (place / "glossary.toml").write_text(as_toml(own), "utf-8")
    opened = open_assistant(place)
    assert opened.index_version != assistant.index_version
    assert opened.index_version == assistant.with_own_terms(own).index_version
    assert assistant.with_own_terms({}).index_version == assistant.index_version
    assert assistant.ask(DRILLS).status is Status.NOT_FOUND
    answer = opened.ask(DRILLS)
    assert (answer.status, answer.citations[0].citation.article_id) == (Status.ANSWERED, "6.20")
    assert answer == assistant.with_own_terms(own).ask(DRILLS)


def test_the_file_is_written_whole_and_the_last_change_can_be_taken_back(tmp_path: Path) -> None:
    file = GlossaryFile(tmp_path)
    assert not file.undo()
    odd = {'引"号\\': ("反\\斜", "甲"), "a#b = []": ("井",)}
    file.write(odd, fingerprint({}))
    assert file.read() == odd
    more = {**odd, "乙": ("丙",)}
    with pytest.raises(ChangedMeanwhile):
        file.write(more, fingerprint({}))
    file.write(more, fingerprint(odd))
    for expected in (odd, more, odd):
        assert file.undo()
        assert file.read() == expected
    with pytest.raises(GlossaryError):
        file.write({"坏\x7f": ("x",)}, fingerprint(odd))
    assert file.read() == odd
    (tmp_path / "glossary.toml").write_text("damaged [", "utf-8")
    assert file.undo()
    assert file.read() == more
    assert not file.undo()
    assert (tmp_path / PREVIOUS).read_text("utf-8") == "damaged ["


# --- seen at work


def test_a_question_is_shown_before_and_after(client: TestClient, place: Path) -> None:
    page = submit(client, do="preview", question=DRILLS, **GOOD)
    assert page.status_code == 200
    before, _, after = page.text.partition("<h3>更改之后</h3>")
    assert "没有规定这件事" in before
    assert "消防演练" in after
    assert "每半年至少开展1次" in after
    assert "这个问题的回答有变化" in before
    same = submit(client, do="preview", question="几名医生？", words="睡疮", terms="没印过的词").text
    assert "这个问题的回答没有变化" in same
    assert "文件库中没有出现过：没印过的词" in same
    assert not (place / "glossary.toml").exists()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"words": " 、"}, "请填写群众的说法"),
        ({"terms": ""}, "请填写文件的写法"),
        ({"words": "、".join(f"词{number}" for number in range(11))}, "一次至多 10 个"),
        ({"terms": "长" * 41}, "40 字以内"),
        ({"words": "坏\x00字"}, "不可见字符"),
        ({"words": "\ue000"}, "请写成文字"),
    ],
)
@pytest.mark.parametrize("do", ["preview", "try"])
def test_what_makes_no_entry_says_why(
    client: TestClient, store: Store, fields: dict[str, str], why: str, do: str
) -> None:
    answer = submit(client, **{"do": do, "question": DRILLS, **GOOD, **fields})
    assert answer.status_code == 422
    assert why in answer.text
    assert store.trials.latest() == ()


def test_a_preview_needs_a_question(client: TestClient) -> None:
    answer = submit(client, do="preview", question=" ", **GOOD)
    assert answer.status_code == 422
    assert "请写下要问的问题" in answer.text


# --- evaluated and kept


def test_an_entry_that_does_no_harm_is_kept(client: TestClient, store: Store, place: Path) -> None:
    asked = client.post("/api/v1/ask", json={"question": DRILLS}).json()
    key = key_of(asked["interpreted_question"])
    form = client.get(f"/admin/glossary/new?answer={asked['answer_id']}&key={key}").text
    assert f'value="{DRILLS}"' in form
    trial = tried(client, store, key=key, **GOOD)
    assert trial.state is TrialState.READY, trial.message
    assert (trial.scores["asked"], trial.scores["falls"], trial.scores["changed"]) == (12, [], 0)
    page = client.get(f"/admin/glossary/trials/{trial.id}").text
    assert "首条命中" in page
    assert 'name="reason"' not in page
    assert not (place / "glossary.toml").exists()
    assert keep(client, trial).headers["location"] == "/admin/glossary"
    assert load_own(place / "glossary.toml") == {"着火逃生排练": ("消防演练",)}
    assert store.trials.get(trial.id).state is TrialState.KEPT
    assert actions(store)[-1] == "更改词汇"
    mark = store.queue.groups(datetime(2020, 1, 1, tzinfo=UTC))[0].mark
    assert mark is not None
    assert mark.decision is Decision.GLOSSARY
    assert keep(client, trial).status_code == 422
    listed = client.get("/admin/glossary").text
    assert "着火逃生排练" in listed
    assert "几秒内生效" in listed  # the app of this test is not renewed
    assert [*place.joinpath("trials").iterdir()] == []


def test_one_that_lowers_the_scores_needs_a_reason_that_is_logged(
    client: TestClient, store: Store, place: Path
) -> None:
    trial = tried(client, store, **BAD)
    assert {each["name"] for each in trial.scores["falls"]} >= {"首条命中"}
    assert trial.scores["changed"] >= 2
    page = client.get(f"/admin/glossary/trials/{trial.id}").text
    assert "变差" in page
    assert "回答有变化的题目" in page
    for short in ("", "好的"):
        refused = keep(client, trial, short)
        assert refused.status_code == 422
        assert "请写明理由" in refused.text
    assert not (place / "glossary.toml").exists()
    assert keep(client, trial, "窗口急需，已与业务科核对").status_code == 303
    assert "消防演习" in load_own(place / "glossary.toml")
    entry = store.audit.page(WHO, "强制更改词汇", 0, 1)[0]
    assert "理由：窗口急需，已与业务科核对" in entry.detail
    assert "首条命中由" in entry.detail


def test_the_offices_own_questions_are_asked_too(client: TestClient, store: Store, place: Path) -> None:
    own = {"id": "own-0001", "type": "colloquial", "turns": [DRILLS], "expect": "answered"}
    right = {"doc": "daxing-2026-22", "article": "6.20"}
    line = json.dumps({**own, "gold": [right]}, ensure_ascii=False)
    (place / "gold.jsonl").write_text(f"{line}\nbroken\n", "utf-8")
    trial = tried(client, store, **GOOD)
    assert (trial.scores["asked"], trial.scores["changed"]) == (13, 1)
    change = trial.scores["changes"][0]
    assert (change["id"], change["serving"]["passed"], change["candidate"]["passed"]) == ("own-0001", False, True)


def test_a_trial_of_another_glossary_is_not_kept(client: TestClient, store: Store, place: Path) -> None:
    trial = tried(client, store, **GOOD)
    (place / "glossary.toml").write_text(as_toml({"甲": ("乙",)}), "utf-8")
    refused = keep(client, trial)
    assert refused.status_code == 422
    assert "请重新评测" in refused.text
    assert load_own(place / "glossary.toml") == {"甲": ("乙",)}


def test_a_trial_is_cancelled_while_it_runs(client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "QUESTIONS", ())  # all of them: half a minute
    trial_id = submit(client, do="try", **GOOD).headers["location"].rpartition("/")[2]
    until(lambda: store.trials.get(trial_id).total > 0)
    page = client.get(f"/admin/glossary/trials/{trial_id}").text
    assert "data-working" in page
    assert "评测现用词表" in page
    again = submit(client, do="try", **GOOD)
    assert again.status_code == 422
    assert "正在评测另一个词条" in again.text
    assert send(client, f"/admin/glossary/trials/{trial_id}/cancel").status_code == 303
    assert store.trials.get(trial_id).state is TrialState.CANCELLED
    until(lambda: not any(thread.name == "trial" for thread in threading.enumerate()))
    assert store.trials.get(trial_id).state is TrialState.CANCELLED
    assert keep(client, store.trials.get(trial_id)).status_code == 422


def test_a_trial_that_fails_says_why_and_can_be_forced(
    client: TestClient, store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "QUESTIONS", ("--gold", str(place / "none.jsonl")))
    trial = tried(client, store, **GOOD)
    assert trial.state is TrialState.FAILED
    assert "找不到该文件" in trial.message
    assert keep(client, trial).status_code == 422
    assert keep(client, trial, "题目文件正在更换").status_code == 303
    assert "评测未能完成" in store.audit.page(WHO, "强制更改词汇", 0, 1)[0].detail


def test_a_trial_that_nobody_runs_any_more_was_interrupted(store: Store) -> None:
    trial_id = store.trials.add(WHO, ["a"], ["b"], "")
    with pytest.raises(TrialUnderWay):
        store.trials.add(WHO, ["a"], ["b"], "")
    with store.database.writing() as connection:
        connection.execute(update(glossary_trials).values(changed_at=datetime.now(UTC) - STALE - timedelta(seconds=1)))
    assert store.trials.get(trial_id).state is TrialState.INTERRUPTED
    assert store.trials.get(store.trials.add(WHO, ["a"], ["b"], "")).state is TrialState.RUNNING


def test_deleting_and_taking_back(client: TestClient, store: Store, place: Path) -> None:
    assert send(client, "/admin/glossary/undo").status_code == 422
    own = {"甲": ("乙",), "丙<b>": ("丁",)}
    GlossaryFile(place).write(own, fingerprint({}))
    page = client.get("/admin/glossary").text
    assert "丙&lt;b&gt;" in page
    for _ in range(2):  # the second time there is nothing to delete, and nothing is written
        assert send(client, "/admin/glossary/delete", word="甲").status_code == 303
    assert load_own(place / "glossary.toml") == {"丙<b>": ("丁",)}
    assert send(client, "/admin/glossary/undo").status_code == 303
    assert load_own(place / "glossary.toml") == own
    assert actions(store)[-2:] == ["删除词汇", "撤销词汇更改"]


def test_a_damaged_file_is_told_and_not_written_over(client: TestClient, place: Path) -> None:
    (place / "glossary.toml").write_text("坏的 [", "utf-8")
    page = client.get("/admin/glossary")
    assert page.status_code == 200
    assert "本单位词表读不出来" in page.text
    for answer in (
        submit(client, do="preview", question=DRILLS, **GOOD),
        submit(client, do="try", **GOOD),
        send(client, "/admin/glossary/delete", word="甲"),
    ):
        assert answer.status_code == 422
    assert (place / "glossary.toml").read_text("utf-8") == "坏的 ["


# --- served at once


def test_a_changed_glossary_is_noticed(pointed: Pointed) -> None:
    file = pointed.home / "glossary.toml"
    with renewing(pointed) as (_, serves):
        first = serves.app
        file.write_text("[terms]\n")
        until(lambda: serves.app is not first)
        second = serves.app
        until(lambda: len(pointed.opened) == 1)
        file.unlink()
        until(lambda: serves.app is not second)
        assert name_of(serves) == "first"
    assert pointed.opened == ["first", "first"]


def test_one_changed_while_the_first_was_opened_is_not_missed(pointed: Pointed) -> None:
    (pointed.home / "glossary.toml").write_text("[terms]\n")
    with renewing(pointed):
        until(lambda: pointed.opened == ["first"])


def test_one_that_has_long_been_there_opens_nothing(pointed: Pointed) -> None:
    file = pointed.home / "glossary.toml"
    file.write_text("[terms]\n")
    os.utime(file, (time() - 120, time() - 120))
    with renewing(pointed):
        sleep(0.1)
    assert pointed.opened == []


def test_a_running_server_answers_by_the_new_entries(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "LOOKS_EVERY", 0.05)
    opener = Opener(Settings(home=place, database_url=""), Metrics())
    opened = opener.open()
    serves = Serving(opened.app)
    renews = Renewal(place, opened, serves, opener.open, Metrics())
    thread = threading.Thread(target=renews.run)
    thread.start()
    try:
        before = TestClient(serves.app).post("/api/v1/ask", json={"question": DRILLS}).json()
        GlossaryFile(place).write({"着火逃生排练": ("消防演练",)}, fingerprint({}))
        until(lambda: serves.app is not opened.app)
        after = TestClient(serves.app).post("/api/v1/ask", json={"question": DRILLS}).json()
    finally:
        renews.stop()
        thread.join(10)
        opener.close()
    assert before["index_version"] != after["index_version"]
    assert (before["status"], after["status"]) == ("not_found", "answered")
    assert after["citations"][0]["article_id"] == "6.20"
