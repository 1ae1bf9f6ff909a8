"""The report: what the page shows, what JSON holds, and the suite over the real assistant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from assistant.answers import Answer, Clarification, QuestionType, Quotation, Related, Status
from corpus.citations import cite
from corpus.library import Library
from corpus.provisions import Metadata, PolicyDocument, Provision
from eval.__main__ import app
from eval.baselines import CHUNK_SIZE, PlainPipeline, cut, score_plain, shares
from eval.gold import ArticleRef, Expect, GoldQuestion, read_gold
from eval.plots import chinese_family, draw_plots
from eval.record import Heading, as_json
from eval.report import excerpt, name_of, print_report, segments, write_html
from eval.runner import Result, Turn, run
from eval.summary import Evaluation, evaluate

TEXT = "关于配置的通知\n一、医务室<b>至少配置1名医师</b>。\n二、护理站另行规定。\n"
AT = [0, TEXT.index("一、"), TEXT.index("二、"), len(TEXT)]
DOCUMENT = PolicyDocument(
    "notice",
    Metadata("关于配置的通知", "配字〔2025〕1号"),
    TEXT,
    tuple(
        Provision(article, label, "", 1, None, AT[place], AT[place + 1], AT[place + 1])
        for place, (article, label) in enumerate([("0", ""), ("1", "一、"), ("2", "二、")])
    ),
)
LIBRARY = Library(MappingProxyType({"notice": DOCUMENT}))
HEADING = Heading("gold.jsonl", "abc123", datetime(2025, 1, 2, tzinfo=UTC))
FIRST = Path(__file__).parents[1] / "eval" / "gold" / "tuning.jsonl"


def quoted(article: str, marked: str) -> Quotation:
    citation = cite(DOCUMENT, DOCUMENT.find(article))
    at = TEXT.index(marked)
    return Quotation(citation, citation.quote(DOCUMENT), ((at, at + len(marked)),))


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    gold = (ArticleRef("notice", "1"),)
    questions = [
        GoldQuestion("a", "numeric", ("甲？", "那<乙>呢？"), gold, must_include=("1名医师",)),
        GoldQuestion("b", "numeric", ("丙？",), gold),
        GoldQuestion("c", "unanswerable", ("丁？",), expect=Expect.NOT_FOUND),
        GoldQuestion("d", "vague", ("戊？",), expect=Expect.CLARIFY_OR_ANSWERED),
    ]
    near = Related(cite(DOCUMENT, DOCUMENT.find("2")), "护理站另行规定")
    answers = [
        Answer(
            Status.ANSWERED,
            QuestionType.QUANTITY,
            "",
            "甲的乙？",
            "1名医师",
            "",
            (quoted("1", "1名医师"),),
            confidence=0.9,
        ),
        Answer(
            Status.ANSWERED,
            QuestionType.QUANTITY,
            "",
            "丙？",
            "",
            "",
            (quoted("2", "护理站"),),
            confidence=0.4,
        ),
        Answer(Status.NOT_FOUND, QuestionType.GENERAL, "", "丁？", "", "", related=(near,), confidence=0.1),
        Answer(
            Status.CLARIFY,
            QuestionType.GENERAL,
            "",
            "戊？",
            "",
            "",
            clarification=Clarification("请说明", ("己？",)),
        ),
    ]
    results = [
        Result(
            question,
            (Turn(question.turns[-1], answer, 0.01),),
            tuple(ArticleRef("notice", q.citation.article_id) for q in answer.citations),
        )
        for question, answer in zip(questions, answers, strict=True)
    ]
    return evaluate([*results, Result(replace(questions[1], id="e"), (), (), "RuntimeError: 坏了")], LIBRARY)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))
        if tag not in {"meta", "input", "br", "link", "img", "use", "path"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"use", "path"}:
            assert self.open.pop() == tag


def test_the_page(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    write_html(evaluation, HEADING, LIBRARY, path)
    page = path.read_text(encoding="utf-8")
    elements = Elements()
    elements.feed(page)
    assert elements.open == []
    assert sum(tag == "svg" for tag, _ in elements.seen) == 5
    assert "<mark>1名医师</mark>" in page
    assert "医务室&lt;b&gt;至少配置" in page
    assert "那&lt;乙&gt;呢？" in page
    assert "配字〔2025〕1号 二、" in page
    assert "请说明" in page
    assert "RuntimeError: 坏了" in page
    assert page.count('<tr class="passed">') == 3
    assert page.count('<tr class="failed">') == 2


def test_the_page_needs_nothing_else(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_html(evaluation, HEADING, LIBRARY, path)
    elements = Elements()
    elements.feed(path.read_text(encoding="utf-8"))
    assert not [tag for tag, _ in elements.seen if tag in {"script", "link", "img", "iframe"}]
    links = [
        value for _, found in elements.seen for name, value in found.items() if name in {"src", "href", "xlink:href"}
    ]
    assert all((link or "").startswith("#") for link in links)


def test_plots_without_a_chinese_font_say_it_in_english(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.plots.FAMILIES", ())
    assert chinese_family() is None
    assert all(
        plot.svg.startswith("<svg") and plot.svg.rstrip().endswith("</svg>") for plot in draw_plots(evaluation, {})
    )


def test_segments_are_the_quotation() -> None:
    quotation = quoted("1", "1名医师")
    assert segments(quotation) == (("一、医务室<b>至少配置", False), ("1名医师", True), ("</b>。", False))
    assert segments(replace(quotation, highlights=())) == ((quotation.quote, False),)


def test_long_quotations_are_folded_away_from_their_marks() -> None:
    words = "前" * 300 + "要点" + "后" * 300
    document = PolicyDocument("long", Metadata("长"), words, (Provision("1", "一、", "", 1, None, 0, 602, 602),))
    quotation = Quotation(cite(document, document.find("1")), words, ((300, 302),))
    before, mark, after = excerpt(quotation)
    assert mark == ("要点", True)
    assert before[0].startswith("…")
    assert after[0].endswith("…")
    assert len(before[0]) < 60
    assert len(after[0]) < 60


def test_names() -> None:
    assert name_of(ArticleRef("notice", "1"), LIBRARY) == "配字〔2025〕1号 一、"
    assert name_of(ArticleRef("notice", "0"), LIBRARY) == "配字〔2025〕1号 文件首部"
    assert name_of(ArticleRef("gone", "1"), LIBRARY) == "gone#1"


def test_json_and_terminal_say_the_same(evaluation: Evaluation) -> None:
    console = Console(record=True, width=200, file=StringIO())
    print_report(evaluation, console)
    shown = console.export_text()
    record: Any = json.loads(json.dumps(as_json(evaluation, HEADING)))
    assert record["total"]["first_right"] == {"hits": 1, "total": 3, "value": pytest.approx(1 / 3)}
    assert "33.3%" in shown
    assert "合计" in shown
    assert "e 未通过逐字核对" in shown
    assert [question["passed"] for question in record["questions"]] == [True, False, True, True, False]
    assert record["questions"][4]["status"] is None


class ConstantEncoder:
    """Says that the first chunk is nearest, always."""

    def encode_questions(self, texts: Any) -> Any:
        return np.eye(4, dtype=np.float32)[[0] * len(texts)]

    def encode_passages(self, texts: Any) -> Any:
        return np.eye(4, dtype=np.float32)[[min(place, 3) for place in range(len(texts))]]


def test_the_plain_pipeline_is_judged_by_overlap() -> None:
    pipeline = PlainPipeline.build(LIBRARY, ConstantEncoder())
    assert pipeline.answer("问").text == TEXT.strip()
    assert shares(pipeline.answer("问"), DOCUMENT) == {
        ArticleRef("notice", "0"): AT[1],
        ArticleRef("notice", "1"): AT[2] - AT[1],
        ArticleRef("notice", "2"): len(TEXT) - 1 - AT[2],
    }
    gold = [GoldQuestion(article, "x", ("问",), (ArticleRef("notice", article),)) for article in ("1", "2")]
    scores = score_plain([*gold, GoldQuestion("u", "x", ("问",), expect=Expect.NOT_FOUND)], pipeline, LIBRARY)
    assert [(score.overlaps, score.majority) for score in scores] == [(True, True), (True, False)]


def test_chunks_are_ranges_of_the_document() -> None:
    words = "第一段说明情况。\n" * 200
    document = PolicyDocument(
        "long", Metadata("长"), words, (Provision("1", "", "", 1, None, 0, len(words), len(words)),)
    )
    chunks = cut(document)
    assert len(chunks) > 2
    assert all(words[chunk.start : chunk.end] == chunk.text and len(chunk.text) <= CHUNK_SIZE for chunk in chunks)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gold", "x.jsonl", "--beir", "y"], "不能同时使用"),
        (["--beir", "/nowhere-at-all"], "没有 corpus.jsonl"),
    ],
)
def test_the_command_refuses_in_words(arguments: list[str], words: str) -> None:
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 2
    assert words in outcome.output.replace("\n", "").replace(" │", "").replace("│ ", "")


def test_help_is_in_chinese() -> None:
    outcome = CliRunner().invoke(app, ["--help"])
    assert outcome.exit_code == 0
    assert "题目文件" in outcome.output
    assert "bench" in outcome.output


def test_the_real_assistant_over_the_gold_set(assistant: Any, tmp_path: Path) -> None:
    evaluation = evaluate(run(read_gold(FIRST, assistant.library), assistant), assistant.library)
    total = evaluation.total
    assert [score.faults for score in evaluation.scores if score.faults] == []
    assert total.verbatim.total > 100
    assert total.verbatim.hits == total.verbatim.total
    assert (total.first_right.value or 0) >= 0.6
    assert (total.within_five.value or 0) >= 0.85
    write_html(evaluation, HEADING, assistant.library, tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size > 50_000
