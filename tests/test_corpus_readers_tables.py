"""Tables as lines that can be quoted: columns with names, keys and values, layout, and cells that span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.grid import Cell, grid_of
from corpus.readers.tables import table_text


def cells(*rows: str) -> list[list[Cell]]:
    """Rows written as «甲 | 乙»; «甲 >2» spans two columns, «甲 v3» three rows, «甲 *» is marked as a heading."""
    return [[cell(text) for text in row.split("|")] for row in rows]


def cell(written: str) -> Cell:
    text, columns, rows, is_head = [], 1, 1, False
    for word in written.split():
        if word[0] == ">" and word[1:].isdigit():
            columns = int(word[1:])
        elif word[0] == "v" and word[1:].isdigit():
            rows = int(word[1:])
        elif word == "*":
            is_head = True
        else:
            text.append(word)
    return Cell((" ".join(text),) if text else (), columns, rows, is_head)


# what it is, rows, lines
TABLES: list[tuple[str, tuple[str, ...], list[str]]] = [
    (
        "column names",
        ("序号 | 机构名称 | 床位数（张）", "1 | 长宁区第一养老院 | 120", "2 | 天山福利院 | 80"),
        ["序号：1；机构名称：长宁区第一养老院；床位数（张）：120", "序号：2；机构名称：天山福利院；床位数（张）：80"],
    ),
    (
        "column names marked as such",
        ("甲组 * | 乙组 *", "每月一次 | 每年一次"),
        ["甲组：每月一次；乙组：每年一次"],
    ),
    (
        "names over names; what spans columns is said once",
        (
            "病种 v2 | 最高支付限额 >2 | 有效期 v2",
            "职工医保 | 居民医保",
            "高血压病 | 200元/月 | 50元/月 | 长期",
            "血友病 | 无 >2 | 长期",
        ),
        [
            "病种：高血压病；最高支付限额·职工医保：200元/月；最高支付限额·居民医保：50元/月；有效期：长期",
            "病种：血友病；最高支付限额·职工医保、居民医保：无；有效期：长期",
        ],
    ),
    (
        "a short value over several rows rules each of them",
        ("类别 | 医院级别 | 报销比例", "在职职工 v2 | 一级 | 90%", "二级 | 85%", "退休人员 | 一级 | 95%"),
        [
            "类别：在职职工；医院级别：一级；报销比例：90%",
            "类别：在职职工；医院级别：二级；报销比例：85%",
            "类别：退休人员；医院级别：一级；报销比例：95%",
        ],
    ),
    (
        "a long value over several rows is said once",
        ("项目 | 标准 | 说明", f"护理 | 50元 | {'长期失能且经评估符合条件的老年人' * 4} v2", "康复 | 60元"),
        [
            f"项目：护理；标准：50元；说明：{'长期失能且经评估符合条件的老年人' * 4}",
            "项目：康复；标准：60元",
        ],
    ),
    (
        "a caption above, a section among the rows, a note below",
        ("附表：服务价格 >2", "项目 | 价格", "（一）护理 >2", "上门护理 | 80元/次", "注：价格含税。 >2"),
        ["附表：服务价格", "（一）护理", "项目：上门护理；价格：80元/次", "注：价格含税。"],
    ),
    (
        "the corner over the row labels is empty",
        (" | 一级医院 | 二级医院", "在职 | 90% | 85%", "退休 | 95% | 90%"),
        ["在职；一级医院：90%；二级医院：85%", "退休；一级医院：95%；二级医院：90%"],
    ),
    (
        "keys and values",
        ("申请条件 | 具有本市户籍的老年人。", "办理时限 | 5个工作日", "收费 | "),
        ["申请条件：具有本市户籍的老年人。", "办理时限：5个工作日", "收费"],
    ),
    (
        "keys and values by turns",
        (
            "索引号： | 11440106 | 主题分类： | 民政",
            "发文机关： | 区民政局 | 成文日期： | 2024-07-26",
            "名称： | 关于养老的通知 >3",
        ),
        [
            "索引号：11440106",
            "主题分类：民政",
            "发文机关：区民政局",
            "成文日期：2024-07-26",
            "名称：关于养老的通知",
        ],
    ),
    ("no names for the columns", ("100 | 200 | 300", "400 | 500 | 600"), ["100｜200｜300", "400｜500｜600"]),
    ("empty rows and columns", ("项目 | | 标准", " | | ", "护理 | | 50元"), ["项目：护理；标准：50元"]),
    ("one column arranges text", ("一、总则", "二、附则"), ["一、总则", "二、附则"]),
    ("one row arranges text", ("联系人甲 | 联系人乙 | 联系人丙",), ["联系人甲", "联系人乙", "联系人丙"]),
    ("letters set apart", ("类 别 | 分 值", "减 分 指 标 | 10分"), ["类别：减分指标；分值：10分"]),
    ("rows of unlike length", ("项目 | 标准 | 备注", "护理 | 50元"), ["项目：护理；标准：50元"]),
    ("nothing", (" | ", " | "), []),
]


@pytest.mark.parametrize(("rows", "lines"), [case[1:] for case in TABLES], ids=[case[0] for case in TABLES])
def test_tables(rows: tuple[str, ...], lines: list[str]) -> None:
    assert list(table_text(cells(*rows)).lines) == lines


def test_head_rows_printed_again_are_dropped_and_told() -> None:
    read = table_text(cells("项目 | 价格", "护理 | 50元", "项目 | 价格", "康复 | 60元"))
    assert read.lines == ("项目：护理；价格：50元", "项目：康复；价格：60元")
    assert read.repeated_heads == ("项目价格",)


def test_merged_cells_are_told() -> None:
    assert table_text(cells("类别 | 比例", "在职 v2 | 90%", "85%")).has_merged
    assert not table_text(cells("类别 | 比例", "在职 | 90%", "退休 | 85%")).has_merged


def test_a_long_value_keeps_its_paragraphs() -> None:
    value = Cell(("1. 具有本市户籍。", "2. 年满60周岁。"))
    rows = [[Cell(("申请条件",)), value], [Cell(("办理时限",)), Cell(("即时",))]]
    assert table_text(rows).lines == ("申请条件：", "1. 具有本市户籍。", "2. 年满60周岁。", "办理时限：即时")


def test_paragraphs_of_a_cell_in_a_named_column_stay_on_the_rows_line() -> None:
    rows = cells("项目 | 内容 | 备注")
    rows.append([Cell(("护理",)), Cell(("上门护理。", "远程指导。")), Cell()])
    assert table_text(rows).lines == ("项目：护理；内容：上门护理。 远程指导。",)


@given(
    st.lists(
        st.lists(
            st.builds(
                Cell,
                st.lists(st.sampled_from(["项目", "1", "每月一次。", "一级："]), max_size=2).map(tuple),
                st.integers(1, 70_000),
                st.integers(1, 70_000),
                st.booleans(),
            ),
            max_size=5,
        ),
        max_size=6,
    )
)
def test_no_table_breaks_the_grid_and_no_paragraph_is_lost(rows: list[list[Cell]]) -> None:
    grid = grid_of(rows)
    assert len({len(row) for row in grid}) <= 1
    shown = {id(slot.cell) for row in grid for slot in row}
    read = table_text(rows)
    said = "".join((*read.lines, *read.repeated_heads))
    for row in rows:
        for one in row:
            if id(one) in shown:
                assert all(paragraph.rstrip("：") in said for paragraph in one.paragraphs)
