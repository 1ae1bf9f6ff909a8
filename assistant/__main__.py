"""`python -m assistant`: ask a question, see the answer or every step to it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from assistant.answers import Filters, Turn
from assistant.pipeline import Assistant, open_assistant
from assistant.questions import MAX_QUESTION
from index.encoder import EncoderError
from index.model import ModelError
from index.settings import Settings
from index.storage import IndexUnavailable

commands = typer.Typer(help="问答。", no_args_is_help=True, add_completion=False)


@commands.callback()
def main() -> None:
    """政策问答：条文原样引用，文件没有写的就说没有。"""


@commands.command()
def ask(
    questions: Annotated[list[str], typer.Argument(help="问题；给出几个则当作一段对话，依次作答")],
    region: Annotated[str | None, typer.Option(help="只看这个地区的文件，如 北京市大兴区")] = None,
    document: Annotated[list[str] | None, typer.Option(help="只看这些编号的文件")] = None,
    limit: Annotated[int, typer.Option(help="最多引用几处", min=1, max=10)] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """提问并作答。"""
    assistant = _assistant()
    for document_id in document or ():
        if document_id not in assistant.library:
            raise typer.BadParameter(f"库中没有编号为 {document_id} 的文件；python -m corpus list 可列出全部")
    filters = Filters(region=region, document_ids=tuple(document) if document else None)
    history: tuple[Turn, ...] = ()
    for question in questions:
        if not question.strip() or len(question) > MAX_QUESTION:
            raise typer.BadParameter(f"问题应在 1 到 {MAX_QUESTION} 字之间")
        answer = assistant.ask(question, history=history, filters=filters, limit=limit)
        history = (*history, Turn.of(answer))
        typer.echo(json.dumps(asdict(answer), ensure_ascii=False, indent=2, default=str) if as_json else answer.text)
        if question is not questions[-1]:
            typer.echo()


def _assistant() -> Assistant:
    settings = Settings()
    try:
        return open_assistant(settings.home, settings.encoder)
    except (EncoderError, ModelError, IndexUnavailable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    commands(prog_name="python -m assistant")
