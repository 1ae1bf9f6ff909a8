"""The report's plots, as SVG text to be placed inside an HTML page.

Glyphs are drawn as paths, so a page looks the same where no Chinese font is installed. Where none is installed when
the plots are made, the labels are in English.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import RcKeyType
from sklearn.calibration import calibration_curve

from eval.metrics import Score
from eval.summary import Evaluation, Rate, risk_coverage

FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Noto Sans CJK JP", "Noto Serif CJK SC", "SimSun",
)  # fmt: skip
"""Families with Chinese glyphs, the more legible at small sizes first."""
INK, TEAL, SAND, RUST, GRID = "#22313a", "#0f6b6b", "#c9a45c", "#b4532a", "#e3e7e8"


@dataclass(frozen=True, slots=True)
class Plot:
    """title and note are for the page; svg is one <svg> element."""

    title: str
    note: str
    svg: str


def chinese_family() -> str | None:
    """The first family of FAMILIES that is installed."""
    installed = {font.name for font in fontManager.ttflist}
    return next((family for family in FAMILIES if family in installed), None)


def draw_plots(evaluation: Evaluation, type_names: dict[str, str]) -> tuple[Plot, ...]:
    """The plots that the evaluation has data for."""
    family = chinese_family()
    settings: dict[RcKeyType, Any] = {
        "font.family": [family] if family else ["DejaVu Sans"],
        "svg.fonttype": "path",
        "svg.hashsalt": "yiyang",
        "axes.unicode_minus": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "font.size": 9.5,
    }

    def say(chinese: str, english: str) -> str:
        return chinese if family else english

    with matplotlib.rc_context(settings):
        return (
            Plot(
                "分类型得分",
                "首条命中：第一条引文即标准条目；前五命中：标准条目在前五位之内；判断正确：作答、澄清或拒答符合预期。",
                _svg(
                    9.6,
                    0.46 * len(evaluation.by_type) + 0.9,
                    lambda ax: _bars(ax, evaluation, type_names, say),
                ),
            ),
            Plot(
                "把握程度的分布",
                "文件能回答的问题与不能回答的问题，把握程度应当分开；重叠越少，越分得清何时该拒答。",
                _svg(5.0, 3.2, lambda ax: _confidences(ax, evaluation.scores, say)),
            ),
            Plot(
                "把握程度的可靠性",
                "按把握程度分十组：横轴为组内平均把握程度，纵轴为组内文件确能回答的比例；点在对角线上，把握程度就名副其实。",
                _svg(5.0, 3.2, lambda ax: _reliability(ax, evaluation.scores, say)),
            ),
            Plot(
                "风险—覆盖曲线",
                "按把握程度从高到低作答：横轴为作答的比例，纵轴为其中首条引文不对的比例。",
                _svg(5.0, 3.2, lambda ax: _risk(ax, evaluation.scores, say)),
            ),
            Plot(
                "应答用时",
                "每题最后一轮提问的用时，不含网络；竖线为中位数与第 95 百分位。",
                _svg(5.0, 3.2, lambda ax: _latency(ax, evaluation, say)),
            ),
        )


Say = Callable[[str, str], str]


def _bars(axes: Axes, evaluation: Evaluation, names: dict[str, str], say: Say) -> None:
    groups = evaluation.by_type
    at = np.arange(len(groups))
    series: tuple[tuple[str, str, list[Rate]], ...] = (
        (say("首条命中", "first right"), TEAL, [group.first_right for group in groups]),
        (say("前五命中", "within five"), SAND, [group.within_five for group in groups]),
        (say("判断正确", "status right"), "#7a93a0", [group.status_right for group in groups]),
    )
    for place, (label, colour, rates) in enumerate(series):
        offset = at + (place - 1) * 0.26
        axes.barh(offset, [rate.value or 0 for rate in rates], height=0.23, color=colour, label=label)
        for y, rate in zip(offset, rates, strict=True):
            words = f"{rate.hits}/{rate.total}" if rate.total else "—"
            axes.text((rate.value or 0) + 0.008, y, words, va="center", fontsize=7)
    axes.set_yticks(at, [say(names.get(group.name, group.name), group.name) for group in groups])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(0, 1.08)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="x", color=GRID)
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, frameon=False)


def _confidences(axes: Axes, scores: Sequence[Score], say: Say) -> None:
    answerable = [score.confidence for score in scores if score.question.answerable]
    unanswerable = [score.confidence for score in scores if score.question.unanswerable]
    bins = np.linspace(0, 1, 21).tolist()
    axes.hist(answerable, bins=bins, color=TEAL, alpha=0.85, label=say("能回答", "answerable"))
    axes.hist(unanswerable, bins=bins, color=RUST, alpha=0.7, label=say("不能回答", "unanswerable"))
    axes.set_xlabel(say("把握程度", "confidence"))
    axes.set_ylabel(say("题数", "questions"))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0, 1)
    axes.grid(axis="y", color=GRID)
    axes.legend(frameon=False)


def _reliability(axes: Axes, scores: Sequence[Score], say: Say) -> None:
    judged = [score for score in scores if score.question.answerable or score.question.unanswerable]
    truth = [score.question.answerable for score in judged]
    if len(set(truth)) == 2:
        believed = [score.confidence for score in judged]
        actual, stated = calibration_curve(truth, believed, n_bins=10)
        axes.plot(stated, actual, color=TEAL, marker="o", markersize=4, linewidth=1.6)
    axes.plot([0, 1], [0, 1], color=RUST, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_xlabel(say("把握程度", "confidence"))
    axes.set_ylabel(say("确能回答的比例", "share answerable"))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.grid(color=GRID)


def _risk(axes: Axes, scores: Sequence[Score], say: Say) -> None:
    points = risk_coverage(scores)
    if points:
        coverage, risk = zip(*points, strict=True)
        axes.step(coverage, risk, where="post", color=TEAL, linewidth=1.8)
        axes.fill_between(coverage, risk, step="post", color=TEAL, alpha=0.12)
        axes.axhline(risk[-1], color=RUST, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.text(
            0.99,
            risk[-1],
            say(f"全部作答 {risk[-1]:.0%}", f"all answered {risk[-1]:.0%}"),
            va="bottom",
            ha="right",
            color=RUST,
        )
    axes.set_xlabel(say("覆盖（作答的比例）", "coverage"))
    axes.set_ylabel(say("风险（不对的比例）", "risk"))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max([0.1, *(risk for _, risk in points)]) * 1.15)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(color=GRID)


def _latency(axes: Axes, evaluation: Evaluation, say: Say) -> None:
    times = [score.result.seconds * 1000 for score in evaluation.scores]
    axes.hist(times, bins=24, color=TEAL, alpha=0.85)
    for value, label, side in ((evaluation.total.p50_ms, "p50", "right"), (evaluation.total.p95_ms, "p95", "left")):
        axes.axvline(value, color=RUST, linewidth=1.1)
        axes.text(value, 1.02, f"{label} {value:.1f}", transform=axes.get_xaxis_transform(), ha=side, color=RUST)
    axes.set_xlabel(say("用时（毫秒）", "milliseconds"))
    axes.set_ylabel(say("题数", "questions"))
    axes.set_xlim(left=0)
    axes.grid(axis="y", color=GRID)


def _svg(width: float, height: float, draw: Callable[[Axes], None]) -> str:
    """Inches; a Figure of its own, not pyplot's, so that nothing global is kept open."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    draw(axes)
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
