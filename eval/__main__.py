"""python -m eval: score the assistant on a gold file, retrieval on a folder in BEIR form, or measure its speed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

from eval.gold import GoldError, GoldQuestion, survey_gold

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from eval.baselines import PlainScore
    from eval.summary import Evaluation
    from index.encoder import Encoder

GOLD = Path(__file__).with_name("gold")
TUNING, REPORTING = GOLD / "tuning.jsonl", GOLD / "reporting.jsonl"
FAILED_CHECK, BAD_INPUT = 1, 2
Made = TypeVar("Made")

app = typer.Typer(
    help="医养问策的评测：问答得分、检索得分与性能。",
    epilog="设置：环境变量 YIYANG_HOME（数据目录，默认 ./var）、YIYANG_ENCODER（编码器的名称或路径，默认用自带模型）。",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
out = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120)
err = Console(stderr=True)

Home = Annotated[Path, typer.Option(envvar="YIYANG_HOME", help="数据目录。", show_default="./var", metavar="DIR")]
EncoderName = Annotated[
    str, typer.Option(envvar="YIYANG_ENCODER", help="编码器的名称或路径；留空用自带模型。", metavar="NAME")
]
GoldFile = Annotated[Path, typer.Option(help="问题取自这个题目文件。", metavar="FILE", show_default="自带的题目")]


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where results are written besides the terminal; None where they are not, or to the default place."""

    json: Path | None
    html: Path | None


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    gold: Annotated[
        Path | None,
        typer.Option(help="题目文件（JSON Lines），对助手逐题提问并评分。默认用自带的题目。", metavar="FILE"),
    ] = None,
    beir: Annotated[Path | None, typer.Option(help="BEIR 格式的文件夹，只评检索。", metavar="DIR")] = None,
    json_to: Annotated[Path | None, typer.Option("--json", help="另将全部结果写成 JSON。", metavar="OUT")] = None,
    html: Annotated[
        Path | None, typer.Option(help="网页报告写到何处；默认在数据目录的 reports 下。", metavar="OUT")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="同时跑普通流程（定长切块加向量检索），以作比较。")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="把这次的得分定为新的基线（只用于自带的报告题目）。")
    ] = False,
    skip_faulty: Annotated[bool, typer.Option("--skip-faulty", help="题目有错时跳过该题，不中止。")] = False,
    limit_queries: Annotated[int | None, typer.Option(help="BEIR：只用前 N 条查询。", min=1, metavar="N")] = None,
    lexical_only: Annotated[bool, typer.Option("--lexical-only", help="BEIR：只评关键词检索，不计算向量。")] = False,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """对助手逐题提问并评分；给出 --beir 时只评检索。

    引文有一处与原文不符，或自带的报告题目得分低于基线，返回码即为 1。
    """
    if context.invoked_subcommand is not None:
        return
    if gold is not None and beir is not None:
        raise typer.BadParameter("--gold 与 --beir 不能同时使用")
    if beir is not None:
        _run_beir(beir, limit_queries, None if lexical_only else encoder, home, json_to)
    else:
        evaluation = _run_gold(gold or REPORTING, home, encoder, Outputs(json_to, html), baseline, skip_faulty)
        if gold is None and not encoder:
            _hold(evaluation, accept)
        elif accept:
            raise typer.BadParameter("--accept 只用于自带的题目和自带的编码器")


@app.command()
def bench(
    gold: GoldFile = REPORTING,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """测量启动时间、内存与应答时间，并与编码器自身、普通流程相比。约一分钟，只用本机回环地址。"""
    from eval.baselines import PlainPipeline
    from eval.bench import Local, distinct_questions, measure, print_bench
    from eval.server import ServerFault

    assistant = _open(home, encoder)
    questions = distinct_questions(_questions(gold, assistant, skip_faulty=False))
    loaded = _load_encoder(encoder, home)
    local = Local(assistant, loaded, PlainPipeline.build(assistant.library, loaded))
    try:
        settings = {"YIYANG_HOME": str(home.resolve()), "YIYANG_ENCODER": encoder}
        print_bench(measure(questions, local, settings, err), out)
    except ServerFault as fault:
        err.print(f"测量未完成：{fault}", style="red", markup=False)
        raise typer.Exit(FAILED_CHECK) from None


@app.command()
def train(
    gold: Annotated[
        Path, typer.Option(help="调优用的题目文件。", metavar="FILE", show_default="自带的调优题目")
    ] = TUNING,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """用调优题目重新拟合排序与判断两个小模型，写入 assistant/weights.json；同样的题目与索引得到同样的文件。"""
    from assistant.models import PATH
    from eval.training import examples, write_weights
    from eval.training import train as fit

    assistant = _open(home, encoder)
    fitted = fit(examples(_questions(gold, assistant, skip_faulty=False), assistant))
    write_weights(fitted, PATH)
    out.print(
        f"用 {fitted.questions} 题拟合；十折交叉验证：首条命中 {fitted.first_right:.1%}，"
        f"区分度（AUC）{fitted.auc:.3f}，首个标记含要点 {fitted.first_marked:.1%}",
        highlight=False,
    )
    for name, first_right in fitted.ablation.items():
        out.print(f"  去掉「{name}」后首条命中 {first_right:.1%}", highlight=False)
    out.print(f"权重已写入 {PATH}", soft_wrap=True, highlight=False)


@app.command()
def crowd(
    folder: Annotated[
        Path, typer.Argument(help="要添加的文件所在的文件夹。", metavar="DIR", exists=True, file_okay=False)
    ],
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """文件库增大之后，自带题目的得分变化：把文件夹里的文件全部添加到临时的文件库再评。需要数分钟。"""
    from eval.crowding import crowding, print_crowding

    assistant = _open(home, encoder)
    asked = [question for path in (TUNING, REPORTING) for question in _questions(path, assistant, skip_faulty=False)]
    documents, found = crowding(asked, assistant, folder, _load_encoder(encoder, home), err)
    print_crowding(documents, found, out)


@app.command()
def questions(home: Home = Path("var"), encoder: EncoderName = "") -> None:
    """比较有无预想问题：各自建索引、重新拟合，在报告题目上评分。约两分钟。"""
    from eval.questions import print_comparison, with_and_without

    assistant = _open(home, encoder)
    tuning, reporting = (_questions(path, assistant, skip_faulty=False) for path in (TUNING, REPORTING))
    print_comparison(with_and_without(tuning, reporting, assistant.library, _load_encoder(encoder, home), err), out)


@app.command()
def structure(
    folder: Annotated[Path, typer.Argument(help="法律、法规、文件所在的文件夹，含下级文件夹。", metavar="DIR")],
    verbose: Annotated[bool, typer.Option("--verbose", help="逐一列出未能完整独立的条文和未能读取的文件。")] = False,
) -> None:
    """核对结构解析：每一条是否完整而独立，字数是否守恒，并与通用切分方式对比。未达标时返回码为 1。"""
    from eval.structure import measure, print_structure

    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} 不是文件夹")
    measured = measure(folder, err)
    print_structure(measured, out, verbose=verbose)
    if not measured.passed:
        raise typer.Exit(FAILED_CHECK)


@app.command()
def compare(
    candidate: Annotated[
        Path,
        typer.Option(
            help="候选的数据目录：其中的文件库和索引将取代现用的。", metavar="DIR", exists=True, file_okay=False
        ),
    ],
    gold: GoldFile = REPORTING,
    json_to: Annotated[Path | None, typer.Option("--json", help="结果写成 JSON。", metavar="OUT")] = None,
    progress: Annotated[bool, typer.Option("--progress", help="在标准输出逐行写出进度（JSON）。")] = False,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """发布之前的把关：同一批题目问现用的和候选的文件库。有一项得分下降超过允许的幅度，返回码为 1。"""
    from corpus.anticipated import AnticipatedError
    from corpus.holdings import library_at
    from corpus.versions import DamagedHolding
    from eval.comparing import NothingToAsk, as_json
    from eval.comparing import compare as held_beside

    try:
        found = held_beside(
            gold,
            lambda: _open(home, encoder),
            lambda: _open(candidate, encoder),
            library_at(candidate),
            _tell if progress else _say_nothing,
        )
    except (GoldError, NothingToAsk, DamagedHolding, AnticipatedError) as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    if json_to is not None:
        _write_json(json_to, as_json(found))
    for fall in found.falls:
        err.print(f"低于现用：{fall}", style="red", markup=False)
    if found.falls:
        raise typer.Exit(FAILED_CHECK)
    if not progress:
        out.print(f"各项得分不低于现用的文件库（{found.asked} 题）。")


@app.command()
def load(
    soak: Annotated[
        float, typer.Option(help="最后持续提问多少秒，看内存是否持平；0 为不做。", min=0, metavar="秒")
    ] = 180,
    people: Annotated[
        int, typer.Option(help="不找上限，只以这么多人持续提问，每人平均每秒一问。", min=0, show_default="先找上限")
    ] = 0,
    workers: Annotated[int, typer.Option(help="服务的进程数。", min=1, max=64)] = 2,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """用 locust 逐级加压，找出 p99 不超过 100 毫秒时每秒能答多少问；再持续提问，看内存是否持平。只用本机回环地址。

    有请求出错、或内存增减超过 5%，返回码为 1。
    """
    from eval.load.measuring import under_load
    from eval.load.report import print_load
    from eval.server import ServerFault

    settings = {"YIYANG_HOME": str(home.resolve()), "YIYANG_ENCODER": encoder}
    try:
        found = under_load(settings, TUNING, workers, people, soak, err)
    except ServerFault as fault:
        err.print(f"测量未完成：{fault}", style="red", markup=False)
        raise typer.Exit(FAILED_CHECK) from None
    print_load(found, workers, out)
    if not found.passes:
        raise typer.Exit(FAILED_CHECK)


@app.command()
def glossary(
    candidate: Annotated[
        Path,
        typer.Argument(help="候选的本单位词表（glossary.toml）。", metavar="FILE", exists=True, dir_okay=False),
    ],
    gold: GoldFile = REPORTING,
    also: Annotated[
        Path | None, typer.Option(help="另问这个题目文件中无误的题目，例如数据目录下的 gold.jsonl。", metavar="FILE")
    ] = None,
    json_to: Annotated[Path | None, typer.Option("--json", help="结果写成 JSON。", metavar="OUT")] = None,
    progress: Annotated[bool, typer.Option("--progress", help="在标准输出逐行写出进度（JSON）。")] = False,
    home: Home = Path("var"),
    encoder: EncoderName = "",
) -> None:
    """保存本单位词表之前的把关：同一批题目用现用的和候选的词表各答一遍。有一项得分下降超过允许的幅度，返回码为 1。"""
    from assistant.glossary import GlossaryError, load_own
    from eval.glossary import questions_of, trial_as_json, try_out

    try:
        own = load_own(candidate)
        assistant = _open(home, encoder)
        trial = try_out(
            questions_of(gold, also, assistant.library), assistant, own, _tell if progress else _say_nothing
        )
    except (GoldError, GlossaryError) as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    if json_to is not None:
        _write_json(json_to, trial_as_json(trial))
    for fall in trial.comparison.falls:
        err.print(f"低于现用：{fall}", style="red", markup=False)
    if trial.comparison.falls:
        raise typer.Exit(FAILED_CHECK)
    if not progress:
        out.print(f"各项得分不低于现用的词表（{trial.comparison.asked} 题，{len(trial.changed)} 题的回答有变化）。")


def _tell(stage: str, done: int, total: int) -> None:
    """For a program that waits: one JSON object a line."""
    print(json.dumps({"stage": stage, "done": done, "total": total}, ensure_ascii=False), flush=True)


def _say_nothing(stage: str, done: int, total: int) -> None:
    """For people, who wait half a minute."""


def _run_gold(path: Path, home: Path, encoder: str, outputs: Outputs, baseline: bool, skip_faulty: bool) -> Evaluation:
    from eval.record import Heading, as_json
    from eval.report import print_report, write_html
    from eval.runner import run
    from eval.summary import evaluate as score

    assistant = _open(home, encoder)
    questions = _questions(path, assistant, skip_faulty)
    evaluation = score(run(questions, assistant, err), assistant.library)
    plain = _plain(questions, assistant, home, encoder) if baseline else ()
    heading = Heading(path.name, assistant.index_version, datetime.now().astimezone(), encoder)
    if outputs.json is not None:
        _write_json(outputs.json, as_json(evaluation, heading, plain))
    html = outputs.html or home / "reports" / f"{path.stem}.html"
    write_html(evaluation, heading, assistant.library, html, plain)
    print_report(evaluation, out, plain)
    out.print(f"网页报告：{html.resolve()}", soft_wrap=True, highlight=False)
    _insist_on_verbatim(evaluation)
    return evaluation


def _hold(evaluation: Evaluation, accept: bool) -> None:
    """The gate: the end with FAILED_CHECK where a rate fell below the baseline."""
    from eval.gate import BASELINE, falls, read_baseline, write_baseline

    if accept:
        write_baseline(evaluation.total)
        out.print(f"已定为基线：{BASELINE}", soft_wrap=True, highlight=False)
        return
    worse = falls(evaluation.total, read_baseline())
    for fall in worse:
        err.print(f"低于基线：{fall}", style="red", markup=False)
    if worse:
        raise typer.Exit(FAILED_CHECK)
    out.print("各项得分不低于基线。")


def _insist_on_verbatim(evaluation: Evaluation) -> None:
    rate = evaluation.total.verbatim
    if rate.hits < rate.total:
        err.print(f"有 {rate.total - rate.hits} 处引文或摘录未通过逐字核对。", style="red")
        raise typer.Exit(FAILED_CHECK)


def _open(home: Path, encoder: str) -> Assistant:
    from assistant.pipeline import open_assistant

    return _opened("正在打开索引……", lambda: open_assistant(home, encoder))


def _load_encoder(setting: str, home: Path) -> Encoder:
    from index.encoder import load_encoder

    return _opened("正在载入编码器……", lambda: load_encoder(setting, home))


def _opened(doing: str, make: Callable[[], Made]) -> Made:
    """What `make` makes; where a model or an index cannot be had, a plain message and the end."""
    from index.encoder import EncoderError
    from index.model import ModelError
    from index.storage import IndexUnavailable

    try:
        with err.status(doing):
            return make()
    except (EncoderError, ModelError, IndexUnavailable) as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None


def _questions(path: Path, assistant: Assistant, skip_faulty: bool) -> tuple[GoldQuestion, ...]:
    try:
        questions, problems = survey_gold(path, assistant.library)
        if problems and not skip_faulty:
            raise GoldError(problems)
    except GoldError as error:
        err.print(f"题目文件有误：\n{error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    for problem in problems:
        err.print(f"跳过 {problem}", style="yellow", markup=False, soft_wrap=True)
    return questions


def _plain(
    questions: tuple[GoldQuestion, ...], assistant: Assistant, home: Path, encoder: str
) -> tuple[PlainScore, ...]:
    from eval.baselines import PlainPipeline, score_plain

    pipeline = PlainPipeline.build(assistant.library, _load_encoder(encoder, home))
    return score_plain(questions, pipeline, assistant.library)


def _run_beir(folder: Path, limit: int | None, encoder: str | None, home: Path, json_to: Path | None) -> None:
    from eval.beir import BeirError, print_beir, read_beir, score_beir

    try:
        data = read_beir(folder, limit)
    except BeirError as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    loaded = None if encoder is None else _load_encoder(encoder, home)
    runs = score_beir(data, loaded, home, err)
    print_beir(data, runs, out)
    if json_to is not None:
        shown = [{"name": run.name, "queries": run.queries, "p50_ms": run.p50_ms, **run.measures} for run in runs]
        _write_json(json_to, {"dataset": data.name, "documents": len(data.ids), "runs": shown})


def _write_json(path: Path, value: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    app(prog_name="python -m eval")
