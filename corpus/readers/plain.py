"""Plain text and Markdown in UTF-8."""

from __future__ import annotations

from pathlib import Path


def read_plain(path: Path) -> str:
    """Raises OSError and UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")
