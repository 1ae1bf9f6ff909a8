"""One direction only: corpus <- index <- assistant <- {web, eval}. The contract is in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "assistant", "web", "eval")
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The packages with one module each, importing downwards only, under the contract of the project."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    below = ""
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "rooms.py").write_text(f"import {below}.rooms\n" if below else "", encoding="utf-8")
        below = package if package != "web" else "assistant"
    return tmp_path


def test_the_project_imports_downwards_only() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_of_the_project_is_under_the_contract() -> None:
    here = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert here == set(PACKAGES)


def test_downward_imports_are_kept(tree: Path) -> None:
    (tree / "web" / "pages.py").write_text("import corpus.rooms\nfrom index import rooms\n", encoding="utf-8")
    done = lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("corpus", "index"),
        ("corpus", "web"),
        ("index", "assistant"),
        ("assistant", "eval"),
        ("web", "eval"),
        ("eval", "web"),
    ],
)
def test_upward_and_sideward_imports_are_caught(tree: Path, importer: str, imported: str) -> None:
    (tree / importer / "late.py").write_text(
        f"def late() -> None:\n    from {imported} import rooms\n", encoding="utf-8"
    )
    done = lint(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{importer}.late -> {imported}.rooms" in done.stdout
