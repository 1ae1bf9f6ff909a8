"""A candidate: the library as it would be after a change, in a folder of its own that looks like a home.

    <folder>/home/documents/<document_id>/<version>  links to what there is; the new version is a real folder
    <folder>/home/documents/<document_id>/current
    <folder>/home/index/<version>                    links; the new one is a real folder
    <folder>/home/models, questions, glossary.toml   links
    <folder>/candidate.json                          what it is, written last

Everything that opens a home opens a candidate. The home itself is not touched until the candidate is let to serve.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.replacing import replace_whole
from index.switching import CURRENT, INDEX, Switch, state_of

_DOCUMENTS = "documents"
_ELSEWHERE = ("models", "questions", "glossary.toml")
_RECORD = "candidate.json"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a candidate is.

    made_from      the state of home that it was made from
    version        the version of the document that counts in it; None where none does
    index_version  of the index made for it
    """

    made_from: Mapping[str, Any]
    document_id: str
    version: str | None
    index_version: str


def lay_out(home: Path, folder: Path) -> Path:
    """A copy of a home by links, in an empty folder; returns it. Raises OSError."""
    there, copy = home.resolve(), folder / "home"
    (copy / INDEX).mkdir(parents=True)
    for name in _ELSEWHERE:
        if (there / name).exists():
            (copy / name).symlink_to(there / name)
    for document in (each for each in _folders(there / _DOCUMENTS)):
        _mirror(document, copy / _DOCUMENTS / document.name)
    _mirror(there / INDEX, copy / INDEX)
    return copy


def write_candidate(folder: Path, candidate: Candidate) -> None:
    """Say what it is, when all of it is there. Raises OSError."""
    replace_whole(folder / _RECORD, json.dumps(asdict(candidate)).encode())


def read_candidate(folder: Path) -> Candidate | None:
    """None where there is none, or it was not finished."""
    try:
        return Candidate(**json.loads((folder / _RECORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def switch_of(home: Path, folder: Path, candidate: Candidate) -> Switch:
    """The step by which a candidate becomes what serves."""
    made = [f"{INDEX}/{candidate.index_version}"]
    if candidate.version is not None:
        made.append(f"{_DOCUMENTS}/{candidate.document_id}/{candidate.version}")
    lies = (folder / "home").relative_to(home)
    moves = tuple((str(lies / each), each) for each in made if not (folder / "home" / each).is_symlink())
    return Switch(moves, {candidate.document_id: candidate.version}, candidate.index_version)


def serves(home: Path, candidate: Candidate) -> bool:
    """Whether what serves is this candidate."""
    state = state_of(home)
    counted = state["documents"].get(candidate.document_id)
    return bool(state["index"] == candidate.index_version and counted == candidate.version)


def _mirror(source: Path, target: Path) -> None:
    """Link the versions in a folder, copy its pointer."""
    target.mkdir(parents=True, exist_ok=True)
    for version in _folders(source):
        (target / version.name).symlink_to(version)
    pointer = source / CURRENT
    if pointer.exists():
        (target / CURRENT).write_bytes(pointer.read_bytes())


def _folders(parent: Path) -> list[Path]:
    """Folders that are no leftovers of something unfinished."""
    if not parent.is_dir():
        return []
    return sorted(each for each in parent.iterdir() if each.is_dir() and not each.name.startswith("."))
