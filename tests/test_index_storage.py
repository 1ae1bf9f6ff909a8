"""Versions: built once, switched in one step, checked on opening; killed at any moment, the old one serves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.library import Library, library_of
from index.storage import CURRENT, MANIFEST, IndexUnavailable, build_index, manifest_of, open_index
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()


def test_build_open_search(tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)
    retriever = open_index(tmp_path, library, ENCODER)
    assert retriever.version == version
    best = retriever.search("养老机构内设医务室至少配置几名医师", 3)[0]
    assert (best.document_id, best.article_id) == ("changning-2025-2", "2.1.2")
    assert best.cosine > 0
    assert best.bm25 > 0
    only = retriever.search("养老机构", 5, {"daxing-2026-22"})
    assert {hit.document_id for hit in only} == {"daxing-2026-22"}
    assert len({hit.article_id for hit in only}) == len(only)


def test_building_again_builds_nothing(tmp_path: Path, library: Library) -> None:
    stages: list[str] = []
    version = build_index(tmp_path, library, ENCODER, lambda stage, done, total: stages.append(stage))
    assert stages
    made = (tmp_path / "index" / version / MANIFEST).stat().st_mtime_ns
    stages.clear()
    assert build_index(tmp_path, library, ENCODER, lambda stage, done, total: stages.append(stage)) == version
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
def test_an_index_of_something_else_is_refused(field: str, tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)
    path = tmp_path / "index" / version / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    made_of = manifest["made_of"]
    made_of[field] = {} if isinstance(made_of[field], dict) else 1
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, library, ENCODER)
    assert build_index(tmp_path, library, ENCODER) == version
    assert open_index(tmp_path, library, ENCODER).version == version


@pytest.mark.parametrize("part", ["current", MANIFEST, "dense.faiss", "passages.jsonl", "lexical"])
def test_a_missing_part_is_an_outcome_not_a_traceback(part: str, tmp_path: Path, library: Library) -> None:
    root = tmp_path / "index"
    version = build_index(tmp_path, library, ENCODER)
    path = root / CURRENT if part == "current" else root / version / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, library, ENCODER)
    assert build_index(tmp_path, library, ENCODER) == version
    assert open_index(tmp_path, library, ENCODER).version == version


def test_a_truncated_part_is_made_again(tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)
    path = tmp_path / "index" / version / "dense.faiss"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, library, ENCODER)
    build_index(tmp_path, library, ENCODER)
    assert open_index(tmp_path, library, ENCODER).version == version


def test_no_index_at_all(tmp_path: Path, library: Library) -> None:
    with pytest.raises(IndexUnavailable, match="python -m index build"):
        open_index(tmp_path, library, ENCODER)


def test_a_failing_encoder_leaves_the_old_index_serving(tmp_path: Path, library: Library) -> None:
    version = build_index(tmp_path, library, ENCODER)

    class Failing(HashingEncoder):
        def encode_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            raise MemoryError

    with pytest.raises(MemoryError):
        build_index(tmp_path, library, Failing("hashing@failing"))
    assert open_index(tmp_path, library, ENCODER).version == version


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
