"""A document's metadata: what its text prints, and what the manifest beside it knows better.

A fact that the text does not print is None. A file name gives a title of last resort and nothing else: a date in it is
somebody's note, not the document's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.head.printed import Printed, Value
from corpus.head.reading import Head, read_head
from corpus.head.regions import common_region, region_of
from corpus.provisions import PREAMBLE, Metadata, PolicyDocument, Provision

_LONGEST_FALLBACK = 80
# What people put round a title in the name of a file: «11_», «(2016-12-25)», «_20250430».
_FILE_NAME = re.compile(r"^[0-9]{1,3}[a-z]?_|[(（_]?[12][0-9]{3}-?[0-9]{2}-?[0-9]{2}[)）]?$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{3}")


def metadata_of(text: str, provisions: Sequence[Provision], name_hint: str | None = None) -> Metadata:
    """The facts that a canonical text prints. name_hint: the file's stem, for a text without a title."""
    head = _read(text, provisions)
    title = head.title.value if head.title else _fallback_title(text, name_hint)
    return Metadata(
        title=title,
        document_number=_value(head.document_number),
        issuers=tuple(dict.fromkeys(issuer.value for issuer in head.issuers)),
        issued_on=_value(head.issued_on),
        region=_region(head, title),
        status=_value(head.status),
        cover_title=_value(head.cover_title),
        printed_on=_value(head.printed_on),
        published_on=_value(head.published_on),
        effective_on=_value(head.effective_on),
        expires_on=_value(head.expires_on),
        repealed_on=_value(head.repealed_on),
        addressees=_value(head.addressees),
        annexes=tuple(annex.value for annex in head.annexes),
        history=head.history,
    )


def head_of(document: PolicyDocument) -> Head:
    """What a document prints of itself, with places to cite; what only the manifest knows is not in it."""
    return _read(document.text, document.provisions)


def corrected(metadata: Metadata, known: Mapping[str, Any]) -> Metadata:
    """Metadata with the facts of a manifest's entry in place of what was read."""
    return replace(metadata, **known)


def _read(text: str, provisions: Sequence[Provision]) -> Head:
    head_end = next((each.start for each in provisions if each.article_id != PREAMBLE), len(text))
    main_end = next((each.start for each in provisions if each.article_id.startswith("a")), len(text))
    return read_head(text, head_end, main_end)


def _value(printed: Printed[Value] | None) -> Value | None:
    return printed.value if printed else None


def _region(head: Head, title: str) -> str | None:
    """Where the issuers are; for want of issuers, where the statute was approved, or what the title begins with."""
    if head.issuers:
        found = common_region(issuer.value for issuer in head.issuers)
        return found or region_of(title)
    approved = next((region for event in head.history if (region := region_of(event.body or ""))), None)
    return approved or region_of(title)


def _fallback_title(text: str, name_hint: str | None) -> str:
    named = _FILE_NAME.sub("", _FILE_NAME.sub("", name_hint or "")).strip()
    if _CHINESE.search(named):
        return named
    return text.partition("\n")[0].strip()[:_LONGEST_FALLBACK]
