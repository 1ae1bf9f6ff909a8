"""Days are Beijing's, wherever the server runs: from 16:00 UTC on it is the next day for pages, programs, answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NoReturn

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from typer.testing import CliRunner

import web.mcp
from assistant.pipeline import Assistant, open_assistant
from corpus.holdings import library_at
from corpus.library import Library, library_of
from corpus.originals import Originals
from index.encoder import Encoder
from index.storage import IndexUnavailable
from tests.pages import BROWSER, read
from tests.papers import add, word_file
from tests.scripted import ANSWER, DOCTORS, Scripted
from tests.sqlite import store as store
from web import beijing
from web.__main__ import cli
from web.app import create_app
from web.asking import Desk
from web.operation import opening
from web.operation.answer_cache import AnswerCache
from web.operation.metrics import Metrics
from web.pages.editions import editions_of
from web.settings import Settings
from web.store import Store
from web.store.tables import conversations, turns

CHANGNING = "changning-2025-2"
COVERAGE = "《大兴区开展医养结合促进行动推动医养结合服务高质量发展的工作措施》家庭医生签约覆盖率是多少？"
TAKES_FORCE = date(2031, 2, 1)
EVENING = datetime(2031, 1, 31, 17, tzinfo=UTC)
"""One in the morning of that day in Beijing."""
Freeze = Callable[[datetime], None]


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> Freeze:
    """Stops the clock at a moment."""
    return lambda moment: monkeypatch.setattr(beijing, "now", lambda: moment.astimezone(beijing.BEIJING))


@pytest.fixture
def dated(library: Library) -> Library:
    """A document that takes force on that day, alone."""
    paper = library.get(CHANGNING)
    return library_of((replace(paper, metadata=replace(paper.metadata, effective_on=TAKES_FORCE, expires_on=None)),))


@pytest.fixture
def client(dated: Library, store: Store) -> Iterator[TestClient]:
    with TestClient(create_app(Scripted(dated), store), headers=BROWSER) as client:
        yield client


def test_the_day_begins_at_midnight_in_beijing(freeze: Freeze) -> None:
    freeze(datetime(2031, 1, 31, 15, 59, 59, tzinfo=UTC))
    assert beijing.today() == date(2031, 1, 31)
    freeze(datetime(2031, 1, 31, 16, tzinfo=UTC))
    assert beijing.today() == date(2031, 2, 1)
    west = timezone(timedelta(hours=-8))
    assert beijing.day_of(datetime(2031, 1, 31, 8, tzinfo=west)) == date(2031, 2, 1)
    assert str(beijing.BEIJING) == "Asia/Shanghai"


def test_the_clock_is_the_true_one() -> None:
    assert abs(beijing.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert beijing.now().utcoffset() == timedelta(hours=8)


def test_a_document_takes_force_on_the_pages(client: TestClient, freeze: Freeze) -> None:
    for moment, standing in ((EVENING - timedelta(hours=2), "尚未施行"), (EVENING, "现行有效")):
        freeze(moment)
        assert standing in client.get(f"/documents/{CHANGNING}").text
        assert client.get("/library", params={"standing": standing}).text.count(f'href="/documents/{CHANGNING}"') > 0
        found = read(client.get("/compare", params={"subject": "医务室", "document": CHANGNING}).text)
        assert ("尚未施行，所列自施行之日起适用" in found.text) is (standing == "尚未施行")


def test_pages_print_the_day_of_beijing(client: TestClient, freeze: Freeze) -> None:
    freeze(EVENING)
    asked = client.post("/ask", data={"question": DOCTORS})
    turn = next(each for each in read(asked.text).all("a", class_="tool") if "打印" in each.text)
    pages = (
        turn.attributes["href"],
        f"/documents/{CHANGNING}",
        f"/compare?subject=医务室&document={CHANGNING}",
        "/ledger",
    )
    for page in pages:
        assert "2031年2月1日" in client.get(page).text, page
    assert read(client.get("/").text).one("input", name="today").attributes["value"] == "2031-02-01"
    for path in ("/ledger.csv", "/api/v1/requirements.xlsx"):
        assert "2031-02-01" in client.get(path).headers["content-disposition"]


def test_a_document_takes_force_for_programs(client: TestClient, freeze: Freeze) -> None:
    for moment, standing in ((EVENING - timedelta(hours=2), "尚未施行"), (EVENING, "现行有效")):
        freeze(moment)
        (listed,) = client.get("/api/v1/documents").json()["documents"]
        assert listed["standing"] == standing
        assert client.get(f"/api/v1/documents/{CHANGNING}").json()["standing"] == standing
        line = client.get("/api/v1/export").text.partition("\n")[0]
        assert json.loads(line)["standing"] == standing


def test_suggestions_offer_what_is_in_force_in_beijing(client: TestClient, freeze: Freeze) -> None:
    offered = []
    for moment in (EVENING - timedelta(hours=2), EVENING):
        freeze(moment)
        offered.append(client.get("/api/v1/suggestions", params={"q": "医务室"}).json()["suggestions"])
    assert offered[0] == []
    assert offered[1]


def test_an_answer_is_kept_for_a_day_of_beijing(dated: Library, store: Store, freeze: Freeze) -> None:
    desk, cached = Desk(Scripted(dated), store, AnswerCache(2)), []
    for hours in (0, -2, 0):  # the next day, the day before, the next day
        freeze(EVENING + timedelta(hours=hours))
        cached.append(desk.ask(DOCTORS).was_cached)
    assert cached == [False, False, True]


def test_the_day_that_a_version_was_added_is_beijings(tmp_path: Path) -> None:
    for days in (20, 10):
        add(tmp_path, word_file(tmp_path / f"{days}.docx", days))
    (document,) = (each for each in library_at(tmp_path) if each.metadata.title == "某市养老服务办法")
    records = sorted(tmp_path.glob(f"**/{document.document_id}/*/record.json"))
    assert len(records) == 2
    for record in records:
        record.write_text(json.dumps(json.loads(record.read_text()) | {"added_at": EVENING.isoformat()}))
    assert [each.added for each in editions_of(document, Originals(tmp_path))] == ["2031年2月1日"] * 2


def test_what_is_older_than_a_day_is_older_than_its_midnight_in_beijing(store: Store, tmp_path: Path) -> None:
    midnight = datetime(2020, 1, 30, 16, tzinfo=UTC)
    for seconds in (-1, 1):
        conversation_id, _ = store.conversations.record(ANSWER, "v1")
        asked_at = midnight + timedelta(seconds=seconds)
        with store.database.writing() as connection:
            connection.execute(
                update(conversations).where(conversations.c.id == conversation_id).values(created_at=asked_at)
            )
            connection.execute(
                update(turns).where(turns.c.conversation_id == conversation_id).values(created_at=asked_at)
            )
    url = f"sqlite:///{tmp_path / 'yiyang.db'}"
    done = CliRunner().invoke(cli, ["forget", "--before", "2020-01-31"], env={"YIYANG_DATABASE_URL": url})
    assert done.output == "已删除 1 段对话。\n"


def test_the_assistant_goes_by_the_clock_it_is_handed(
    home: Path, assistant: Assistant, encoder: Encoder, freeze: Freeze
) -> None:
    since = assistant.library.validity["daxing-2026-22"].since
    assert since == date(2026, 3, 30)
    opened, told = open_assistant(home, encoder, beijing.today), []
    for moment in (datetime(2026, 3, 29, 15, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 16, tzinfo=UTC)):
        freeze(moment)
        told.append((opened.index_version, "（本文件尚未施行）" in opened.ask(COVERAGE).text))
    (before, was_to_come), (after, is_to_come) = told
    assert before != after
    assert (was_to_come, is_to_come) == (True, False)


def test_the_server_and_the_tools_hand_it_this_clock(
    home: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Callable[[], date]] = []

    def opened(home: Path, encoder: str | Encoder, clock: Callable[[], date]) -> NoReturn:
        handed.append(clock)
        raise IndexUnavailable("not opened in this test")

    monkeypatch.setattr(opening, "open_assistant", opened)
    monkeypatch.setattr(web.mcp, "open_assistant", opened)
    with pytest.raises(opening.CannotOpen):
        opening.Opener(Settings(home=home), Metrics()).open()
    with pytest.raises(IndexUnavailable):
        web.mcp.serve(home)
    assert handed == [beijing.today, beijing.today]
