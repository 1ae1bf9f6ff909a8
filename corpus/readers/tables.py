"""Tables as lines that can be quoted: «列名：值；列名：值», a row a line.

A table of two columns without column names is «键：值»; one that only arranges text on a page gives its text. Column
names, and short values that span several rows, are said again in every row they rule: a row is quoted alone. What spans
columns is said once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.readers.grid import Cell, Row, Slot, grid_of, trimmed
from corpus.readers.openings import opens_paragraph


@dataclass(frozen=True, slots=True)
class TableText:
    """Lines of a table; whether cells were merged; head rows printed again in its middle, dropped."""

    lines: tuple[str, ...] = ()
    has_merged: bool = False
    repeated_heads: tuple[str, ...] = ()


BAR = "｜"
"""Between the cells of a row whose columns have no names."""

_LONGEST_LABEL = 24
_LONGEST_CARRIED = 40
_LONG_VALUE = 200
_DEEPEST_HEAD = 3
# A column name often ends in one of these words.
_HEAD_WORD = re.compile(
    r"(?:序号|编号|号|项目|名称|内容|标准|备注|说明|类别|类型|种类|分类|单位|金额|比例|对象|范围|条件|部门|机关|机构|时间|日期|期限|地址|地点"
    r"|电话|方式|联系人|姓名|事项|要求|指标|分值|分数|等级|级别|依据|程序|流程|材料|政策|措施|任务|目标|渠道|数量|次数|额度|限额|价格|费用|人数|户型|面积)"
    r"(?:[（(][^（）()]{1,12}[）)])?$"
)
# Values, not names: amounts, dates, telephone numbers, marks of yes and no.
_VALUE = re.compile(r"[\d０-９.,，%％‰／/\-—~～至元万亿人次个张天日月年岁户名分级以上下不含约≤≥<>＜＞+√×○●☑□()（）\s]+")
_SENTENCE = re.compile("[。；！？]")


def table_text(rows: Sequence[Sequence[Cell]]) -> TableText:
    """The lines of a table given as its cells, row by row; a cell that spans rows stands in its first one only."""
    grid = trimmed(grid_of(rows))
    if not grid:
        return TableText()
    has_merged = any(not slot.opens_row or not slot.opens_column for row in grid for slot in row)
    if len(grid[0]) == 1 or (len(grid) == 1 and not _is_paired(grid) and not _is_keyed(grid)):
        return TableText(_flattened(grid), has_merged)
    captions = next((at for at, row in enumerate(grid) if not _spans_all(row)), len(grid))
    body = grid[captions:]
    above = _flattened(grid[:captions])
    if not body:
        return TableText(above, has_merged)
    if _is_paired(body):
        return TableText((*above, *_pairs(body)), has_merged)
    depth = _head_depth(body)
    if depth:
        lines, repeated = _named_rows(body, depth)
        return TableText((*above, *lines), has_merged, repeated)
    lines = _pairs(body) if _is_keyed(body) else _barred(body)
    return TableText((*above, *lines), has_merged)


def _spans_all(row: Row) -> bool:
    """Whether one cell, or one cell with text, is all there is in a row."""
    texts = [slot for slot in row if slot.cell.text]
    return all(slot.cell is texts[0].cell for slot in texts) and (
        len(texts) == len(row) or texts[0].cell is row[0].cell
    )


def _flattened(grid: list[Row]) -> tuple[str, ...]:
    return tuple(
        paragraph
        for row in grid
        for slot in row
        if slot.opens_row and slot.opens_column
        for paragraph in slot.cell.paragraphs
    )


def _is_label(cell: Cell) -> bool:
    label = cell.label
    return 0 < len(label) <= _LONGEST_LABEL and not _SENTENCE.search(label) and not _VALUE.fullmatch(label)


def _head_depth(grid: list[Row]) -> int:
    """How many rows at the top hold column names; 0 where the columns have none."""
    first = grid[0]
    depth = max(slot.cell.rows for slot in first)
    if depth == 1 and len(first) > 2 and all(slot.cell.columns > 1 for slot in first[1:]):
        depth = 2  # names over several columns have names under them
    if depth >= len(grid) or depth > _DEEPEST_HEAD:
        return 0
    names = [slot.cell for row in grid[:depth] for slot in row if slot.opens_row and slot.opens_column]
    # The corner over the row labels may be empty.
    if not all(_is_label(cell) or (cell is first[0].cell and not cell.text) for cell in names):
        return 0
    return depth if _looks_like_head(grid, depth) else 0


def _looks_like_head(grid: list[Row], depth: int) -> bool:
    first = [slot.cell for slot in grid[0] if slot.opens_column]
    below = [slot.cell for row in grid[depth:] for slot in row if slot.opens_row]
    if all(cell.is_head for cell in first) and not all(cell.is_head for cell in below):
        return True
    worded = sum(_HEAD_WORD.search(cell.label) is not None for cell in first)
    if len(first) == 2:
        return worded == 2
    if len({cell.label for cell in first}) < len(first):
        return False
    return worded > 0 or any(not _is_label(cell) for cell in below)


def _is_keyed(grid: list[Row]) -> bool:
    """Whether it is keys at the left and values at the right."""
    return len(grid[0]) == 2 and all(_spans_all(row) or _is_label(row[0].cell) for row in grid)


def _is_paired(grid: list[Row]) -> bool:
    """Whether keys and values take turns in a row: 索引号：… 分类：…"""
    keys = [row[at].cell for row in grid for at in range(0, len(row), 2) if row[at].opens_column and row[at].cell.text]
    marked = sum(cell.text.endswith(("：", ":")) or cell.is_head for cell in keys)
    values = [row[at].cell for row in grid for at in range(1, len(row), 2) if row[at].cell is not row[at - 1].cell]
    return len(keys) > 0 and marked == len(keys) and not any(cell.is_head for cell in values)


def _pairs(grid: list[Row]) -> tuple[str, ...]:
    lines: list[str] = []
    for row in grid:
        cells = [slot.cell for slot in row if slot.opens_column]
        if _spans_all(row):
            lines.extend(_flattened([row]))
            continue
        for key, value in zip(cells[::2], [*cells[1::2], Cell()], strict=False):
            lines.extend(_pair(key, value))
    return tuple(line for line in lines if line)


def _pair(key: Cell, value: Cell) -> tuple[str, ...]:
    """«键：值»; a long value that has paragraphs keeps them."""
    name = key.label
    if not value.text:
        return (f"{name}：",) if name else ()
    if len(value.paragraphs) > 1 and (len(value.text) > _LONG_VALUE or any(map(opens_paragraph, value.paragraphs))):
        return (f"{name}：", *value.paragraphs)
    return (f"{name}：{value.text}" if name else value.text,)


def _named_rows(grid: list[Row], depth: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of rows under column names, and the head rows among them that only repeat the names."""
    names = [_column_name([row[at] for row in grid[:depth]]) for at in range(len(grid[0]))]
    heads = {_bare(row) for row in grid[:depth]}
    lines: list[str] = []
    repeated: list[str] = []
    for row in grid[depth:]:
        if _bare(row) in heads:
            repeated.append("".join(slot.cell.text for slot in row if slot.opens_row and slot.opens_column))
        elif _spans_all(row):
            lines.extend(_flattened([row]))
        else:
            lines.append("；".join(_named(names, row)))
    return tuple(line for line in lines if line), tuple(repeated)


def _column_name(slots: Sequence[Slot]) -> tuple[str, ...]:
    """The name of a column: one word, or the names above one another."""
    return tuple(dict.fromkeys(slot.cell.label for slot in slots if slot.cell.text))


def _name_of(names: Sequence[tuple[str, ...]]) -> str:
    """The name of a value that stands in these columns: 限额·职工医保、居民医保, what they share said once."""
    first = names[0]
    shared = next(
        (at for at in range(len(first)) if any(name[: at + 1] != first[: at + 1] for name in names)), len(first)
    )
    own = dict.fromkeys("·".join(name[shared:]) for name in names if name[shared:])
    return "·".join([*first[:shared], *(["、".join(own)] if own else [])])


def _named(names: Sequence[tuple[str, ...]], row: Row) -> list[str]:
    values: list[str] = []
    for at, slot in enumerate(row):
        text = slot.cell.text
        if not slot.opens_column or not text or (not slot.opens_row and len(text) > _LONGEST_CARRIED):
            continue
        width = next((end for end in range(at + 1, len(row)) if row[end].opens_column), len(row)) - at
        name = _name_of(names[at : at + width])
        values.append(f"{name}：{text}" if name else text)
    return values


def _bare(row: Row) -> tuple[str, ...]:
    return tuple(slot.cell.label for slot in row)


def _barred(grid: list[Row]) -> tuple[str, ...]:
    return tuple(
        BAR.join(
            slot.cell.text
            for slot in row
            if slot.opens_column and slot.cell.text and (slot.opens_row or len(slot.cell.text) <= _LONGEST_CARRIED)
        )
        for row in grid
    )
