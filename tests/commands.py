"""`python -m web` as a process of its own, with the settings that a test gives it and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import REPOSITORY


def environment(**changes: str) -> dict[str, str]:
    """This process's without any setting of ours, and these."""
    kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("YIYANG_")}
    return {**kept, **changes}


@contextmanager
def web(*arguments: str, **changes: str) -> Iterator[subprocess.Popen[str]]:
    """The process; killed when its context is left, where it has not ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "web", *arguments],
        cwd=REPOSITORY,
        env=environment(**changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        if process.poll() is None:
            process.kill()
