"""A store in a file of its own, as a server keeps one where no other database is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from web.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """New, and closed after the test."""
    opened = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    yield opened
    opened.close()
