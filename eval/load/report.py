"""The table that `make load` prints."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from eval.load.measuring import LIMIT, Found, Measured, Soak
from eval.load.watching import GROWTH

_COLUMNS = ("人数", "提问/秒", "请求/秒", "p50", "p95", "p99", "出错", "RSS", "PSS", "服务占核", "压测占核")


def print_load(found: Found, workers: int, console: Console) -> None:
    """Every step, in order of load; then what can be sustained, and what the soak showed. Times in milliseconds."""
    table = Table(
        title=f"负载测量（{workers} 个进程）",
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for step in sorted(found.steps, key=lambda step: (step.people, step.seconds)):
        table.add_row(*_row(step), style="bold" if step is found.best else "")
    if found.soak is not None:
        table.add_section()
        table.add_row(*_row(found.soak.measured))
    console.print(table)
    console.print(
        "每人平均每秒提一问。时间为提问的毫秒数；内存为每个进程的 MB（PSS 把共用的页按份计）。"
        "压测程序与服务在同一台机器上，占去的处理器一并列出。",
        style="dim",
    )
    if found.steps:
        console.print(_sustained(found.best), highlight=False)
    if found.soak is not None:
        console.print(_soaked(found.soak), highlight=False)
    for error, times in _errors(found):
        console.print(f"出错 {times} 次：{error}", style="red", markup=False, highlight=False)


def _row(step: Measured) -> tuple[str, ...]:
    memory = ("/".join(f"{each / 1e6:.0f}" for each in sizes) for sizes in (step.use.rss, step.use.pss))
    return (
        str(step.people),
        f"{step.rate:.1f}",
        f"{step.requests:.1f}",
        *(f"{each:.1f}" for each in (step.p50, step.p95, step.p99)),
        str(sum(step.errors.values())),
        *memory,
        f"{step.use.cores:.2f}",
        f"{step.pace:.2f}",
    )


def _sustained(best: Measured | None) -> str:
    if best is None:
        return f"没有一级负载能在 {LIMIT:.0f} 毫秒内答完 99% 的问题。"
    spent = best.use.cores / best.rate * 1000
    return (
        f"p99 不超过 {LIMIT:.0f} 毫秒时，持续每秒 {best.rate:.1f} 问（连续 {best.seconds:.0f} 秒），"
        f"每问连同前后的请求用处理器 {spent:.1f} 毫秒。"
    )


def _soaked(soak: Soak) -> str:
    verdict = "持平" if soak.passes else "未通过"
    return (
        f"连续 {soak.measured.seconds:.0f} 秒、每秒 {soak.measured.rate:.1f} 问：内存后三分之一比前三分之一 "
        f"{soak.growth:+.1%}（允许 ±{GROWTH:.0%}），出错 {sum(soak.measured.errors.values())} 次：{verdict}。"
    )


def _errors(found: Found) -> list[tuple[str, int]]:
    measured = [*found.steps, *([found.soak.measured] if found.soak else [])]
    return [(error, times) for step in measured for error, times in step.errors.items()]
