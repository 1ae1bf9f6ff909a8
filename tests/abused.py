"""A server process to be hard on: the real program over the real index, in a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.server import HOST, Server, serving

WECHAT_TOKEN, WECHAT_APP = "TokenThatNobodyMayRead7", "wx0123456789abcdef"


@dataclass(frozen=True)
class Abused:
    """A running server. home: all that it keeps; log: all that it says."""

    server: Server
    home: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}"


@contextmanager
def abused(home: Path, folder: Path, **environment: str) -> Iterator[Abused]:
    """`python -m web` without limits, over a copy of the index of that home, until the block is left."""
    own = _home(home, folder / "home")
    settings = {
        "YIYANG_HOME": str(own),
        "YIYANG_LOG": "json",
        "YIYANG_ADDRESS_PER_MINUTE": "0",
        "YIYANG_PUBLIC_URL": "https://wen.example.cn",
        "YIYANG_WECHAT_TOKEN": WECHAT_TOKEN,
        "YIYANG_WECHAT_APP_ID": WECHAT_APP,
        **environment,
    }
    log = folder / "server.log"
    with serving(settings, log) as server:
        yield Abused(server, own, log)


def _home(home: Path, made: Path) -> Path:
    version = (home / "index" / "current").read_text().strip()
    shutil.copytree(home / "index" / version, made / "index" / version)
    shutil.copy(home / "index" / "current", made / "index" / "current")
    (made / "models").symlink_to((home / "models").resolve())
    return made
