"""The requirements ledger as a spreadsheet file: CSV that Excel opens, Chinese column names, a row a figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from corpus.figures.bounds import COMPARATOR_NAMES, Comparator
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry
from corpus.provisions import PolicyDocument

KIND_NAMES: Mapping[FigureKind, str] = {
    FigureKind.QUANTITY: "数量",
    FigureKind.FREQUENCY: "频次",
    FigureKind.DEADLINE: "期限",
    FigureKind.CONDITION: "适用条件",
}
COLUMNS = (
    "地区",
    "文件",
    "文号",
    "条目",
    "类别",
    "事项",
    "比较",
    "比较用语",
    "数值",
    "数值上限",
    "单位",
    "计算基数",
    "频次",
    "期限",
    "最后日期",
    "要求用语",
    "约束力",
    "责任单位",
    "数字原文",
    "所在句",
    "数字起点",
    "数字终点",
    "引文编号",
)
# A cell that begins with one of these may be run as a formula (OWASP, CSV injection); full-width signs count too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def spreadsheet(entries: Iterable[Entry], documents: Mapping[str, PolicyDocument]) -> bytes:
    """CSV by RFC 4180, in UTF-8 with a byte-order mark. documents holds those that the entries cite, by id."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_safe(cell) for cell in _cells(entry, documents[entry.citation.document_id])])
    return out.getvalue().encode("utf-8-sig")


def plain_number(number: float | None) -> str:
    """80, 0.5; without the decimals of a whole number, empty for none."""
    return "" if number is None else f"{number:.10g}" if abs(number) < 1e10 else f"{number:.0f}"


def _cells(entry: Entry, document: PolicyDocument) -> tuple[str, ...]:
    metadata, deadline = document.metadata, entry.deadline
    return (
        entry.region or "",
        metadata.title,
        metadata.document_number or "",
        document.find(entry.citation.article_id).label,
        KIND_NAMES[entry.kind],
        entry.subject,
        COMPARATOR_NAMES[entry.comparator] if _compares(entry) else "",
        entry.comparator_words,
        plain_number(entry.number),
        plain_number(entry.upper),
        entry.unit or "",
        entry.basis or "",
        entry.frequency.words if entry.frequency else "",
        deadline.words if deadline else "",
        deadline.last_day.isoformat() if deadline and deadline.last_day else "",
        entry.operative or "",
        entry.force.value if entry.force else "",
        "、".join(entry.bodies),
        entry.figure,
        entry.quote,
        str(entry.start),
        str(entry.end),
        str(entry.citation),
    )


def _compares(entry: Entry) -> bool:
    """Whether there is something to compare with: a number, a level or a date; 每周 by itself has none."""
    return entry.number is not None or entry.comparator is not Comparator.EXACTLY


def _safe(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
