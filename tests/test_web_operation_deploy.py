"""What a container does first, and whether the files for deployment name what there is."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from web.settings import Settings

DEPLOY = REPOSITORY / "web" / "deploy"
OUTSIDE = {"seed", "publish"}
"""Variables of the image and of compose.yaml themselves."""


def start(home: Path, seed: Path, folder: Path) -> list[str]:
    """Run start.sh with a python that only notes what it is told; what it was told."""
    noted, stand_in = folder / "noted", folder / "python"
    stand_in.write_text(f'#!/bin/sh\necho "$@" >> {noted}\n')
    stand_in.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "YIYANG_HOME": str(home), "YIYANG_SEED": str(seed)}
    done = subprocess.run(
        [DEPLOY / "start.sh", "python", "-m", "web"], env=environment, capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, done.stderr) == (0, "")
    return noted.read_text().splitlines()


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    made = tmp_path / "seed"
    for path, words in {
        "models/e5-1/manifest.json": "{}",
        "models/e5-1/model.onnx": "weights",
        "models/.lock": "",
        "index/abc/manifest.json": "{}",
        "index/abc/lexical/meta.json": "{}",
        "index/current": "abc\n",
    }.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(words)
    return made


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_an_empty_volume_gets_the_model_and_the_index(seed: Path, tmp_path: Path) -> None:
    assert start(tmp_path / "home", seed, tmp_path) == ["-m index build", "-m web"]
    assert files(tmp_path / "home") == files(seed) - {"models/.lock"}


def test_what_is_in_the_volume_stays(seed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "models" / "e5-1").mkdir(parents=True)
    (home / "models" / "e5-1" / "manifest.json").write_text("mine")
    (home / "index").mkdir()
    (home / "index" / "current").write_text("mine\n")
    for _ in range(2):
        start(home, seed, tmp_path)
    assert files(home) == {"models/e5-1/manifest.json", "index/current"}
    assert (home / "models" / "e5-1" / "manifest.json").read_text() == "mine"


def test_a_new_image_brings_its_model_beside_the_one_before(seed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    start(home, seed, tmp_path)
    (seed / "models" / "e5-1").rename(seed / "models" / "e5-2")
    start(home, seed, tmp_path)
    assert {"models/e5-1/model.onnx", "models/e5-2/model.onnx"} <= files(home)


@pytest.mark.parametrize(
    "path", [path for path in sorted(DEPLOY.iterdir()) if path.name != ".env"], ids=lambda path: str(path.name)
)
def test_every_variable_named_is_a_setting(path: Path) -> None:
    named = {name.lower() for name in re.findall(r"\bYIYANG_([A-Z_]+)", path.read_text("utf-8"))}
    assert named <= {*Settings.model_fields, *OUTSIDE}


def test_what_the_image_takes_is_there_and_let_through() -> None:
    copied = re.findall(
        r"^COPY (?:--chmod=\d+ )?(?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE
    )
    sources = {source for line in copied for source in line.split()}
    let_through = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split() if line[0] == "!"}
    assert len(sources) > 5
    for source in sources:
        assert (REPOSITORY / source).exists()
        assert source.split("/")[0] in let_through
