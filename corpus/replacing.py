"""Replacing a file as a whole: who opens it finds what was there, or what is to be there, and never a part.

What is written is on disk before it gets its name, and the name is on disk before the caller goes on. A run that was
killed leaves at most `.<name>.fresh` beside the file, which nobody reads and the next replacing sweeps.
"""

from __future__ import annotations

import os
from pathlib import Path


def replace_whole(path: Path, content: bytes) -> None:
    """Put content in place of a file, or make it; the mode of one that was there is kept.

    Raises OSError where the disk does not take it: the file is then what it was, and nothing is left beside it. Two
    that replace the same file at once are the caller's to keep apart.
    """
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.unlink(missing_ok=True)  # of a killed run; it may be another user's, and cannot be written then
    try:
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            if (mode := _mode(path)) is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    flush(path.parent)


def flush(path: Path) -> None:
    """Put the content of a file, or the names in a folder, on disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mode(path: Path) -> int | None:
    """The permissions of a file; None where there is none."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        return None
