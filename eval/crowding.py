"""What the answers lose when the library grows: the same gold questions with the five documents and with many more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.addressing import documents_named
from assistant.glossary import load_glossary
from assistant.pipeline import Assistant
from assistant.places import places_in
from assistant.spelling import Spelling
from corpus.holdings import Holdings, library_at
from corpus.library import Library
from corpus.readers import SUFFIXES, UnreadableFile
from corpus.receiving import receive
from eval.gold import GoldQuestion
from eval.runner import run
from eval.summary import Summary, evaluate
from index.encoder import Encoder
from index.storage import build_index, open_index


@dataclass(frozen=True, slots=True)
class Crowding:
    """Questions that name their place or document, or that do not, with few documents and with many."""

    name: str
    alone: Summary
    crowded: Summary


def crowding(
    questions: Sequence[GoldQuestion], assistant: Assistant, folder: Path, encoder: Encoder, console: Console
) -> tuple[int, tuple[Crowding, ...]]:
    """How many documents the crowded library has, and the scores. Takes minutes: everything added is embedded."""
    with TemporaryDirectory() as directory:
        home = Path(directory)
        crowd = _crowd(home, folder, encoder, console)
        naming = [question for question in questions if names_something(question, assistant.library)]
        others = [question for question in questions if question not in naming]
        scores = tuple(
            Crowding(
                name,
                evaluate(run(group, assistant, console), assistant.library).total,
                evaluate(run(group, crowd, console), crowd.library).total,
            )
            for name, group in (("问题指明地区或文件", naming), ("问题没有指明", others))
            if group
        )
        return len(crowd.library), scores


def names_something(question: GoldQuestion, library: Library) -> bool:
    """Whether a turn names a place or a document."""
    return any(places_in(turn, library) or documents_named(turn, library) for turn in question.turns)


def _crowd(home: Path, folder: Path, encoder: Encoder, console: Console) -> Assistant:
    holdings, library = Holdings(home), library_at(home)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    for path in track(files, "添加文件", console=console, transient=True):
        try:
            received = receive(path, library)
        except UnreadableFile as error:
            console.print(str(error), style="yellow", markup=False)
            continue
        holdings.add(received)
        library = library.with_document(received.document)
    with console.status("建立索引……"):
        whole = library_at(home)
        build_index(home, whole, encoder)
        glossary = load_glossary()
        return Assistant(whole, open_index(home, whole, encoder), glossary, Spelling.of(whole, glossary))


def print_crowding(documents: int, found: Sequence[Crowding], console: Console) -> None:
    """Two rows a group: with the documents at hand, and with the crowd."""
    table = Table(title="文件增多之后", title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for title in ("问题", "文件库", "题数", "首条命中", "前五命中", "应拒答而拒答", "误拒"):
        table.add_column(title, justify="left" if title in {"问题", "文件库"} else "right")
    for each in found:
        for library, total in (("原有", each.alone), (f"{documents} 份", each.crowded)):
            rates = (total.first_right, total.within_five, total.refused, total.false_refusals)
            shown = ("—" if rate.value is None else f"{rate.value:.1%}" for rate in rates)
            table.add_row(each.name, library, str(total.questions), *shown)
    console.print(table)
