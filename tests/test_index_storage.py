"""Versions: built once, switched in one step, checked on opening; killed at any moment, the old one serves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.anticipated import AnticipatedQuestion
from corpus.library import Library, library_of
from index.dense import DenseIndex
from index.passages import Grain, passages
from index.storage import CURRENT, KEPT, MANIFEST, IndexUnavailable, build_index, manifest_of, open_index, serving
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()


@pytest.fixture
def few(library: Library) -> Library:
    """A document is enough where it does not matter which."""
    return library_of((library.get("national-2025-8"),))


def test_build_open_search(tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)
    retriever = open_index(tmp_path, library, ENCODER)
    assert retriever.version == version
    best = retriever.search("养老机构内设医务室至少配置几名医师", 3)[0]
    assert (best.document_id, best.article_id) == ("changning-2025-2", "2.1.2")
    assert max(best.cosines) > 0
    assert max(best.bm25s) > 0
    only = retriever.search("养老机构", 5, {"daxing-2026-22"})
    assert {hit.document_id for hit in only} == {"daxing-2026-22"}
    assert len({hit.article_id for hit in only}) == len(only)


def test_building_again_builds_nothing(tmp_path: Path, few: Library) -> None:
    stages: list[str] = []
    version = build_index(tmp_path, few, ENCODER, lambda stage, done, total: stages.append(stage))
    assert stages
    made = (tmp_path / "index" / version / MANIFEST).stat().st_mtime_ns
    stages.clear()
    assert build_index(tmp_path, few, ENCODER, lambda stage, done, total: stages.append(stage)) == version
    assert not stages
    assert (tmp_path / "index" / version / MANIFEST).stat().st_mtime_ns == made


def test_other_documents_other_encoder_other_version(tmp_path: Path, library: Library) -> None:
    fewer = library_of(tuple(document for document in library if document.document_id != "daxing-2026-22"))
    versions = {
        build_index(tmp_path, library, ENCODER),
        build_index(tmp_path, fewer, ENCODER),
        build_index(tmp_path, library, HashingEncoder("hashing@other")),
    }
    assert len(versions) == 3


@pytest.mark.parametrize("field", ["encoder", "dimension", "recipe", "documents", "engines"])
def test_an_index_of_something_else_is_refused(field: str, tmp_path: Path, few: Library) -> None:
    version = build_index(tmp_path, few, ENCODER)
    path = tmp_path / "index" / version / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    made_of = manifest["made_of"]
    made_of[field] = {} if isinstance(made_of[field], dict) else 1
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, few, ENCODER)
    assert build_index(tmp_path, few, ENCODER) == version
    assert open_index(tmp_path, few, ENCODER).version == version


@pytest.mark.parametrize("part", ["current", MANIFEST, "dense.faiss", "passages.jsonl", "lexical"])
def test_a_missing_part_is_an_outcome_not_a_traceback(part: str, tmp_path: Path, few: Library) -> None:
    root = tmp_path / "index"
    version = build_index(tmp_path, few, ENCODER)
    path = root / CURRENT if part == "current" else root / version / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, few, ENCODER)
    assert build_index(tmp_path, few, ENCODER) == version
    assert open_index(tmp_path, few, ENCODER).version == version


def test_a_truncated_part_is_made_again(tmp_path: Path, few: Library) -> None:
    version = build_index(tmp_path, few, ENCODER)
    path = tmp_path / "index" / version / "dense.faiss"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, few, ENCODER)
    build_index(tmp_path, few, ENCODER)
    assert open_index(tmp_path, few, ENCODER).version == version


def test_no_index_at_all(tmp_path: Path, few: Library) -> None:
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, few, ENCODER)


def test_a_failing_encoder_leaves_the_old_index_serving(tmp_path: Path, few: Library) -> None:
    version = build_index(tmp_path, few, ENCODER)

    class Failing(HashingEncoder):
        def encode_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            raise MemoryError

    with pytest.raises(MemoryError):
        build_index(tmp_path, few, Failing("hashing@failing"))
    assert open_index(tmp_path, few, ENCODER).version == version


_SLOW_BUILD = """
import sys, time
from pathlib import Path
from corpus.library import load_library
from index.storage import build_index
from tests.fakes import HashingEncoder

def slowly(stage, done, total):
    print(done, flush=True)
    time.sleep(0.02)

build_index(Path(sys.argv[1]), load_library(), HashingEncoder("hashing@slow"), slowly)
"""


def test_killed_while_building(tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)
    repository = Path(__file__).resolve().parents[1]
    child = subprocess.Popen(
        [sys.executable, "-c", _SLOW_BUILD, str(tmp_path)], cwd=repository, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "0"
    time.sleep(0.2)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert list((tmp_path / "index").glob(".building-*"))
    assert open_index(tmp_path, library, ENCODER).version == version
    rebuilt = build_index(tmp_path, library, HashingEncoder("hashing@slow"))
    assert open_index(tmp_path, library, HashingEncoder("hashing@slow")).version == rebuilt
    assert not list((tmp_path / "index").glob(".building-*"))


def test_the_version_names_everything_it_is_made_of(library: Library) -> None:
    manifest = manifest_of(library, ENCODER)
    assert set(manifest.documents) == set(library.documents)
    changed = replace(manifest, recipe="other")
    assert changed.version != manifest.version


# --- what is known is not encoded again


class Counting(HashingEncoder):
    """Keeps what it is asked to encode."""

    def __init__(self, name: str = "hashing@test") -> None:
        super().__init__(name)
        self.read: list[str] = []
        self.asked: list[str] = []

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().encode_passages(texts) * -1  # not where a passage of the same words is

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.read += texts
        return super().encode_passages(texts, progress)


def without(library: Library, document_id: str) -> Library:
    fewer = library_of(tuple(document for document in library if document.document_id != document_id))
    return replace(fewer, anticipated={key: library.anticipated[key] for key in fewer.documents})


def texts_of(library: Library, document_id: str) -> tuple[set[str], set[str]]:
    """What a document is indexed by: its passages, and its questions."""
    document = library.get(document_id)
    return (
        {each.indexed for each in passages(document, ENCODER.count_tokens, ENCODER.max_tokens)},
        {each.question for each in library.anticipated[document_id]},
    )


def built(home: Path, library: Library, encoder: Counting | None = None) -> Counting:
    encoder = encoder or Counting()
    build_index(home, library, encoder)
    return encoder


def vectors(home: Path) -> NDArray[np.float32]:
    version, _ = serving(home)
    return DenseIndex.load(home / "index" / version / "dense.faiss").vectors()


def test_only_a_new_document_is_encoded(tmp_path: Path, library: Library) -> None:
    first = built(tmp_path, without(library, "daxing-2026-22"))
    second = built(tmp_path, library)
    read, asked = texts_of(library, "daxing-2026-22")
    assert (set(second.read), set(second.asked)) == (read, asked)
    assert len(second.read) == len(read)
    assert len(first.read) > len(second.read)
    fresh = tmp_path / "fresh"
    built(fresh, library)
    assert np.array_equal(vectors(tmp_path), vectors(fresh))
    assert open_index(tmp_path, library, Counting()).search("消防演练多久一次", 3) == open_index(
        fresh, library, Counting()
    ).search("消防演练多久一次", 3)


def test_only_what_changed_is_encoded(tmp_path: Path, library: Library) -> None:
    built(tmp_path, library)
    old = library.get("changning-2025-2")
    text = old.text.replace("至少配置1名主执业点医师", "至少配置2名主执业点医师")
    changed = replace(old, text=text)
    now = replace(library.with_document(changed), anticipated=library.anticipated)
    second = built(tmp_path, now)
    assert second.asked == []
    assert second.read
    assert all("至少配置2名主执业点医师" in words for words in second.read)
    assert open_index(tmp_path, now, Counting()).version == manifest_of(now, ENCODER).version


def test_another_title_stands_before_every_provision(tmp_path: Path, library: Library) -> None:
    built(tmp_path, library)
    old = library.get("changning-2025-2")
    renamed = replace(old, metadata=replace(old.metadata, title="长宁区医养结合实施方案"))
    now = replace(library.with_document(renamed), anticipated=library.anticipated)
    second = built(tmp_path, now)
    assert second.asked == []
    cut = passages(renamed, ENCODER.count_tokens, ENCODER.max_tokens)
    assert len(second.read) == sum(each.grain is Grain.PROVISION for each in cut)
    assert all(words.startswith("长宁区医养结合实施方案 ") for words in second.read)


def test_nothing_is_encoded_where_a_document_goes(tmp_path: Path, library: Library) -> None:
    built(tmp_path, library)
    before = vectors(tmp_path)
    second = built(tmp_path, without(library, "daxing-2026-22"))
    assert (second.read, second.asked) == ([], [])
    assert len(vectors(tmp_path)) < len(before)


def test_a_question_is_no_passage_of_the_same_words(tmp_path: Path, library: Library) -> None:
    document = library.get("national-2025-8")
    words = next(each for each in texts_of(library, document.document_id)[0] if len(each) < 60)
    alone = library_of((document,))
    built(tmp_path, alone)
    asked = AnticipatedQuestion(document.provisions[1].article_id, words)
    second = built(tmp_path, replace(alone, anticipated={document.document_id: (asked,)}))
    assert (second.read, second.asked) == ([], [words])
    assert vectors(tmp_path)[-1] == pytest.approx(-ENCODER.encode_passages([words])[0])


def test_another_encoder_knows_nothing_of_them(tmp_path: Path, library: Library) -> None:
    first = built(tmp_path, library)
    second = built(tmp_path, library, Counting("hashing@other"))
    assert (second.read, second.asked) == (first.read, first.asked)


# part of the version that serves, and what becomes of it
DAMAGED: list[tuple[str, Callable[[Path], object]]] = [
    ("no vectors", lambda version: (version / "dense.faiss").unlink()),
    ("vectors cut short", lambda version: _cut(version / "dense.faiss")),
    ("vectors that are none", lambda version: (version / "dense.faiss").write_bytes(b"IxFI" + b"\0" * 40)),
    ("no passages", lambda version: (version / "passages.jsonl").unlink()),
    ("passages cut short", lambda version: _cut(version / "passages.jsonl")),
    ("a passage more", lambda version: _more(version / "passages.jsonl")),
    ("a passage more than vectors", lambda version: _more(version / "passages.jsonl", told=True)),
    ("no lexical part", lambda version: shutil.rmtree(version / "lexical")),
    ("no manifest", lambda version: (version / MANIFEST).unlink()),
    ("a manifest of something else", lambda version: (version / MANIFEST).write_text("[]", "utf-8")),
    ("no version", lambda version: shutil.rmtree(version)),
]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _more(path: Path, told: bool = False) -> None:
    """A passage more; told: the manifest knows the size."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join((lines[-1], *lines)), "utf-8")
    manifest = path.with_name(MANIFEST)
    record = json.loads(manifest.read_text("utf-8"))
    record["files"][path.name] += (path.stat().st_size - record["files"][path.name]) * told
    manifest.write_text(json.dumps(record), "utf-8")


@pytest.mark.parametrize("damage", [row[1] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_version_is_not_trusted_for_vectors(
    tmp_path: Path, library: Library, damage: Callable[[Path], object]
) -> None:
    few = library_of((library.get("national-2025-8"),))
    built(tmp_path, few)
    damage(tmp_path / "index" / serving(tmp_path)[0])
    more = library_of((library.get("national-2025-8"), library.get("national-2024-40")))
    second = built(tmp_path, more)
    fresh = tmp_path / "fresh"
    assert second.read == built(fresh, more).read
    assert np.array_equal(vectors(tmp_path), vectors(fresh))


def test_old_versions_are_retired(tmp_path: Path, library: Library) -> None:
    libraries = [library_of((document,)) for document in library]
    names = [build_index(tmp_path, each, ENCODER) for each in libraries]
    assert kept(tmp_path) == set(names[-KEPT:])
    assert open_index(tmp_path, libraries[-1], ENCODER).version == names[-1]


def test_the_version_that_serves_is_never_retired(tmp_path: Path, library: Library) -> None:
    libraries = [library_of((document,)) for document in library]
    first = build_index(tmp_path, libraries[0], ENCODER)
    os.utime(tmp_path / "index" / first / MANIFEST, (0, 0))
    second, third = (build_index(tmp_path, each, ENCODER) for each in libraries[1:3])
    assert build_index(tmp_path, libraries[0], ENCODER) == first  # the oldest serves again
    assert kept(tmp_path) == {first, second, third}
    fourth = build_index(tmp_path, libraries[3], ENCODER)
    assert kept(tmp_path) == {second, third, fourth}
    assert serving(tmp_path)[0] == fourth


def kept(home: Path) -> set[str]:
    return {path.parent.name for path in (home / "index").glob(f"*/{MANIFEST}")}
