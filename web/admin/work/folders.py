"""Where the files of uploads and publications lie.

home/uploads/<upload_id>/source/<name>   the file as it came
home/uploads/<upload_id>/report.json     what reading it gave
home/uploads/.receiving-…                a file that is still coming
home/publications/<publication_id>/      the candidate, while it is one
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.readers import SUFFIXES
from web.store.uploads import Upload

_RECEIVING = ".receiving-"
_LONGEST_STEM = 70
"""Characters of a file's name without its ending: three bytes each, and file systems take 255."""
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class UnreadableKind(ValueError):
    """A file of a kind that no reader reads; the message is in Chinese."""

    def __init__(self) -> None:
        super().__init__(f"不能读取这种文件，可上传的有 {'、'.join(sorted(SUFFIXES))}")


def safe_name(sent: str) -> str:
    """The name of a file as it can be kept: no folders, no control characters, not too long. Raises UnreadableKind."""
    name = _NOT_IN_NAMES.sub("", sent.replace("\\", "/").rpartition("/")[2]).strip()
    stem, dot, suffix = name.encode("utf-8", "replace").decode().rpartition(".")
    if f"{dot}{suffix}".lower() not in SUFFIXES:
        raise UnreadableKind
    return f"{stem.strip(' .')[:_LONGEST_STEM].strip() or '文件'}.{suffix.lower()}"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of a home."""

    home: Path

    @property
    def root(self) -> Path:
        return self.home / "uploads"

    def upload(self, upload_id: str) -> Path:
        return self.root / upload_id

    def publication(self, publication_id: str) -> Path:
        return self.home / "publications" / publication_id

    def source(self, upload: Upload) -> Path:
        """The file as it came."""
        return self.upload(upload.id) / "source" / upload.name

    def keep(self, upload_id: str, name: str, file: IO[bytes]) -> int:
        """Copy a file that came to its place, whole or not at all; returns its bytes. Raises OSError."""
        coming = self.root / f"{_RECEIVING}{upload_id}"
        (coming / "source").mkdir(parents=True)
        try:
            with (coming / "source" / name).open("wb") as kept:
                shutil.copyfileobj(file, kept, 1 << 20)
                kept.flush()
                os.fsync(kept.fileno())
                size = kept.tell()
            coming.rename(self.upload(upload_id))
        except OSError:
            shutil.rmtree(coming, ignore_errors=True)
            raise
        return size

    def report(self, upload_id: str) -> dict[str, Any] | None:
        """What reading gave; None where it was not read, or what it gave cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.upload(upload_id) / "report.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def reading_of(self, upload: Upload) -> str:
        """What is asked of the process that reads it."""
        asked = {
            "home": str(self.home.resolve()),
            "file": str(self.source(upload).resolve()),
            "facts": dict(upload.facts),
            "report": str(self.upload(upload.id).resolve() / "report.json"),
        }
        return json.dumps(asked, ensure_ascii=False)

    def discard(self, upload_id: str) -> None:
        shutil.rmtree(self.upload(upload_id), ignore_errors=True)

    def let_go(self, upload_id: str) -> None:
        """The file of an upload that was published: the library has it now. Its report stays."""
        shutil.rmtree(self.upload(upload_id) / "source", ignore_errors=True)

    def publications(self) -> Iterator[Path]:
        root = self.home / "publications"
        yield from (each for each in root.iterdir() if each.is_dir()) if root.is_dir() else ()

    def unfinished(self) -> Iterator[Path]:
        yield from self.root.glob(f"{_RECEIVING}*")
