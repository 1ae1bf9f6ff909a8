"""The ledger as CSV, in pieces: however many rows there are, only a few of them are in memory as text."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.figures.spreadsheet import spreadsheet
from web.exports.extract import Extract

_AT_A_TIME = 200
"""Rows of a piece."""
_HEAD = spreadsheet((), {})
"""The byte-order mark and the names of the columns."""


def csv_pieces(extract: Extract) -> Iterator[bytes]:
    """CSV by RFC 4180 in UTF-8 with a byte-order mark; no cell begins as a formula does. See spreadsheet."""
    yield _HEAD
    for start in range(0, len(extract.entries), _AT_A_TIME):
        piece = spreadsheet(extract.entries[start : start + _AT_A_TIME], extract.documents)
        yield piece.removeprefix(_HEAD)
