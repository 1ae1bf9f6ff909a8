"""The process that reads one file: `python -m corpus.readers.isolated FILE LIMITS`, an answer in JSON on its output."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from corpus.readers.limits import Limits
from corpus.readers.reading import UnreadableFile

_TOO_LARGE = "内容过大，超出可用内存，已停止读取"
_UNSOUND = "文件内容不合规范或已损坏，无法读取"
_LARGEST_FILE = 512 << 20
"""Bytes of any file written, the answer and those of helping programs among them."""


def main(file: str, limits_as_json: str) -> None:
    """Read the file and print {"text", "format", "dropped", "notes"}, or {"error"} saying in Chinese why not."""
    limits = Limits(**json.loads(limits_as_json))
    with os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace") as answer:
        os.dup2(2, 1)  # what libraries print is not the answer
        _restrict(limits)
        json.dump(_read(Path(file), limits), answer, ensure_ascii=False)


def _restrict(limits: Limits) -> None:
    """Bound memory, time and files of this process and of those it starts. An alarm ends it, even unwatched."""
    bounds = (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, bound in bounds:
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))
    signal.alarm(limits.wall_seconds)


def _read(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        from corpus.readers.choosing import read_by_content

        reading = read_by_content(path, limits)
        dropped = [(each.kind, each.text) for each in reading.dropped]
        if len(reading.text) + sum(len(text) for _, text in dropped) > limits.characters:
            raise UnreadableFile(f"文字超过上限（{limits.characters} 字），请分成几个文件")
    except UnreadableFile as error:
        return {"error": str(error)}
    except (MemoryError, RecursionError):
        return {"error": _TOO_LARGE}
    except Exception:  # the outer boundary: libraries raise anything over unsound files
        traceback.print_exc()
        return {"error": _UNSOUND}
    return {"text": reading.text, "format": reading.format, "dropped": dropped, "notes": reading.notes}


if __name__ == "__main__":
    main(*sys.argv[1:])
