"""python -m web.admin.work.building '{"home": …, "folder": …, "change": …}': make a candidate and its index.

change: {"kind": "PUBLISH", "file": …, "facts": …, "document_id": …}, {"kind": "RESTORE", "document_id": …,
"version": …} or {"kind": "WITHDRAW", "document_id": …}.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.anticipated import AnticipatedError
from corpus.holdings import Holdings, IdTaken, Outcome, UnknownHolding, known_at, library_at
from corpus.manifest import ManifestError, facts_of
from corpus.readers import UnreadableFile
from corpus.receiving import receive
from corpus.versions import DamagedHolding
from index.encoder import EncoderError, load_encoder
from index.model import ModelError
from index.storage import build_index
from index.switching import finish_switch, state_of
from web.admin.work.candidate import Candidate, lay_out, write_candidate
from web.admin.work.telling import Failed, tell, work


def build_candidate(asked: Mapping[str, Any]) -> None:
    """Lay the candidate out, change it, build its index. Raises Failed."""
    home, folder = Path(asked["home"]), Path(asked["folder"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        finish_switch(home)
        made_from = state_of(home)
        copy = lay_out(home, folder)
        version = _change(copy, asked["change"])
        library = library_at(copy)
        encoder = load_encoder(asked["encoder"], copy, _in_words)
        built = build_index(copy, library, encoder, _in_words)
    except UnknownHolding:
        raise Failed("文件库里没有这份文件或这个版本，可能刚被移出") from None
    except (
        UnreadableFile,
        ManifestError,
        DamagedHolding,
        AnticipatedError,
        IdTaken,
        EncoderError,
        ModelError,
    ) as error:
        raise Failed(str(error)) from None
    except OSError as error:
        raise Failed(f"磁盘读写出错：{error.strerror or error}") from None
    write_candidate(folder, Candidate(made_from, asked["change"]["document_id"], version, built))


def _in_words(stage: str, done: int, total: int) -> None:
    tell("建索引", done, total)


def _change(copy: Path, change: Mapping[str, Any]) -> str | None:
    """Change the candidate's library; returns the version that counts in it now."""
    holdings, document_id = Holdings(copy), str(change["document_id"])
    match change["kind"]:
        case "PUBLISH":
            _add(holdings, Path(change["file"]), change["facts"], document_id)
        case "RESTORE":
            return holdings.restore(document_id, str(change["version"])).version
        case "WITHDRAW":
            holdings.remove(document_id)
            return None
    return next(each.version for each in holdings.history(document_id) if each.counts)


def _add(holdings: Holdings, file: Path, corrections: Mapping[str, Any], document_id: str) -> None:
    """Add the upload as `python -m corpus add` does. Raises Failed where nothing changes, or something is lost."""
    tell("解析", 0, 1)
    facts = facts_of("更正", corrections)
    received = receive(file, known_at(holdings.home), facts)
    if received.document.document_id != document_id:
        raise Failed("上传之后文件库有变化，这份文件的归属已不同，请重新读取后再发布")
    if received.report.lost:
        raise Failed("核对未通过：有文字丢失或次序改变，不能发布")
    outcome = holdings.add(received, facts)
    if outcome not in (Outcome.ADDED, Outcome.NEW_VERSION):
        raise Failed("与文件库中已有的版本完全相同，没有可发布的变化")
    tell("解析", 1, 1)


if __name__ == "__main__":
    work(build_candidate)
