"""The ledger as a spreadsheet file, and `python -m corpus requirements` that writes it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus.__main__ import commands
from corpus.figures.ledger import ledger
from corpus.figures.spreadsheet import COLUMNS, plain_number, spreadsheet
from corpus.library import load_library

LIBRARY = load_library()
LEDGER = ledger(LIBRARY)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ("requirements", *arguments), prog_name="python -m corpus")


def test_a_row_a_figure_under_chinese_columns_with_a_byte_order_mark() -> None:
    content = spreadsheet(LEDGER, LIBRARY.documents)
    assert content.startswith("\ufeff地区,文件,".encode())
    assert content.count(b"\r\n") == len(LEDGER) + 1
    rows = read(content)
    assert [row["数字原文"] for row in rows] == [entry.figure for entry in LEDGER]
    assert all(set(row) == set(COLUMNS) for row in rows)


def test_a_row_in_full() -> None:
    row = next(row for row in read(spreadsheet(LEDGER, LIBRARY.documents)) if row["事项"] == "家庭医生签约覆盖率")
    document = LIBRARY.get("daxing-2026-22")
    start = document.text.index("不低于80%")
    citation = row.pop("引文编号")
    assert citation.startswith("daxing-2026-22#2.5@")
    assert citation.endswith(document.sha256)
    assert row == {
        "地区": "北京市大兴区",
        "文件": document.metadata.title,
        "文号": "京兴政卫发〔2026〕22号",
        "条目": "二、（五）",
        "类别": "数量",
        "事项": "家庭医生签约覆盖率",
        "比较": "不低于",
        "比较用语": "不低于",
        "数值": "80",
        "数值上限": "",
        "单位": "%",
        "计算基数": "",
        "频次": "",
        "期限": "到2027年底",
        "最后日期": "2027-12-31",
        "要求用语": "",
        "约束力": "",
        "责任单位": "区卫生健康委、区民政局",
        "数字原文": "不低于80%",
        "所在句": "到2027年底，失能、高龄、残疾等特殊困难老年人家庭医生签约覆盖率不低于80%。",
        "数字起点": str(start),
        "数字终点": str(start + len("不低于80%")),
    }


def test_a_period_by_itself_compares_with_nothing() -> None:
    row = next(row for row in read(spreadsheet(LEDGER, LIBRARY.documents)) if row["频次"] == "每周")
    assert (row["比较"], row["数值"], row["单位"], row["约束力"]) == ("", "", "", "原则上要求")


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＠x", '=HYPERLINK("x")'])
def test_words_are_never_a_formula(words: str) -> None:
    row = read(spreadsheet([replace(LEDGER[0], subject=words, quote=words)], LIBRARY.documents))[0]
    assert row["事项"] == row["所在句"] == f"'{words}"


@pytest.mark.parametrize("words", ["1=1", "老年人-65岁", "一、“引”，\n换行"])
def test_other_words_stay_as_they_are(words: str) -> None:
    row = read(spreadsheet([replace(LEDGER[0], subject=words)], LIBRARY.documents))[0]
    assert row["事项"] == words


@pytest.mark.parametrize(
    ("number", "printed"), [(None, ""), (80.0, "80"), (0.5, "0.5"), (0.0, "0"), (1e12, "1000000000000")]
)
def test_numbers(number: float | None, printed: str) -> None:
    assert plain_number(number) == printed


def test_the_command_writes_the_whole_ledger() -> None:
    result = run("--csv")
    assert result.exit_code == 0
    assert result.stdout_bytes == spreadsheet(LEDGER, LIBRARY.documents)


def test_the_command_prints_one_entry_a_line_for_one_document(tmp_path: Path) -> None:
    path = tmp_path / "my-plan.txt"
    path.write_text("一、消防\n每月至少组织1次防火检查。（区民政局）\n", "utf-8")
    for source in (str(path), "changning-2025-2"):
        result = run(source)
        assert result.exit_code == 0
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert len({row["citation"].partition("#")[0] for row in rows}) == 1
    first = json.loads(run(str(path)).stdout)
    assert (first["subject"], first["number"], first["frequency"]["unit"], first["bodies"]) == (
        "防火检查",
        1.0,
        "月",
        ["区民政局"],
    )


def test_the_command_refuses_what_is_not_there() -> None:
    result = run("nowhere-1")
    assert result.exit_code == 2
    assert "没有编号为 nowhere-1 的文件" in " ".join(result.output.split())
