"""Tests, flat in one folder. What several of them share has modules of its own."""

import pytest

ASSERTING = ("entrances", "houses", "offices", "pages", "papers", "renewals", "scripted")
"""Modules that assert; what fails in them is explained as in a test."""

pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in ASSERTING))
