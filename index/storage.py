"""Index versions on disk.

    home/index/current             the name of the version that serves
    home/index/<version>/          passages.jsonl, dense.faiss, lexical/, and manifest.json, written last
    home/index/.building-<version> a version not finished; swept by the next build

A version is named by the hash of what it is made of, so building the same thing twice is building it once. The
pointer is replaced in one step after the version is complete on disk: a crash at any instant leaves the old one. A new
version takes the vectors of unchanged texts from the one that serves; older ones than KEPT are swept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from corpus.library import Library
from corpus.provisions import PolicyDocument
from corpus.replacing import flush
from index.dense import DenseIndex
from index.encoder import Encoder, Vectors
from index.lexical import LexicalIndex
from index.model import Progress
from index.passages import RECIPE, Passage, passages, question_passages
from index.retriever import HybridRetriever
from index.switching import CURRENT as CURRENT
from index.switching import Switch, carry_out, finish_switch, finish_while_locked, point

MANIFEST = "manifest.json"
KEPT = 3
"""Versions that stay on disk: the one that serves, and others that a running server may still have open."""
_ENCODING = "计算向量"
_ENGINES = ("faiss-cpu", "tantivy")


class IndexUnavailable(RuntimeError):
    """No index that fits the documents and the encoder; the message says what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is made of. documents: SHA-256 of canonical text, metadata and questions, by id."""

    encoder: str
    dimension: int
    recipe: str
    documents: Mapping[str, str]
    engines: Mapping[str, str]

    @property
    def version(self) -> str:
        """16 hexadecimal digits of the SHA-256 of everything above."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Text:
    """What a vector is of: words, read as a passage or as a question."""

    words: str
    is_question: bool


def manifest_of(library: Library, encoder: Encoder) -> Manifest:
    """The manifest that an index of these documents by this encoder has."""
    return Manifest(
        encoder=encoder.name,
        dimension=encoder.dimension,
        recipe=RECIPE,
        documents={document.document_id: _fingerprint(document, library) for document in library},
        engines={name: library_version(name) for name in _ENGINES},
    )


def _fingerprint(document: PolicyDocument, library: Library) -> str:
    anticipated = library.anticipated.get(document.document_id, ())
    return sha256(f"{document.sha256}{document.metadata}{anticipated}".encode()).hexdigest()


def build_index(home: Path, library: Library, encoder: Encoder, progress: Progress | None = None) -> str:
    """Make the version for these documents and this encoder, if it is not there, and let it serve. Returns its name."""
    root = home / "index"
    root.mkdir(parents=True, exist_ok=True)
    manifest = manifest_of(library, encoder)
    with FileLock(root / ".lock"):
        finish_while_locked(home)
        _sweep(root)
        known = _vectors_at_hand(root, encoder)
        if not _complete(root / manifest.version, manifest):
            _make(root, manifest, library, encoder, known, progress or (lambda stage, done, total: None))
        point(root, manifest.version)
        _retire(root, manifest.version)
    return manifest.version


def switch_to(home: Path, switch: Switch, made_from: Mapping[str, Any]) -> None:
    """Let a candidate serve, with the documents that it is made of, as one step; a crash leaves all of it or nothing.

    made_from: the state of home (index.switching.state_of) that the candidate was made from. Raises LibraryChanged.
    """
    carry_out(home, switch, made_from)
    root = home / "index"
    with FileLock(root / ".lock"):
        _retire(root, switch.version)


def open_index(home: Path, library: Library, encoder: Encoder) -> HybridRetriever:
    """The version that serves. Raises IndexUnavailable where there is none, or it is made of something else."""
    root = home / "index"
    version, found = serving(home)
    _compare(found, manifest_of(library, encoder))
    try:
        return _load(root / version, version, encoder)
    except (OSError, ValueError, RuntimeError) as error:
        raise IndexUnavailable(f"索引 {version} 已损坏，请运行 python -m index build（{error}）") from error


def serving(home: Path) -> tuple[str, Manifest]:
    """The name of the version that serves, and what it is made of. Raises IndexUnavailable where none does.

    A switch that a crash cut off is carried out first.
    """
    finish_switch(home)
    return _serving(home / "index")


def _serving(root: Path) -> tuple[str, Manifest]:
    try:
        version = (root / CURRENT).read_text("utf-8").strip()
        return version, _read_manifest(root / version)
    except (OSError, ValueError, TypeError, KeyError):
        raise IndexUnavailable("还没有可用的索引，请先运行 python -m index build") from None


def _compare(found: Manifest, wanted: Manifest) -> None:
    for field, meaning in (
        ("encoder", "向量模型"),
        ("dimension", "向量维数"),
        ("recipe", "切分方法"),
        ("documents", "文件"),
        ("engines", "检索库版本"),
    ):
        if getattr(found, field) != getattr(wanted, field):
            raise IndexUnavailable(f"现有索引与当前的{meaning}不一致，请运行 python -m index build")


def _make(
    root: Path,
    manifest: Manifest,
    library: Library,
    encoder: Encoder,
    known: Mapping[Text, Vectors],
    progress: Progress,
) -> None:
    building = root / f".building-{manifest.version}"
    building.mkdir()
    texts = [
        passage for document in library for passage in passages(document, encoder.count_tokens, encoder.max_tokens)
    ]
    questions = [
        passage
        for document in library
        for passage in question_passages(document, library.anticipated.get(document.document_id, ()))
    ]
    cut = [*texts, *questions]
    _write_passages(building, cut)
    LexicalIndex.build(
        (passage.indexed for passage in cut), building / "lexical", [passage.document_id for passage in cut]
    )
    vectors = _encode(cut, encoder, known, progress)
    DenseIndex.build(vectors).save(building / "dense.faiss")
    record = {"made_of": asdict(manifest), "files": _sizes(building)}
    (building / MANIFEST).write_text(json.dumps(record, ensure_ascii=False, indent=2), "utf-8")
    _flush(building)
    target = root / manifest.version
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    flush(root)


def _encode(cut: Sequence[Passage], encoder: Encoder, known: Mapping[Text, Vectors], progress: Progress) -> Vectors:
    """The vectors of passages, in order; those of texts that are known are not worked out again."""
    fresh = dict.fromkeys(text for passage in cut if (text := _text_of(passage)) not in known)
    read = [text.words for text in fresh if not text.is_question]
    asked = [text.words for text in fresh if text.is_question]
    progress(_ENCODING, 0, len(fresh))
    made = encoder.encode_passages(read, lambda done: progress(_ENCODING, done, len(fresh)))
    vectors = dict(zip((text for text in fresh if not text.is_question), made, strict=True))
    vectors |= zip((text for text in fresh if text.is_question), encoder.encode_questions(asked), strict=True)
    progress(_ENCODING, len(fresh), len(fresh))
    rows = [known[text] if (text := _text_of(passage)) in known else vectors[text] for passage in cut]
    return np.stack(rows).astype(np.float32)


def _text_of(passage: Passage) -> Text:
    return Text(passage.indexed, passage.grain.is_question)


def _vectors_at_hand(root: Path, encoder: Encoder) -> Mapping[Text, Vectors]:
    """The vectors of the version that serves, by text; none where there is none, or another encoder made it."""
    try:
        version, manifest = _serving(root)
        if manifest.encoder != encoder.name or not _complete(root / version, manifest):
            return {}
        dense = DenseIndex.load(root / version / "dense.faiss")
        passages_there = _read_passages(root / version)
    except (IndexUnavailable, OSError, ValueError, RuntimeError, KeyError, TypeError):
        return {}
    if len(dense) != len(passages_there):
        return {}
    return dict(zip(map(_text_of, passages_there), dense.vectors(), strict=True))


def _load(directory: Path, version: str, encoder: Encoder) -> HybridRetriever:
    cut = _read_passages(directory)
    dense = DenseIndex.load(directory / "dense.faiss")
    lexical = LexicalIndex.load(directory / "lexical")
    if not len(cut) == len(dense) == len(lexical):
        raise ValueError("三部分的条数不一致")
    return HybridRetriever(version, cut, encoder, dense, lexical)


def _write_passages(directory: Path, cut: Sequence[Passage]) -> None:
    lines = (json.dumps(passage.as_dict(), ensure_ascii=False) + "\n" for passage in cut)
    (directory / "passages.jsonl").write_text("".join(lines), "utf-8")


def _read_passages(directory: Path) -> tuple[Passage, ...]:
    lines = (directory / "passages.jsonl").read_text("utf-8").splitlines()
    return tuple(Passage.from_dict(json.loads(line)) for line in lines)


def _read_manifest(directory: Path) -> Manifest:
    return Manifest(**json.loads((directory / MANIFEST).read_text("utf-8"))["made_of"])


def _complete(directory: Path, manifest: Manifest) -> bool:
    """Whether a version is there, made of the right things, and none of its files is missing or cut short."""
    try:
        files = json.loads((directory / MANIFEST).read_text("utf-8"))["files"]
        return _read_manifest(directory) == manifest and files == _sizes(directory)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _sizes(directory: Path) -> dict[str, int]:
    """Bytes of every file of a version, the manifest and lock files apart."""
    return {
        str(path.relative_to(directory)): path.stat().st_size
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != MANIFEST and path.suffix != ".lock"
    }


def _sweep(root: Path) -> None:
    for leftover in root.glob(".building-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _retire(root: Path, serving_version: str) -> None:
    """Sweep all but the newest KEPT versions, the one that serves among them."""
    versions = sorted(root.glob(f"*/{MANIFEST}"), key=lambda path: -path.stat().st_mtime)
    others = [path.parent for path in versions if path.parent.name != serving_version]
    for folder in others[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _flush(directory: Path) -> None:
    for path in (directory, *directory.rglob("*")):
        flush(path)
