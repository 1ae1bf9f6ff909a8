"""Shared by all tests: the library, and the real assistant over the index that `make setup` built."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.pipeline import Assistant, open_assistant
from corpus.library import Library, load_library
from index.encoder import Encoder, load_encoder
from index.settings import Settings
from index.storage import build_index
from tests.browsing import browser, context, page, site  # noqa: F401  fixtures

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def home() -> Path:
    """Where the model and the index are, made by `make setup` or by the first test that needs them."""
    return Settings().home


@pytest.fixture(scope="session")
def encoder(home: Path) -> Encoder:
    """The real default encoder."""
    return load_encoder("", home)


@pytest.fixture(scope="session")
def assistant(home: Path, library: Library, encoder: Encoder) -> Assistant:
    """The real assistant: real encoder, real index, real documents."""
    build_index(home, library, encoder)
    return open_assistant(home)
