"""The manifest beside the documents: the facts of each document's head."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from corpus.provisions import Metadata

MANIFEST = "manifest.toml"

_FIELDS: Mapping[str, type] = {
    "title": str,
    "document_number": str,
    "issuers": list,
    "issued_on": date,
    "region": str,
    "status": str,
    "names": list,
}


class ManifestError(ValueError):
    """A manifest that does not say what a manifest says; the message names the file and the entry."""


def read_manifest(directory: Path) -> dict[str, Metadata]:
    """Metadata by document_id. Raises ManifestError; a directory without a manifest has none."""
    path = directory / MANIFEST
    if not path.exists():
        return {}
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path.name} 不是有效的 TOML：{error}") from error
    return {document_id: _metadata(document_id, entry) for document_id, entry in entries.items()}


def _metadata(document_id: str, entry: Any) -> Metadata:
    if not isinstance(entry, dict) or "title" not in entry:
        raise ManifestError(f"{MANIFEST} 的 {document_id} 缺少 title")
    for field, value in entry.items():
        if field not in _FIELDS:
            raise ManifestError(f"{MANIFEST} 的 {document_id} 有不认识的字段 {field}")
        if not isinstance(value, _FIELDS[field]):
            raise ManifestError(f"{MANIFEST} 的 {document_id} 的 {field} 类型不对")
    facts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Metadata(**facts)
