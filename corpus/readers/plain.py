"""Plain text: as it stands, without the page numbers that programs leave in it."""

from __future__ import annotations

from corpus.readers.furniture import drop_page_marks
from corpus.readers.reading import Format, Reading


def read_plain(text: str) -> Reading:
    """The text of a decoded file."""
    lines, dropped = drop_page_marks(text.split("\n"))
    return Reading("\n".join(lines), Format.TEXT, tuple(dropped))
