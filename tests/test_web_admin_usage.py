"""Usage figures: right to the row, by days of Beijing, drawn as they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, update

from assistant.answers import Answer, QuestionType, Quotation, Status
from corpus.citations import cite
from corpus.library import Library
from tests.entrances import administration as administration
from tests.entrances import client as client
from tests.entrances import store as store
from tests.entrances import visitor as visitor
from tests.postgres import database_url as database_url
from tests.postgres import kept as kept
from web.admin.care.charts import HEIGHT, bars_of, shares_of
from web.admin.care.usage import figures_of
from web.beijing import BEIJING
from web.store import Store
from web.store.tables import feedback, key_usage, turns

DOCTORS, DRILLS = ("changning-2025-2", "2.1.2"), ("daxing-2026-22", "6.20")
LATE = ("changning-2025-2", "2.1.1")


def beijing(days_ago: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of Beijing, today or before."""
    day = datetime.now(BEIJING).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return day - timedelta(days=days_ago)


def asked(
    store: Store,
    library: Library,
    at: datetime,
    status: Status = Status.ANSWERED,
    kind: QuestionType = QuestionType.QUANTITY,
    *cited: tuple[str, str],
    question: str = "问？",
) -> str:
    quotations = []
    for document_id, article_id in cited:
        document = library.get(document_id)
        provision = document.find(article_id)
        citation = cite(document, provision, provision.start, provision.end)
        quotations.append(Quotation(citation, citation.quote(document)))
    answer = Answer(status, kind, question, question, "。", "。", tuple(quotations))
    _, answer_id = store.conversations.record(answer, "v")
    change(store, turns, turns.c.id == answer_id, at)
    return answer_id


def change(store: Store, table: Any, which: Any, at: datetime) -> None:
    with store.database.writing() as connection:
        connection.execute(update(table).where(which).values(created_at=at.astimezone(UTC)))


def judged(store: Store, answer_id: str, verdict: str, at: datetime) -> None:
    feedback_id = store.verdicts.add(answer_id, verdict)
    change(store, feedback, feedback.c.id == feedback_id, at)


def test_a_day_begins_at_midnight_in_beijing(kept: Store, library: Library) -> None:
    for at in (beijing(1, 0, 0), beijing(1, 7, 59), beijing(1, 8, 1), beijing(1, 23, 59)):
        asked(kept, library, at)
    asked(kept, library, beijing(2, 23, 59), Status.NOT_FOUND)
    asked(kept, library, beijing(0, 0, 0), Status.CLARIFY)
    today = kept.keys.today()
    days = kept.usage.days(today - timedelta(days=3), today)
    assert [(each.day, each.questions, dict(each.outcomes)) for each in days] == [
        (today - timedelta(days=3), 0, {}),
        (today - timedelta(days=2), 1, {"not_found": 1}),
        (today - timedelta(days=1), 4, {"answered": 4}),
        (today, 1, {"clarify": 1}),
    ]
    assert [each.questions for each in kept.usage.days(today - timedelta(days=1), today - timedelta(days=1))] == [4]


def test_figures_over_known_rows(kept: Store, library: Library) -> None:
    ids = [asked(kept, library, beijing(day), Status.ANSWERED, QuestionType.QUANTITY, DOCTORS) for day in range(3)]
    asked(kept, library, beijing(1), Status.ANSWERED, QuestionType.DEADLINE, DRILLS, DOCTORS)
    asked(kept, library, beijing(1), Status.ANSWERED, QuestionType.DEADLINE, LATE, DOCTORS)
    for hour in (9, 10):
        asked(kept, library, beijing(29, hour), Status.NOT_FOUND, QuestionType.GENERAL, question="没有的？")
    early = asked(kept, library, beijing(30), Status.NOT_FOUND, QuestionType.GENERAL, DRILLS, question="太早的？")
    judged(kept, ids[0], "up", beijing(0))
    judged(kept, ids[1], "up", beijing(0))
    judged(kept, ids[2], "down", beijing(0))
    judged(kept, early, "down", beijing(30))
    for _ in range(3):  # one answer, however often it is judged
        judged(kept, ids[1], "up", beijing(0))
    key, _ = kept.keys.create("小程序", ["ask"])
    kept.keys.create("没用过", ["ask"])
    with kept.database.writing() as connection:
        for day, requests in ((0, 5), (29, 7), (30, 100)):
            row = {"key_id": key.key_id, "day": kept.keys.today() - timedelta(days=day), "requests": requests}
            connection.execute(insert(key_usage), row)
    figures = figures_of(kept, library, 30)
    assert (figures.last, (figures.last - figures.first).days) == (kept.keys.today(), 29)
    assert figures.questions.total == 7
    assert [bar.value for bar in figures.questions.bars] == [2, *[0] * 26, 1, 3, 1]
    assert figures.days[0] == (figures.last, 1, 1)
    assert [(each.name, each.value) for each in figures.outcomes] == [
        ("文件有明文", 5),
        ("涉及而未写明", 0),
        ("请再说具体", 0),
        ("没有找到", 2),
    ]
    assert figures.answered == pytest.approx(5 / 7)
    assert [(each.name, each.value) for each in figures.types] == [("数量", 3), ("期限", 2), ("其他", 2)]
    assert (figures.up, figures.down) == (2, 1)
    assert [(each.value, each.url) for each in figures.documents] == [
        (5, "/documents/changning-2025-2"),
        (1, "/documents/daxing-2026-22"),
    ]
    assert [each.value for each in figures.articles] == [5, 1, 1]
    assert figures.articles[0].share == pytest.approx(5 / 7)
    assert [(group.latest.question, len(group.occurrences)) for group in figures.unanswered] == [("没有的？", 2)]
    assert [(use.name, use.bars.total, use.bars.most) for use in figures.keys] == [("小程序", 12, 7)]
    assert figures_of(kept, library, 90).keys[0].bars.total == 112


def test_a_document_that_left_the_library_is_named_by_its_id(kept: Store, library: Library) -> None:
    answer_id = asked(kept, library, beijing(0))
    with kept.database.writing() as connection:
        connection.execute(update(turns).where(turns.c.id == answer_id).values(cited=[["gone-1", "3"]]))
    figures = figures_of(kept, library, 30)
    assert [(each.name, each.url) for each in figures.documents] == [("gone-1（已不在库中）", "")]
    assert [(each.name, each.url) for each in figures.articles] == [("gone-1 3（已不在库中）", "")]


def test_bars_are_as_high_as_their_values() -> None:
    chart = bars_of([("a", 0), ("b", 1), ("c", 1000), ("d", 500)])
    assert [(bar.y, bar.height) for bar in chart.bars] == [(100, 0), (99, 1), (0, HEIGHT), (50, 50)]
    assert (chart.most, chart.total, chart.width) == (1000, 1501, 40)
    assert bars_of([]).most == bars_of([("a", 0)]).most == 1
    assert [each.share for each in shares_of([("a", 1), ("b", 3)])] == [0.25, 0.75]
    assert shares_of([("a", 0)])[0].share == 0


def test_the_page_draws_and_tells_the_same(client: TestClient, store: Store, library: Library) -> None:
    empty = client.get("/admin/usage")
    assert empty.status_code == 200
    assert "这段时间没有提问" in empty.text
    for _ in range(3):
        asked(store, library, beijing(0), Status.ANSWERED, QuestionType.QUANTITY, DOCTORS)
    asked(store, library, beijing(60), Status.NOT_FOUND)
    page = client.get("/admin/usage?days=30").text
    assert "<dt>提问</dt><dd>3<" in page
    assert re.findall(r'<rect x="\d+" y="0" width="8" height="100"><title>\d+月\d+日：3 次', page)
    assert f'<th scope="row">{datetime.now(BEIJING):%Y}-' in page
    assert "style=" not in page
    assert "<dt>提问</dt><dd>4<" in client.get("/admin/usage?days=90").text
    assert "<dt>提问</dt><dd>3<" in client.get("/admin/usage?days=nonsense").text
