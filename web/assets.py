"""Own static files, addressed by their content, so that a browser may keep them for good."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIRECTORY = Path(__file__).with_name("static")
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"


def fingerprints() -> Mapping[str, str]:
    """File name to the first 12 hexadecimal digits of its SHA-256."""
    files = sorted(path for path in DIRECTORY.iterdir() if path.is_file())
    return {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in files}


class Assets(StaticFiles):
    """The static files; `url` gives a file's address with its fingerprint."""

    def __init__(self) -> None:
        super().__init__(directory=DIRECTORY)
        self._fingerprints = fingerprints()

    def url(self, name: str) -> str:
        """Raises KeyError where there is no such file."""
        return f"/static/{name}?v={self._fingerprints[name]}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked_for: Any = scope.get("query_string", b"")
        current = f"v={self._fingerprints.get(path)}".encode()
        response.headers["cache-control"] = FOR_GOOD if asked_for == current else FOR_A_WHILE
        return response
