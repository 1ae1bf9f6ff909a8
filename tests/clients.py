"""Tools of other ecosystems, installed once from their package index and kept beside the index of the library."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

INSTALLS_WITHIN = 120
"""Seconds."""
RUNS_WITHIN = 60
OPENAPI_PYTHON_CLIENT = "openapi-python-client==0.29.1"
OPENAPI_TS = ("@hey-api/openapi-ts@0.95.0", "typescript@5.9.3")
"""Generators of clients, in the versions that the README names."""
_DONE = "installed"
_SAID = 300
"""Characters of what a failed installation said that a skipped test repeats."""


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """What a command prints; fails with all that it said where it does not leave with 0."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=RUNS_WITHIN,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def python_with(home: Path, *packages: str) -> Path:
    """The Python of an environment that has those packages and nothing of this one's. Skips where there is no index."""
    place = _place(home, "python", packages)
    python = place / "bin" / "python"
    venv = [sys.executable, "-m", "venv", str(place)]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--retries", "1", *packages]
    _once(place, [venv, pip])
    return python


def node_with(home: Path, *packages: str) -> Path:
    """A folder with those npm packages in its node_modules. Skips where there is no npm or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("没有 node 或 npm，略过")
    place = _place(home, "node", packages)
    npm = ["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", "--no-update-notifier"]
    _once(place, [[*npm, "--fetch-retries", "1", *packages]])
    return place


def _place(home: Path, kind: str, packages: Sequence[str]) -> Path:
    name = "-".join([kind, *packages]).replace("/", "-").replace("@", "-")
    return home.resolve() / "clients" / name


def _once(place: Path, commands: Sequence[Sequence[str]]) -> None:
    """Run the commands unless they have once been run to their end; the tests beside wait for it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if (place / _DONE).exists():
            return
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for command in commands:
            _install(command)
        (place / _DONE).touch()


def _install(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLS_WITHIN, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{INSTALLS_WITHIN} 秒内没有装好（{command[0]}），多半是连不上软件源")
    if done.returncode:
        pytest.skip(f"装不上，多半是连不上软件源：{done.stderr.strip()[-_SAID:]}")
