"""An evaluation shown: a table on the terminal and one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from assistant.answers import Quotation, Status
from corpus.library import Library
from eval.baselines import PlainScore
from eval.gold import ArticleRef, Expect
from eval.plots import chinese_family, draw_plots
from eval.record import Heading, read_measured
from eval.summary import Evaluation, Rate, Summary

TEMPLATES = Path(__file__).with_name("templates")
AROUND = 42
"""Characters kept on each side of the marks where a quotation is shortened for the table."""

TYPES = {
    "total": "合计", "numeric": "数量", "quantity": "数量", "permission": "许可", "responsibility": "职责",
    "deadline": "期限", "procedure": "程序条件", "list": "列举", "fact": "文件信息", "lookup": "按条查找",
    "comparison": "比较", "outline": "概要", "dialogue": "连续提问", "vague": "问法含糊",
    "colloquial": "口语", "typo": "错别字与繁体", "unanswerable": "文件未载", "general": "一般",
}  # fmt: skip
STATUSES = {
    Status.ANSWERED: "已作答",
    Status.UNSPECIFIED: "文件未写明",
    Status.CLARIFY: "请补充",
    Status.NOT_FOUND: "未找到",
}
EXPECTS = {
    Expect.ANSWERED: "应作答",
    Expect.NOT_FOUND: "应说明没有",
    Expect.CLARIFY_OR_ANSWERED: "可澄清或作答",
}
WIDE = 100
"""Columns a terminal needs to show every score; a narrower one is spared LEFT_OUT, which the page has."""
LEFT_OUT = ("ndcg", "verbatim")
COLUMNS = (
    ("通过", "passed", "判断正确、首条命中、引文含要点"),
    ("首条命中", "first_right", "第一条引文即标准条目；要求全部条目的，引文须包含全部标准条目"),
    ("前五命中", "within_five", "引文与检索结果合并后，标准条目在前五位之内"),
    ("MRR", "mrr", "引文与检索结果合并后，第一个标准条目名次的倒数，取前十位"),
    ("nDCG@10", "ndcg", "引文与检索结果合并后的归一化折损累积增益，取前十位"),
    ("判断正确", "status_right", "作答、澄清、拒答符合预期；“文件未写明”也算拒答"),
    ("含要点", "included", "引文中有题目规定的文字"),
    ("标要点", "marked", "标记与题目规定的文字重叠"),
    ("逐字", "verbatim", "引文和摘录逐一对照原文，文字、校验值、条目范围均相符"),
)


def print_report(evaluation: Evaluation, console: Console, plain: tuple[PlainScore, ...] = ()) -> None:
    """The table of scores by type, the figures of the whole set, and every quotation that is not verbatim."""
    console.print(
        _table(evaluation, [field for _, field, _ in COLUMNS if console.width >= WIDE or field not in LEFT_OUT])
    )
    for name, value, _ in facts(evaluation, plain):
        console.print(f"{name}：{value}", highlight=False, soft_wrap=True)
    for score in evaluation.scores:
        for fault in score.faults:
            console.print(f"{score.question.id} 未通过逐字核对：{fault}", style="red", markup=False, soft_wrap=True)


def _table(evaluation: Evaluation, fields: Sequence[str]) -> Table:
    table = Table(
        title="评测结果",
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("类型", no_wrap=True)
    table.add_column("题数", justify="right", no_wrap=True)
    for title, field, _ in COLUMNS:
        if field in fields:
            table.add_column(title, justify="right", no_wrap=True)
    for group in (*evaluation.by_type, evaluation.total):
        last = group is evaluation.total
        if last:
            table.add_section()
        table.add_row(*_cells(group, fields), style="bold" if last else None)
    return table


def facts(evaluation: Evaluation, plain: tuple[PlainScore, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """The figures that belong to the whole set: (name, value, meaning)."""
    total = evaluation.total
    yield "逐字一致", counted(total.verbatim), "引文和摘录逐一对照原文"
    yield "应拒答而拒答", counted(total.refused), "文件未载的问题，说明没有或未写明"
    yield "误拒", counted(total.false_refusals), "文件能回答的问题，却说没有或未写明"
    yield (
        "把握程度的区分度（AUC）",
        number(total.auc, 3),
        "任取一道能回答、一道不能回答的题，前者把握更高的概率",
    )
    yield "用时", f"p50 {total.p50_ms:.1f} 毫秒，p95 {total.p95_ms:.1f} 毫秒", "每题最后一轮，不含网络"
    yield "首条引文长度中位数", number(total.quote_length, 0) + " 字", "引得越短越便于阅读"
    if plain:
        hits = Rate(sum(score.overlaps for score in plain), len(plain))
        majority = Rate(sum(score.majority for score in plain), len(plain))
        note = "定长切块、同一编码器、向量检索取第一块；只要与标准条目有一字重叠即算命中，不要求逐条引用"
        yield "普通流程首块命中", f"{counted(hits)}（按重叠最多的条目计 {counted(majority)}）", note


def write_html(
    evaluation: Evaluation, heading: Heading, library: Library, path: Path, plain: tuple[PlainScore, ...] = ()
) -> None:
    """Write the page; its folder is made. Raises OSError where it cannot be written."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "counted": counted, "number": number}
    page = environment.get_template("report.html.j2").render(
        heading=heading,
        evaluation=evaluation,
        columns=COLUMNS,
        facts=tuple(facts(evaluation, plain)),
        measured=read_measured(),
        plots=draw_plots(evaluation, TYPES),
        chinese_plots=chinese_family() is not None,
        types=TYPES,
        statuses=STATUSES,
        expects=EXPECTS,
        segments=segments,
        excerpt=excerpt,
        name_of=lambda ref: name_of(ref, library),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def percent(rate: Rate) -> str:
    """33.3%, or — where nothing was counted."""
    return "—" if rate.value is None else f"{rate.value:.1%}"


def counted(rate: Rate) -> str:
    """33.3%（1/3）, or — where nothing was counted."""
    return "—" if rate.value is None else f"{rate.value:.1%}（{rate.hits}/{rate.total}）"


def number(value: float | None, digits: int = 3) -> str:
    """With that many decimals, or — where there is no value."""
    return "—" if value is None else f"{value:.{digits}f}"


def name_of(ref: ArticleRef, library: Library) -> str:
    """An article as people write it: the document's short name or title, and the label as printed."""
    if ref.document_id not in library or not library.get(ref.document_id).has(ref.article_id):
        return str(ref)
    document = library.get(ref.document_id)
    label = document.find(ref.article_id).label or {"0": "文件首部", "end": "文件尾部"}.get(
        ref.article_id, ref.article_id
    )
    return f"{document.metadata.document_number or document.metadata.title} {label}"


def segments(quotation: Quotation) -> tuple[tuple[str, bool], ...]:
    """The quotation cut at its highlights: (words, marked), in order; joined, the words are the quotation."""
    start = quotation.citation.start
    marked = {at - start for left, right in quotation.highlights for at in range(left, right)}
    pieces: list[tuple[str, bool]] = []
    for at, character in enumerate(quotation.quote):
        if pieces and pieces[-1][1] == (at in marked):
            pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
        else:
            pieces.append((character, at in marked))
    return tuple(pieces)


def excerpt(quotation: Quotation) -> tuple[tuple[str, bool], ...]:
    """The segments with long unmarked stretches folded to …, for a table cell; the full quotation stands beside it."""
    pieces = segments(quotation)
    shown: list[tuple[str, bool]] = []
    for place, (words, marked) in enumerate(pieces):
        if marked or len(words) <= 2 * AROUND:
            shown.append((words, marked))
        elif place == 0:
            shown.append(("…" + words[-AROUND:] if len(pieces) > 1 else words[: 2 * AROUND] + "…", False))
        elif place == len(pieces) - 1:
            shown.append((words[:AROUND] + "…", False))
        else:
            shown.append((words[:AROUND] + "…" + words[-AROUND:], False))
    return tuple(shown)


def _cells(summary: Summary, fields: Sequence[str]) -> Iterator[str]:
    yield TYPES.get(summary.name, summary.name)
    yield str(summary.questions)
    for field in fields:
        value: Rate | float | None = getattr(summary, field)
        yield percent(value) if isinstance(value, Rate) else number(value)
