"""`python -m index`: build the index, look into it, search it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from corpus.anticipated import AnticipatedError
from corpus.holdings import library_at
from corpus.versions import DamagedHolding
from index.encoder import EncoderError, load_encoder
from index.model import ModelError
from index.settings import Settings
from index.storage import IndexUnavailable, build_index, open_index

Made = TypeVar("Made")

commands = typer.Typer(help="索引：建立与检索。", no_args_is_help=True, add_completion=False)


class _Bars:
    """One progress bar a stage, on standard error, so that standard output stays for results."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._bars: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._bars:
            self._bars[stage] = self._shown.add_task(stage, total=total)
        self._shown.update(self._bars[stage], completed=done, total=total)


@commands.command()
def build() -> None:
    """建立索引并投入使用；内容没有变化时不重复建立。首次运行会先生成默认向量模型。"""
    settings = Settings()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        bars = _Bars(shown)
        encoder = _or_exit(lambda: load_encoder(settings.encoder, settings.home, bars))
        version = _or_exit(lambda: build_index(settings.home, library_at(settings.home), encoder, bars))
    typer.echo(f"索引 {version} 已就绪（{settings.home / 'index' / version}）")


@commands.command()
def search(
    question: Annotated[str, typer.Argument(help="要检索的话")],
    limit: Annotated[int, typer.Option(help="条数", min=1, max=100)] = 5,
) -> None:
    """检索条文，每行一个 JSON，最接近的在前。"""
    settings = Settings()
    library = _or_exit(lambda: library_at(settings.home))
    retriever = _or_exit(lambda: open_index(settings.home, library, load_encoder(settings.encoder, settings.home)))
    for hit in retriever.search(question, limit):
        document = library.get(hit.document_id)
        words = document.own_text(document.find(hit.article_id)).strip()
        typer.echo(json.dumps({**asdict(hit), "text": words}, ensure_ascii=False))


def _or_exit(make: Callable[[], Made]) -> Made:
    """What `make` makes, or a plain message and exit status 1 where that cannot be."""
    try:
        return make()
    except (EncoderError, ModelError, IndexUnavailable, DamagedHolding, AnticipatedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    commands(prog_name="python -m index")
