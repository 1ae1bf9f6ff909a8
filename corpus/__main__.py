"""`python -m corpus`: look at documents and their trees."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.anticipated import AnticipatedError, AnticipatedQuestion, read_anticipated
from corpus.library import Library, UnknownDocument, load_document, load_library
from corpus.manifest import ManifestError
from corpus.parser import ParseError
from corpus.provisions import PolicyDocument
from corpus.readers import UnreadableFile
from corpus.references import references

commands = typer.Typer(help="政策文件：列出、查看结构。", no_args_is_help=True, add_completion=False)

Source = Annotated[str, typer.Argument(help="文件路径，或库中文件的编号（见 list）")]


@commands.command("list")
def list_documents() -> None:
    """列出库中的文件，每行一个 JSON。"""
    for document in load_library():
        _print({"document_id": document.document_id, **_head(document), "provisions": len(document.provisions)})


@commands.command()
def show(source: Source) -> None:
    """输出一份文件的元数据、条目树和引用的文件（JSON）。"""
    document = _open(source)
    _print(
        {
            "document_id": document.document_id,
            "sha256": document.sha256,
            **_head(document),
            "provisions": [
                {**asdict(provision), "text": document.own_text(provision).strip()} for provision in document.walk()
            ],
            "references": [asdict(reference) for reference in references(document)],
        },
        indent=2,
    )


@commands.command()
def outline(source: Source) -> None:
    """输出一份文件的提纲：条目编号、原文编号、标题。"""
    document = _open(source)
    for provision in document.walk():
        typer.echo(f"{provision.article_id:<8}{'　' * (provision.level - 1)}{provision.label} {provision.heading}")


@commands.command()
def questions(source: Source) -> None:
    """列出一份文件各条目的预想问题数，标出一条也没有的条目。"""
    document = _open(source)
    counts = Counter(each.article_id for each in _anticipated(document))
    for node in document.walk():
        note = "" if counts[node.article_id] else "  ← 没有"
        typer.echo(f"{node.article_id:<8}{counts[node.article_id]:>4}  {node.label} {node.heading}{note}")
    missing = sum(not counts[node.article_id] for node in document.walk())
    typer.echo(f"共 {counts.total()} 个问题；{missing} 个条目没有")


def _anticipated(document: PolicyDocument) -> tuple[AnticipatedQuestion, ...]:
    try:
        return read_anticipated(document)
    except AnticipatedError as error:
        raise typer.BadParameter(str(error)) from None


def _open(source: str) -> PolicyDocument:
    try:
        library: Library = load_library()
        if source in library:
            return library.get(source)
        path = Path(source)
        if not path.suffix:
            raise UnknownDocument(source)
        return load_document(path)
    except UnknownDocument:
        raise typer.BadParameter(f"库中没有编号为 {source} 的文件；python -m corpus list 可列出全部") from None
    except (UnreadableFile, ParseError, ManifestError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None


def _head(document: PolicyDocument) -> dict[str, Any]:
    return asdict(document.metadata)


def _print(value: Any, indent: int | None = None) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


if __name__ == "__main__":
    commands(prog_name="python -m corpus")
