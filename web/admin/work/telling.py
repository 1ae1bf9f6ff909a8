"""What a child process and the server say to each other: JSON lines of progress, and one of failure.

The server holds the other end of the child's standard input: when the server is gone, however it went, the child ends.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from typing import Any

FAILED = 1


class Failed(Exception):
    """What was asked cannot be done; the message says why, in Chinese."""


def tell(stage: str, done: int, total: int) -> None:
    """How far the work is."""
    print(json.dumps({"stage": stage, "done": done, "total": total}, ensure_ascii=False), flush=True)


def work(do: Callable[[dict[str, Any]], None], memory_bytes: int | None = None) -> None:
    """The body of a child: do what the first argument asks for, as JSON, at low priority and in so much memory; say why
    where it cannot."""
    threading.Thread(target=_end_with_server, daemon=True).start()
    os.nice(5)
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        do(json.loads(sys.argv[1]))
    except Failed as failure:
        _fail(str(failure))
    except MemoryError:
        _fail("内容太多，所需的内存超过上限，请分成几个文件")


def _fail(why: str) -> None:
    print(json.dumps({"failed": why}, ensure_ascii=False), flush=True)
    sys.exit(FAILED)


def _end_with_server() -> None:
    os.read(0, 1)  # nothing is ever written: it returns when the other end is closed
    os._exit(FAILED)
