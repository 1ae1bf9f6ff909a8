"""home/glossary.toml: an office's own entries of the glossary, and the file as it was before the last change.

The file is replaced as a whole, and never left in between; the one before stays as glossary.previous.toml, so that the
last change can be taken back, a taking back too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from assistant.glossary import OWN, GlossaryError, load_own, parse_own
from corpus.replacing import replace_whole

Terms = Mapping[str, tuple[str, ...]]
"""Lay word -> the terms that documents print for it."""
PREVIOUS = "glossary.previous.toml"
_HEAD = """# 本单位的词表：群众怎么说，文件怎么写。由管理页面“词汇”维护。
# 也可手工改，保存后几秒内生效；但注释会在下次从页面保存时去掉。
"""
_WAITS = 30
"""Seconds for another process that is writing."""


class ChangedMeanwhile(ValueError):
    """The file is no longer what a change was made for."""


def fingerprint(own: Terms) -> str:
    """A hash of entries, whatever their order."""
    return sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()


def as_toml(own: Terms) -> str:
    """The file of these entries: JSON's strings and arrays of them are TOML's too, for what is printable."""
    lines = (f"{_string(word)} = [{', '.join(map(_string, terms))}]\n" for word, terms in own.items())
    return f"{_HEAD}\n[terms]\n{''.join(lines)}"


class GlossaryFile:
    """The file in a home. Safe to use from several threads and processes."""

    def __init__(self, home: Path) -> None:
        self.path, self._previous = home / OWN, home / PREVIOUS

    def read(self) -> Terms:
        """Raises GlossaryError."""
        return load_own(self.path)

    def previous(self) -> Terms | None:
        """The entries before the last change; None where there was none, or they cannot be read."""
        try:
            return load_own(self._previous) if self._previous.exists() else None
        except GlossaryError:
            return None

    def write(self, own: Terms, made_from: str) -> None:
        """Put entries in place of those with that fingerprint. Raises ChangedMeanwhile, GlossaryError, OSError, and
        filelock's Timeout."""
        with self._alone():
            if fingerprint(self.read()) != made_from:
                raise ChangedMeanwhile
            before = self.path.read_bytes() if self.path.exists() else as_toml({}).encode()
            parse_own(as_toml(own))
            replace_whole(self._previous, before)
            replace_whole(self.path, as_toml(own).encode())

    def undo(self) -> bool:
        """Let the file be as it was before the last change; False where that is not known. Raises OSError, Timeout."""
        with self._alone():
            if self.previous() is None:
                return False
            now = self.path.read_bytes() if self.path.exists() else as_toml({}).encode()
            before = self._previous.read_bytes()
            replace_whole(self.path, before)
            replace_whole(self._previous, now)
        return True

    def _alone(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_name(f".{OWN}.lock"), timeout=_WAITS)


def _string(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
