"""`python -m corpus`: bring documents in, look at them and at their trees, check that nothing was lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from corpus.anticipated import AnticipatedError
from corpus.figures.ledger import ledger
from corpus.figures.spreadsheet import spreadsheet
from corpus.holdings import Holdings, Outcome, UnknownHolding, known_at, library_at
from corpus.library import DOCUMENTS, Library
from corpus.manifest import Facts, ManifestError, facts_of, is_list
from corpus.naming import printable
from corpus.provisions import PolicyDocument
from corpus.readers import SUFFIXES, UnreadableFile, read
from corpus.receiving import Received, receive
from corpus.structure.cleaning import clean
from corpus.structure.conservation import Conservation, account, conservation
from corpus.structure.parser import parse
from corpus.versions import DamagedHolding, Holding

LOST = 1
_OUTCOMES = {
    Outcome.ADDED: "已添加",
    Outcome.NEW_VERSION: "已更新",
    Outcome.UNCHANGED: "没有变化",
    Outcome.SUPERSEDED: "以前添加过，已被现用的版本取代，没有变化（restore 可以恢复）",
}

Given = TypeVar("Given")
Read = TypeVar("Read")

commands = typer.Typer(help="政策文件：添加、查看、核对。", no_args_is_help=True, add_completion=False)
err = Console(stderr=True)

Home = Annotated[Path, typer.Option(envvar="YIYANG_HOME", help="数据目录", show_default="./var", metavar="DIR")]
Source = Annotated[str, typer.Argument(help="文件路径，或库中文件的编号（见 list）")]


@commands.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="文件或文件夹；可读 .docx .pdf .html .md .txt .ofd .doc")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示提纲和核对结果，不添加")] = False,
    fact: Annotated[
        list[str] | None,
        typer.Option(help="更正元数据，如 issued_on=2025-01-02；列表用、隔开。限一份文件", metavar="字段=值"),
    ] = None,
    index: Annotated[bool, typer.Option("--index/--no-index", help="添加后随即更新索引")] = True,
    home: Home = Path("var"),
) -> None:
    """添加文件：识别格式，读取、清理、分条，提取元数据，核对无遗漏后入库，并更新索引。

    同一份文件再添加一次没有变化；文号和标题相同而内容不同的，作为新版本，旧版本留存。有一份不成，返回码为 1。
    """
    paths = [path for given in files for path in _files(given)]
    if not paths:
        raise typer.BadParameter("文件夹里没有可读的文件")
    facts = _facts(fact or [], len(paths))
    library = _opened(known_at, home)
    failed = changed = 0
    for path in track(paths, "读取文件", console=err, transient=True, disable=len(paths) < 2):
        try:
            received = receive(path, library, facts)
            outcome = None if dry_run or received.report.lost else Holdings(home).add(received, facts)
        except (UnreadableFile, ValueError, OSError) as error:
            failed += 1
            typer.echo(f"✗ {_reason(error, path)}")
            continue
        failed += received.report.lost
        _tell(received, outcome, in_full=dry_run)
        if outcome in {Outcome.ADDED, Outcome.NEW_VERSION}:
            changed += 1
            library = library.with_document(received.document)
    if changed and index:
        _update_index(home)
    if failed:
        raise typer.Exit(LOST)


@commands.command()
def remove(
    document_id: Annotated[str, typer.Argument(help="文件编号（见 list）")],
    index: Annotated[bool, typer.Option("--index/--no-index", help="随即更新索引")] = True,
    home: Home = Path("var"),
) -> None:
    """把添加的文件移出文件库；各版本留存，restore 可以恢复。"""
    try:
        Holdings(home).remove(document_id)
    except UnknownHolding:
        raise typer.BadParameter(_not_added(document_id, home)) from None
    typer.echo(f"已移出 {document_id}；用 python -m corpus restore {document_id} 可以恢复")
    if index:
        _update_index(home)


@commands.command()
def restore(
    document_id: Annotated[str, typer.Argument(help="文件编号")],
    version: Annotated[str | None, typer.Option(help="哪个版本（见 versions）；不填即最近的")] = None,
    index: Annotated[bool, typer.Option("--index/--no-index", help="随即更新索引")] = True,
    home: Home = Path("var"),
) -> None:
    """恢复移出的文件，或让较早的版本重新生效。"""
    try:
        holding = Holdings(home).restore(document_id, version)
    except UnknownHolding:
        raise typer.BadParameter(f"没有添加过 {document_id}{f' 的版本 {version}' if version else ''}") from None
    typer.echo(f"{document_id} 现为版本 {holding.version}")
    if index:
        _update_index(home)


@commands.command()
def versions(document_id: Annotated[str, typer.Argument(help="文件编号")], home: Home = Path("var")) -> None:
    """列出一份添加的文件的各个版本，每行一个 JSON；counts 为 true 的是现用的，其余已被取代。"""
    try:
        for holding in Holdings(home).history(document_id):
            _print(asdict(holding))
    except UnknownHolding:
        raise typer.BadParameter(_not_added(document_id, home)) from None


@commands.command("list")
def list_documents(home: Home = Path("var")) -> None:
    """列出库中的文件，每行一个 JSON。"""
    library = _opened(library_at, home)
    added = {each.document_id: each for each in Holdings(home).current()}
    for document in library:
        _print(
            {
                "document_id": document.document_id,
                **asdict(document.metadata),
                "provisions": len(document.provisions),
                "version": added[document.document_id].version if document.document_id in added else None,
            }
        )


@commands.command()
def show(source: Source, home: Home = Path("var")) -> None:
    """输出一份文件的元数据、条目树和引用的文件（JSON）。"""
    library = _opened(library_at, home)
    document = _open(source, library)
    whole = library if source in library else library.with_document(document)
    links = whole.links.outgoing.get(document.document_id, ())
    _print(
        {
            "document_id": document.document_id,
            "sha256": document.sha256,
            **asdict(document.metadata),
            "provisions": [
                {**asdict(provision), "text": document.own_text(provision).strip()} for provision in document.walk()
            ],
            "references": [asdict(link) for link in links],
        },
        indent=2,
    )


@commands.command()
def outline(source: Source, home: Home = Path("var")) -> None:
    """输出一份文件的提纲：条目编号、原文编号、标题。"""
    _print_outline(_open(source, _opened(library_at, home)))


@commands.command()
def check(
    sources: Annotated[list[str] | None, typer.Argument(help="路径或编号；不填即核对全库")] = None,
    home: Home = Path("var"),
) -> None:
    """逐字核对：原文的每个字都在条目里或列为版面，编号有无空缺重复。有丢失时返回码为 1。"""
    chosen = list(_to_check(sources or [], home))
    lost = 0
    for name, path in track(chosen, "核对", console=err, transient=True, disable=len(chosen) < 2):
        try:
            report = _conserved(path)
        except (UnreadableFile, OSError) as error:
            typer.echo(f"✗ {_reason(error, path)}")
            lost += 1
            continue
        typer.echo(f"{'✗' if report.lost else '✓'} {printable(name)}")
        typer.echo("".join(f"    {line}\n" for line in account(report).splitlines()), nl=False)
        lost += report.lost
    typer.echo(f"共核对 {len(chosen)} 份，{lost} 份有问题")
    if lost:
        raise typer.Exit(LOST)


@commands.command()
def questions(source: Source, home: Home = Path("var")) -> None:
    """列出一份文件各条目的预想问题数（能回答的、没有写明的），标出没有能回答的问题的条目。"""
    library = _opened(library_at, home)
    document = _open(source, library)
    anticipated = library.anticipated.get(document.document_id, ())
    counts = Counter(each.article_id for each in anticipated if each.stated)
    left_open = Counter(each.article_id for each in anticipated if not each.stated)
    for node in document.walk():
        note = "" if counts[node.article_id] else "  ← 没有"
        numbers = f"{counts[node.article_id]:>4}{left_open[node.article_id]:>4}"
        typer.echo(f"{node.article_id:<8}{numbers}  {node.label} {node.heading}{note}")
    missing = sum(not counts[node.article_id] for node in document.walk())
    typer.echo(f"能回答的 {counts.total()} 个，没有写明的 {left_open.total()} 个；{missing} 个条目没有能回答的问题")


@commands.command("requirements")
def list_requirements(
    source: Annotated[str | None, typer.Argument(help="只列一份文件：路径或编号；不填即列全部")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="输出 CSV（UTF-8，可用 Excel 打开）")] = False,
    home: Home = Path("var"),
) -> None:
    """列出文件中的硬性要求（数量、频次、期限及其适用条件），每行一个 JSON，或作 CSV。"""
    library = _opened(library_at, home)
    documents = {each.document_id: each for each in ([_open(source, library)] if source else library)}
    entries = ledger(documents.values())
    if as_csv:
        typer.echo(spreadsheet(entries, documents), nl=False)
        return
    for entry in entries:
        _print({**asdict(entry), "citation": str(entry.citation)})


def _files(given: Path) -> Iterator[Path]:
    """The file itself, or the readable files of a folder and of those in it, hidden ones left out."""
    try:
        is_folder = given.is_dir()
    except OSError:  # a name that is too long
        is_folder = False
    if not is_folder:
        yield given
        return
    for path in sorted(given.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(given).parts)
        if path.is_file() and path.suffix.lower() in SUFFIXES and not hidden:
            yield path


def _facts(given: list[str], files: int) -> Facts:
    if given and files > 1:
        raise typer.BadParameter("--fact 只能用于一份文件")
    entry: dict[str, Any] = {}
    for each in given:
        field, _, value = (part.strip() for part in each.partition("="))
        parts = [part.strip() for part in value.split("、") if part.strip()]
        if not parts:
            raise typer.BadParameter(f"--fact 应写成 字段=值：{each}")
        entry[field] = parts if is_list(field) else value
    try:
        return facts_of("--fact", entry)
    except ManifestError as error:
        raise typer.BadParameter(str(error)) from None


def _reason(error: Exception, path: Path) -> str:
    """Why a file could not be read or kept. What readers raise names the file."""
    reason = f"{path.name}：磁盘读写出错（{error.strerror}）" if isinstance(error, OSError) else str(error)
    return printable(reason)


def _tell(received: Received, outcome: Outcome | None, in_full: bool) -> None:
    document = received.document
    sign = "✗" if received.report.lost else "✓"
    done = "核对未通过，没有添加" if received.report.lost else _OUTCOMES[outcome] if outcome else "未添加（试运行）"
    typer.echo(f"{sign} {received.name} → {document.document_id}：{done}，{len(document.provisions)} 个条目")
    typer.echo(f"    {document.metadata.title}")
    for note in received.notes:
        typer.echo(f"    注意：{note}")
    if in_full or received.report.lost:
        typer.echo("".join(f"    {line}\n" for line in account(received.report).splitlines()), nl=False)
    if in_full:
        facts = {key: value for key, value in asdict(document.metadata).items() if value and key != "title"}
        typer.echo(f"    {json.dumps(facts, ensure_ascii=False, default=str)}")
        _print_outline(document)


def _update_index(home: Path) -> None:
    """By the step that owns it, in a process of its own: nothing here knows of indexes."""
    done = subprocess.run([sys.executable, "-m", "index", "build"], env={**os.environ, "YIYANG_HOME": str(home)})
    if done.returncode:
        err.print("文件已入库，但索引没有更新；请运行 python -m index build", style="red")
        raise typer.Exit(done.returncode)


def _to_check(sources: list[str], home: Path) -> Iterator[tuple[str, Path]]:
    """(name, the file as it was added)."""
    holdings = Holdings(home)
    added: dict[str, Holding] = {each.document_id: each for each in _opened(Holdings.current, holdings)}
    shipped = {path.stem: path for path in sorted(DOCUMENTS.iterdir()) if path.suffix in SUFFIXES}
    if not sources:
        yield from ((name, path) for name, path in shipped.items() if name not in added)
        yield from ((name, holdings.source(each)) for name, each in added.items())
        return
    for source in sources:
        if source in added:
            yield source, holdings.source(added[source])
        elif source in shipped:
            yield source, shipped[source]
        else:
            yield from ((path.name, path) for path in _files(Path(source)))


def _conserved(path: Path) -> Conservation:
    reading = read(path)
    cleaned = clean(reading.text)
    return conservation(reading.text, cleaned, parse(cleaned.text), reading.dropped)


def _opened(read: Callable[[Given], Read], given: Given) -> Read:
    """What is read of the data directory; a plain message and the end where what lies there is damaged."""
    try:
        return read(given)
    except (DamagedHolding, AnticipatedError, OSError) as error:
        err.print(f"文件库打不开：{error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(LOST) from None


def _open(source: str, library: Library) -> PolicyDocument:
    if source in library:
        return library.get(source)
    path = Path(source)
    if not path.suffix and not os.path.lexists(path):
        raise typer.BadParameter(f"库中没有编号为 {source} 的文件；python -m corpus list 可列出全部")
    try:
        return receive(path, library).document
    except (UnreadableFile, ValueError, OSError) as error:
        raise typer.BadParameter(_reason(error, path)) from None


def _not_added(document_id: str, home: Path) -> str:
    if document_id in library_at(home):
        return f"{document_id} 随程序提供，不是添加的文件：不能移出，也没有别的版本"
    return f"没有添加过 {document_id}；python -m corpus list 可列出全部"


def _print_outline(document: PolicyDocument) -> None:
    for provision in document.walk():
        typer.echo(f"{provision.article_id:<8}{'　' * (provision.level - 1)}{provision.label} {provision.heading}")


def _print(value: Any, indent: int | None = None) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


if __name__ == "__main__":
    commands(prog_name="python -m corpus")
