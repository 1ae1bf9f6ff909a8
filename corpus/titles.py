"""Titles as people write them in a sentence."""

from __future__ import annotations


def titled(title: str, apart: str | None = None) -> str:
    """《title》（apart）, apart being what tells it from others of its title; a title inside the title in 〈〉, as
    GB/T 15834 has it."""
    inner = title.replace("《", "〈").replace("》", "〉")
    return f"《{inner}》（{apart}）" if apart else f"《{inner}》"
