"""Requests made from the OpenAPI document, as a generated client or a careless one would send them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from tests.abused import abused

pytestmark = pytest.mark.xdist_group("abuse")
CONFIGURATION = Path(__file__).parent / "data" / "schemathesis.toml"
EXAMPLES = 15
"""Requests for an operation in the last phase; the two before, with the document's examples and with every limit of
every field, bring some 70 more."""
WITHIN = 240
"""Seconds, on a machine that is busy; some 20 on an idle one."""


def test_every_operation_does_what_the_openapi_document_says(home: Path, assistant: Assistant, tmp_path: Path) -> None:
    with abused(home, tmp_path) as running:
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION)),
            *("run", f"{running.url}/openapi.json", "--no-color", "--continue-on-failure"),
            *("--max-examples", str(EXAMPLES), "--generation-deterministic", "--suppress-health-check", "all"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Selected: (\d{2,})/\1\b", done.stdout)
    assert '"level": "error"' not in running.log.read_text("utf-8")
