"""The ledger as a workbook of Excel: a sheet of rows, and a sheet that says what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from corpus.figures.bounds import COMPARATOR_NAMES
from corpus.figures.ledger import Entry
from corpus.figures.spreadsheet import KIND_NAMES
from corpus.provisions import PolicyDocument
from web.exports.extract import Extract

SHEET, ABOUT = "硬性要求", "说明"
_LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell."""
_CUT = "……（过长，余下见原文）"
_LINK = "打开原文"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text: its name, its width in characters, and how a cell of it is made."""

    name: str
    width: int
    text: Callable[[Entry, PolicyDocument], str]


COLUMNS = (
    Column("地区", 14, lambda entry, _: entry.region or ""),
    Column("文件", 34, lambda _, document: document.metadata.title),
    Column("文号", 20, lambda _, document: document.metadata.document_number or ""),
    Column("条目", 14, lambda entry, document: document.find(entry.citation.article_id).label),
    Column("类别", 10, lambda entry, _: KIND_NAMES[entry.kind]),
    Column("事项", 26, lambda entry, _: entry.subject),
    Column("要求（原文）", 24, lambda entry, _: entry.figure),
    Column("比较", 8, lambda entry, _: COMPARATOR_NAMES[entry.comparator] if entry.number is not None else ""),
)
_NUMBERS = (("数值", 8), ("数值上限", 8))
_AFTER = (
    Column("单位", 7, lambda entry, _: entry.unit or ""),
    Column("计算基数", 10, lambda entry, _: entry.basis or ""),
    Column("频次", 10, lambda entry, _: entry.frequency.words if entry.frequency else ""),
    Column("期限（原文）", 16, lambda entry, _: entry.deadline.words if entry.deadline else ""),
)
_LAST_DAY = ("最后日期", 12)
_AT_END = (
    Column("要求用语", 10, lambda entry, _: entry.operative or ""),
    Column("约束力", 12, lambda entry, _: entry.force.value if entry.force else ""),
    Column("责任单位", 24, lambda entry, _: "、".join(entry.bodies)),
    Column("所在句（原文）", 70, lambda entry, _: entry.quote),
)
_TO_WORDS = ("原文", 10)
_HEADS = (
    *((column.name, column.width) for column in COLUMNS),
    *_NUMBERS,
    *((column.name, column.width) for column in _AFTER),
    _LAST_DAY,
    *((column.name, column.width) for column in _AT_END),
    _TO_WORDS,
)


def write_workbook(extract: Extract, out: BinaryIO) -> None:
    """Write an .xlsx to `out`. Rows go through a temporary file one by one, so memory does not grow with them.

    Every text is written as text, so that none is run as a formula.
    """
    workbook = Workbook(out, {"constant_memory": True})
    workbook.set_properties({"title": "医养结合硬性要求", "created": extract.made_at.replace(tzinfo=None)})
    formats = _formats(workbook)
    _write_rows(workbook.add_worksheet(SHEET), extract, formats)
    _write_about(workbook.add_worksheet(ABOUT), extract, formats)
    workbook.close()


def _formats(workbook: Workbook) -> Mapping[str, Format]:
    top = {"valign": "top", "text_wrap": True}
    return {
        "head": workbook.add_format({**top, "bold": True, "bg_color": "#E6F0EC", "bottom": 1}),
        "text": workbook.add_format(top),
        "day": workbook.add_format({**top, "num_format": "yyyy-mm-dd"}),
        "link": workbook.add_format({**top, "font_color": "#0F5A55", "underline": 1}),
    }


def _write_rows(sheet: Worksheet, extract: Extract, formats: Mapping[str, Format]) -> None:
    for place, (name, width) in enumerate(_HEADS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, formats["head"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(extract.entries), 1), len(_HEADS) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    for row, entry in enumerate(extract.entries, start=1):
        _write_row(sheet, row, entry, extract, formats)


def _write_row(sheet: Worksheet, row: int, entry: Entry, extract: Extract, formats: Mapping[str, Format]) -> None:
    document, place = extract.documents[entry.citation.document_id], 0
    for column in COLUMNS:
        place = _write_text(sheet, row, place, column.text(entry, document), formats)
    for number in (entry.number, entry.upper):
        if number is not None:
            sheet.write_number(row, place, number, formats["text"])
        place += 1
    for column in _AFTER:
        place = _write_text(sheet, row, place, column.text(entry, document), formats)
    if entry.deadline and entry.deadline.last_day:
        sheet.write_datetime(row, place, entry.deadline.last_day, formats["day"])
    place += 1
    for column in _AT_END:
        place = _write_text(sheet, row, place, column.text(entry, document), formats)
    sheet.write_url(row, place, extract.link(entry), formats["link"], _LINK)


def _write_text(sheet: Worksheet, row: int, place: int, text: str, formats: Mapping[str, Format]) -> int:
    """Write a text, cut where Excel would drop it, and give the next place."""
    if text:
        shown = text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - len(_CUT)]}{_CUT}"
        sheet.write_string(row, place, shown, formats["text"])
    return place + 1


def _write_about(sheet: Worksheet, extract: Extract, formats: Mapping[str, Format]) -> None:
    told = (
        ("内容", "文件中可以核查的数字，逐字摘录，每行附所在的句子和原文地址"),
        *(extract.asked or (("筛选", "未限定，列出全部"),)),
        ("行数", str(len(extract.entries))),
        ("导出日期", f"{extract.day.isoformat()}（北京时间）"),
        ("索引版本", extract.index_version),
        ("来源", extract.site),
        ("提示", "“比较”“数值”“约束力”等栏由程序从原文读出，供查找和核对；以“所在句（原文）”一栏和原文件为准。"),
    )
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    for row, (name, words) in enumerate(told):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, words[:_LONGEST_CELL], formats["text"])
