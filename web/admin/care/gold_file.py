"""home/gold.jsonl: an office's own gold questions, in the format of the evaluation suite, one JSON object a line.

    python -m eval --gold HOME/gold.jsonl

The file is replaced as a whole, and never left in between. A line that somebody has broken by hand is kept as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from corpus.replacing import replace_whole

NAME = "gold.jsonl"
_WAITS = 30
"""Seconds for another process that is writing."""
_ID = re.compile(r"own-([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, counted from 1. record: what it holds; None where it is no JSON object with an id."""

    number: int
    text: str
    record: Mapping[str, Any] | None

    @property
    def id(self) -> str | None:
        return None if self.record is None else str(self.record["id"])


class GoldFile:
    """The file in a home. Safe to use from several threads and processes."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME

    def lines(self) -> tuple[Line, ...]:
        """The lines that hold something, oldest first. Raises OSError, and UnicodeDecodeError where it is no UTF-8."""
        try:
            text = self.path.read_text("utf-8-sig")
        except FileNotFoundError:
            return ()
        split = enumerate(text.split("\n"), start=1)  # only there: U+2028 may stand inside a string
        return tuple(_line(number, words.strip()) for number, words in split if words.strip())

    def add(self, record: Mapping[str, Any]) -> str:
        """Append a question under an id that no other has; returns the id. Raises what `lines` does, and Timeout."""
        with self._alone():
            lines = self.lines()
            taken = [int(found[1]) for each in lines if each.id and (found := _ID.fullmatch(each.id))]
            own_id = f"own-{max(taken, default=0) + 1:04}"
            fresh = json.dumps({"id": own_id, **record}, ensure_ascii=False)
            self._write([*(each.text for each in lines), fresh])
        return own_id

    def remove(self, own_id: str) -> Mapping[str, Any] | None:
        """Take a question out; returns it, None where there is none of that id. Raises what `add` does."""
        with self._alone():
            lines = self.lines()
            gone = next((each for each in lines if each.id == own_id), None)
            if gone is not None:
                self._write([each.text for each in lines if each is not gone])
        return gone.record if gone else None

    def _alone(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_name(f".{NAME}.lock"), timeout=_WAITS)

    def _write(self, lines: Sequence[str]) -> None:
        replace_whole(self.path, "".join(f"{line}\n" for line in lines).encode())


def _line(number: int, text: str) -> Line:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return Line(number, text, None)
    is_question = isinstance(record, dict) and isinstance(record.get("id"), str) and record.get("turns")
    return Line(number, text, record if is_question else None)
