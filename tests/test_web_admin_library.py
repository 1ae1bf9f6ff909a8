"""Uploads, publishing and taking back: real reading, real index, real evaluation, each in its own process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.pipeline import open_assistant
from corpus.holdings import Holdings, library_at
from corpus.library import DOCUMENTS
from corpus.receiving import receive
from index.encoder import Encoder
from index.storage import build_index, serving
from tests.conftest import REPOSITORY
from tests.offices import SAME_SITE, WHO, actions, read, send, token_in, until
from tests.offices import administration as administration
from tests.offices import client as client
from tests.offices import gold as gold
from tests.offices import place as place
from tests.offices import store as store
from tests.papers import NOTICE, NOTICE_ID, REVISED, written
from web.admin.administration import Administration, administration_of
from web.admin.work.folders import UnreadableKind, safe_name
from web.limits import MAX_UPLOAD
from web.store import Store
from web.store.audit import Action
from web.store.publications import RUNNING, Kind, Publication, State
from web.store.uploads import UploadState, new_id

pytestmark = pytest.mark.xdist_group("admin-library")


def upload(client: TestClient, name: str, contents: str | bytes) -> str:
    """Send a file in as the form does; returns the upload's id."""
    token = token_in(client.get("/admin/uploads").text)
    body = contents.encode() if isinstance(contents, str) else contents
    answer = client.post("/admin/uploads", data={"csrf": token}, files={"file": (name, body)}, headers=SAME_SITE)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def settled(store: Store, publication_id: str) -> Publication:
    """The publication, once it waits for somebody or is over."""
    until(lambda: store.publications.get(publication_id).state not in (State.QUEUED, *RUNNING))
    return store.publications.get(publication_id)


def publish(client: TestClient, upload_id: str) -> str:
    answer = send(client, f"/admin/uploads/{upload_id}/publish")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def published(client: TestClient, store: Store, name: str, contents: str) -> Publication:
    upload_id = upload(client, name, contents)
    assert read(store, upload_id).state is UploadState.READY
    return settled(store, publish(client, upload_id))


# --- receiving


def test_an_upload_is_read_and_nothing_is_published(client: TestClient, store: Store, place: Path) -> None:
    before = serving(place)[0]
    upload_id = upload(client, "通知.txt", NOTICE)
    kept = read(store, upload_id)
    assert (kept.state, kept.name, kept.account, kept.bytes) == (
        UploadState.READY,
        "通知.txt",
        WHO,
        len(NOTICE.encode()),
    )
    page = client.get(f"/admin/uploads/{upload_id}").text
    for words in (
        "没有文字丢失",
        NOTICE_ID,
        "某政办发〔2024〕31号",
        "2024-05-20",
        "签约范围",
        "不少于2次",
        "这是一份新文件",
    ):
        assert words in page, words
    assert f"<dd>{len(''.join(NOTICE.split()))}<span>字</span></dd>" in page
    assert NOTICE_ID not in library_at(place)
    assert Holdings(place).current() == ()
    assert serving(place)[0] == before
    assert ">1<span" in client.get("/admin").text


@pytest.mark.parametrize(
    ("name", "contents", "why"),
    [
        ("假的.docx", b"PK\x03\x04 not a document", "假的.docx"),
        ("空白.txt", b"   \n ", "没有文字"),
        ("图片.pdf", b"%PDF-1.4\n%%EOF", "图片.pdf"),
    ],
)
def test_what_cannot_be_read_says_why(client: TestClient, store: Store, name: str, contents: bytes, why: str) -> None:
    upload_id = upload(client, name, contents)
    failed = read(store, upload_id)
    assert failed.state is UploadState.FAILED
    assert why in failed.message
    page = client.get(f"/admin/uploads/{upload_id}").text
    assert why in page
    assert f'action="/admin/uploads/{upload_id}/publish"' not in page
    assert send(client, f"/admin/uploads/{upload_id}/publish").status_code == 422


@pytest.mark.parametrize(
    ("name", "contents", "why"),
    [("程序.exe", b"MZ", "不能读取这种文件"), ("没有后缀", b"x", "不能读取这种文件"), ("空.txt", b"", "空文件")],
)
def test_what_is_not_taken(client: TestClient, store: Store, name: str, contents: bytes, why: str) -> None:
    token = token_in(client.get("/admin/uploads").text)
    data, files = {"csrf": token}, {"file": (name, contents)}
    answer = client.post("/admin/uploads", data=data, files=files, headers=SAME_SITE)
    assert answer.status_code == 422
    assert why in answer.text
    script = {**SAME_SITE, "x-fragment": "1"}
    told = client.post("/admin/uploads", data=data, files=files, headers=script)
    assert told.json()["code"] == "upload_refused"
    assert why in told.json()["detail"]
    assert store.uploads.count_pending() == 0
    assert client.post("/admin/uploads", data={"csrf": token}, headers=SAME_SITE).status_code == 422


def test_an_upload_without_its_token_or_session_is_not_kept(client: TestClient, store: Store, place: Path) -> None:
    files = {"file": ("通知.txt", NOTICE.encode())}
    assert client.post("/admin/uploads", data={"csrf": "x"}, files=files, headers=SAME_SITE).status_code == 403
    client.cookies.clear()
    assert client.post("/admin/uploads", data={"csrf": "x"}, files=files, headers=SAME_SITE).status_code == 403
    assert store.uploads.count_pending() == 0
    assert [each for each in (place / "uploads").iterdir() if each.name != ".lock"] == []


def test_a_large_file_is_taken_and_a_larger_one_is_not(client: TestClient, store: Store) -> None:
    line = "（一）养老机构应当与就近的医疗卫生机构签订协议。\n".encode()
    large = line * (3 * (1 << 20) // len(line))
    upload_id = upload(client, "很长.txt", large)
    assert store.uploads.get(upload_id).bytes == len(large)
    assert store.uploads.move(upload_id, (*UploadState,), UploadState.DISCARDED)
    token = token_in(client.get("/admin/uploads").text)
    too_large = {"file": ("过大.txt", b"x" * (MAX_UPLOAD + (1 << 17)))}
    answer = client.post("/admin/uploads", data={"csrf": token}, files=too_large, headers=SAME_SITE)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("通知.docx", "通知.docx"),
        ("../../etc/办法.PDF", "办法.pdf"),
        ("C:\\文件\\方案.txt", "方案.txt"),
        ("a\x00b\n\u202ec.md", "abc.md"),
        (".txt", "文件.txt"),
        ("字" * 300 + ".html", "字" * 70 + ".html"),
        ("  . .txt", "文件.txt"),
        ("\ud800.txt", "?.txt"),
    ],
)
def test_names_of_files(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@pytest.mark.parametrize("sent", ["", "a", "a.exe", "a.txt.exe", "a.txt/", "..", "a.TXT "[:-2]])
def test_names_that_are_not_taken(sent: str) -> None:
    with pytest.raises(UnreadableKind):
        safe_name(sent)


def test_a_name_is_shown_as_it_is(client: TestClient, store: Store) -> None:
    upload_id = upload(client, "<img src=x onerror=alert(1)>.txt", NOTICE)
    read(store, upload_id)
    for page in (f"/admin/uploads/{upload_id}", "/admin/uploads", "/admin/log"):
        assert "<img" not in client.get(page).text


def test_corrections_are_taken_over_and_taken_back(client: TestClient, store: Store) -> None:
    upload_id = upload(client, "通知.txt", NOTICE)
    read(store, upload_id)
    report = f"/admin/uploads/{upload_id}"
    typed = fields_of(client.get(report).text)
    assert typed["document_number"] == "某政办发〔2024〕31号"
    wrong = send(client, f"{report}/facts", **{**typed, "issued_on": "昨天", "region": "某省某县"})
    assert wrong.status_code == 422
    assert "2025-01-02 这样的日期" in wrong.text
    assert 'value="某省某县"' in wrong.text
    corrected = {**typed, "title": "某县医养签约服务通知", "issuers": "甲局、乙局", "region": "某省某县"}
    assert send(client, f"{report}/facts", **corrected).status_code == 303
    kept = read(store, upload_id)
    assert kept.facts == {"title": "某县医养签约服务通知", "issuers": ["甲局", "乙局"], "region": "某省某县"}
    page = client.get(report).text
    assert fields_of(page) == corrected
    assert "标题（已更正）" in page
    assert send(client, f"{report}/facts", **{**corrected, "title": "", "region": ""}).status_code == 303
    assert read(store, upload_id).facts == {"issuers": ["甲局", "乙局"]}
    assert fields_of(client.get(report).text)["title"] == typed["title"]
    assert actions(store).count(Action.CORRECTED) == 2


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input id="(\w+)" name="\w+" type="(?:text|date)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_discarding_leaves_nothing(client: TestClient, store: Store, place: Path) -> None:
    upload_id = upload(client, "通知.txt", NOTICE)
    read(store, upload_id)
    assert send(client, f"/admin/uploads/{upload_id}/discard").status_code == 303
    assert store.uploads.get(upload_id).state is UploadState.DISCARDED
    assert not (place / "uploads" / upload_id).exists()
    assert send(client, f"/admin/uploads/{upload_id}/publish").status_code == 422
    assert actions(store)[-1] == Action.DISCARDED


# --- publishing


def test_publishing_a_version_its_history_and_taking_it_back(
    client: TestClient, store: Store, place: Path, administration: Administration
) -> None:
    """The whole way: new document, second version, restored, withdrawn; what is served follows each."""
    first = published(client, store, "通知.txt", NOTICE)
    assert (first.state, first.previous_version, first.message) == (State.DONE, None, "")
    assert served(place) == "不少于2次"
    assert {each["field"] for each in first.scores["rates"]} >= {"first_right", "refused", "verbatim"}
    assert first.scores["asked"] == 12
    assert store.uploads.get(first.upload_id or "").state is UploadState.PUBLISHED
    assert list((place / "publications").iterdir()) == []

    upload_id = upload(client, "通知（修订）.txt", REVISED)
    read(store, upload_id)
    page = client.get(f"/admin/uploads/{upload_id}").text
    assert "新版本" in page
    assert "不少于<del>2</del><ins>4</ins>次。" in page
    assert served(place) == "不少于2次"
    second = settled(store, publish(client, upload_id))
    assert (second.state, second.previous_version) == (State.DONE, first.version)
    assert served(place) == "不少于4次"

    history = client.get(f"/admin/documents/{NOTICE_ID}").text
    assert history.count(WHO) >= 2
    assert "修改 1 条" in history
    assert 'class="badge done">现用' in history

    same = upload(client, "又一次.txt", REVISED)
    read(store, same)
    assert send(client, f"/admin/uploads/{same}/publish").status_code == 422

    back = send(client, f"/admin/documents/{NOTICE_ID}/restore", version=first.version or "")
    restored = settled(store, back.headers["location"].rpartition("/")[2])
    assert (restored.state, restored.kind, restored.version) == (State.DONE, Kind.RESTORE, first.version)
    assert served(place) == "不少于2次"

    away = send(client, f"/admin/documents/{NOTICE_ID}/withdraw")
    withdrawn = settled(store, away.headers["location"].rpartition("/")[2])
    assert withdrawn.state is State.DONE
    assert NOTICE_ID not in open_assistant(place).library
    assert "已移出" in client.get("/admin/documents").text
    assert client.get(f"/admin/documents/{NOTICE_ID}").status_code == 200
    assert send(client, f"/admin/documents/{NOTICE_ID}/withdraw").status_code == 422
    done = [each for each in actions(store) if each in (Action.PUBLISHED, Action.RESTORED, Action.WITHDRAWN)]
    assert done == [Action.PUBLISHED, Action.PUBLISHED, Action.RESTORED, Action.WITHDRAWN]


def served(place: Path) -> str:
    """What the notice says to one who asks a server that starts now."""
    answer = open_assistant(place).ask("某政办发〔2024〕31号第一条第二款是怎么规定的？签约机构每月上门巡诊几次？")
    quotes = "".join(each.quote for each in answer.citations)
    found = re.search("不少于[24]次", quotes)
    return found[0] if found else quotes


def gutted() -> str:
    """A version of 大兴's paper that says next to nothing any more."""
    text = (DOCUMENTS / "daxing-2026-22.txt").read_text("utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("（"))


def test_a_worse_library_needs_a_reason(client: TestClient, store: Store, place: Path) -> None:
    before = serving(place)[0]
    upload_id = upload(client, "大兴.txt", gutted())
    kept = read(store, upload_id)
    assert kept.state is UploadState.READY
    refused = settled(store, publish(client, upload_id))
    assert refused.state is State.REFUSED
    assert refused.scores["falls"]
    assert "题目仍有依据由 100.0%" in refused.message
    assert serving(place)[0] == before
    address = f"/admin/publications/{refused.id}"
    page = client.get(address).text
    assert "未过评测" in page
    assert "下降" in page

    for reason in ("", "    ", "好"):
        answer = send(client, f"{address}/override", reason=reason)
        assert answer.status_code == 422
        assert "请写明理由" in answer.text
    assert send(client, f"/admin/uploads/{upload_id}/discard").status_code == 422
    assert store.publications.get(refused.id).state is State.REFUSED
    assert serving(place)[0] == before

    reason = "上级已发文废止原条文，题目随后修订。联系电话 13800138000"
    assert send(client, f"{address}/override", reason=reason).status_code == 303
    done = settled(store, refused.id)
    assert (done.state, done.reason) == (State.DONE, reason)
    assert serving(place)[0] == done.index_version != before
    [overridden] = store.audit.page(None, Action.OVERRIDDEN, 0, 10)
    assert "上级已发文废止原条文" in overridden.detail
    assert "题目仍有依据" in overridden.detail
    assert "13800138000" not in overridden.detail
    assert "上级已发文废止原条文" in client.get("/admin/documents/daxing-2026-22").text


def test_what_cannot_be_measured_is_not_published_without_a_reason(
    client: TestClient, store: Store, place: Path, gold: Path
) -> None:
    whole = gold.read_bytes()
    gold.write_text("这不是题目\n", "utf-8")
    try:
        refused = published(client, store, "通知.txt", NOTICE)
    finally:
        gold.write_bytes(whole)
    assert refused.state is State.REFUSED
    assert "评测未能完成" in refused.message
    again = send(client, f"/admin/publications/{refused.id}/again")
    assert again.status_code == 303
    assert settled(store, refused.id).state is State.DONE


def test_cancelling_leaves_what_is_served(client: TestClient, store: Store, place: Path) -> None:
    before = serving(place)[0]
    upload_id = upload(client, "通知.txt", NOTICE)
    read(store, upload_id)
    publication_id = publish(client, upload_id)
    assert send(client, f"/admin/uploads/{upload_id}/publish").status_code == 422  # it is under way
    until(lambda: store.publications.get(publication_id).state is State.EVALUATING)
    assert "评测" in client.get(f"/admin/publications/{publication_id}").text
    assert send(client, f"/admin/publications/{publication_id}/cancel").status_code == 303
    assert settled(store, publication_id).state is State.CANCELLED
    until(lambda: not (place / "publications" / publication_id).exists())
    assert serving(place)[0] == before
    assert store.uploads.get(upload_id).state is UploadState.READY
    assert Action.CANCELLED in actions(store)
    assert settled(store, publish(client, upload_id)).state is State.DONE
    assert send(client, f"/admin/publications/{publication_id}/cancel").status_code == 422


def test_what_changed_meanwhile_is_evaluated_anew(
    client: TestClient, store: Store, place: Path, tmp_path: Path, encoder: Encoder
) -> None:
    upload_id = upload(client, "通知.txt", NOTICE)
    read(store, upload_id)
    publication_id = publish(client, upload_id)
    until(lambda: store.publications.get(publication_id).state is State.EVALUATING)
    other = written(
        tmp_path, "别的.txt", NOTICE.replace("31号", "32号").replace("签约", "巡诊").replace("5月20日", "6月1日")
    )
    Holdings(place).add(receive(other, library_at(place)))
    build_index(place, library_at(place), encoder)
    settled(store, publication_id)
    library = open_assistant(place).library
    assert NOTICE_ID in library
    assert "mouzhengbanfa-2024-32" in library


# --- killed


_SERVER = """
import sys, time
from pathlib import Path
from web.admin.administration import administration_of
from web.store import open_store

home, gold = Path(sys.argv[1]), Path(sys.argv[2])
administration_of(home, open_store(f"sqlite:///{home / 'yiyang.db'}"), gold=gold).start()
time.sleep(600)
"""


@pytest.mark.parametrize("stage", [State.BUILDING, State.EVALUATING])
def test_killed_in_the_middle_it_is_found_as_cut_off_and_can_go_on_or_not(
    stage: State, store: Store, place: Path, gold: Path
) -> None:
    before = serving(place)[0]
    upload_id, publication_id = new_id(), new_id()
    folder = place / "uploads" / upload_id / "source"
    written(folder, "通知.txt", NOTICE)
    store.uploads.add(upload_id, "通知.txt", 1, WHO)
    server = subprocess.Popen([sys.executable, "-c", _SERVER, str(place), str(gold)], cwd=REPOSITORY)
    try:
        assert read(store, upload_id).state is UploadState.READY
        store.publications.add(publication_id, Kind.PUBLISH, NOTICE_ID, "通知", WHO, upload_id=upload_id)
        until(lambda: store.publications.get(publication_id).state is stage)
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    assert serving(place)[0] == before
    assert NOTICE_ID not in open_assistant(place).library
    administration = administration_of(place, store, gold=gold)
    administration.start()
    until(lambda: store.publications.get(publication_id).state is State.INTERRUPTED)
    if stage is State.BUILDING:
        assert store.publications.cancel(publication_id)
    else:
        assert store.publications.move(publication_id, (State.INTERRUPTED,), State.QUEUED)
        administration.workshop.wake()
    done = settled(store, publication_id).state
    administration.close()
    assert done is (State.CANCELLED if stage is State.BUILDING else State.DONE)
    assert (NOTICE_ID in open_assistant(place).library) is (done is State.DONE)


def test_an_upload_cut_off_can_be_read_again_or_discarded(
    client: TestClient, store: Store, administration: Administration
) -> None:
    upload_id = upload(client, "通知.txt", NOTICE)
    read(store, upload_id)
    for ending in ("again", "discard"):
        store.uploads.move(upload_id, (UploadState.READY,), UploadState.READING)
        assert store.uploads.interrupt() == 1
        page = client.get(f"/admin/uploads/{upload_id}").text
        assert "中断" in page
        assert "重试" in page
        assert "丢弃" in page
        assert send(client, f"/admin/uploads/{upload_id}/{ending}").status_code == 303
        kept = read(store, upload_id)
    assert kept.state is UploadState.DISCARDED


def test_of_several_servers_one_works_and_another_takes_over(
    client: TestClient, store: Store, place: Path, administration: Administration, gold: Path
) -> None:
    second = administration_of(place, store, gold=gold)
    second.start()
    first_upload = upload(client, "通知.txt", NOTICE)
    assert read(store, first_upload).state is UploadState.READY
    assert Action.FAILED not in actions(store)
    administration.close()
    again = upload(client, "又一份.txt", REVISED)
    assert read(store, again).state is UploadState.READY
    second.close()


def test_switched_and_killed_before_it_was_written_down(
    client: TestClient, store: Store, place: Path, administration: Administration, gold: Path
) -> None:
    """The candidate serves and the table does not know: the next start finds out."""
    done = published(client, store, "通知.txt", NOTICE)
    assert done.state is State.DONE
    administration.close()
    folder = place / "publications" / done.id
    folder.mkdir(parents=True)
    record: dict[str, object] = {
        "made_from": {},
        "document_id": NOTICE_ID,
        "version": done.version,
        "index_version": done.index_version,
    }
    (folder / "candidate.json").write_text(json.dumps(record), "utf-8")
    assert store.publications.move(done.id, (State.DONE,), State.SWITCHING)
    again = administration_of(place, store, gold=gold)
    again.start()
    assert settled(store, done.id).state is State.DONE
    until(lambda: not folder.exists())
    again.close()
