"""What can be taken away: rows chosen and counted, CSV, .xlsx, .ics, and ids for other systems. Each file is read back
with a library other than the one that wrote it."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
import openpyxl
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from starlette.types import Message

from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry, Selection
from corpus.figures.measures import Frequency
from corpus.figures.requirements import Force
from corpus.figures.spreadsheet import COLUMNS
from corpus.library import Library, library_of, load_document
from corpus.readers import read
from corpus.structure.cleaning import clean
from tests.papers import paper
from tests.scripted import Scripted, assert_problem, serve
from web import beijing
from web.api import export
from web.app import create_app
from web.exports import choosing
from web.exports.calendar import Recurrence, recurrence_of, uid_of, write_calendar
from web.exports.choosing import Choice, Facet, Figures, Order
from web.exports.extract import Extract, asked_for
from web.exports.identifiers import eid_of, expression_of, work_of
from web.exports.rhythms import Rhythm, rhythm_of
from web.exports.rows import csv_pieces
from web.exports.workbook import write_workbook
from web.store import open_store

EXPORT = "/api/v1/export"
CSV, WORKBOOK, CALENDAR = (f"/api/v1/requirements.{suffix}" for suffix in ("csv", "xlsx", "ics"))
SHARED = Path(__file__).resolve().parents[2] / "shared"
MADE_AT = datetime(2026, 6, 1, 9, 30, tzinfo=beijing.BEIJING)

DUTIES = """一、定期事项
（一）每季度至少开展1次应急演练。
（二）每2年评估一次。
（三）每半年至少组织2次培训。
（四）每年至少开展7次讲座。
（五）每次开展1次评估。
（六）每年开展检查不超过2次。
（七）每月补贴480元。
（八）每周至少开展1次查房。
（九）每日开展1次巡视。
（十）不得每年组织2次评比。
"""


@pytest.fixture(scope="module")
def figures(library: Library) -> Figures:
    return Figures(library)


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from serve(Scripted(library), tmp_path_factory.mktemp("exports"))


def extract(library: Library, choice: Choice | None = None) -> Extract:
    chosen = choice or Choice()
    entries = Figures(library).chosen(chosen)
    return Extract(entries, library, asked_for(chosen, library), MADE_AT, "v1", "https://wen.example.cn")


# Choosing and counting


@pytest.mark.parametrize(
    ("words", "number", "unit", "rhythm"),
    [
        ("每日", 1.0, "日", Rhythm.DAY),
        ("每天", 1.0, "天", Rhythm.DAY),
        ("每周", 1.0, "周", Rhythm.WEEK),
        ("每7天", 7.0, "天", Rhythm.WEEK),
        ("每月", 1.0, "月", Rhythm.MONTH),
        ("每季度", 1.0, "季度", Rhythm.QUARTER),
        ("每3个月", 3.0, "月", Rhythm.QUARTER),
        ("每半年", 0.5, "年", Rhythm.HALF_YEAR),
        ("每6个月", 6.0, "月", Rhythm.HALF_YEAR),
        ("每年", 1.0, "年", Rhythm.YEAR),
        ("每12个月", 12.0, "月", Rhythm.YEAR),
        ("每2年", 2.0, "年", Rhythm.OTHER),
        ("每2个月", 2.0, "月", Rhythm.OTHER),
        ("每次", 1.0, "次", Rhythm.OTHER),
        ("每小时", 1.0, "小时", Rhythm.OTHER),
    ],
)
def test_a_frequency_has_the_rhythm_that_people_plan_by(words: str, number: float, unit: str, rhythm: Rhythm) -> None:
    assert rhythm_of(Frequency(words, number, unit)) is rhythm


CHOICES = [
    Choice(),
    Choice(rhythms=frozenset({Rhythm.MONTH})),
    Choice(Selection(region="大兴"), words="消防"),
    Choice(Selection(kinds=frozenset({FigureKind.FREQUENCY, FigureKind.DEADLINE})), words="至少 1次"),
    Choice(Selection(forces=frozenset({Force.REQUIRED})), order=Order.SUBJECT),
    Choice(Selection(document_ids=frozenset({"changning-2025-2"}), subject="医"), order=Order.FREQUENCY),
]


def value_of(entry: Entry, facet: Facet) -> str | None:
    values = {
        Facet.REGION: entry.region,
        Facet.DOCUMENT: entry.citation.document_id,
        Facet.KIND: entry.kind.value,
        Facet.FREQUENCY: rhythm_of(entry.frequency).value if entry.frequency else None,
        Facet.FORCE: entry.force.value if entry.force else None,
    }
    return values[facet]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("facet", Facet)
def test_a_count_is_the_number_of_rows_that_choosing_the_value_leaves(
    figures: Figures, choice: Choice, facet: Facet
) -> None:
    counts = figures.counts(choice, facet)
    for value in {value_of(entry, facet) for entry in figures.entries} - {None}:
        assert value is not None
        left = [each for each in figures.chosen(choice.without(facet)) if value_of(each, facet) == value]
        assert counts.get(value, 0) == len(left), value


def test_a_region_counts_those_inside_it() -> None:
    city, district = (
        paper("一、每月至少开展1次检查。\n", "city", region="上海市"),
        paper("一、每月至少开展2次检查。\n", "district", region="上海市长宁区"),
    )
    found = Figures(library_of((city, district)))
    assert found.counts(Choice(), Facet.REGION) == {"上海市": 2, "上海市长宁区": 1}
    assert len(found.chosen(Choice(Selection(region="上海市")))) == 2


def test_rows_are_put_in_the_order_wanted(figures: Figures) -> None:
    assert figures.chosen(Choice()) == figures.entries
    often = [each.frequency.words for each in figures.chosen(Choice(order=Order.FREQUENCY)) if each.frequency]
    assert often == sorted(often, key=["每周", "每月", "每半年", "每年", "每2年", "每次"].index)
    days = [each.deadline.last_day for each in figures.chosen(Choice(order=Order.DEADLINE)) if each.deadline]
    dated = [day for day in days if day]
    assert dated == sorted(dated)
    assert days[: len(dated)] == dated
    subjects = [each.subject for each in figures.chosen(Choice(order=Order.SUBJECT))]
    assert subjects == sorted(subjects)
    assert len(subjects) == len(figures.entries)


def test_what_was_asked_for_is_told_in_words(library: Library) -> None:
    choice = Choice(
        Selection(
            "大兴", frozenset({"daxing-2026-22"}), frozenset({FigureKind.FREQUENCY}), frozenset({Force.REQUIRED})
        ),
        frozenset({Rhythm.YEAR, Rhythm.MONTH}),
        "演练",
        Order.DEADLINE,
    )
    assert asked_for(choice, library) == (
        ("地区", "大兴"),
        ("文件", "《大兴区开展医养结合促进行动推动医养结合服务高质量发展的工作措施》"),
        ("类别", "频次"),
        ("频次", "每月、每年"),
        ("约束力", "强制要求"),
        ("原句中含", "演练"),
        ("排列", "期限，早的在前"),
    )
    assert asked_for(Choice(), library) == ()


def test_a_title_inside_a_title_is_told_in_signs_of_its_own() -> None:
    found = extract(library_of((paper(DUTIES, title="关于印发《工作措施》的通知", document_number="某发〔2025〕1号"),)))
    assert asked_for(Choice(Selection(document_ids=frozenset({"paper"}))), found.library) == (
        ("文件", "《关于印发〈工作措施〉的通知》"),
    )
    event = Calendar.from_ical(write_calendar(found, date(2026, 3, 2))).walk("VEVENT")[0]
    assert "」\n——《关于印发〈工作措施〉的通知》（某发〔2025〕1号）一、（一）\n" in str(event["description"])


# Where links lead


def links_in(response: Response) -> list[str]:
    """The links of a workbook or of a calendar."""
    if response.content.startswith(b"BEGIN:VCALENDAR"):
        return [str(event["url"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]
    rows, about = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    cells = (cell for row in rows.iter_rows() for cell in row if cell.hyperlink)
    return [f"{told['来源']}/", *(cell.hyperlink.target or "" for cell in cells)]


FILES = (WORKBOOK, CALENDAR, "/ledger.xlsx", "/ledger.ics")


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("host", ["forged.example", "forged.example:8080", "a_b", "x" * 400])
def test_a_forged_host_gets_into_no_file_where_the_address_is_set(
    library: Library, tmp_path: Path, path: str, host: str
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    app = create_app(Scripted(library), store, public_url="https://wen.example.cn/")
    with TestClient(app, raise_server_exceptions=False) as client:
        found = links_in(client.get(path, headers={"host": host}))
    store.close()
    assert found
    assert all(link.startswith("https://wen.example.cn/") and "forged" not in link for link in found)


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("host", ["a_b:8000", "wen.example.cn'x", "x" * 400])
def test_a_host_that_is_no_address_gets_into_no_file(client: TestClient, path: str, host: str) -> None:
    problem = assert_problem(client.get(path, headers={"host": host}), "bad_request")
    assert "Host" in problem["detail"]


def test_a_file_without_links_asks_for_no_address(client: TestClient) -> None:
    for path in (CSV, "/ledger.csv"):
        assert client.get(path, headers={"host": "a_b:8000"}).status_code == 200


# CSV


def test_the_csv_holds_exactly_the_rows_chosen(client: TestClient, library: Library) -> None:
    response = client.get(CSV, params={"kind": "frequency", "region": "大兴"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith('attachment; filename="yiyang-')
    assert response.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert tuple(head) == COLUMNS
    wanted = Figures(library).chosen(Choice(Selection(region="大兴", kinds=frozenset({FigureKind.FREQUENCY}))))
    assert [dict(zip(head, row, strict=True))["数字原文"] for row in rows] == [each.figure for each in wanted]
    assert len(rows) == 7


def test_many_rows_come_in_pieces_and_none_is_lost() -> None:
    text = "".join(f"{number}.每月至少开展{number}次检查。\n" for number in range(1, 651))
    found = extract(library_of((paper(text),)))
    made = [*csv_pieces(found)]
    assert len(found.entries) == 650
    assert len(made) == 5
    assert max(map(len, made)) < 200_000
    rows = [*csv.reader(io.StringIO(b"".join(made).decode("utf-8-sig")))]
    assert [row[8] for row in rows[1:]] == [str(number) for number in range(1, 651)]


def test_no_cell_of_the_files_is_run_as_a_formula() -> None:
    text = "一、=cmd|'/c calc'!A1每月至少开展1次检查。\n"
    found = extract(library_of((paper(text, title="=HYPERLINK(1)", region="@SUM(1)"),)))
    rows = [*csv.reader(io.StringIO(b"".join(csv_pieces(found)).decode("utf-8-sig")))]
    assert rows[1][:2] == ["'@SUM(1)", "'=HYPERLINK(1)"]
    assert not [cell for cell in rows[1] if cell.startswith(("=", "@", "+", "-"))]
    out = io.BytesIO()
    write_workbook(found, out)
    cells = [cell for row in openpyxl.load_workbook(out).worksheets[0].iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells[:2]] == ["@SUM(1)", "=HYPERLINK(1)"]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # "f" would be a formula


# The workbook


def test_the_workbook_reads_back_row_by_row(client: TestClient, library: Library) -> None:
    response = client.get(WORKBOOK, params={"document_id": ["daxing-2026-22", "national-2025-8"], "sort": "subject"})
    assert int(response.headers["content-length"]) == len(response.content)
    rows, about = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    head = [cell.value for cell in rows[1]]
    found = [dict(zip(head, row, strict=True)) for row in rows.iter_rows(min_row=2)]
    choice = Choice(Selection(document_ids=frozenset({"daxing-2026-22", "national-2025-8"})), order=Order.SUBJECT)
    entries = Figures(library).chosen(choice)
    assert len(found) == len(entries) == 31
    for cells, entry in zip(found, entries, strict=True):
        values = {name: cell.value for name, cell in cells.items()}
        assert values["所在句（原文）"] == entry.quote
        assert values["要求（原文）"] == entry.figure
        assert values["事项"] == entry.subject
        assert values["数值"] == entry.number
        last_day = entry.deadline.last_day if entry.deadline else None
        assert (values["最后日期"].date() if values["最后日期"] else None) == last_day
        target = cells["原文"].hyperlink
        assert (target.target or "") + (f"#{target.location}" if target.location else "") == (
            f"http://testserver/documents/{entry.citation.document_id}"
            f"?start={entry.citation.start}&end={entry.citation.end}#{entry.citation.article_id}"
        )
    assert rows.freeze_panes == "A2"
    assert rows.auto_filter.ref == "A1:T32"
    assert rows["A2"].alignment.wrap_text
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["行数"] == "31"
    assert told["索引版本"] == "scripted-1"
    assert told["导出日期"] == f"{beijing.today().isoformat()}（北京时间）"
    assert "《医养结合示范项目工作方案（2025年版）》" in told["文件"]
    assert told["排列"] == "事项"


def test_without_filters_the_workbook_says_that_it_has_everything(library: Library) -> None:
    out = io.BytesIO()
    write_workbook(extract(library), out)
    about = openpyxl.load_workbook(out).worksheets[1]
    assert {row[0].value: row[1].value for row in about.iter_rows()}["筛选"] == "未限定，列出全部"


def test_a_sentence_too_long_for_a_cell_is_cut_and_says_so() -> None:
    out = io.BytesIO()
    found = extract(library_of((paper(f"一、每月至少开展1次检查{'检' * 40_000}。\n"),)))
    write_workbook(found, out)
    cells = [cell.value for cell in openpyxl.load_workbook(out).worksheets[0][2]]
    longest = max((cell for cell in cells if isinstance(cell, str)), key=len)
    assert len(longest) == 32_767
    assert longest.endswith("……（过长，余下见原文）")


def test_more_rows_than_a_file_holds_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.exports.files.MAX_ROWS", 10)
    for path in (CSV, WORKBOOK, CALENDAR):
        problem = assert_problem(client.get(path), "too_many_rows")
        assert "符合条件的有 49 条" in problem["detail"]
        assert client.get(path, params={"subject": "消防演练"}).status_code == 200
    assert choosing.MAX_ROWS == 10_000


# The calendar


def test_every_recurring_duty_is_put_as_the_clause_has_it() -> None:
    found = extract(library_of((paper(DUTIES),)))
    recurring = {each.citation.article_id: recurrence_of(each) for each in found.entries if each.frequency}
    assert recurring == {
        "1.1": Recurrence("month", 3),
        "1.2": Recurrence("month", 24),
        "1.3": Recurrence("month", 3, spread=True),
        "1.4": None,  # seven times do not fit into twelve months
        "1.5": None,  # of every time: no day to put it on
        "1.6": None,  # a limit is no duty
        "1.7": Recurrence("month", 1),  # of the money, which is no duty: see below
        "1.8": Recurrence("day", 7),
        "1.9": Recurrence("day", 1),
        "1.10": Recurrence("month", 6, spread=True),  # forbidden: see below
    }


@pytest.mark.parametrize(
    ("words", "unit"), [("每个工作日", "工作日"), ("每次", "次"), ("每小时", "小时"), ("每300年", "年")]
)
def test_what_no_rule_can_say_is_left_out(words: str, unit: str) -> None:
    duty = extract(library_of((paper("一、每月至少开展1次检查。\n"),))).entries[0]
    often = Frequency(words, 300.0 if "300" in words else 1.0, unit)
    assert recurrence_of(duty) == Recurrence("month", 1)
    assert recurrence_of(replace(duty, frequency=often)) is None


def test_the_calendar_reads_back() -> None:
    found = extract(library_of((paper(DUTIES, region="某市", document_number="某发〔2025〕1号"),)))
    calendar = Calendar.from_ical(write_calendar(found, date(2026, 3, 2)))
    assert (calendar["version"], calendar["prodid"], calendar["x-wr-timezone"]) == (
        "2.0",
        "-//yiyang//医养问策//ZH",
        "Asia/Shanghai",
    )
    assert "共 5 项；另有 3 项的频次排不进日历，未列。" in str(calendar["x-wr-caldesc"])
    events = {str(event["description"])[1:4]: event for event in calendar.walk("VEVENT")}
    assert [*events] == ["（一）", "（二）", "（三）", "（八）", "（九）"]
    quarterly = events["（一）"]
    assert quarterly["summary"] == "应急演练（每季度至少开展1次）"
    assert quarterly.decoded("dtstart") == date(2026, 3, 2)
    assert type(quarterly.decoded("dtstart")) is date  # all day
    assert quarterly["rrule"] == {"FREQ": ["MONTHLY"], "INTERVAL": [3]}
    assert quarterly.decoded("dtstamp") == MADE_AT
    assert events["（二）"]["rrule"] == {"FREQ": ["YEARLY"], "INTERVAL": [2]}
    assert events["（八）"]["rrule"] == {"FREQ": ["WEEKLY"], "INTERVAL": [1]}
    description = str(quarterly["description"])
    assert description.startswith("「（一）每季度至少开展1次应急演练。」\n——《某方案》（某发〔2025〕1号）一、（一）\n")
    assert description.endswith(str(quarterly["url"]))
    assert str(quarterly["url"]).startswith("https://wen.example.cn/documents/paper?start=")
    assert "此处按每3个月一次排列" in str(events["（三）"]["description"])
    assert "此处按" not in description
    assert {event["transp"] for event in events.values()} == {"TRANSPARENT"}


def test_a_calendar_of_the_real_documents(client: TestClient) -> None:
    response = client.get(CALENDAR, params={"start": "2026-01-05", "region": "大兴"})
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    found = {str(event["summary"]): event["rrule"] for event in calendar.walk("VEVENT")}
    assert found["消防演练（每半年至少开展1次）"] == {"FREQ": ["MONTHLY"], "INTERVAL": [6]}
    assert found["防火检查（每月至少组织1次）"] == {"FREQ": ["MONTHLY"], "INTERVAL": [1]}
    assert found["心理健康知识讲座（每年至少开展2次）"] == {"FREQ": ["MONTHLY"], "INTERVAL": [6]}
    assert found["传染病防控应急演练（每年至少开展1次）"] == {"FREQ": ["YEARLY"], "INTERVAL": [1]}
    assert len(found) == 7
    for line in response.content.split(b"\r\n"):
        assert len(line) <= 75


def test_the_same_duty_keeps_its_uid_though_the_document_changes_elsewhere() -> None:
    changed = DUTIES.replace("一、定期事项", "一、定期开展的事项")
    before, after = (extract(library_of((paper(text),))).entries for text in (DUTIES, changed))
    assert [uid_of(each) for each in before] == [uid_of(each) for each in after]
    assert len({uid_of(each) for each in before}) == len(before)
    other = extract(library_of((paper(DUTIES.replace("至少开展1次应急", "至少开展2次应急")),))).entries
    assert uid_of(other[0]) != uid_of(before[0])


@given(
    start=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    recurrence=st.builds(Recurrence, st.sampled_from(["month", "day"]), st.integers(1, 60)),
)
def test_from_any_day_on_no_time_is_missed(start: date, recurrence: Recurrence) -> None:
    """Also from the 31st: a rule by the day of the month alone would leave out the shorter months."""
    rule = dict(recurrence.rule(start))
    calendar = Calendar.from_ical(write_calendar(extract(library_of((paper("一、每月至少开展1次检查。\n"),))), start))
    assert calendar.walk("VEVENT")[0].decoded("dtstart") == start
    parts = ";".join(
        f"{name.upper()}={','.join(map(str, value)) if isinstance(value, list) else str(value).upper()}"
        for name, value in rule.items()
    )
    times = [each.date() for each in rrulestr(parts, dtstart=datetime(start.year, start.month, start.day))[:6]]
    assert times[0] == start
    if recurrence.unit == "day":
        assert times == [start + timedelta(days=place * recurrence.every) for place in range(6)]
    else:
        months = [each.year * 12 + each.month for each in times]
        assert months == [months[0] + place * recurrence.every for place in range(6)]
        assert all(each.day == min(start.day, _last_of(each)) for each in times)


def _last_of(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("start=1999-12-31", "应在 2000-01-01 至 2099-12-31 之间"),
        ("start=2100-01-01", "应在 2000-01-01 至 2099-12-31 之间"),
        ("start=01/02/2026", "应为 YYYY-MM-DD 格式的日期"),
        ("start=", "应为 YYYY-MM-DD 格式的日期"),
    ],
)
def test_a_day_that_no_calendar_begins_on_is_refused(client: TestClient, query: str, message: str) -> None:
    (error,) = assert_problem(client.get(f"{CALENDAR}?{query}"), "invalid_request")["errors"]
    assert (error["field"], error["message"]) == ("start", message)


@pytest.mark.parametrize("path", [CSV, WORKBOOK, CALENDAR])
def test_files_refuse_what_the_list_refuses(client: TestClient, path: str) -> None:
    assert_problem(client.get(f"{path}?kind=number"), "invalid_request")
    assert_problem(client.get(f"{path}?document_id=nowhere-1"), "unknown_document")
    assert_problem(client.get(f"{path}?limit=5"), "invalid_request")  # files have no pages
    assert client.get(f"{path}?subject=没有这样的事项").status_code == 200


# Ids


STATUTE = """第一章　总则
第一条　为了规范养老服务，制定本法。
第二条　本法所称养老服务，包括下列内容：
（一）生活照料；
（二）医疗护理。
国家另有规定的，从其规定。
应当遵守下列要求：
1.登记；
第二条之一　本条为后来所加。
"""


def test_a_statute_is_an_act_with_articles() -> None:
    statute = paper(
        STATUTE,
        title="某省养老服务条例（草案）",
        region="广东省",
        issuers=("广东省人大常委会",),
        issued_on=date(2020, 5, 1),
    )
    assert work_of(statute) == "/akn/cn-44/act/regulation/广东省人大常委会/2020-05-01/某省养老服务条例-草案"
    assert expression_of(statute).endswith("/zho@2020-05-01")
    eids = {each.article_id: eid_of(each.article_id, statute) for each in statute.walk()}
    assert eids["c1"] == "chp_1"
    assert eids["1"] == "art_1"
    assert eids["2-1"] == "art_2-1"
    assert eids["2.1.1"] == "art_2__para_1__point_1"
    assert eids["2.2"] == "art_2__para_2"


@pytest.mark.parametrize(
    ("document_id", "article_id", "eid"),
    [
        ("changning-2025-2", "0", "preamble"),
        ("changning-2025-2", "2.1.2", "level_2__level_1__level_2"),
        ("changning-2025-2", "end", "conclusions"),
        ("daxing-2026-22", "5.18", "level_5__level_18"),
    ],
)
def test_papers_have_levels(library: Library, document_id: str, article_id: str, eid: str) -> None:
    assert eid_of(article_id, library.get(document_id)) == eid


def test_works_of_the_documents_shipped(library: Library) -> None:
    works = [work_of(document) for document in library]
    assert len({*works}) == len(works)
    assert works[3] == "/akn/cn-310105/doc/plan/上海市长宁区民政局/2025-01-02/长民-2025-2号"
    assert works[1] == "/akn/cn/doc/plan/国家卫生健康委/undated/国卫老龄发-2025-8号"


def test_real_statutes_and_papers_get_ids_that_are_unique_and_well_formed() -> None:
    found = sorted((SHARED / "library").glob("*/*.txt"))[:60]
    if not found:
        pytest.skip("no shared/library here")
    for number, path in enumerate(found):
        document = load_document(path, {}) if path.stem.isascii() else paper(_text(path), f"paper-{number}")
        eids = [eid_of(each.article_id, document) for each in document.walk()]
        assert len({*eids}) == len(eids), path.name
        assert all(part and not part.startswith("_") for each in eids for part in each.split("__")), path.name


def _text(path: Path) -> str:
    return clean(read(path).text).text


# The library as lines


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def test_every_document_can_be_rebuilt_from_its_lines(client: TestClient, library: Library) -> None:
    response = client.get(EXPORT)
    assert response.headers["content-type"] == "application/x-ndjson"
    texts: dict[str, list[str]] = {}
    heads: dict[str, dict[str, Any]] = {}
    for line in lines(response.content):
        if line["type"] == "document":
            heads[line["document_id"]] = line
            texts[line["document_id"]] = []
        else:
            texts[line["document_id"]].append(line["text"])
            assert line["start"] == sum(map(len, texts[line["document_id"]][:-1]))
            assert line["iri"] == f"{heads[line['document_id']]['expression']}/~{line['eid']}"
    assert [*heads] == [*library.documents]
    for document in library:
        head, text = heads[document.document_id], "".join(texts[document.document_id])
        assert text == document.text
        assert sha256(text.encode()).hexdigest() == head["sha256"] == document.sha256
        assert (head["characters"], head["provisions"]) == (len(text), len(texts[document.document_id]))


def test_a_provisions_parent_is_the_line_of_its_parent(client: TestClient) -> None:
    found = [each for each in lines(client.get(EXPORT).content) if each["type"] == "provision"]
    for each in found:
        above = [
            other for other in found if (other["document_id"], other["eid"]) == (each["document_id"], each["parent"])
        ]
        assert len(above) == (each["parent"] is not None)
        assert all(other["level"] == each["level"] - 1 for other in above)


def test_the_same_lines_every_time_and_only_those_asked_for(client: TestClient) -> None:
    assert client.get(EXPORT).content == client.get(EXPORT).content
    found = lines(client.get(EXPORT, params={"region": "全国"}).content)
    assert {each["document_id"] for each in found} == {"national-2024-40", "national-2025-8"}
    one = lines(client.get(EXPORT, params={"document_id": "changning-2025-2"}).content)
    assert len(one) == 29
    both = client.get(EXPORT, params={"document_id": "changning-2025-2", "region": "全国"})
    assert both.content == b""
    assert_problem(client.get(EXPORT, params={"document_id": "nowhere-1"}), "unknown_document")
    assert_problem(client.get(f"{EXPORT}?colour=red"), "invalid_request")


def test_it_is_compressed_for_those_who_accept_that(client: TestClient) -> None:
    plain = client.get(EXPORT, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", EXPORT, headers={"accept-encoding": "gzip"}) as response:
        assert response.headers["content-encoding"] == "gzip"
        packed = b"".join(response.iter_raw())
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 3


def test_the_first_line_comes_before_the_last_is_made(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, come = [0], [0]
    unpacking, make = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), export._lines

    def counted(*given: Any) -> Iterator[str]:
        for line in make(*given):
            made[0] += 1
            yield line

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert (b"content-encoding", b"gzip") in message["headers"]
        elif b"\n" in unpacking.decompress(message.get("body", b"")) and not come[0]:
            come[0] = made[0]

    async def exported() -> None:
        await client.app(scope | asked_of | {"headers": headers}, receive, send)

    monkeypatch.setattr(export, "_lines", counted)
    headers = [(b"host", b"testserver"), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "scheme": "http"}
    asked_of = {"method": "GET", "path": EXPORT, "raw_path": EXPORT.encode(), "query_string": b"", "root_path": ""}
    asyncio.run(exported())
    assert made[0] == sum(1 + sum(1 for _ in document.walk()) for document in library)
    assert 0 < come[0] < made[0]


def test_who_has_this_version_is_not_sent_it_again(client: TestClient) -> None:
    tag = client.get(EXPORT).headers["etag"]
    assert tag == 'W/"scripted-1"'
    for known in (tag, '"scripted-1"', f'"other", {tag}', "*"):
        again = client.get(EXPORT, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(EXPORT, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_openapi_document_says_what_is_sent(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    for path, kind in (
        (CSV, "text/csv"),
        (WORKBOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (CALENDAR, "text/calendar"),
    ):
        assert [*api["paths"][path]["get"]["responses"]["200"]["content"]] == [kind]
        assert client.get(path).headers["content-type"].partition(";")[0] == kind
    schema = api["paths"][EXPORT]["get"]["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    named = {each["$ref"].rpartition("/")[2]: api["components"]["schemas"] for each in schema["anyOf"]}
    assert {*named} == {"ExportedDocument", "ExportedProvision"}
    for line in lines(client.get(EXPORT).content)[:30]:
        model = {"document": "ExportedDocument", "provision": "ExportedProvision"}[line["type"]]
        assert {*line} == {*api["components"]["schemas"][model]["properties"]}
    real = lines(client.get(EXPORT, params={"document_id": "changning-2025-2"}).content)
    shown = {
        name: each["examples"][0]
        for name, each in api["components"]["schemas"]["ExportedProvision"]["properties"].items()
    }
    (line,) = [each for each in real if each.get("article_id") == shown["article_id"]]
    assert {name: line[name] for name in shown if name != "text"} == {k: v for k, v in shown.items() if k != "text"}
