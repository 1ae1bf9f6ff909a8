"""The oracle of articles, and what it says of the parser and of plain splitters."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from corpus.structure.cleaning import clean
from corpus.structure.parser import parse
from eval.__main__ import app
from eval.structure import OURS, TARGET, Article, articles_of, measure, print_structure, score

LIBRARY = Path(__file__).parents[2] / "shared" / "library"

STATUTE = """\
# 甲法

目录
第一章 总则
第二章 附则

## 第一章 总则

第一条 为了甲，制定本法。

第二条 下列活动适用本法：
（一）乙；
（二）丙。
第九条规定以外的活动除外。

第三条 国家鼓励丁。
第三条之一 国家支持丁。
服务与保障
第四条 违反本法第二条规定的，
依照第三条处理。第二章 附则 第五条 本法自2025年1月1日起施行。

公开方式：主动公开
"""
NUMBERS = ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条"]


def test_the_oracle_tells_articles_headings_and_what_is_behind() -> None:
    articles = articles_of(STATUTE)
    assert [article.number for article in articles] == NUMBERS
    texts = {article.number: (article.text, article.headings) for article in articles}
    assert texts["第一条"] == ("第一条为了甲，制定本法。", "")
    assert texts["第二条"] == ("第二条下列活动适用本法：（一）乙；（二）丙。第九条规定以外的活动除外。", "")
    assert texts["第三条之一"] == ("第三条之一国家支持丁。", "服务与保障")
    assert texts["第四条"] == ("第四条违反本法第二条规定的，依照第三条处理。", "第二章附则")
    assert texts["第五条"] == ("第五条本法自2025年1月1日起施行。", "")


def test_an_article_out_of_turn_is_text_and_a_number_never_printed_is_passed_over() -> None:
    lines = ["第一条 甲。", "第二条 乙。", "第五条规定的，除外。", "第四条 丙。", "第五条 丁。", "第六条 戊。"]
    articles = articles_of("\n".join(lines))
    assert [article.number for article in articles] == ["第一条", "第二条", "第四条", "第五条", "第六条"]
    assert articles[1].text == "第二条乙。第五条规定的，除外。"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "一、甲\n二、乙",
        "第一条 甲。\n第二条 乙。\n第三条 丙。\n第四条 丁。",
        "第二条 甲。\n第三条 乙。\n第四条 丙。" * 3,
    ],
)
def test_what_has_no_chain_of_articles_is_no_statute(source: str) -> None:
    assert articles_of(source) == ()


@pytest.mark.parametrize(
    ("piece", "whole", "bare"),
    [
        ("第一条 甲。\n（一）乙。", 1, 1),
        ("## 第一条 甲。（一）乙。\n\n", 1, 1),
        ("第一条 甲。（一）乙。\n第二章 附则", 1, 0),
        ("第一条 甲。", 0, 0),  # not whole
        ("第一条 甲。（一）乙。第二章 附则 第二条 丙。", 0, 0),  # not alone
        ("（一）乙。第一条 甲。（一）乙。", 0, 0),  # does not begin at its number
        ("第一条 甲。（二）乙。", 0, 0),
    ],
)
def test_a_piece_holds_an_article_whole_and_alone(piece: str, whole: int, bare: int) -> None:
    article = Article("第一条", "第一条甲。（一）乙。", "第二章附则")
    scored = score("a way", [article], ["序言", piece])
    assert (scored.articles, scored.whole, scored.bare) == (1, whole, bare)
    assert [number for number, _ in scored.failures] == [] if whole else ["第一条"]


def test_the_parser_keeps_every_article_of_the_example() -> None:
    text = clean(STATUTE).text
    pieces = [text[provision.start : provision.subtree_end] for provision in parse(text)]
    assert score(OURS, articles_of(STATUTE), pieces).bare == len(NUMBERS)
    assert score("one piece", articles_of(STATUTE), [text]).whole == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "a.txt").write_text(STATUTE, encoding="utf-8")
    (tmp_path / "b.txt").write_text("关于甲的通知\n一、甲。\n二、乙。\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("\n", encoding="utf-8")
    return tmp_path


def test_a_folder_is_measured_every_way(folder: Path) -> None:
    measured = measure(folder, Console(file=io.StringIO()))
    assert (measured.documents, measured.statutes, list(measured.unread)) == (2, 1, ["c.txt"])
    assert set(measured.reports) == {"b.txt", str(Path("local", "a.txt"))}
    assert (measured.lost, measured.passed) == ((), True)
    ours, *plain = measured.scores
    assert (ours.name, ours.articles, ours.whole, ours.bare) == (OURS, 6, 6, 6)
    assert len(plain) == 3
    assert all(other.articles == 6 and other.whole < 6 for other in plain)
    by_expression = plain[-1]
    assert {number.rpartition(" ")[2] for number, _ in by_expression.failures} >= {"第二条", "第四条"}


def test_the_report_says_what_was_measured(folder: Path) -> None:
    printed = io.StringIO()
    measured = measure(folder, Console(file=io.StringIO()))
    print_structure(measured, Console(file=printed, width=120), verbose=True)
    assert re.search(r"医养问策\s+6\s+6\s+100\.00%\s+100\.00%", printed.getvalue())
    assert "读入 2 份文件，其中 1 份逐条编号" in printed.getvalue()
    assert "字数守恒 2 份（100%）；未能读取 1 份" in printed.getvalue()
    assert "未能读取：c.txt" in printed.getvalue()


def test_the_command_fails_where_an_article_is_not_whole(folder: Path) -> None:
    run = CliRunner()
    assert run.invoke(app, ["structure", str(folder)]).exit_code == 0
    # Lines that the oracle takes for articles, and the parser for articles named: 第一条的…
    named = "\n".join(f"第{number}条的甲乙。" for number in "一二三四五六七")
    (folder / "d.txt").write_text(f"乙法\n{named}\n", encoding="utf-8")
    done = run.invoke(app, ["structure", str(folder), "--verbose"])
    assert done.exit_code == 1
    assert "未能完整独立：d.txt 第一条" in done.output
    assert run.invoke(app, ["structure", str(folder / "nowhere")]).exit_code == 2


@pytest.mark.parametrize("part", ["national", "local"])
def test_the_statutes_of_the_library_are_whole_and_alone(part: str) -> None:
    if not (LIBRARY / part).is_dir():
        pytest.skip(f"{LIBRARY / part} is not on this machine")
    sources = [path.read_text("utf-8") for path in sorted((LIBRARY / part).glob("*.txt"))[::4]]
    articles = whole = 0
    for source in sources:
        text = clean(source).text
        pieces = [text[provision.start : provision.subtree_end] for provision in parse(text)]
        scored = score(OURS, articles_of(source), pieces)
        articles, whole = articles + scored.articles, whole + scored.whole
    assert articles > 500
    assert whole / articles >= TARGET
