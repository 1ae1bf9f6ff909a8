"""Readers: from a file to its source text, one format a module, each in a process of its own."""

from __future__ import annotations

import stat
from pathlib import Path

from corpus.readers.choosing import read_small_text
from corpus.readers.detection import SUFFIXES
from corpus.readers.isolation import read_isolated
from corpus.readers.limits import LIMITS, Limits
from corpus.readers.reading import Format, Furniture, Reading, UnreadableFile

__all__ = ["LIMITS", "SUFFIXES", "Format", "Furniture", "Limits", "Reading", "UnreadableFile", "read"]

_SMALL = 1 << 20
"""Bytes of a plain text that is read on the spot."""


def read(path: Path, limits: Limits = LIMITS) -> Reading:
    """The text of a file and what was dropped from it. Raises UnreadableFile, and nothing else, whatever the file."""
    try:
        size = _size(path)
        if size > limits.file_bytes:
            raise UnreadableFile(f"文件有 {size >> 20} MB，超过上限 {limits.file_bytes >> 20} MB")
        reading = read_small_text(path) if size <= _SMALL else None
        reading = reading or read_isolated(path, limits)
    except FileNotFoundError:
        raise UnreadableFile(f"{path}：没有这个文件") from None
    except OSError as error:
        raise UnreadableFile(f"{path.name}：无法打开（{error.strerror}）") from error
    except UnreadableFile as error:
        raise _named(error, path) from error.__cause__
    if not reading.text.strip():
        raise UnreadableFile(f"{path.name}：文件里没有文字")
    return reading


def _size(path: Path) -> int:
    """Raises OSError and UnreadableFile: devices and pipes have no end, folders no text."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFile("无法打开，这是文件夹")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile("无法打开，这不是普通文件")
    return status.st_size


def _named(error: UnreadableFile, path: Path) -> UnreadableFile:
    named = UnreadableFile(f"{path.name}：{error}")
    for note in getattr(error, "__notes__", ()):
        named.add_note(note)
    return named
