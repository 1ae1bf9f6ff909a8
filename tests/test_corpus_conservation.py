"""The account of a document: every character, every number, every line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.provisions import Provision
from corpus.structure.cleaning import Artefact, Cleaned, clean
from corpus.structure.conservation import Conservation, Gap, Line, account, conservation
from corpus.structure.parser import parse

DOCUMENTS = Path(__file__).parents[1] / "corpus" / "documents"


def report_on(source: str) -> Conservation:
    cleaned = clean(source)
    return conservation(source, cleaned, parse(cleaned.text))


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_documents_at_hand_lose_nothing(path: Path) -> None:
    source = path.read_text("utf-8")
    report = report_on(source)
    assert not report.lost
    assert report.characters_in == len("".join(source.split()))
    assert report.in_provisions + sum(report.dropped.values()) == report.characters_in
    assert (report.gaps, report.duplicates, report.unplaced, report.unopened) == ((), (), (), ())
    assert account(report).endswith("没有文字丢失。")


def test_characters_are_counted_without_space_and_dropped_ones_by_kind() -> None:
    source = "# **甲办法**\n\n第一条 应当备案。<!-- 完 -->\n— 1 —\n第二条 乙。\n"
    report = report_on(source)
    assert report.dropped == {"markdown heading": 1, "markdown bold": 4, "comment": 8, "page number": 3}
    assert report.in_provisions == len("甲办法第一条应当备案。第二条乙。")
    assert report.characters_in == report.in_provisions + 16
    assert account(report).split("\n")[:2] == [
        "原文 32 字，归入条目 16 字，作为版面去除 16 字（不计空白）。",
        "去除的版面：注释 8 字，加粗符号 4 字，标题符号 1 字，页码 3 字。",
    ]


def test_what_the_reader_dropped_counts_as_part_of_the_file() -> None:
    source = "第一条 甲。"
    cleaned = clean(source)
    before = (Artefact("navigation", "首页 新闻"), Artefact("something new", "甲乙"))
    report = conservation(source, cleaned, parse(cleaned.text), before)
    assert (report.characters_in, report.in_provisions) == (11, 5)
    assert report.dropped == {"navigation": 4, "something new": 2}
    assert "导航 4 字，something new 2 字" in account(report)
    assert not report.lost


# Paragraphs divided by /, and the gaps: after, before, how many numbers are missing.
GAPS = [
    ("第一条 甲。/第二条 乙。/第三条 丙。", []),
    ("第十二条 甲。/第十四条 乙。", [(None, "12", 11), ("12", "14", 1)]),
    ("第一章 甲/第一条 甲。/第三章 乙/第二条 乙。", [("c1", "c3", 1)]),
    ("第一条 甲。/第一条之二 乙。/第二条 丙。", []),
    ("一、甲/（一）乙/（三）丙/二、丁", [("1.1", "1.3", 1)]),
    # lists that run on from one section into the next, as in real documents
    ("一、甲/（一）乙/（二）丙/二、丁/（三）戊", []),
    ("一、甲/1.乙/2.丙/二、丁/4.戊", [(None, "2.4", 3)]),
    # a list that goes on in other brackets
    ("七、甲/（一）乙/（二）丙/（3）丁", [(None, "7", 6)]),
    # articles count through all chapters, annexes for themselves
    ("第一章 甲/第一条 甲。/第二章 乙/第二条 乙。", []),
    ("一、甲。/附件1/甲表/一、乙/附件2/乙表/二、丙", [(None, "a2:2", 1)]),
    # a number repeated leaves no gap
    ("第一条 甲。/第一条 乙。/第二条 丙。", []),
]


@pytest.mark.parametrize(("paragraphs", "gaps"), GAPS)
def test_numbers_left_out_are_reported(paragraphs: str, gaps: list[tuple[str | None, str, int]]) -> None:
    report = report_on(paragraphs.replace("/", "\n"))
    assert report.gaps == tuple(Gap(*gap) for gap in gaps)
    assert not report.lost
    assert ("编号空缺" in account(report)) is bool(gaps)


def test_gaps_duplicates_and_lines_are_told_in_words() -> None:
    told = account(report_on("第一条 甲。\n第三条 乙。\n第三条 丙。\nl5.丁。\n第二条规定以外的，从其规定。"))
    assert "编号空缺 1 处：1 与 3 之间缺 1 个编号。" in told
    assert "编号重复 1 处：3~2。" in told
    assert "以编号开头而未作条目的行 1 处：第 4 行“l5.丁。”。" in told


def test_a_named_article_that_opens_a_paragraph_is_no_doubt() -> None:
    """«第三条规定以外的» is a paragraph of its own there; within an item nobody can tell but a person."""
    report = report_on("第一条 甲：\n（一）乙；\n第三条规定以外的丙；\n（二）丁。")
    assert report.unopened == (Line(3, "第三条规定以外的丙；"),)


def test_contents_and_lists_of_annexes_are_no_doubt() -> None:
    report = report_on(
        "甲法\n目录\n第一章 甲\n第二章 乙\n第一章 甲\n第一条 甲。\n第二章 乙\n第二条 乙。\n附件：1.丙\n2.丁"
    )
    assert (report.gaps, report.duplicates, report.unopened) == ((), (), ())


def test_a_loss_is_told() -> None:
    source = "第一条 应当备案。\n第二条 乙。"
    text = "第一条 备案。\n第二条 乙。"
    report = conservation(source, Cleaned(text), parse(text))
    assert report.lost
    assert "有文字丢失或次序改变，请勿使用。" in account(report)
    assert "没有文字丢失" not in account(report)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_text_in_no_provision_is_a_loss_told_by_its_lines(missing: int) -> None:
    source = "甲办法\n第一条 甲。\n乙。\n第二条 丙。"
    cleaned = clean(source)
    provisions = list(parse(cleaned.text))
    assert [each.article_id for each in provisions] == ["0", "1", "1.2", "2"]
    left = provisions.pop(missing)
    report = conservation(source, cleaned, provisions)
    assert report.lost
    assert report.unplaced == (Line(missing + 1, source.split("\n")[missing]),)
    assert report.in_provisions == report.characters_in - len("".join(cleaned.text[left.start : left.end].split()))
    assert f"未归入条目的行 1 处：第 {missing + 1} 行" in account(report)


def test_text_in_two_provisions_is_not_counted_as_kept() -> None:
    source = "第一条 甲。\n第二条 乙。"
    cleaned = clean(source)
    first, second = parse(cleaned.text)
    stretched: Provision = replace(first, end=second.end, subtree_end=second.end)
    assert conservation(source, cleaned, (stretched, second)).lost


def test_many_doubts_are_told_in_brief() -> None:
    told = account(report_on("\n".join(f"第{number}条 甲。" for number in range(1, 200, 2))))
    assert "编号空缺 99 处：" in told
    assert "等共 99 处。" in told
    assert told.count("之间缺") == 20
