"""The manifest beside the documents: facts of each document, which go before what its text is read to say.

An entry gives what a document does not print of itself, or what is read wrongly, and what people call it:

    [changning-2025-2]
    title = "关于进一步深化长宁区养老服务医养结合发展的实施方案"
    issued_on = 2025-01-02
    names = ["长宁方案"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

MANIFEST = "manifest.toml"

Facts = Mapping[str, Any]
"""Fields of Metadata by name."""

_FIELDS: Mapping[str, type] = {
    "title": str,
    "document_number": str,
    "issuers": list,
    "issued_on": date,
    "region": str,
    "status": str,
    "names": list,
    "cover_title": str,
    "printed_on": date,
    "published_on": date,
    "effective_on": date,
    "expires_on": date,
    "repealed_on": date,
    "addressees": str,
    "annexes": list,
}


class ManifestError(ValueError):
    """A manifest that does not say what a manifest says; the message names the file and the entry."""


def read_manifest(directory: Path) -> dict[str, Facts]:
    """The facts given, by document_id. Raises ManifestError; a directory without a manifest has none."""
    path = directory / MANIFEST
    if not path.exists():
        return {}
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path.name} 不是有效的 TOML：{error}") from error
    return {document_id: _facts(document_id, entry) for document_id, entry in entries.items()}


def facts_of(document_id: str, entry: Mapping[str, Any]) -> Facts:
    """Facts as they are kept and typed: dates may be texts in ISO form. Raises ManifestError."""
    facts: dict[str, Any] = {}
    for field, value in entry.items():
        if field not in _FIELDS:
            raise ManifestError(f"{document_id} 有不认识的字段 {field}，可用的有 {'、'.join(_FIELDS)}")
        facts[field] = _date_of(document_id, field, value) if _FIELDS[field] is date else value
        if not _is_a(facts[field], _FIELDS[field]):
            raise ManifestError(f"{document_id} 的 {field} 类型不对")
    return {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}


def is_list(field: str) -> bool:
    """Whether a fact is a list of texts."""
    return _FIELDS.get(field) is list


def _date_of(document_id: str, field: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ManifestError(f"{document_id} 的 {field} 应写成 2025-01-02 这样的日期") from None


def _facts(document_id: str, entry: Any) -> Facts:
    if not isinstance(entry, dict) or "title" not in entry:
        raise ManifestError(f"{MANIFEST} 的 {document_id} 缺少 title")
    return facts_of(f"{MANIFEST} 的 {document_id}", entry)


def _is_a(value: Any, kind: type) -> bool:
    """Whether a value is of that kind; a list is one of texts, and a moment (TOML's date with a time) is no date."""
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return type(value) is kind
